/** Reads a decimal number, with or without a sign, a fraction and an exponent; undefined for any other text and for an infinite one. */
export function decimalNumber(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}
