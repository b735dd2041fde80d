/** A figure as text, for performance data and for the format of Prometheus. */

/** From here on toFixed() writes an exponent, which performance data does not have. */
const LARGE = 1e21;

/** At most three decimals. The value is finite. */
export const numberText = (value: number): string =>
  Math.abs(value) < LARGE ? value.toFixed(3).replace(/\.?0+$/, '') : BigInt(value).toString();
