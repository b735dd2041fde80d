/** How received bytes, in chunks of any size, become packets. */
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

  /** Starts a new connection: drops an incomplete packet of the previous one. */
  reset(): void {
    const { version, properties, maxPacketBytes } = this.#options;
    this.#framer = new Framer(version, property(properties, 'maximum-packet-size') ?? maxPacketBytes, true);
  }

  /** Adds received bytes; packets may hold views of them. Throws a PacketError, as next() does. */
  push(bytes: Uint8Array): void {
    this.#framer.push(bytes);
  }

  /** The next complete packet, or undefined. */
  next(): Packet | undefined {
    const framer = this.#framer;
    if (!framer.next()) return undefined;
    this.#reader.open(framer.data, framer.start, framer.end);
    return decodePacket(this.#reader, framer.header, this.#options.version);
  }

  /** Where to read the next bytes into, so that the rest of a long packet is not copied. Undefined: into any memory. */
  get space(): Uint8Array | undefined {
    return this.#framer.space;
  }
}
