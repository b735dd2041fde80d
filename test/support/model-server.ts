/**
 * An MQTT broker in memory, made only of the codec: it keeps (or loses) sessions, handles QoS 1 and 2 in both directions,
 * sends again on resume, records every packet, and notes every rule that the client breaks. It has no time and no sockets.
 */
import { decodePacket, encodePacket } from '../../src/mqtt/codec.ts';
import { Framer } from '../../src/mqtt/framer.ts';
import type { PublishContent } from '../../src/mqtt/packets/publish.ts';
import { NO_PROPERTIES, type Properties, property } from '../../src/mqtt/properties.ts';
import { Reader } from '../../src/mqtt/reader.ts';
import {
  type ConnackPacket,
  type ConnectPacket,
  MAX_PACKET_ID,
  type Packet,
  type ProtocolVersion,
  type PublishPacket,
} from '../../src/mqtt/types.ts';
import { Writer } from '../../src/mqtt/writer.ts';

export interface ModelServerOptions {
  readonly version: ProtocolVersion;
  /** Properties of the CONNACK that accepts, for each connection. */
  properties?(connection: number): Properties;
  /** The code of CONNACK; from 1 on, the broker rejects the client. */
  connackCode?(connect: ConnectPacket, connection: number): number;
  /** Whether a session outlives its connection; asked when a client reconnects. */
  keeps?(connection: number): boolean;
  /** Answers a PUBLISH with another code than 0, which MQTT 5 supports. */
  publishCode?(packet: PublishPacket): number;
  /** Sees a packet before the broker; returns true to make the broker ignore it. */
  intercept?(packet: Packet, connection: ModelConnection): boolean;
}

/** A message on its way to the client. */
interface Outgoing {
  readonly packetId: number;
  readonly content: PublishContent;
  released: boolean;
}

class ModelSession {
  /** In the order of sending. */
  readonly outgoing = new Map<number, Outgoing>();
  readonly waiting: PublishContent[] = [];
  /** QoS 2 messages received without their PUBREL. */
  readonly incoming = new Set<number>();
  lastPacketId = 0;
  /** True for a clean session before MQTT 5, which ends with its connection [MQTT-3.1.2-6]. */
  isBrief = false;
}

export class ModelServer {
  readonly options: ModelServerOptions;
  /** All received packets, over all connections. */
  readonly packets: Packet[] = [];
  /** Accepted messages: at QoS 2 once for each flow. */
  readonly accepted: PublishPacket[] = [];
  /** Rules that the client has broken. */
  readonly violations: string[] = [];
  connections = 0;
  current: ModelConnection | undefined;
  readonly #sessions = new Map<string, ModelSession>();

  constructor(options: ModelServerOptions) {
    this.options = options;
  }

  connect(): ModelConnection {
    this.connections++;
    this.current = new ModelConnection(this, this.connections);
    return this.current;
  }

  /** Discards every session, like a broker without persistence that restarts. */
  loseSessions(): void {
    this.#sessions.clear();
  }

  /** Sends a message to the client with this ID, now or when it reconnects. */
  send(clientId: string, content: PublishContent): void {
    this.session(clientId).waiting.push(content);
    this.current?.sendWaiting();
  }

  /** Messages that this client has not fully acknowledged. */
  unfinished(clientId: string): number {
    const session = this.#sessions.get(clientId);
    return session === undefined ? 0 : session.outgoing.size + session.waiting.length;
  }

  session(clientId: string): ModelSession {
    const known = this.#sessions.get(clientId) ?? new ModelSession();
    this.#sessions.set(clientId, known);
    return known;
  }

  take(clientId: string, connection: number): ModelSession | undefined {
    if (this.options.keeps?.(connection) === false || this.#sessions.get(clientId)?.isBrief)
      this.#sessions.delete(clientId);
    return this.#sessions.get(clientId);
  }

  forget(clientId: string): void {
    this.#sessions.delete(clientId);
  }
}

export class ModelConnection {
  readonly writer = new Writer();
  /** True when the broker wants to close the connection, after its output. */
  closing = false;
  /** True after a DISCONNECT of the client. */
  disconnected = false;
  readonly #server: ModelServer;
  readonly #number: number;
  readonly #framer: Framer;
  readonly #reader = new Reader();
  #clientId = '';
  #session: ModelSession | undefined;
  #receiveMaximum = 65_535;
  /** Packet identifiers of publishes on this connection that are not fully answered. */
  readonly #open = new Set<number>();
  readonly #properties: Properties;

  constructor(server: ModelServer, number: number) {
    this.#server = server;
    this.#number = number;
    this.#properties = server.options.properties?.(number) ?? NO_PROPERTIES;
    this.#framer = new Framer(server.options.version);
  }

  receive(bytes: Uint8Array): void {
    this.#framer.push(bytes);
    while (this.#framer.next()) {
      this.#reader.open(this.#framer.data, this.#framer.start, this.#framer.end);
      const packet = decodePacket(this.#reader, this.#framer.header, this.#server.options.version);
      this.#server.packets.push(packet);
      if (this.#server.options.intercept?.(packet, this) !== true) this.#handle(packet);
    }
  }

  takeOutput(): Uint8Array | undefined {
    return this.writer.take();
  }

  write(packet: Packet): void {
    encodePacket(this.writer, packet, this.#server.options.version);
  }

  sendWaiting(): void {
    const session = this.#session;
    if (session === undefined) return;
    while (session.waiting.length > 0) {
      const content = session.waiting[0]!;
      if (content.qos > 0 && session.outgoing.size >= this.#receiveMaximum) return;
      session.waiting.shift();
      if (content.qos === 0) {
        this.#publish(content, 0, false);
      } else {
        do session.lastPacketId = (session.lastPacketId % MAX_PACKET_ID) + 1;
        while (session.outgoing.has(session.lastPacketId));
        const packetId = session.lastPacketId;
        session.outgoing.set(packetId, { packetId, content, released: false });
        this.#publish(content, packetId, false);
      }
    }
  }

  #handle(packet: Packet): void {
    const { violations } = this.#server;
    if (this.disconnected) violations.push(`${packet.type} after DISCONNECT [MQTT-3.14.4-1]`);
    if (packet.type === 'connect') return this.#connect(packet);
    if (this.#session === undefined) {
      if (packet.type === 'disconnect') this.disconnected = this.closing = true;
      else if (!this.closing) violations.push(`${packet.type} before CONNACK`);
      return;
    }
    switch (packet.type) {
      case 'publish':
        return this.#take(packet);
      case 'pubrel':
        this.#open.delete(packet.packetId);
        return this.#ack('pubcomp', packet.packetId, this.#session.incoming.delete(packet.packetId) ? 0 : 0x92);
      case 'puback':
        this.#session.outgoing.delete(packet.packetId);
        return this.sendWaiting();
      case 'pubrec':
        if (packet.code < 128) return this.#pubrec(packet.packetId);
        // A rejection ends the flow [MQTT 5, 4.3.3].
        this.#session.outgoing.delete(packet.packetId);
        return this.sendWaiting();
      case 'pubcomp':
        this.#session.outgoing.delete(packet.packetId);
        return this.sendWaiting();
      case 'subscribe': {
        const codes = packet.subscriptions.map(({ qos }) => qos);
        return this.write({ type: 'suback', packetId: packet.packetId, codes, properties: NO_PROPERTIES });
      }
      case 'unsubscribe': {
        const codes = packet.filters.map(() => 0);
        return this.write({ type: 'unsuback', packetId: packet.packetId, codes, properties: NO_PROPERTIES });
      }
      case 'pingreq':
        return this.write({ type: 'pingresp' });
      case 'disconnect':
        this.disconnected = this.closing = true;
        return;
      default:
        violations.push(`${packet.type} from a client`);
    }
  }

  #connect(packet: ConnectPacket): void {
    const server = this.#server;
    if (this.#session !== undefined) server.violations.push('second CONNECT [MQTT-3.1.0-2]');
    const code = server.options.connackCode?.(packet, this.#number) ?? 0;
    if (code !== 0) {
      this.closing = true;
      return this.write({ type: 'connack', sessionPresent: false, code, properties: NO_PROPERTIES });
    }
    const clientId = packet.clientId || property(this.#properties, 'assigned-client-identifier') || '?';
    this.#clientId = clientId;
    const kept = server.take(clientId, this.#number);
    if (packet.clean) server.forget(clientId);
    const resumed = !packet.clean && kept !== undefined;
    this.#session = server.session(clientId);
    this.#session.isBrief = packet.clean && server.options.version !== 5;
    this.#receiveMaximum = property(packet.properties, 'receive-maximum') ?? 65_535;
    const connack: ConnackPacket = {
      type: 'connack',
      sessionPresent: resumed && server.options.version !== 3,
      code: 0,
      properties: this.#properties,
    };
    this.write(connack);
    for (const { packetId, released, content } of this.#session.outgoing.values()) {
      if (released) this.#ack('pubrel', packetId, 0);
      else this.#publish(content, packetId, true);
    }
    this.sendWaiting();
  }

  get clientId(): string {
    return this.#clientId;
  }

  #take(packet: PublishPacket): void {
    const { options, accepted, violations } = this.#server;
    // The payload is a view of a chunk, so it is copied.
    const kept = { ...packet, payload: Uint8Array.from(packet.payload) };
    const { packetId } = packet;
    if (packet.qos === 0) {
      accepted.push(kept);
      return;
    }
    if (this.#open.has(packetId)) violations.push(`identifier ${packetId} is in use [MQTT-2.2.1-3]`);
    this.#open.add(packetId);
    const window = property(this.#properties, 'receive-maximum') ?? 65_535;
    if (this.#open.size > window) violations.push(`${this.#open.size} in flight of ${window} [MQTT-3.3.4-7]`);
    const code = options.publishCode?.(packet) ?? 0;
    if (packet.qos === 1 || code >= 128) this.#open.delete(packetId);
    if (code >= 128) return this.#ack(packet.qos === 1 ? 'puback' : 'pubrec', packetId, code);
    if (packet.qos === 1) {
      accepted.push(kept);
      return this.#ack('puback', packetId, code);
    }
    if (!this.#session!.incoming.has(packetId)) accepted.push(kept);
    this.#session!.incoming.add(packetId);
    this.#ack('pubrec', packetId, code);
  }

  #pubrec(packetId: number): void {
    const known = this.#session!.outgoing.get(packetId);
    if (known !== undefined) known.released = true;
    this.#ack('pubrel', packetId, known === undefined ? 0x92 : 0);
  }

  #publish(content: PublishContent, packetId: number, dup: boolean): void {
    this.write({ type: 'publish', dup, packetId, ...content });
  }

  #ack(type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp', packetId: number, code: number): void {
    this.write({ type, packetId, code, properties: NO_PROPERTIES });
  }
}
