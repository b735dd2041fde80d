/** Cuts the bytes of standard input into lines (with `-0`, into records that end in NUL) without copying them. */
import type { Slices } from '../../mqtt/packets/publish.ts';

/** The byte that ends a record. */
export const LINE_END = 0x0a;
export const NUL = 0;

/** Most lines cut at once. */
const MOST_SLICES = 4096;
/** Bytes searched for a newline one by one, before indexOf(). */
const NEAR_BYTES = 64;

/**
 * Cuts chunks into lines in place. A line within a chunk is a view, valid as long as the chunk; a line that spans
 * chunks is a copy. The length of a line has no limit here (see mustEnd). A line keeps every byte except the separator:
 * with LF also CR and NUL, with NUL (`-0`) also LF.
 */
export class LineSplitter implements Iterable<Uint8Array> {
  /** The byte that ends a line. */
  readonly separator: number;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  /** The beginning of a line whose end has not arrived yet. */
  #parts: Buffer[] = [];
  /** Bytes of that beginning, after next() has returned undefined. */
  begun = 0;
  /** Number of lines taken. */
  count = 0;
  #bounds: Uint32Array | undefined;

  constructor(separator: number = LINE_END) {
    this.separator = separator;
  }

  /** Drops the line that has begun. */
  forget(): void {
    this.#parts = [];
    this.begun = 0;
  }

  /** Ends the input: the bytes after the last newline are a line too. The previous chunk must be used up. */
  end(): void {
    if (this.begun > 0) this.push(Uint8Array.of(this.separator));
  }

  /** Adds a chunk. The previous chunk must be used up: next() has returned undefined. */
  push(chunk: Uint8Array): void {
    this.#chunk = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#at = 0;
  }

  /** Takes the complete lines one after the other. */
  *[Symbol.iterator](): Generator<Uint8Array> {
    for (let line = this.next(); line !== undefined; line = this.next()) yield line;
  }

  /** Takes the next complete line, without its separator; undefined when there is none. */
  next(): Uint8Array | undefined {
    const end = this.#endFrom(this.#at);
    if (end < 0) {
      if (this.#at < this.#chunk.length) this.#parts.push(Buffer.from(this.#chunk.subarray(this.#at)));
      this.begun += this.#chunk.length - this.#at;
      this.#at = this.#chunk.length;
      return undefined;
    }
    const line = this.#chunk.subarray(this.#at, end);
    this.#at = end + 1;
    this.count++;
    if (this.#parts.length === 0) return line;
    const whole = Buffer.concat([...this.#parts, line]);
    this.forget();
    return whole;
  }

  /**
   * Finds the next complete lines that lie wholly in the chunk, as many as `slices` can hold; undefined when there are
   * none before next() is called. The caller takes them with skip().
   */
  slices(): Slices | undefined {
    if (this.#parts.length > 0) return undefined;
    const chunk = this.#chunk;
    this.#bounds ??= new Uint32Array(2 * MOST_SLICES);
    const bounds = this.#bounds;
    let count = 0;
    let start = this.#at;
    while (count < MOST_SLICES) {
      const end = this.#endFrom(start);
      if (end < 0) break;
      bounds[2 * count] = start;
      bounds[2 * count + 1] = end;
      count++;
      start = end + 1;
    }
    return count === 0 ? undefined : { bytes: chunk, bounds, count };
  }

  /** Takes the first `count` slices. */
  skip(count: number): void {
    if (count > 0) this.#at = this.#bounds![2 * count - 1]! + 1;
    this.count += count;
  }

  #endFrom(start: number): number {
    const chunk = this.#chunk;
    const { separator } = this;
    // For a short line, a loop over bytes is faster than a call into the engine.
    const near = Math.min(start + NEAR_BYTES, chunk.length);
    for (let i = start; i < near; i++) if (chunk[i] === separator) return i;
    return chunk.indexOf(separator, near);
  }
}
