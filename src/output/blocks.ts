/**
 * Output gathered in blocks, as a queue of pieces: values are put byte by byte, as numbers, as text, each in the way that
 * costs least, because this is done for every message that is printed.
 */
import { Queue } from '../util/queue.ts';

const BLOCK_BYTES = 64 * 1024;
/** Long values become pieces of this size, so that progress shows. */
const PIECE_BYTES = 1024 * 1024;
/** Shorter values are copied by hand, which is cheaper than a call into the engine. */
const SHORT_BYTES = 16;
/** The same for text. */
const SHORT_LENGTH = 64;
const ZERO = 0x30;
const POWERS = Array.from({ length: 10 }, (_, i) => 10 ** i);

/** Whether the bytes are a value of their own, longer than any block. */
export const isLongValue = (piece: Uint8Array): boolean => piece.length > BLOCK_BYTES;

/** `Other`: what may stand in the queue between pieces of bytes. */
export class Blocks<Other> {
  #block: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #used = 0;
  #spare: Buffer | undefined;
  /** What was put, up to the block that is being filled. */
  protected pieces = new Queue<Uint8Array | Other>();
  /** Bytes put since the beginning. */
  protected bytesPut = 0;
  /** What is put from now on is dropped. */
  protected isClosed = false;

  byte(value: number): void {
    if (this.isClosed) return;
    if (this.#used === this.#block.length) this.seal();
    this.#block[this.#used++] = value;
    this.bytesPut++;
  }

  /** A whole number from 0 to 2,147,483,647 in decimal digits, with zeros in front where it has fewer than `least`. */
  digits(value: number, least = 1): void {
    if (this.isClosed) return;
    let count = least;
    for (let power = POWERS[least]!; value >= power; power *= 10) count++;
    if (count > this.#block.length - this.#used) this.seal();
    const block = this.#block;
    let left = value;
    for (let at = this.#used + count - 1; at >= this.#used; at--) {
      // Of 32 bits, which is several times faster than Math.floor().
      const rest = (left / 10) | 0;
      block[at] = ZERO + left - rest * 10;
      left = rest;
    }
    this.#used += count;
    this.bytesPut += count;
  }

  /** Short values, of which some bytes are others here: what `others` has, which is at most 6 bytes long. */
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

  /** A part of the value, which need not be cut out where it is short. */
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

  /** Long values are not copied: they must not change until they are written. */
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

  /** The UTF-8 form of the text, made where it is to stand. */
  text(value: string): void {
    if (this.isClosed) return;
    const { length } = value;
    // No character of UTF-16 takes more than three bytes.
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
    // What is longer, or not ASCII, is the engine's.
    const size = i === length ? i : block.write(value, used);
    this.#used += size;
    this.bytesPut += size;
  }

  /** Puts the block into the queue and takes a new one. */
  protected seal(): void {
    if (this.#used === 0) return;
    this.pieces.push(this.#block.subarray(0, this.#used));
    this.#block = this.#spare ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#spare = undefined;
    this.#used = 0;
  }

  /** The piece is written: if it is a block of ours, that can be filled again. (Nothing as short comes from elsewhere.) */
  protected reuse(piece: Uint8Array): void {
    if (piece.buffer.byteLength === BLOCK_BYTES) this.#spare = Buffer.from(piece.buffer);
  }

  /** The pieces that `put` puts, which stand apart from the queue and are not counted. */
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
