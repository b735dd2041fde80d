// The besieging broker: a good one, in which something is wrong at one moment of each of its first connections. What it has
// read is what it has cut out of its socket as whole packets; what it leaves with the system counts for nothing.
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { decodePacket } from '../../src/mqtt/codec.ts';
import { Framer } from '../../src/mqtt/framer.ts';
import { Reader } from '../../src/mqtt/reader.ts';
import type { Packet } from '../../src/mqtt/types.ts';
import { SiegeActs } from './siege-acts.ts';
import { type ConnectionLog, nameOf, type Read, type Sent, SiegeLog } from './siege-log.ts';
import { isFloodId, NOTHING, packet as packetOf, propertiesOf, publish, suback, text, u16 } from './siege-packets.ts';
import type { Plan, Script } from './siege-plan.ts';
import { Wire } from './siege-wire.ts';

export class SiegeBroker {
  readonly log = new SiegeLog();
  readonly plan: Plan;
  readonly texts: readonly string[];
  readonly #server: Server;
  readonly #tls: SecureContext | undefined;
  readonly #open = new Set<SiegeConnection>();

  constructor(plan: Plan, texts: readonly string[], tls: { cert: Buffer; key: Buffer } | undefined) {
    this.plan = plan;
    this.texts = texts;
    this.#tls = tls && createSecureContext(tls);
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => this.#accept(socket));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as { port: number }).port;
  }

  close(): void {
    for (const connection of this.#open) connection.wire.destroy();
    this.#server.close();
  }

  get openConnections(): number {
    return this.#open.size;
  }

  #accept(socket: Socket): void {
    const wire = new Wire(socket, this.plan.pace);
    const stream = this.#tls === undefined ? wire : this.#secured(wire, this.#tls);
    const number = this.log.connections.length;
    const connection = new SiegeConnection(this, wire, stream, number, this.plan.scripts[number]);
    this.#open.add(connection);
    wire.once('close', () => {
      connection.log.closedAt ??= Date.now();
      this.#open.delete(connection);
    });
    connection.start();
  }

  #secured(wire: Wire, secureContext: SecureContext): Duplex {
    const secure = new TLSSocket(wire as unknown as Socket, { isServer: true, secureContext });
    secure.on('error', () => wire.destroy());
    return secure;
  }
}

export class SiegeConnection {
  readonly wire: Wire;
  readonly stream: Duplex;
  readonly broker: SiegeBroker;
  readonly number: number;
  readonly log: ConnectionLog;
  /** Reads nothing more: what comes stays where it is. */
  deaf = false;
  /** Answers nothing more. */
  mute = false;
  readonly #script: Script | undefined;
  readonly #acts: SiegeActs;
  readonly #framer: Framer;
  readonly #reader = new Reader();
  readonly #seen = new Map<string, number>();
  /** By packet identifier: QoS 1 and 2 messages of this connection, each way. */
  readonly #incoming = new Map<number, Read>();
  readonly #outgoing = new Map<number, Sent>();

  constructor(broker: SiegeBroker, wire: Wire, stream: Duplex, number: number, script: Script | undefined) {
    this.broker = broker;
    this.wire = wire;
    this.stream = stream;
    this.number = number;
    this.#script = script;
    this.#framer = new Framer(broker.plan.version);
    const since = Date.now();
    this.log = {
      since,
      accepted: false,
      lastLife: since,
      isDead: false,
      closedAt: undefined,
      fired: false,
    };
    broker.log.connections.push(this.log);
    this.#acts = new SiegeActs(this);
  }

  start(): void {
    if (this.#script?.trigger.at === 'accept') {
      this.log.fired = true;
      this.#acts.run(this.#script.act, undefined);
    }
    this.stream.on('error', () => {});
    this.stream.on('data', (bytes: Buffer) => this.#receive(bytes));
    if (this.deaf) this.stream.pause();
    this.stream.once('end', () => {
      this.log.closedAt ??= Date.now();
      if (!this.mute) this.stream.end();
    });
  }

  /** From now on nothing is read, and what was read and not yet looked at is forgotten. */
  stopReading(): void {
    this.deaf = true;
    this.stream.pause();
  }

  write(bytes: Buffer): boolean {
    if (this.stream.destroyed || this.stream.writableEnded) return false;
    this.log.lastLife = Date.now();
    return this.stream.write(bytes);
  }

  #receive(bytes: Buffer): void {
    if (this.deaf) return;
    this.#framer.push(bytes);
    try {
      while (!this.deaf && this.#framer.next()) {
        this.#reader.open(this.#framer.data, this.#framer.start, this.#framer.end);
        this.#handle(decodePacket(this.#reader, this.#framer.header, this.broker.plan.version));
      }
    } catch (problem) {
      this.broker.log.malformed.push(problem instanceof Error ? problem.message : String(problem));
      this.wire.destroy();
    }
  }

  #handle(packet: Packet): void {
    const nth = (this.#seen.get(packet.type) ?? 0) + 1;
    this.#seen.set(packet.type, nth);
    const { trigger, act } = this.#script ?? {};
    const fires = !this.log.fired && trigger?.at === packet.type && trigger.nth === nth;
    if (fires && act !== undefined) {
      this.log.fired = true;
      if (trigger!.as === 'unread') {
        this.stopReading();
        this.#acts.run(act, undefined);
        return;
      }
      this.record(packet);
      if (trigger!.as === 'answered' && !this.mute) this.answer(packet);
      this.#acts.run(act, packet);
      return;
    }
    this.record(packet);
    if (!this.mute) this.answer(packet);
  }

  /** Takes down that it was read. */
  record(packet: Packet): void {
    const { log } = this.broker;
    if (packet.type !== 'pingreq') this.log.lastLife = Date.now();
    if (packet.type === 'publish') {
      const { topic, qos, packetId } = packet;
      if (qos > 0 && this.#incoming.get(packetId) !== undefined) return;
      const name = nameOf(packet.payload);
      const connection = this.number;
      const read: Read = { topic, name, qos, packetId, connection, answer: undefined, completed: false };
      log.reads.push(read);
      if (qos > 0) this.#incoming.set(packetId, read);
    } else if (packet.type === 'puback' || packet.type === 'pubrec') {
      if (packet.code >= 128) return;
      const sent = this.#outgoing.get(packet.packetId);
      if (sent !== undefined) {
        sent.hadDeadLetter = log.hasDeadLetter(sent.name);
        sent.acknowledged = true;
      } else if (isFloodId(packet.packetId)) log.floodAcks++;
    }
  }

  /** Answers as a good broker does, but for `code` and `properties`. */
  answer(packet: Packet, code?: number, properties = NOTHING): void {
    switch (packet.type) {
      case 'connect':
        return this.#connack(code ?? 0, properties);
      case 'publish':
        return this.#published(packet, code ?? 0, properties);
      case 'pubrel':
        return this.#released(packet.packetId, properties);
      case 'pubrec':
        if (packet.code < 128) this.write(this.#ack(0x62, packet.packetId, 0, properties));
        return;
      case 'subscribe': {
        const codes = packet.subscriptions.map(({ qos }) => code ?? qos);
        this.write(suback(packet.packetId, Buffer.from(codes), this.broker.plan.version, properties));
        if (code === undefined) this.#serve();
        return;
      }
      case 'unsubscribe': {
        const codes = this.broker.plan.version === 5 ? [propertiesOf(), Buffer.alloc(packet.filters.length)] : [];
        this.write(packetOf(0xb0, u16(packet.packetId), ...codes));
        return;
      }
      case 'pingreq':
        this.write(Buffer.from([0xd0, 0]));
        return;
      case 'disconnect':
        return void this.stream.end();
    }
  }

  #connack(code: number, properties: Buffer): void {
    const { version } = this.broker.plan;
    this.write(packetOf(0x20, Buffer.from([0, code]), version === 5 ? propertiesOf(properties) : NOTHING));
    if (code === 0) this.log.accepted = true;
  }

  #published(content: Extract<Packet, { type: 'publish' }>, code: number, properties: Buffer): void {
    const { qos, packetId } = content;
    const read = this.#incoming.get(packetId);
    if (qos > 0) this.write(this.#ack(qos === 1 ? 0x40 : 0x50, packetId, code, properties));
    // Before MQTT 5 an acknowledgement has no code: whatever was drawn, the wire says that the message is accepted.
    const said = this.broker.plan.version === 4 ? 0 : code;
    if (qos > 0 && read !== undefined && !this.stream.destroyed) {
      read.answer = said;
      if (qos === 1 || said >= 128) this.#incoming.delete(packetId);
    }
    if (this.broker.plan.program === 'rr' && said < 128) this.#respond(content, properties);
  }

  #released(packetId: number, properties: Buffer): void {
    this.write(this.#ack(0x70, packetId, 0, properties));
    const read = this.#incoming.get(packetId);
    if (read !== undefined && !this.stream.destroyed) read.completed = true;
    this.#incoming.delete(packetId);
  }

  /** The response of tsrr comes only after its request was read. */
  #respond({ properties: given }: Extract<Packet, { type: 'publish' }>, properties: Buffer): void {
    const correlation = given.find(({ name }) => name === 'correlation-data');
    const own =
      correlation === undefined
        ? properties
        : Buffer.concat([Buffer.from([0x09]), text(Buffer.from(correlation.value as Uint8Array)), properties]);
    this.write(publish('answer', 'response', 0, 0, this.broker.plan.version, own));
  }

  /** What the subscriber has not acknowledged yet. */
  #serve(): void {
    const { plan, texts, log } = this.broker;
    if (plan.program === 'rr') return;
    const had = new Set(log.sent.filter(({ acknowledged }) => acknowledged).map(({ name }) => name));
    for (const [i, message] of texts.entries()) if (!had.has(nameOf(Buffer.from(message)))) this.send(message, i + 1);
  }

  /** To the subscriber. */
  send(message: string, packetId: number, properties = NOTHING): void {
    const { qos, version } = this.broker.plan;
    const name = nameOf(Buffer.from(message));
    const sent = { name, qos, packetId, connection: this.number, acknowledged: false, hadDeadLetter: false };
    this.broker.log.sent.push(sent);
    if (qos > 0) this.#outgoing.set(packetId, sent);
    this.write(publish('siege', message, qos, packetId, version, properties));
  }

  #ack(header: number, packetId: number, code: number, properties: Buffer): Buffer {
    if (this.broker.plan.version === 4) return packetOf(header, u16(packetId));
    if (properties.length === 0 && code === 0) return packetOf(header, u16(packetId));
    return packetOf(header, u16(packetId), Buffer.from([code]), propertiesOf(properties));
  }
}
