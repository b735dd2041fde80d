/**
 * One MQTT session as a client sees it, without input or output: bytes and the time go in, bytes and events come out.
 *
 * Rule 1: everything that decides what is sent, and when, is in this folder; whoever owns a session only carries bytes.
 * Rule 2: the state outlives connections. transportClosed() keeps it, the next CONNACK says whether the server did too.
 * Rule 3: after `refused`, `disconnected` or `failed` nothing more comes of this connection: write the output, close it.
 */
import { Queue } from '../../util/queue.ts';
import { decodePacket, encodePacket } from '../codec.ts';
import { Framer } from '../framer.ts';
import { PacketError, protocolError } from '../packet-error.ts';
import type { PublishContent, Slices } from '../packets/publish.ts';
import { property } from '../properties.ts';
import { Reader } from '../reader.ts';
import { isRefusal } from '../reasons.ts';
import type { ConnackPacket, Packet, Properties, QoS, Subscription } from '../types.ts';
import { Writer } from '../writer.ts';
import { checkAuth, connackLimit, connectPacket, isClean } from './connect-packet.ts';
import { complaint, disconnectPacket } from './disconnect-packet.ts';
import type { SessionEvent, Token } from './events.ts';
import { type Delivery, Inbound } from './inbound.ts';
import { KeepAlive } from './keepalive.ts';
import { type ServerLimits, serverLimits } from './limits.ts';
import { receiveLimit, type SessionOptions } from './options.ts';
import { Outbound } from './outbound.ts';
import { PacketIds } from './packet-ids.ts';
import { Pending } from './pending.ts';
import type { Phase, SessionState } from './state.ts';
import { LIMITS, type Millis, Timers } from './timers.ts';

export class Session {
  readonly #options: SessionOptions;
  readonly #writer = new Writer();
  readonly #reader = new Reader();
  readonly #ids = new PacketIds();
  readonly #timers = new Timers();
  readonly #alive = new KeepAlive(this.#timers);
  readonly #events = new Queue<SessionEvent>();
  readonly #outbound: Outbound;
  readonly #inbound: Inbound;
  readonly #pending: Pending;

  #framer = new Framer(5);
  #phase: Phase = 'closed';
  #clientId: string;
  #limits: ServerLimits | undefined;
  #lastToken: Token = 0;
  /** A server has taken us in before, so that it may have a session of ours. */
  #known = false;
  /** The reason of the DISCONNECT that follows the answer to our question. */
  #farewell: number | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#clientId = options.clientId;
    const common = {
      version: options.version,
      writer: this.#writer,
      ids: this.#ids,
      trace: options.trace,
      emit: (event: SessionEvent): void => this.#events.push(event),
    };
    this.#outbound = new Outbound({ ...options, ...common });
    const topicAliasMaximum = property(options.properties, 'topic-alias-maximum') ?? 0;
    this.#inbound = new Inbound({ ...common, topicAliasMaximum });
    this.#pending = new Pending(common);
  }

  /** As given, or as the server assigned it. */
  get clientId(): string {
    return this.#clientId;
  }

  get isConnected(): boolean {
    return this.#phase === 'connected';
  }

  /** Publishes of QoS 1 and 2 sent and not acknowledged in full. */
  get inflight(): number {
    return this.#outbound.inflight;
  }

  /** Publishes accepted and not sent yet. */
  get waiting(): number {
    return this.#outbound.waiting;
  }

  /** PUBLISH packets sent again after a connection was lost. */
  get resent(): number {
    return this.#outbound.resent;
  }

  /** Messages whose acknowledgement the server waits for on this connection. */
  get unacknowledged(): number {
    return this.#inbound.unacknowledged;
  }

  /**
   * Whether the server owes nothing: no publish is on its way, and no message that the consumer has waits for its PUBREL.
   * Without a connection nothing can be waited for.
   */
  get isQuiet(): boolean {
    const { inflight, waiting } = this.#outbound;
    return this.#phase !== 'connected' || (inflight + waiting === 0 && this.#inbound.unreleased === 0);
  }

  /** A transport stands: queues CONNECT. */
  transportOpened(now: Millis): void {
    if (this.#phase !== 'closed') throw new TypeError('a transport is open already');
    this.#phase = 'connecting';
    this.#farewell = undefined;
    this.#framer = new Framer(this.#options.version, receiveLimit(this.#options), true);
    this.#limits = undefined;
    this.#writer.clear();
    this.#send(connectPacket(this.#options, this.#clientId, this.#known));
    this.#timers.set('connack', now + connackLimit(this.#options));
  }

  /** The transport is gone. What is in flight stays and goes out again after the next CONNACK. */
  transportClosed(): void {
    this.#end();
    this.#phase = 'closed';
    this.#writer.clear();
  }

  /** Bytes came. The way in which they are cut makes no difference. The session may keep views of them. */
  receive(bytes: Uint8Array, now: Millis): void {
    if (this.#phase === 'closed' || this.#phase === 'over') return;
    let isWhole = false;
    try {
      this.#framer.push(bytes);
      while (this.#framer.next()) {
        isWhole = true;
        this.#reader.open(this.#framer.data, this.#framer.start, this.#framer.end);
        this.#handle(decodePacket(this.#reader, this.#framer.header, this.#options.version), now);
        if ((this.#phase as Phase) === 'over') return;
      }
      const steps = this.#outbound.steps + (this.#pending.hasAsked ? this.#inbound.received : 0);
      this.#alive.heard(bytes.length, isWhole, steps, now);
    } catch (error) {
      if (!(error instanceof PacketError)) throw error;
      this.#fail(error);
    }
  }

  /** Where the bytes that come next are best read to: the rest of a long packet is to stay there. Undefined: anywhere. */
  get space(): Uint8Array | undefined {
    return this.#framer.space;
  }

  /** To be called at or after nextDeadline(). */
  tick(now: Millis): void {
    if (this.#timers.isDue('connack', now)) return this.#fail('no-connack');
    if (this.#timers.isDue('pingresp', now) || this.#timers.isDue('answer', now)) return this.#fail('no-pingresp');
    if (!this.#timers.isDue('ping', now)) return;
    this.#ping(false);
    this.#alive.wrote(now);
  }

  /** By when the server has to answer what it owes: CONNACK or PINGRESP. Infinity: it owes neither. */
  get limit(): Millis {
    return this.#timers.earliest(LIMITS);
  }

  /** Bytes of ours have moved: the limits begin again. */
  progressed(now: Millis): void {
    if (this.#timers.isSet('connack')) this.#timers.set('connack', now + connackLimit(this.#options));
    this.#alive.progressed(now);
  }

  /** When tick() has to be called next; undefined while nothing is due. */
  nextDeadline(): Millis | undefined {
    return this.#timers.next();
  }

  /** The owner stops or resumes reading. A PINGRESP may wait there unread, so none is missed meanwhile; PINGREQ goes on. */
  setReading(reading: boolean, now: Millis): void {
    this.#alive.setReading(reading, now);
  }

  /** Accepts a message, sends it when the window allows, and reports its outcome once, as `published`. */
  publish(content: PublishContent): Token {
    this.#outbound.publish(++this.#lastToken, content);
    return this.#lastToken;
  }

  /** Sends slices at QoS 0 from the first on, and returns how many: those have no token and no event, the rest is for publish(). */
  publishSlices(content: PublishContent, slices: Slices): number {
    return this.#outbound.publishSlices(content, slices);
  }

  /** Whether a message of this QoS would go out at once. Publishing no faster than this keeps the memory bounded. */
  canPublish(qos: QoS): boolean {
    return this.#phase === 'connected' && this.#outbound.isOpen(qos);
  }

  subscribe(subscriptions: readonly Subscription[], properties: Properties): Token {
    this.#pending.subscribe(++this.#lastToken, subscriptions, properties);
    return this.#lastToken;
  }

  unsubscribe(filters: readonly string[], properties: Properties): Token {
    this.#pending.unsubscribe(++this.#lastToken, filters, properties);
    return this.#lastToken;
  }

  /** The consumer has the message: its acknowledgement may leave. Throws a TypeError when told twice. */
  acknowledge(delivery: Delivery): void {
    this.#inbound.acknowledge(delivery);
  }

  /** Answers an `auth` event, or starts re-authentication [MQTT 5, 4.12]. */
  authenticate(code: 0x18 | 0x19, properties: Properties): void {
    if (this.#phase !== 'connecting' && this.#phase !== 'connected') return;
    this.#send({ type: 'auth', code, properties });
  }

  /** The server has not shown that it read all that went out at QoS 0 on this connection, or the last; its end of it does not. */
  get hasUnread(): boolean {
    return this.#outbound.hasUnread;
  }

  /** Neither side owes the other anything, so that nothing can be lost with the connection. */
  get isSettled(): boolean {
    const { inflight, waiting } = this.#outbound;
    return !this.hasUnread && inflight + waiting === 0 && !this.#inbound.hasReceived && !this.#pending.hasAsked;
  }

  /** DISCONNECT stands in the output, or the connection is over for another reason. */
  get hasLeft(): boolean {
    return this.#phase === 'leaving' || this.#phase === 'over';
  }

  /**
   * Ends the connection in order, behind a question when it is not known what the server has read: then DISCONNECT follows
   * its answer, unless that makes no difference (`asks`). `code` is the reason, which only MQTT 5 can say: 0 drops the Will, 4 has it published.
   * Without a connection nothing happens. Before CONNACK it is said too: the server may have taken us in, with the Will.
   */
  disconnect(code = 0, asks = true): void {
    if (this.#phase !== 'connected' || !this.hasUnread || !asks) return this.#leave(code);
    this.#farewell ??= code;
    this.#ping(true);
  }

  #leave(code: number): void {
    const { disconnectProperties, version } = this.#options;
    if (this.#phase === 'connecting' || this.#phase === 'connected')
      this.#send(disconnectPacket(code, disconnectProperties, version, this.#limits?.maximumPacketSize));
    this.#end(this.#phase === 'connected' ? 'leaving' : 'over');
  }

  /** With `holdsReleases`: sends PUBREL for what the server has. */
  release(): void {
    this.#outbound.release();
  }

  /** Told as `pong` when the server has handled all that we sent before: it answers in order. */
  ping(): void {
    if (this.#phase === 'connected') this.#ping(true);
  }

  /** The next chunk to write, or undefined: everything since the last call, mostly as one chunk. */
  takeOutput(now: Millis): Uint8Array | undefined {
    const output = this.#writer.take();
    if (output !== undefined && this.#phase === 'connected') this.#alive.wrote(now);
    return output;
  }

  /** Whether takeEvent or takeOutput has something. */
  get hasWork(): boolean {
    return this.#events.length > 0 || this.#writer.pending > 0;
  }

  /** Everything taken so far is written, so that the memory it lies in can be used again. Need not be called. */
  outputWritten(): void {
    this.#writer.reuse();
  }

  /** Bytes of answers (PUBACK and so on) since outputWritten() was last called. */
  get answerBytes(): number {
    return this.#writer.answerBytes;
  }

  takeEvent(): SessionEvent | undefined {
    return this.#events.shift();
  }

  /** What a store has to keep so that a later run can go on with this session. */
  snapshot(): SessionState {
    const [outbound, inbound] = [this.#outbound.save(), this.#inbound.save()];
    return { clientId: this.#clientId, lastPacketId: this.#ids.last, outbound, inbound };
  }

  /** Takes up a session of an earlier run; before the first transport. Returns the tokens of the publishes in flight, in order. */
  restore(state: SessionState): Token[] {
    if (this.#phase !== 'closed' || this.#known)
      throw new TypeError('a session can be restored only before it is used');
    this.#known = true;
    this.#clientId = state.clientId;
    this.#ids.last = state.lastPacketId;
    this.#inbound.restore(state.inbound);
    return state.outbound.map((saved) => this.#outbound.restore(++this.#lastToken, saved));
  }

  #handle(packet: Packet, now: Millis): void {
    if (this.#phase === 'leaving' && !(packet.type === 'disconnect' && isRefusal(packet.code))) return;
    if (this.#options.trace) this.#events.push({ type: 'trace', direction: 'received', packet });
    if (this.#phase === 'connecting' && packet.type !== 'connack' && packet.type !== 'auth')
      protocolError(`${packet.type.toUpperCase()} before CONNACK [MQTT-3.2.0-1]`);
    switch (packet.type) {
      case 'publish':
        return this.#inbound.publish(packet);
      case 'puback':
        return this.#outbound.puback(packet);
      case 'pubrec':
        return this.#outbound.pubrec(packet);
      case 'pubrel':
        return this.#inbound.pubrel(packet);
      case 'pubcomp':
        return this.#outbound.pubcomp(packet);
      case 'suback':
        return this.#pending.suback(packet);
      case 'unsuback':
        return this.#pending.unsuback(packet);
      case 'pingresp':
        return this.#pong();
      case 'connack':
        return this.#connack(packet, now);
      case 'auth':
        checkAuth(packet, this.#options.properties);
        this.#events.push({ type: 'auth', packet });
        return;
      case 'disconnect':
        if (this.#options.version !== 5) protocolError('DISCONNECT from a server [MQTT 3.1.1, 3.14]');
        this.#events.push({ type: 'disconnected', packet });
        return this.#end();
    }
  }

  #connack(packet: ConnackPacket, now: Millis): void {
    if (this.#phase !== 'connecting') protocolError('second CONNACK [MQTT-3.2.0-2]');
    this.#timers.clear('connack');
    if (packet.code !== 0) {
      this.#events.push({ type: 'refused', packet });
      return this.#end();
    }
    const clean = isClean(this.#options, this.#known);
    if (packet.sessionPresent && clean) protocolError('session present after a clean start [MQTT-3.2.2-2]');
    const { properties } = packet;
    if (this.#clientId === '') this.#clientId = property(properties, 'assigned-client-identifier') ?? '';
    this.#alive.start((property(properties, 'server-keep-alive') ?? this.#options.keepAlive) * 1000, now);
    // CONNACK of MQTT 3.1 does not say it, and without a clean session the server must have kept it [MQTT 3.1, 3.1].
    const resumed = packet.sessionPresent || (this.#options.version === 3 && this.#known && !clean);
    const lost = this.#known && !clean && !resumed ? this.#outbound.inflight : 0;
    this.#phase = 'connected';
    this.#known = true;
    this.#events.push({ type: 'connected', packet, lost });
    this.#limits = serverLimits(packet);
    this.#inbound.connected(resumed);
    this.#pending.connected(this.#limits);
    this.#outbound.connected(this.#limits, resumed);
  }

  /** `asked`: the answer shows what the server has read. */
  #ping(asked: boolean): void {
    this.#send({ type: 'pingreq' });
    this.#alive.sent(asked);
    if (asked) this.#outbound.asked();
  }

  #pong(): void {
    if (!this.#alive.answered()) return;
    this.#outbound.answered();
    if (this.#farewell === undefined) this.#events.push({ type: 'pong' });
    else this.#leave(this.#farewell);
  }

  #send(packet: Packet): void {
    encodePacket(this.#writer, packet, this.#options.version);
    if (this.#options.trace) this.#events.push({ type: 'trace', direction: 'sent', packet });
  }

  #fail(error: PacketError | 'no-connack' | 'no-pingresp'): void {
    if (this.#phase === 'leaving') return this.#end();
    if (this.#phase === 'connected' && this.#options.version === 5) this.#send(complaint(error));
    this.#events.push({ type: 'failed', error });
    this.#end();
  }

  #end(phase: Phase = 'over'): void {
    if (this.#phase !== 'closed') this.#phase = phase;
    this.#timers.clearAll();
    this.#alive.reset();
    this.#outbound.disconnected();
    this.#inbound.disconnected();
    this.#pending.disconnected();
  }
}
