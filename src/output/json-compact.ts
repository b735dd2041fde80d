/** Whether JSON already has the compact form of rewriteJson(), as most JSON of machines does. */
import {
  BACKSLASH,
  BLANK,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  isDigit,
  LETTER_E,
  LETTER_F,
  LETTER_N,
  LETTER_T,
  MINUS,
  MOST_DIGITS,
  OPEN_LIST,
  OPEN_OBJECT,
  POINT,
  QUOTE,
  WORDS,
  ZERO,
} from './json-bytes.ts';

/** Deeper JSON is left to the full parser of json-value.ts. */
const DEEPEST = 32;

/**
 * True only when rewriting would change nothing: no whitespace, no escapes, and numbers in their printed form. False
 * does not mean invalid JSON. Bytes from 0x80 on are accepted unchecked, in strings only.
 */
export function isCompactJson(text: Uint8Array): boolean {
  return valueEnd(text, 0, DEEPEST) === text.length;
}

/** Where the value that begins here ends; -1 when it is not a value or not in its final form. */
function valueEnd(text: Uint8Array, at: number, depth: number): number {
  switch (text[at]) {
    case QUOTE:
      return stringEnd(text, at);
    case OPEN_OBJECT:
      return listEnd(text, at, CLOSE_OBJECT, depth);
    case OPEN_LIST:
      return listEnd(text, at, CLOSE_LIST, depth);
    case LETTER_T:
    case LETTER_F:
    case LETTER_N:
      return wordEnd(text, at);
    default:
      return numberEnd(text, at);
  }
}

function wordEnd(text: Uint8Array, start: number): number {
  const word = WORDS.get(text[start]!)!;
  for (let i = 0; i < word.length; i++) if (text[start + i] !== word[i]) return -1;
  return start + word.length;
}

function stringEnd(text: Uint8Array, start: number): number {
  if (text[start] !== QUOTE) return -1;
  for (let at = start + 1; at < text.length; at++) {
    const byte = text[at]!;
    if (byte === QUOTE) return at + 1;
    if (byte < BLANK || byte === BACKSLASH) return -1;
  }
  return -1;
}

/** An object, or an array, which has no names. */
function listEnd(text: Uint8Array, start: number, end: number, depth: number): number {
  if (depth === 0) return -1;
  if (text[start + 1] === end) return start + 2;
  let at = start;
  do {
    at++;
    if (end === CLOSE_OBJECT) {
      at = stringEnd(text, at);
      if (at < 0 || text[at] !== COLON) return -1;
      at++;
    }
    at = valueEnd(text, at, depth - 1);
    if (at < 0) return -1;
  } while (text[at] === COMMA);
  return text[at] === end ? at + 1 : -1;
}

/** Digits without leading zeros, with an optional fraction without trailing zeros. Excludes `-0` and very small numbers. */
function numberEnd(text: Uint8Array, start: number): number {
  const whole = text[start] === MINUS ? start + 1 : start;
  let at = whole;
  while (isDigit(text[at])) at++;
  if (at === whole) return -1;
  const isZero = text[whole] === ZERO;
  if (isZero && at > whole + 1) return -1;
  if (text[at] === POINT) {
    const fraction = ++at;
    while (isDigit(text[at])) at++;
    if (at === fraction || text[at - 1] === ZERO) return -1;
    if (isZero && text[fraction] === ZERO) return -1;
  } else if (isZero && whole > start) {
    return -1;
  }
  const next = text[at];
  if (at - whole > MOST_DIGITS || (next! | BLANK) === LETTER_E) return -1;
  return at;
}
