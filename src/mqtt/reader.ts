/**
 * How the fields of one packet are read. Every read checks the end of the packet and throws `malformed`. Nothing is
 * copied: strings are decoded, binary values are views.
 */
import { decodeUtf8 } from '../util/utf8.ts';
import { malformed, protocolError } from './packet-error.ts';
import { hasWildcard } from './topic.ts';

/** How many distinct topics are cached as strings; a power of two. Other topics are decoded each time. */
const TOPIC_SLOTS = 256;
/** Longer topics are not cached, so that the cache stays small. */
const TOPIC_REMEMBERED_BYTES = 256;

export class Reader {
  data: Buffer = Buffer.alloc(0);
  pos = 0;
  end = 0;

  /** The cached topics: their strings, and a fixed span of bytes for each. A length of 0 marks a free slot. */
  readonly #topics: string[] = new Array(TOPIC_SLOTS).fill('');
  readonly #topicLengths = new Uint16Array(TOPIC_SLOTS);
  readonly #topicBytes = new Uint8Array(TOPIC_SLOTS * TOPIC_REMEMBERED_BYTES);

  /** Starts reading data[start, end). */
  open(data: Buffer, start: number, end: number): void {
    this.data = data;
    this.pos = start;
    this.end = end;
  }

  get left(): number {
    return this.end - this.pos;
  }

  u8(): number {
    if (this.pos >= this.end) malformed('packet too short');
    return this.data[this.pos++]!;
  }

  u16(): number {
    const pos = this.pos;
    if (pos + 2 > this.end) malformed('packet too short');
    this.pos = pos + 2;
    return (this.data[pos]! << 8) | this.data[pos + 1]!;
  }

  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  /** A variable byte integer in its shortest form [MQTT-1.5.5-1]. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.u8();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) malformed('variable byte integer is not in its shortest form [MQTT-1.5.5-1]');
        return value;
      }
    }
    return malformed('variable byte integer is longer than four bytes');
  }

  packetId(): number {
    const id = this.u16();
    if (id === 0) protocolError('packet identifier is 0 [MQTT-2.2.1-3]');
    return id;
  }

  text(): string {
    const start = this.#field();
    return decodeUtf8(this.data, start, this.pos) ?? malformed('string is not well-formed UTF-8 [MQTT-1.5.4-1]');
  }

  binary(): Buffer {
    const start = this.#field();
    return this.data.subarray(start, this.pos);
  }

  /** All remaining bytes. */
  rest(): Buffer {
    const start = this.pos;
    this.pos = this.end;
    return this.data.subarray(start, this.end);
  }

  /**
   * A topic name. Topics repeat, so up to 256 distinct ones are cached as strings and found by their bytes: a cached
   * topic needs neither decoding nor a new string.
   */
  topic(): string {
    const start = this.#field();
    const end = this.pos;
    const data = this.data;
    const length = end - start;
    if (length === 0) return '';
    if (length > TOPIC_REMEMBERED_BYTES) return this.#decodeTopic(start, end);
    let hash = length;
    for (let i = start; i < end; i++) hash = (hash * 31 + data[i]!) | 0;
    const slot = hash & (TOPIC_SLOTS - 1);
    const known = this.#topicBytes;
    const offset = slot * TOPIC_REMEMBERED_BYTES;
    if (this.#topicLengths[slot] === length) {
      let i = 0;
      while (i < length && known[offset + i] === data[start + i]) i++;
      if (i === length) return this.#topics[slot]!;
    }
    const topic = this.#decodeTopic(start, end);
    for (let i = 0; i < length; i++) known[offset + i] = data[start + i]!;
    this.#topicLengths[slot] = length;
    this.#topics[slot] = topic;
    return topic;
  }

  /** Throws a PacketError when bytes follow the last field. */
  finish(): void {
    if (this.pos !== this.end) malformed(`${this.left} bytes after the end of the packet`);
  }

  /** Skips a field with a two-byte length and returns where its content begins. */
  #field(): number {
    const length = this.u16();
    const start = this.pos;
    if (start + length > this.end) malformed('field exceeds the packet');
    this.pos = start + length;
    return start;
  }

  #decodeTopic(start: number, end: number): string {
    const topic = decodeUtf8(this.data, start, end) ?? malformed('topic is not well-formed UTF-8 [MQTT-1.5.4-1]');
    if (hasWildcard(topic)) protocolError('topic name holds a wildcard [MQTT-3.3.2-2]', 0x90);
    return topic;
  }
}
