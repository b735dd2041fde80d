/** How a session opens its connections: what CONNECT contains, and which answers the broker may give. */
import { protocolError } from '../packet-error.ts';
import { property } from '../properties.ts';
import type { AuthPacket, ConnackPacket, ConnectPacket } from '../types.ts';
import type { SessionOptions } from './options.ts';

/**
 * What the broker kept of the session. new: there was none to keep. resumed: the broker has the session. lost: the
 * broker does not have the session that it was asked to keep.
 */
export type Continuity = 'new' | 'resumed' | 'lost';

export class Opening {
  readonly #options: SessionOptions;
  #clientId: string;
  /** Whether a broker accepted the client before, in this run or an earlier one, and so may have its session. */
  #known: boolean;

  constructor(options: SessionOptions, known: boolean) {
    this.#options = options;
    this.#clientId = options.clientId;
    this.#known = known;
  }

  /** The client ID as configured, or as the broker assigned it. */
  get clientId(): string {
    return this.#clientId;
  }

  connect(): ConnectPacket {
    const { version, keepAlive, username, password, will, properties } = this.#options;
    const [clientId, clean] = [this.#clientId, this.#isClean];
    return { type: 'connect', version, clientId, clean, keepAlive, username, password, will, properties };
  }

  /** CONNACK accepted the connection. Throws a PacketError when the broker kept a session despite a clean start. */
  accepted({ sessionPresent, properties }: ConnackPacket): Continuity {
    const [clean, known] = [this.#isClean, this.#known];
    if (sessionPresent && clean) protocolError('session present after a clean start [MQTT-3.2.2-2]');
    if (this.#clientId === '') this.#clientId = property(properties, 'assigned-client-identifier') ?? '';
    this.#known = true;
    // CONNACK of MQTT 3.1 has no "session present"; without a clean session the broker must have kept it [MQTT 3.1, 3.1].
    if (sessionPresent || (this.#options.version === 3 && known && !clean)) return 'resumed';
    return known && !clean ? 'lost' : 'new';
  }

  /** Throws a PacketError when AUTH names an authentication method that CONNECT did not name. */
  checkAuth(packet: AuthPacket): void {
    const method = property(this.#options.properties, 'authentication-method');
    if (method === undefined) protocolError('AUTH although we named no authentication method [MQTT-4.12.0-6]');
    if (property(packet.properties, 'authentication-method') !== method)
      protocolError('AUTH with another authentication method [MQTT-4.12.0-5]');
  }

  /** Once the broker keeps the session (MQTT 5, with an expiry), another clean start would discard its messages. */
  get #isClean(): boolean {
    const { version, clean, properties } = this.#options;
    const kept = version === 5 && this.#known && (property(properties, 'session-expiry-interval') ?? 0) > 0;
    return clean && !kept;
  }
}
