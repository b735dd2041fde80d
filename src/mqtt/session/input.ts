/** What goes into a session: bytes, however they are cut, out of which come the packets of the server. */
import { decodePacket } from '../codec.ts';
import { Framer } from '../framer.ts';
import { Reader } from '../reader.ts';
import type { Packet, ProtocolVersion } from '../types.ts';

export class SessionInput {
  readonly #version: ProtocolVersion;
  /** Bytes of the largest packet that may come; undefined: as many as MQTT can express. */
  readonly #limit: number | undefined;
  readonly #reader = new Reader();
  #framer: Framer;

  constructor(version: ProtocolVersion, limit: number | undefined) {
    this.#version = version;
    this.#limit = limit;
    this.#framer = new Framer(version, limit, true);
  }

  /** A new connection: half a packet of the old one is none of this one. */
  reset(): void {
    this.#framer = new Framer(this.#version, this.#limit, true);
  }

  /** It may keep views of the bytes. Throws a PacketError, as does next(). */
  push(bytes: Uint8Array): void {
    this.#framer.push(bytes);
  }

  /** The next whole packet. */
  next(): Packet | undefined {
    const framer = this.#framer;
    if (!framer.next()) return undefined;
    this.#reader.open(framer.data, framer.start, framer.end);
    return decodePacket(this.#reader, framer.header, this.#version);
  }

  /** Where the bytes that come next are best read to: the rest of a long packet is to stay there. Undefined: anywhere. */
  get space(): Uint8Array | undefined {
    return this.#framer.space;
  }
}
