/**
 * One MQTT session as a client sees it, without input or output: bytes and the time go in, bytes and events come out.
 *
 * Rule 1: everything that decides what is sent, and when, is in this folder; the owner of a session only carries bytes.
 * Rule 2: the state outlives connections. transportClosed() keeps it, the next CONNACK says whether the server did too.
 * Rule 3: after `refused`, `disconnected` or `failed` nothing more comes of this connection: write the output, close it.
 */
import type { Millis } from '../../util/millis.ts';
import { PacketError, protocolError } from '../packet-error.ts';
import type { PublishContent, Slices } from '../packets/publish.ts';
import type { Properties } from '../properties.ts';
import { isRefusal } from '../reasons.ts';
import type { ConnackPacket, Packet, QoS, Subscription } from '../types.ts';
import { complaint, sendDisconnect } from './disconnect-packet.ts';
import type { Delivery, SessionEvent, Token } from './events.ts';
import { Flows } from './flows.ts';
import { SessionInput } from './input.ts';
import { KeepAlive } from './keepalive.ts';
import { Opening } from './opening.ts';
import type { SessionOptions } from './options.ts';
import { SessionOutput } from './output.ts';

/**
 * closed: no transport. connecting: CONNECT is out. connected: CONNACK came. leaving: our DISCONNECT is out, and the server
 * may have said one of its own before it read that. over: this connection has nothing more to say.
 */
type Phase = 'closed' | 'connecting' | 'connected' | 'leaving' | 'over';

export class Session {
  readonly #options: SessionOptions;
  readonly #input: SessionInput;
  readonly #output: SessionOutput;
  readonly #alive: KeepAlive;
  readonly #opening: Opening;
  readonly #flows: Flows;
  #phase: Phase = 'closed';
  /** The reason of the DISCONNECT that follows the answer to our question. */
  #farewell: number | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#input = new SessionInput(options);
    this.#output = new SessionOutput(options.version, options.trace);
    this.#alive = new KeepAlive(options.keepAlive);
    this.#flows = new Flows(options, this.#output);
    this.#opening = new Opening(options, this.#flows.areRestored);
  }

  /** As given, or as the server assigned it. */
  get clientId(): string {
    return this.#opening.clientId;
  }

  get isConnected(): boolean {
    return this.#phase === 'connected';
  }

  /** Publishes accepted and not sent yet. */
  get waiting(): number {
    return this.#flows.outbound.waiting;
  }

  /** PUBLISH packets sent again after a connection was lost. */
  get resent(): number {
    return this.#flows.outbound.resent;
  }

  /** Whether the server owes nothing. Without a connection nothing can be waited for. */
  get isQuiet(): boolean {
    return this.#phase !== 'connected' || this.#flows.areOver;
  }

  /** A transport stands: queues CONNECT. */
  transportOpened(now: Millis): void {
    if (this.#phase !== 'closed') throw new TypeError('a transport is open already');
    this.#phase = 'connecting';
    this.#farewell = undefined;
    this.#input.reset();
    this.#output.send(this.#opening.connect());
    this.#alive.opened(now);
  }

  /** The transport is gone. What is in flight stays and goes out again after the next CONNACK. */
  transportClosed(): void {
    this.#end();
    this.#phase = 'closed';
    this.#output.reset();
  }

  /** Bytes came. The way in which they are cut makes no difference. The session may keep views of them. */
  receive(bytes: Uint8Array, now: Millis): void {
    if (this.#phase === 'closed' || this.#phase === 'over') return;
    let isWhole = false;
    try {
      this.#input.push(bytes);
      for (let packet = this.#input.next(); packet !== undefined; packet = this.#input.next()) {
        isWhole = true;
        this.#handle(packet, now);
        if ((this.#phase as Phase) === 'over') return;
      }
      this.#alive.heard(bytes.length, isWhole, this.#flows.steps, now);
    } catch (error) {
      if (!(error instanceof PacketError)) throw error;
      this.#fail(error);
    }
  }

  /** Where the bytes that come next are best read to: the rest of a long packet is to stay there. Undefined: anywhere. */
  get space(): Uint8Array | undefined {
    return this.#input.space;
  }

  /** To be called at or after nextDeadline(). */
  tick(now: Millis): void {
    const due = this.#alive.due(now);
    if (due === undefined) return;
    if (due !== 'ping') return this.#fail(due);
    this.#ping(false);
    this.#alive.wrote(now);
  }

  /** As in KeepAlive. */
  get limit(): Millis {
    return this.#alive.limit;
  }

  /** Bytes of ours have moved: the limits begin again. */
  progressed(now: Millis): void {
    this.#alive.progressed(now);
  }

  /** When tick() has to be called next; undefined while nothing is due. */
  nextDeadline(): Millis | undefined {
    return this.#alive.next;
  }

  /** The owner stops or resumes reading. A PINGRESP may wait there unread, so none is missed meanwhile; PINGREQ goes on. */
  setReading(reading: boolean, now: Millis): void {
    this.#alive.setReading(reading, now);
  }

  /** Accepts a message, sends it when the window allows, and reports its outcome once, as `published`. */
  publish(content: PublishContent): Token {
    return this.#flows.outbound.publish(content);
  }

  /** Sends slices at QoS 0 from the first on, and returns how many: those have no token and no event, the rest is for publish(). */
  publishSlices(content: PublishContent, slices: Slices): number {
    return this.#flows.outbound.publishSlices(content, slices);
  }

  /** Whether a message of this QoS would go out at once. Publishing no faster than this keeps the memory bounded. */
  canPublish(qos: QoS): boolean {
    return this.#phase === 'connected' && this.#flows.outbound.isOpen(qos);
  }

  subscribe(subscriptions: readonly Subscription[], properties: Properties): Token {
    return this.#flows.pending.subscribe(subscriptions, properties);
  }

  unsubscribe(filters: readonly string[], properties: Properties): Token {
    return this.#flows.pending.unsubscribe(filters, properties);
  }

  /** The consumer has the message: its acknowledgement may leave. Throws a TypeError at the second call. */
  acknowledge(delivery: Delivery): void {
    this.#flows.inbound.acknowledge(delivery);
  }

  /** The server has not shown that it read all that went out at QoS 0 on this connection, or the last; its end of it does not. */
  get hasUnread(): boolean {
    return this.#flows.outbound.hasUnread;
  }

  /** Neither side owes the other anything, so that nothing can be lost with the connection. */
  get isSettled(): boolean {
    return this.#flows.areSettled;
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
    if (this.#phase === 'connecting' || this.#phase === 'connected')
      sendDisconnect(this.#output, code, this.#options.disconnectProperties);
    this.#end(this.#phase === 'connected' ? 'leaving' : 'over');
  }

  /** With a store: sends PUBREL for what the server has. */
  release(): void {
    this.#flows.outbound.release();
  }

  /** Told as `pong` when the server has handled all that we sent before: it answers in order. */
  ping(): void {
    if (this.#phase === 'connected') this.#ping(true);
  }

  /** The next chunk to write: everything since the last call, mostly as one. Undefined: nothing, or the store has failed. */
  takeOutput(now: Millis): Uint8Array | undefined {
    if (!this.#flows.outbound.commit()) return undefined;
    const output = this.#output.take();
    if (output !== undefined && this.#phase === 'connected') this.#alive.wrote(now);
    return output;
  }

  /** Whether takeEvent or takeOutput has something. */
  get hasWork(): boolean {
    return this.#output.hasWork;
  }

  /** Everything taken so far is written, so that the memory it lies in can be used again. Need not be called. */
  outputWritten(): void {
    this.#output.reuse();
  }

  /** Bytes of answers (PUBACK and so on) since outputWritten() was last called. */
  get answerBytes(): number {
    return this.#output.answerBytes;
  }

  takeEvent(): SessionEvent | undefined {
    return this.#output.takeEvent();
  }

  #handle(packet: Packet, now: Millis): void {
    if (this.#phase === 'leaving' && !(packet.type === 'disconnect' && isRefusal(packet.code))) return;
    this.#output.received(packet);
    if (this.#phase === 'connecting' && packet.type !== 'connack' && packet.type !== 'auth')
      protocolError(`${packet.type.toUpperCase()} before CONNACK [MQTT-3.2.0-1]`);
    switch (packet.type) {
      case 'pingresp':
        return this.#pong();
      case 'connack':
        return this.#connack(packet, now);
      case 'auth':
        this.#opening.checkAuth(packet);
        return this.#output.emit({ type: 'auth', packet });
      case 'disconnect':
        if (this.#options.version !== 5) protocolError('DISCONNECT from a server [MQTT 3.1.1, 3.14]');
        this.#output.emit({ type: 'disconnected', packet });
        return this.#end();
      default:
        return this.#flows.handle(packet);
    }
  }

  #connack(packet: ConnackPacket, now: Millis): void {
    if (this.#phase !== 'connecting') protocolError('second CONNACK [MQTT-3.2.0-2]');
    if (packet.code !== 0) {
      this.#output.emit({ type: 'refused', packet });
      return this.#end();
    }
    const continuity = this.#opening.accepted(packet);
    this.#alive.start(packet, now);
    this.#phase = 'connected';
    this.#flows.connected(packet, continuity);
  }

  /** `asked`: the answer shows what the server has read. */
  #ping(asked: boolean): void {
    this.#output.send({ type: 'pingreq' });
    this.#alive.sent(asked);
    if (asked) this.#flows.outbound.asked();
  }

  #pong(): void {
    this.#options.store?.pong();
    if (!this.#alive.answered()) return;
    this.#flows.outbound.answered();
    if (this.#farewell === undefined) this.#output.emit({ type: 'pong' });
    else this.#leave(this.#farewell);
  }

  #fail(error: PacketError | 'no-connack' | 'no-pingresp'): void {
    if (this.#phase === 'leaving') return this.#end();
    if (this.#phase === 'connected' && this.#options.version === 5) this.#output.send(complaint(error));
    this.#output.emit({ type: 'failed', error });
    this.#end();
  }

  #end(phase: Phase = 'over'): void {
    if (this.#phase !== 'closed') this.#phase = phase;
    this.#alive.reset();
    this.#flows.disconnected();
  }
}
