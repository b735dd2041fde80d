/** JSON with everything invisible escaped: its value is the same, and a terminal shows it as it is. */
import { escaped } from '../util/printable.ts';

/** A string has a largest length, and what is escaped grows. */
const PIECE_BYTES = 64 * 1024;

/** A string as JSON. */
export const jsonString = (text: string): string => escaped(JSON.stringify(text));

/** A piece of JSON that rewriteJson() made. Line ends and tabs are its layout: inside of strings they are escaped. */
export const jsonPiece = (json: string): string => json.replace(/[^\n\t]+/g, escaped);

/** Bytes with which something invisible may begin; the rest of what is not ASCII is left alone by escaped(). */
export const mayBeInvisible = (byte: number): boolean => byte === 0x7f || FIRST_BYTES.has(byte);

const FIRST_BYTES: ReadonlySet<number> = new Set([0xc2, 0xd8, 0xdb, 0xdc, 0xe0, 0xe1, 0xe2, 0xef, 0xf0, 0xf3]);

/** Whether well-formed UTF-8 without control characters has nothing invisible in it. */
export function isVisible(text: Buffer): boolean {
  return slices(text).every((slice) => escaped(slice) === slice);
}

/** Well-formed UTF-8 as a JSON string, in pieces; undefined when nothing in it is invisible but what JSON itself escapes. */
export function jsonPieces(text: Buffer): string[] | undefined {
  let isChanged = false;
  const pieces = slices(text).map((slice) => {
    const json = JSON.stringify(slice);
    const safe = escaped(json);
    isChanged ||= safe !== json;
    return safe.slice(1, -1);
  });
  return isChanged ? ['"', ...pieces, '"'] : undefined;
}

/** Cut between characters. */
function slices(text: Buffer): string[] {
  const found: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + PIECE_BYTES, text.length);
    while (end < text.length && (text[end]! & 0xc0) === 0x80) end--;
    found.push(text.toString('utf8', start, end));
    start = end;
  }
  return found;
}
