/**
 * Where packets are encoded: everything of one turn is written into one block and sent as one chunk. Bytes once handed
 * out are not overwritten before reuse(), so a chunk may wait in a socket's buffer.
 *
 * Misuse (a string over 65,535 bytes or with a lone surrogate, a number out of range) throws a TypeError: the caller
 * must check user input. A packet that throws is dropped completely.
 */
import { Queue } from '../util/queue.ts';
import { hasUtf8Form } from '../util/utf8.ts';
import { MAX_REMAINING_LENGTH } from './types.ts';

const FIRST_BLOCK_BYTES = 8 * 1024;
const BLOCK_BYTES = 64 * 1024;
/** Payloads of this size or more become chunks of their own, without a copy. */
export const BY_REFERENCE_BYTES = 64 * 1024;
/** Up to this many bytes, copying in a loop is faster than a call into the engine. */
const BY_HAND_BYTES = 48;
/** The longest fixed header: one byte of type and flags, four bytes of remaining length. */
const MAX_HEADER_BYTES = 5;

export class Writer {
  #block: Buffer = Buffer.allocUnsafeSlow(FIRST_BLOCK_BYTES);
  /** #block[#taken, #pos) waits to be taken. */
  #taken = 0;
  #pos = 0;
  readonly #chunks = new Queue<Uint8Array>();
  #chunkBytes = 0;
  /** Start of the packet that begin() or mark() opened; -1 when none is open. take() returns nothing from here on. */
  #packet = -1;

  /** Bytes of acknowledgements since reuse() was last called. */
  answerBytes = 0;

  #lastTopic: string | undefined;
  #lastTopicBytes: Buffer = Buffer.alloc(0);

  /** Bytes that wait to be taken. */
  get pending(): number {
    return this.#chunkBytes + this.#done - this.#taken;
  }

  /** The next chunk to write, or undefined when there is none. */
  take(): Uint8Array | undefined {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#chunkBytes -= chunk.length;
      return chunk;
    }
    const end = this.#done;
    if (end === this.#taken) return undefined;
    const tail = this.#block.subarray(this.#taken, end);
    this.#taken = end;
    return tail;
  }

  /** Every chunk taken so far is written: the block may be overwritten. */
  reuse(): void {
    this.answerBytes = 0;
    if (this.pending > 0 || this.#packet >= 0) return;
    this.#taken = 0;
    this.#pos = 0;
  }

  /** Drops everything that was not taken. */
  clear(): void {
    this.#chunks.clear();
    this.#chunkBytes = 0;
    this.#taken = this.#done;
    this.answerBytes = 0;
  }

  u8(value: number): void {
    if ((value & 0xff) !== value) throw new TypeError(`not a byte: ${value}`);
    this.#reserve(1);
    this.#block[this.#pos++] = value;
  }

  u16(value: number): void {
    if ((value & 0xffff) !== value) throw new TypeError(`not a two byte integer: ${value}`);
    this.#reserve(2);
    this.#block[this.#pos++] = value >>> 8;
    this.#block[this.#pos++] = value & 0xff;
  }

  u32(value: number): void {
    if (value >>> 0 !== value) throw new TypeError(`not a four byte integer: ${value}`);
    this.#reserve(4);
    this.#pos = this.#block.writeUInt32BE(value, this.#pos);
  }

  varint(value: number): void {
    if ((value & MAX_REMAINING_LENGTH) !== value) throw new TypeError(`not a variable byte integer: ${value}`);
    this.#reserve(4);
    let left = value;
    while (left > 0x7f) {
      this.#block[this.#pos++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    this.#block[this.#pos++] = left;
  }

  packetId(value: number): void {
    if (value === 0) throw new TypeError('packet identifier is 0');
    this.u16(value);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#copy(bytes);
  }

  /** A field with a two-byte length and at most 65,535 bytes. */
  binary(bytes: Uint8Array): void {
    this.u16(bytes.length);
    this.raw(bytes);
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    checkText(text, length);
    this.u16(length);
    this.#reserve(length);
    this.#pos += this.#block.write(text, this.#pos, length, 'utf8');
  }

  /** The UTF-8 form of a topic. The last topic is cached, because most publishers have one. */
  topicBytes(topic: string): Buffer {
    if (topic !== this.#lastTopic) {
      const bytes = Buffer.from(topic);
      checkText(topic, bytes.length);
      this.#lastTopicBytes = bytes;
      this.#lastTopic = topic;
    }
    return this.#lastTopicBytes;
  }

  /** A payload: copied when short, queued without a copy when long. Its bytes must not change until they are taken. */
  payload(bytes: Uint8Array): void {
    if (bytes.length < BY_REFERENCE_BYTES) {
      this.raw(bytes);
      return;
    }
    this.#cutAt(this.#pos);
    this.#chunks.push(bytes);
    this.#chunkBytes += bytes.length;
  }

  /** Writes a whole packet: the fixed header, the bytes of `before`, and bytes[start, end) as payload. */
  packet(header: number, before: Uint8Array, bytes: Uint8Array, start: number, end: number): void {
    const remaining = before.length + end - start;
    this.#reserve(MAX_HEADER_BYTES + remaining);
    const block = this.#block;
    let pos = this.#pos;
    block[pos++] = header;
    let left = remaining;
    while (left > 0x7f) {
      block[pos++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    block[pos++] = left;
    // A loop copies short fields faster, as in #copy().
    if (before.length > BY_HAND_BYTES) {
      block.set(before, pos);
      pos += before.length;
    } else {
      for (let i = 0; i < before.length; i++) block[pos++] = before[i]!;
    }
    if (end - start > BY_HAND_BYTES) {
      block.set(bytes.subarray(start, end), pos);
      pos += end - start;
    } else {
      for (let i = start; i < end; i++) block[pos++] = bytes[i]!;
    }
    this.#pos = pos;
  }

  /**
   * Starts a packet; settle() ends it. If a write throws a TypeError in between, the packet is dropped. `payload` must
   * not be used in between.
   */
  mark(): void {
    this.#pos = this.#done;
    this.#packet = this.#pos;
  }

  settle(): void {
    this.#packet = -1;
  }

  /** Opens a packet whose size is not known yet: as mark(), with room for the fixed header that finish() writes. */
  begin(): void {
    this.mark();
    this.#reserve(MAX_HEADER_BYTES);
    this.#pos += MAX_HEADER_BYTES;
  }

  /**
   * Closes the packet: writes the fixed header before it and returns its size in bytes. Drops a packet above `limit`
   * bytes and returns 0.
   */
  finish(header: number, limit: number): number {
    if (this.#packet < 0) throw new TypeError('no packet is open');
    const bodyStart = this.#packet + MAX_HEADER_BYTES;
    const bodyEnd = this.#pos;
    const remaining = bodyEnd - bodyStart;
    const size = 1 + varintSize(remaining) + remaining;
    this.#pos = this.#packet;
    this.#packet = -1;
    if (remaining > MAX_REMAINING_LENGTH || size > limit) return 0;
    this.#block[this.#pos++] = header;
    this.varint(remaining);
    this.#block.copyWithin(this.#pos, bodyStart, bodyEnd);
    this.#pos += remaining;
    return size;
  }

  /** Up to here the block holds complete packets. */
  get #done(): number {
    return this.#packet >= 0 ? this.#packet : this.#pos;
  }

  #copy(bytes: Uint8Array): void {
    const length = bytes.length;
    if (length > BY_HAND_BYTES) {
      this.#block.set(bytes, this.#pos);
    } else {
      const block = this.#block;
      const pos = this.#pos;
      for (let i = 0; i < length; i++) block[pos + i] = bytes[i]!;
    }
    this.#pos += length;
  }

  /** Makes room for `size` more bytes. A full block becomes a chunk; an open packet moves to the new block. */
  #reserve(size: number): void {
    if (this.#pos + size <= this.#block.length) return;
    const keepFrom = this.#done;
    this.#cutAt(keepFrom);
    const kept = this.#block.subarray(keepFrom, this.#pos);
    this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, (kept.length + size) * 2));
    this.#block.set(kept);
    if (this.#packet >= 0) this.#packet = 0;
    this.#taken = 0;
    this.#pos = kept.length;
  }

  /** Queues the bytes up to `end` that were not taken yet as a chunk. */
  #cutAt(end: number): void {
    if (end === this.#taken) return;
    this.#chunks.push(this.#block.subarray(this.#taken, end));
    this.#chunkBytes += end - this.#taken;
    this.#taken = end;
  }
}

/**
 * Throws a TypeError for a lone surrogate [MQTT-1.5.4-1] and for U+0000 [MQTT-1.5.4-2]: MQTT can encode neither. Text
 * with one byte per UTF-16 unit is ASCII, so most text need not be searched for surrogates.
 */
function checkText(text: string, byteLength: number): void {
  if (text.includes('\0')) throw new TypeError('string with U+0000');
  if (byteLength !== text.length && !hasUtf8Form(text)) throw new TypeError('string with a lone surrogate');
}

/** Bytes that a variable byte integer takes, 1 to 4. */
export function varintSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4;
}
