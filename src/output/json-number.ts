/** Which text cJSON accepts as a number, and which numbers are printed unchanged. */
import { BLANK, isDigit, LETTER_E, MINUS, MOST_DIGITS, PLUS, POINT, ZERO } from './json-bytes.ts';

/**
 * Where the number that begins here ends; -1 when there is none. Leading zeros are accepted, and a point with digits on
 * only one side, but the number must begin with a digit or `-`.
 */
export function numberEnd(text: Uint8Array, start: number): number {
  const whole = text[start] === MINUS ? start + 1 : start;
  let at = whole;
  while (isDigit(text[at])) at++;
  let digits = at - whole;
  if (at === start) return -1;
  if (text[at] === POINT) {
    const fraction = ++at;
    while (isDigit(text[at])) at++;
    digits += at - fraction;
  }
  if (digits === 0) return -1;
  if ((text[at]! | BLANK) !== LETTER_E) return at;
  let power = at + 1;
  if (text[power] === PLUS || text[power] === MINUS) power++;
  if (!isDigit(text[power])) return at;
  while (isDigit(text[power])) power++;
  return power;
}

/** Whether the number from `start` to `end` is whole, short and without leading zeros, so that printing would not change it. */
export function isShortInteger(text: Uint8Array, start: number, end: number): boolean {
  const whole = text[start] === MINUS ? start + 1 : start;
  if (end - whole > MOST_DIGITS || (text[whole] === ZERO && (end - whole > 1 || whole > start))) return false;
  for (let at = whole; at < end; at++) if (!isDigit(text[at])) return false;
  return true;
}
