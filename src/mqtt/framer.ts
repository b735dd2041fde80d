/**
 * How the byte stream is cut into packets. A packet that lies within one chunk is read in place. Only a packet that
 * spans chunks is copied into memory of exactly its size, after that size and the first byte have passed the checks.
 */
import { malformed, protocolError } from './packet-error.ts';
import { checkHeader, checkServerHeader } from './packets/header.ts';
import { PACKET_TOO_LARGE } from './reasons.ts';
import { MAX_REMAINING_LENGTH, type ProtocolVersion } from './types.ts';
import { varintSize } from './writer.ts';

const TYPE = 0;
const LENGTH = 1;
const BODY = 2;

/** When fewer bytes are missing than this, copying them is cheaper than reading them directly into the packet. */
const WORTH_BYTES = 64 * 1024;

const NOTHING = Buffer.alloc(0);

export class Framer {
  /** After next() returned true: the first byte of the packet, and where its body lies. */
  header = 0;
  data: Buffer = NOTHING;
  start = 0;

  readonly #version: ProtocolVersion;
  readonly #maxPacketBytes: number;
  readonly #fromServer: boolean;
  #chunk: Buffer = NOTHING;
  #pos = 0;
  #state = TYPE;
  #length = 0;
  #shift = 0;
  #filled = 0;

  /**
   * A packet of more than `maxPacketBytes` is a protocol error: in MQTT 5, CONNECT has announced the limit [MQTT-3.1.2-24].
   * With `fromServer`, a packet that only clients send is one too, rejected before its body is stored and decoded.
   */
  constructor(version: ProtocolVersion, maxPacketBytes = Number.POSITIVE_INFINITY, fromServer = false) {
    this.#version = version;
    this.#maxPacketBytes = maxPacketBytes;
    this.#fromServer = fromServer;
  }

  /** Sets the next chunk. The previous chunk must be used up: next() has returned false. */
  push(chunk: Uint8Array): void {
    this.#chunk = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#pos = 0;
  }

  /** Moves to the next packet. Returns false when more bytes are needed. Throws a PacketError. */
  next(): boolean {
    if (this.#state === TYPE && !this.#readType()) return false;
    if (this.#state === LENGTH && !this.#readLength()) return false;
    return this.#readBody();
  }

  /** Where the body ends. */
  get end(): number {
    return this.start + this.#length;
  }

  /** Memory for the rest of a long packet: bytes read into it and then pushed are not copied. */
  get space(): Uint8Array | undefined {
    if (this.#state !== BODY || this.#length - this.#filled < WORTH_BYTES) return undefined;
    return this.data.subarray(this.#filled);
  }

  #readType(): boolean {
    if (this.#pos >= this.#chunk.length) return this.#usedUp();
    this.header = this.#chunk[this.#pos++]!;
    checkHeader(this.header, this.#version);
    if (this.#fromServer) checkServerHeader(this.header);
    this.#state = LENGTH;
    this.#length = 0;
    this.#shift = 0;
    return true;
  }

  #readLength(): boolean {
    for (;;) {
      if (this.#pos >= this.#chunk.length) return this.#usedUp();
      const byte = this.#chunk[this.#pos++]!;
      this.#length |= (byte & 0x7f) << this.#shift;
      this.#shift += 7;
      if (byte < 0x80) {
        if (byte === 0 && this.#shift > 7 && this.#version === 5)
          malformed('remaining length is not in its shortest form [MQTT-1.5.5-1]');
        break;
      }
      if (this.#shift === 28) malformed(`remaining length exceeds ${MAX_REMAINING_LENGTH} [MQTT 5, 1.5.5]`);
    }
    const size = 1 + varintSize(this.#length) + this.#length;
    if (size > this.#maxPacketBytes)
      protocolError(
        `packet of ${size} bytes exceeds the maximum packet size of ${this.#maxPacketBytes} bytes [MQTT-3.1.2-24]`,
        PACKET_TOO_LARGE,
      );
    this.start = 0;
    this.#filled = -1;
    this.#state = BODY;
    return true;
  }

  #readBody(): boolean {
    const available = this.#chunk.length - this.#pos;
    if (this.#filled < 0) {
      if (available >= this.#length) {
        this.data = this.#chunk;
        this.start = this.#pos;
        this.#pos += this.#length;
        this.#state = TYPE;
        return true;
      }
      this.data = Buffer.allocUnsafeSlow(this.#length);
      this.#filled = 0;
    }
    const part = Math.min(available, this.#length - this.#filled);
    if (!this.#isInPlace()) this.#chunk.copy(this.data, this.#filled, this.#pos, this.#pos + part);
    this.#pos += part;
    this.#filled += part;
    if (this.#filled < this.#length) return this.#usedUp();
    this.#state = TYPE;
    return true;
  }

  /** Whether the chunk was read directly into `space`. */
  #isInPlace(): boolean {
    const { buffer, byteOffset } = this.data;
    return this.#chunk.buffer === buffer && this.#chunk.byteOffset + this.#pos === byteOffset + this.#filled;
  }

  #usedUp(): false {
    this.#chunk = NOTHING;
    this.#pos = 0;
    return false;
  }
}
