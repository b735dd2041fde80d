/** How a session opens its connections: what CONNECT says, and what an answer to it may say. */
import { protocolError } from '../packet-error.ts';
import { property } from '../properties.ts';
import type { AuthPacket, ConnackPacket, ConnectPacket } from '../types.ts';
import type { SessionOptions } from './options.ts';

/**
 * What the server has of our session. new: there was none, or none was to be kept. resumed: it has what we know of. lost: it
 * does not have the one that it was asked to keep.
 */
export type Continuity = 'new' | 'resumed' | 'lost';

export class Opening {
  readonly #options: SessionOptions;
  #clientId: string;
  /** A server has taken us in before, in this run or an earlier one, so that it may have a session of ours. */
  #known: boolean;

  constructor(options: SessionOptions, known: boolean) {
    this.#options = options;
    this.#clientId = options.clientId;
    this.#known = known;
  }

  /** As given, or as the server assigned it. */
  get clientId(): string {
    return this.#clientId;
  }

  connect(): ConnectPacket {
    const { version, keepAlive, username, password, will, properties } = this.#options;
    const [clientId, clean] = [this.#clientId, this.#isClean];
    return { type: 'connect', version, clientId, clean, keepAlive, username, password, will, properties };
  }

  /** The server has taken us in. Throws a PacketError when it has a session that we wanted to begin without. */
  accepted({ sessionPresent, properties }: ConnackPacket): Continuity {
    const [clean, known] = [this.#isClean, this.#known];
    if (sessionPresent && clean) protocolError('session present after a clean start [MQTT-3.2.2-2]');
    if (this.#clientId === '') this.#clientId = property(properties, 'assigned-client-identifier') ?? '';
    this.#known = true;
    // CONNACK of MQTT 3.1 does not say it, and without a clean session the server must have kept it [MQTT 3.1, 3.1].
    if (sessionPresent || (this.#options.version === 3 && known && !clean)) return 'resumed';
    return known && !clean ? 'lost' : 'new';
  }

  /** Throws a PacketError when the server speaks of a method that CONNECT did not name. */
  checkAuth(packet: AuthPacket): void {
    const method = property(this.#options.properties, 'authentication-method');
    if (method === undefined) protocolError('AUTH although we named no authentication method [MQTT-4.12.0-6]');
    if (property(packet.properties, 'authentication-method') !== method)
      protocolError('AUTH with another authentication method [MQTT-4.12.0-5]');
  }

  /** Once a server keeps a session for us (MQTT 5, with an expiry), starting clean again would throw messages away. */
  get #isClean(): boolean {
    const { version, clean, properties } = this.#options;
    const kept = version === 5 && this.#known && (property(properties, 'session-expiry-interval') ?? 0) > 0;
    return clean && !kept;
  }
}
