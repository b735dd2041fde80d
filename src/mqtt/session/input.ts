/** What goes into a session: bytes, however they are cut, out of which come the packets of the server. */
import { decodePacket } from '../codec.ts';
import { Framer } from '../framer.ts';
import { property } from '../properties.ts';
import { Reader } from '../reader.ts';
import type { Packet } from '../types.ts';
import type { SessionOptions } from './options.ts';

export class SessionInput {
  readonly #options: SessionOptions;
  readonly #reader = new Reader();
  #framer!: Framer;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.reset();
  }

  /** A new connection: half a packet of the old one is none of this one. */
  reset(): void {
    const { version, properties, maxPacketBytes } = this.#options;
    this.#framer = new Framer(version, property(properties, 'maximum-packet-size') ?? maxPacketBytes, true);
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
    return decodePacket(this.#reader, framer.header, this.#options.version);
  }

  /** Where the bytes that come next are best read to: the rest of a long packet is to stay there. Undefined: anywhere. */
  get space(): Uint8Array | undefined {
    return this.#framer.space;
  }
}
