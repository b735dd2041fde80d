/** JSON with everything invisible escaped: its value is the same, and a terminal shows it as it is. */
import { escaped, escapedLines } from '../util/printable.ts';
import { cutBefore } from '../util/utf8.ts';
import { bufferOf } from './encode.ts';
import type { OutputWriter } from './writer.ts';

/** A string has a largest length, and what is escaped grows. */
const PIECE_BYTES = 64 * 1024;

/** A string as JSON. */
export const jsonString = (text: string): string => escaped(JSON.stringify(text));

/** Bytes with which something invisible may begin; the rest of what is not ASCII is left alone by escaped(). */
export const mayBeInvisible = (byte: number): boolean => byte === 0x7f || FIRST_BYTES.has(byte);

const FIRST_BYTES: ReadonlySet<number> = new Set([0xc2, 0xd8, 0xdb, 0xdc, 0xe0, 0xe1, 0xe2, 0xef, 0xf0, 0xf3]);

/** Whether well-formed UTF-8 without control characters has nothing invisible in it. */
export function isVisible(text: Buffer): boolean {
  return slices(text).every((slice) => escaped(slice) === slice);
}

/**
 * JSON and strings of it on their way to the output, with everything invisible escaped. Bytes are well-formed UTF-8, and may
 * be cut anywhere: what is not whole yet waits for the rest.
 */
export class EscapedOutput implements Pick<OutputWriter, 'text' | 'range'> {
  readonly #output: OutputWriter;
  /** The beginning of a character. */
  #begun: Buffer = Buffer.alloc(0);

  constructor(output: OutputWriter) {
    this.#output = output;
  }

  /** Line ends and tabs are layout: inside of strings they are escaped already. */
  text(json: string): void {
    this.#output.text(escapedLines(json));
  }

  /** JSON as it stands in bytes[from, to). */
  range(bytes: Uint8Array, from: number, to: number): void {
    for (const slice of slices(this.#whole(bytes.subarray(from, to)))) this.text(slice);
  }

  /** Text, as it stands between the quotes of a JSON string. */
  string(bytes: Uint8Array): void {
    for (const slice of slices(this.#whole(bytes))) this.#output.text(escaped(JSON.stringify(slice)).slice(1, -1));
  }

  /** With what waited, up to the end of the last whole character. */
  #whole(bytes: Uint8Array): Buffer {
    const all = this.#begun.length === 0 ? bufferOf(bytes) : Buffer.concat([this.#begun, bytes]);
    let end = all.length;
    let back = 1;
    while (back <= Math.min(3, end) && (all[end - back]! & 0xc0) === 0x80) back++;
    const first = all[end - back] ?? 0;
    if (back < (first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1)) end -= back;
    this.#begun = Buffer.from(all.subarray(end));
    return all.subarray(0, end);
  }
}

/** Cut between characters. */
function slices(text: Buffer): string[] {
  const found: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = cutBefore(text, start + PIECE_BYTES);
    found.push(text.toString('utf8', start, end));
    start = end;
  }
  return found;
}
