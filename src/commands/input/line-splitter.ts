/** Bytes of standard input, cut into lines (`-0`: into records that end in NUL) without a copy. */
import type { Slices } from '../../mqtt/packets/publish.ts';

/** What ends a record. */
export const LINE_END = 0x0a;
export const NUL = 0;

/** Lines that are cut at once. */
const MOST_SLICES = 4096;
/** How far a line end is looked for byte by byte. */
const NEAR_BYTES = 64;

/**
 * Cuts chunks into lines, in place: a line within a chunk is a view of it, good as long as the chunk is; one that spans
 * chunks is a copy. Lines have no limit of length here (see mustEnd), and every byte but the separator belongs to them: with
 * LF also CR and NUL, with NUL (`-0`) also LF.
 */
export class LineSplitter implements Iterable<Uint8Array> {
  /** What ends a line. */
  readonly separator: number;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  /** The beginning of a line whose end has not come yet. */
  #parts: Buffer[] = [];
  /** Bytes of it, when next() has returned undefined. */
  begun = 0;
  /** Lines that were taken. */
  count = 0;
  #bounds: Uint32Array | undefined;

  constructor(separator: number = LINE_END) {
    this.separator = separator;
  }

  /** Drops what has begun. */
  forget(): void {
    this.#parts = [];
    this.begun = 0;
  }

  /** There is nothing more: what stands after the last line end is a line too. The chunk before must be used up. */
  end(): void {
    if (this.begun > 0) this.push(Uint8Array.of(this.separator));
  }

  /** The chunk before must be used up, that is: next() has returned undefined. */
  push(chunk: Uint8Array): void {
    this.#chunk = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#at = 0;
  }

  /** Takes the complete lines, one after the other. */
  *[Symbol.iterator](): Generator<Uint8Array> {
    for (let line = this.next(); line !== undefined; line = this.next()) yield line;
  }

  /** The next complete line, without its end, or undefined. */
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
   * The next complete lines that lie in the chunk as a whole, as many as `slices` can say; undefined when there is none
   * before next() was called. They are not taken: skip() does that.
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

  /** Takes the first of the slices. */
  skip(count: number): void {
    if (count > 0) this.#at = this.#bounds![2 * count - 1]! + 1;
    this.count += count;
  }

  #endFrom(start: number): number {
    const chunk = this.#chunk;
    const { separator } = this;
    // A call into the engine costs more than looking at a few bytes by hand.
    const near = Math.min(start + NEAR_BYTES, chunk.length);
    for (let i = start; i < near; i++) if (chunk[i] === separator) return i;
    return chunk.indexOf(separator, near);
  }
}
