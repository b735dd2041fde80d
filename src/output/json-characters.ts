/** Which character a `\u` escape of a JSON string means, and how characters are written into one. */
import { escaped } from '../util/printable.ts';
import { BACKSLASH, LETTER_U } from './json-bytes.ts';

/** The value of each byte as a hexadecimal digit; -1 if it is not a digit. */
const HEX = Int8Array.from({ length: 256 }, (_, byte) =>
  /[0-9a-f]/i.test(String.fromCharCode(byte)) ? Number.parseInt(String.fromCharCode(byte), 16) : -1,
);

/** Characters after a backslash whose escape is written unchanged. */
export const SAME_ESCAPES: ReadonlySet<number> = new Set(Buffer.from('"\\bfnrt'));

/** Control characters in their form inside a JSON string, by code. */
export const CONTROL = Array.from({ length: 0x20 }, (_, code) =>
  JSON.stringify(String.fromCharCode(code)).slice(1, -1),
);

/** A character in its form inside a JSON string. */
export function quoted(character: string): string {
  if (character < ' ') return CONTROL[character.charCodeAt(0)]!;
  return character === '"' || character === '\\' ? `\\${character}` : escaped(character);
}

/**
 * The character of the `\u` escape whose digits begin at `at`; undefined when it is invalid. The two escapes of a
 * surrogate pair give one character.
 */
export function escapedCharacter(text: Uint8Array, at: number): string | undefined {
  const first = hex(text, at);
  if (first < 0) return undefined;
  if (first < 0xd800 || first > 0xdfff) return String.fromCharCode(first);
  // After the first half of a pair, the second half must follow.
  if (first > 0xdbff || text[at + 4] !== BACKSLASH || text[at + 5] !== LETTER_U) return undefined;
  const second = hex(text, at + 6);
  return second < 0xdc00 || second > 0xdfff ? undefined : String.fromCharCode(first, second);
}

/** The value of four hexadecimal digits; -1 when they are not digits. */
function hex(text: Uint8Array, start: number): number {
  let code = 0;
  for (let at = start; at < start + 4; at++) {
    const digit = HEX[text[at] ?? 0]!;
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}
