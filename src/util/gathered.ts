/** Bytes that come in chunks, gathered in one piece of memory, and no more of them than can be used. */

const FIRST_BYTES = 64 * 1024;
const GROWTH = 4;

export class Gathered {
  readonly #most: number;
  #buffer: Buffer;
  #length = 0;

  /** `expected`: how many there will be, where that is known. */
  constructor(most: number, expected = 0) {
    this.#most = most;
    // One byte more shows that there is one more.
    this.#buffer = Buffer.allocUnsafeSlow(Math.min(most, Math.max(expected, FIRST_BYTES)) + 1);
  }

  /** There are more than can be used; those behind the limit are not kept. */
  get isOver(): boolean {
    return this.#length > this.#most;
  }

  /** Where the next bytes can be read into: never empty before isOver. They count with took(). */
  room(): Buffer {
    if (this.#length === this.#buffer.length && !this.isOver) {
      // Memory that is not written to is not in use yet, so that this may be far more than is needed.
      const larger = Buffer.allocUnsafeSlow(Math.min(this.#most + 1, this.#buffer.length * GROWTH));
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    return this.#buffer.subarray(this.#length);
  }

  took(count: number): void {
    this.#length += count;
  }

  /** A copy of the chunk. */
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
