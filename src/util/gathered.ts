/** How bytes in chunks are collected in one block of memory, up to a limit. */

const FIRST_BYTES = 64 * 1024;
const GROWTH = 4;

export class Gathered {
  readonly #most: number;
  #buffer: Buffer;
  #length = 0;

  /** `expected`: the total number of bytes, if known. */
  constructor(most: number, expected = 0) {
    this.#most = most;
    // One additional byte shows that the limit is exceeded.
    this.#buffer = Buffer.allocUnsafeSlow(Math.min(most, Math.max(expected, FIRST_BYTES)) + 1);
  }

  /** Whether there were more bytes than the limit; the additional ones are not stored. */
  get isOver(): boolean {
    return this.#length > this.#most;
  }

  /** Memory to read the next bytes into, never empty before isOver; report them with took(). */
  room(): Buffer {
    if (this.#length === this.#buffer.length && !this.isOver) {
      // The system provides memory only when it is written to, so allocating too much is cheap.
      const larger = Buffer.allocUnsafeSlow(Math.min(this.#most + 1, this.#buffer.length * GROWTH));
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    return this.#buffer.subarray(this.#length);
  }

  took(count: number): void {
    this.#length += count;
  }

  /** Copies the chunk. */
  add(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.isOver; ) {
      const part = chunk.subarray(at, at + this.room().length);
      this.room().set(part);
      this.took(part.length);
      at += part.length;
    }
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}
