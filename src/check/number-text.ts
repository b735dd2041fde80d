/** A figure as text, for sentences, performance data and ranges. */

/** Digits after the point, of the smallest numbers that a double has with all its digits. */
const MOST_DECIMALS = 20;

/** Without an exponent, which performance data does not have. The value is finite. */
export function numberText(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Math.abs(value) < 1 ? value.toFixed(MOST_DECIMALS).replace(/\.?0+$/, '') : BigInt(value).toString();
}

/** A time in milliseconds, with at most three decimals. */
export const millisText = (value: number): string => numberText(Math.round(value * 1000) / 1000);
