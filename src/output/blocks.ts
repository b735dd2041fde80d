/**
 * How output is collected in blocks: a queue of pieces. Bytes, numbers and text each have their fastest way in, because
 * this code runs for every printed message.
 */
import { Queue } from '../util/queue.ts';

const BLOCK_BYTES = 64 * 1024;
/** Long values become pieces of this size, so that progress shows. */
const PIECE_BYTES = 1024 * 1024;
/** Up to this many bytes, a loop copies faster than a call into the engine. */
const SHORT_BYTES = 16;
/** Up to this many characters, a loop copies text faster than a call into the engine. */
const SHORT_LENGTH = 64;
const ZERO = 0x30;
const POWERS = Array.from({ length: 10 }, (_, i) => 10 ** i);

/** Whether the bytes are a single value, longer than any block. */
export const isLongValue = (piece: Uint8Array): boolean => piece.length > BLOCK_BYTES;

/** `Other`: entries of the queue that are not bytes. */
export class Blocks<Other> {
  #block: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #used = 0;
  #spare: Buffer | undefined;
  /** Everything put so far, except the block that is being filled. */
  protected pieces = new Queue<Uint8Array | Other>();
  /** Bytes put since the beginning. */
  protected bytesPut = 0;
  /** Whether further output is dropped. */
  protected isClosed = false;

  byte(value: number): void {
    if (this.isClosed) return;
    if (this.#used === this.#block.length) this.seal();
    this.#block[this.#used++] = value;
    this.bytesPut++;
  }

  /** A whole number from 0 to 2,147,483,647 in decimal, with leading zeros up to `least` digits. */
  digits(value: number, least = 1): void {
    if (this.isClosed) return;
    let count = least;
    for (let power = POWERS[least]!; value >= power; power *= 10) count++;
    if (count > this.#block.length - this.#used) this.seal();
    const block = this.#block;
    let left = value;
    for (let at = this.#used + count - 1; at >= this.#used; at--) {
      // This 32-bit division is several times faster than Math.floor().
      const rest = (left / 10) | 0;
      block[at] = ZERO + left - rest * 10;
      left = rest;
    }
    this.#used += count;
    this.bytesPut += count;
  }

  /** A short value in which the bytes listed in `others` are replaced, each by at most 6 bytes. */
  mapped(value: Uint8Array, others: readonly (Uint8Array | undefined)[]): void {
    if (this.isClosed) return;
    if (value.length * 6 > this.#block.length - this.#used) this.seal();
    const block = this.#block;
    let at = this.#used;
    for (let i = 0; i < value.length; i++) {
      const byte = value[i]!;
      const other = others[byte];
      if (other === undefined) block[at++] = byte;
      else for (let k = 0; k < other.length; k++) block[at++] = other[k]!;
    }
    this.bytesPut += at - this.#used;
    this.#used = at;
  }

  /** value[start, end), without creating a subarray when it is short. */
  range(value: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.isClosed) return;
    if (length > SHORT_LENGTH) return this.bytes(value.subarray(start, end));
    if (length > this.#block.length - this.#used) this.seal();
    const block = this.#block;
    const used = this.#used;
    for (let i = 0; i < length; i++) block[used + i] = value[start + i]!;
    this.#used += length;
    this.bytesPut += length;
  }

  /** Does not copy long values: they must not change until they are written. */
  bytes(value: Uint8Array): void {
    if (this.isClosed) return;
    const { length } = value;
    if (length > this.#block.length - this.#used) {
      this.seal();
      if (length > BLOCK_BYTES) {
        for (let at = 0; at < length; at += PIECE_BYTES) this.pieces.push(value.subarray(at, at + PIECE_BYTES));
        this.bytesPut += length;
        return;
      }
    }
    if (length > SHORT_BYTES) {
      this.#block.set(value, this.#used);
    } else {
      const block = this.#block;
      const used = this.#used;
      for (let i = 0; i < length; i++) block[used + i] = value[i]!;
    }
    this.#used += length;
    this.bytesPut += length;
  }

  /** The UTF-8 form of the text, encoded directly into the block. */
  text(value: string): void {
    if (this.isClosed) return;
    const { length } = value;
    // A UTF-16 unit takes at most three bytes of UTF-8.
    if (length * 3 > this.#block.length - this.#used) {
      if (length * 3 > BLOCK_BYTES) return this.bytes(Buffer.from(value));
      this.seal();
    }
    const block = this.#block;
    const used = this.#used;
    let i = 0;
    if (length <= SHORT_LENGTH) {
      for (; i < length; i++) {
        const code = value.charCodeAt(i);
        if (code > 0x7f) break;
        block[used + i] = code;
      }
    }
    // The engine encodes the text if it is longer or not ASCII.
    const size = i === length ? i : block.write(value, used);
    this.#used += size;
    this.bytesPut += size;
  }

  /** Moves the block to the queue and starts a new one. */
  protected seal(): void {
    if (this.#used === 0) return;
    this.pieces.push(this.#block.subarray(0, this.#used));
    this.#block = this.#spare ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#spare = undefined;
    this.#used = 0;
  }

  /** The piece is written. If it is a block, it is reused. (No other piece has memory of exactly this size.) */
  protected reuse(piece: Uint8Array): void {
    if (piece.buffer.byteLength === BLOCK_BYTES) this.#spare = Buffer.from(piece.buffer);
  }

  /** Returns the pieces that `put` adds, outside the queue and without counting them. */
  protected apart(put: () => void): Queue<Uint8Array | Other> {
    const [pieces, block, used, bytesPut] = [this.pieces, this.#block, this.#used, this.bytesPut];
    this.pieces = new Queue();
    this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#used = 0;
    put();
    this.seal();
    const own = this.pieces;
    [this.pieces, this.#block, this.#used, this.bytesPut] = [pieces, block, used, bytesPut];
    return own;
  }
}
