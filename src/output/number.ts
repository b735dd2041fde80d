/** How C prints numbers: `%f`, and the `%1.15g` or `%1.17g` of cJSON. */

const FRACTION_BITS = 52n;
const FRACTION = (1n << FRACTION_BITS) - 1n;
/** No double has more decimal places than this. */
const MOST_PLACES = 1074;

/** The number as C's `%.*f` prints it: every digit of its exact value, halves rounded to even. */
export function formatFixed(value: number, places: number, negative = value < 0 || Object.is(value, -0)): string {
  const sign = negative ? '-' : '';
  if (Number.isNaN(value)) return `${sign}nan`;
  if (!Number.isFinite(value)) return `${sign}inf`;
  const shown = Math.min(places, MOST_PLACES);
  const digits = scaled(Math.abs(value), shown)
    .toString()
    .padStart(shown + 1, '0');
  if (places === 0) return sign + digits;
  const point = digits.length - shown;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point).padEnd(places, '0')}`;
}

/** value × 10^places as a whole number, halves rounded to even. */
function scaled(value: number, places: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = bits >> FRACTION_BITS;
  const fraction = exponent === 0n ? bits & FRACTION : (bits & FRACTION) | (1n << FRACTION_BITS);
  const shift = (exponent === 0n ? 1n : exponent) - 1075n;
  const whole = fraction * 10n ** BigInt(places);
  if (shift >= 0n) return whole << shift;
  const floor = whole >> -shift;
  const rest = (whole - (floor << -shift)) << 1n;
  const one = 1n << -shift;
  return rest > one || (rest === one && (floor & 1n) === 1n) ? floor + 1n : floor;
}

/** The number as cJSON prints it: with 15 digits if that is close enough, otherwise with 17; `null` if it exceeds a double. */
export function formatJsonNumber(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  const size = Math.abs(value);
  if (size === 0) return Object.is(value, -0) ? '-0' : '0';
  const shortest = String(value);
  // At most 15 digits and a point: a double preserves that many digits.
  if (size >= 1e-4 && size < 1e15 && shortest.length <= 16) return shortest;
  const short = value.toExponential(14);
  return general(isClose(Number(short), value) ? short : seventeen(value));
}

/** cJSON's compare_double. */
function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(Math.abs(a), Math.abs(b)) * Number.EPSILON;
}

/** 17 significant digits, halves rounded to even, unlike toExponential. (With 15 digits, a half is never close enough.) */
function seventeen(value: number): string {
  if (!value.toExponential(17).includes('5e')) return value.toExponential(16);
  const exact = value.toExponential(100);
  const end = exact.indexOf('.') + 17;
  const isEvenHalf = /^[02468]50*e/.test(exact.slice(end - 1));
  return isEvenHalf ? exact.slice(0, end) + exact.slice(exact.indexOf('e')) : value.toExponential(16);
}

/** The `%g` form of d.ddde±x: no trailing zeros, and an exponent only below -4 or from the precision on. */
function general(exponential: string): string {
  const [mantissa, power] = exponential.split('e') as [string, string];
  const all = mantissa.replace(/[-.]/g, '');
  const digits = all.replace(/0+$/, '');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const exponent = Number(power);
  if (exponent < -4 || exponent >= all.length) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0');
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
