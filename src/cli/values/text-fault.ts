/** Why text cannot go into a packet: which byte or character is at fault, and where, as a hint. */
import { isPlainText, sequenceLength } from '../../util/utf8.ts';
import type { Word } from '../words/words.ts';

/** Undefined when the text itself has no fault; it may still be too long. */
export function textFault({ text, bytes, wellFormed }: Word): string | undefined {
  if (!wellFormed) {
    const at = firstMalformed(bytes);
    return `Byte ${at + 1} of the value is 0x${hex(bytes[at] ?? 0, 2)}, which is not valid UTF-8.`;
  }
  const at = [...text].findIndex((character) => !isPlainText(character));
  if (at < 0) return undefined;
  const code = [...text][at]!.codePointAt(0)!;
  const what = code < 0xa0 ? 'a control character' : code < 0xe000 ? 'half of a surrogate pair' : 'a noncharacter';
  return `Character ${at + 1} of the value is U+${hex(code, 4)}, ${what}.`;
}

function firstMalformed(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at, bytes.length);
    if (length === 0) break;
    at += length;
  }
  return at;
}

const hex = (number: number, digits: number): string => number.toString(16).toUpperCase().padStart(digits, '0');
