/** Characters of JSON strings: what a `\u` escape stands for, and how a character is written again. */
import { escaped } from '../util/printable.ts';
import { BACKSLASH, LETTER_U } from './json-bytes.ts';

/** The value of each byte as a digit, -1 for what is none. */
const HEX = Int8Array.from({ length: 256 }, (_, byte) =>
  /[0-9a-f]/i.test(String.fromCharCode(byte)) ? Number.parseInt(String.fromCharCode(byte), 16) : -1,
);

/** What may follow a backslash and is written in the same way. */
export const SAME_ESCAPES: ReadonlySet<number> = new Set(Buffer.from('"\\bfnrt'));

/** Control characters as they stand inside of a JSON string, by their codes. */
export const CONTROL = Array.from({ length: 0x20 }, (_, code) =>
  JSON.stringify(String.fromCharCode(code)).slice(1, -1),
);

/** A character as it stands inside of a JSON string. */
export function quoted(character: string): string {
  if (character < ' ') return CONTROL[character.charCodeAt(0)]!;
  return character === '"' || character === '\\' ? `\\${character}` : escaped(character);
}

/**
 * The character of the `\u` escape whose digits begin at `at`; undefined when there is none. Of a surrogate pair, which is
 * two escapes, both belong to it.
 */
export function escapedCharacter(text: Uint8Array, at: number): string | undefined {
  const first = hex(text, at);
  if (first < 0) return undefined;
  if (first < 0xd800 || first > 0xdfff) return String.fromCharCode(first);
  // Half of a pair: the other half must follow.
  if (first > 0xdbff || text[at + 4] !== BACKSLASH || text[at + 5] !== LETTER_U) return undefined;
  const second = hex(text, at + 6);
  return second < 0xdc00 || second > 0xdfff ? undefined : String.fromCharCode(first, second);
}

/** The value of four digits; -1: they are none. */
function hex(text: Uint8Array, start: number): number {
  let code = 0;
  for (let at = start; at < start + 4; at++) {
    const digit = HEX[text[at] ?? 0]!;
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}
