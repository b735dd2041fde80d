/** How invisible characters in JSON are escaped: the value stays the same, and a terminal shows every character. */
import { escaped, escapedLines } from '../util/printable.ts';
import { cutBefore } from '../util/utf8.ts';
import { bufferOf } from './encode.ts';
import type { OutputWriter } from './writer.ts';

/** Text is processed in pieces, because escaping makes it longer and a string has a maximum length. */
const PIECE_BYTES = 64 * 1024;

/** A string as JSON, with invisible characters escaped. */
export const jsonString = (text: string): string => escaped(JSON.stringify(text));

/** Whether an invisible character may begin with this byte; escaped() leaves all other non-ASCII characters unchanged. */
export const mayBeInvisible = (byte: number): boolean => byte === 0x7f || FIRST_BYTES.has(byte);

const FIRST_BYTES: ReadonlySet<number> = new Set([0xc2, 0xd8, 0xdb, 0xdc, 0xe0, 0xe1, 0xe2, 0xef, 0xf0, 0xf3]);

/** Whether well-formed UTF-8 without control characters contains no invisible character. */
export function isVisible(text: Buffer): boolean {
  return slices(text).every((slice) => escaped(slice) === slice);
}

/**
 * Writes JSON and its strings to the output with invisible characters escaped. The bytes are well-formed UTF-8 and may
 * be cut anywhere: an incomplete character waits for its remaining bytes.
 */
export class EscapedOutput implements Pick<OutputWriter, 'text' | 'range'> {
  readonly #output: OutputWriter;
  /** The first bytes of an incomplete character. */
  #begun: Buffer = Buffer.alloc(0);

  constructor(output: OutputWriter) {
    this.#output = output;
  }

  /** Newlines and tabs are layout here: inside strings they are already escaped. */
  text(json: string): void {
    this.#output.text(escapedLines(json));
  }

  /** bytes[from, to), which are JSON. */
  range(bytes: Uint8Array, from: number, to: number): void {
    for (const slice of slices(this.#whole(bytes.subarray(from, to)))) this.text(slice);
  }

  /** Text, in its form between the quotes of a JSON string. */
  string(bytes: Uint8Array): void {
    for (const slice of slices(this.#whole(bytes))) this.#output.text(escaped(JSON.stringify(slice)).slice(1, -1));
  }

  /** The waiting bytes and these, up to the last complete character. */
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

/** The text in slices, cut between characters. */
function slices(text: Buffer): string[] {
  const found: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = cutBefore(text, start + PIECE_BYTES);
    found.push(text.toString('utf8', start, end));
    start = end;
  }
  return found;
}
