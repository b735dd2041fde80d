/**
 * How one MQTT session behaves on the client's side, without input or output: bytes and the time go in, bytes and events come out.
 *
 * Rule 1: this directory decides what is sent, and when; the owner of a session only carries bytes.
 * Rule 2: the state outlives connections. transportClosed() keeps it, and the next CONNACK shows whether the broker did too.
 * Rule 3: after `refused`, `disconnected` or `failed` this connection reports nothing more: write the output, then close it.
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
 * closed: no transport. connecting: CONNECT is sent. connected: CONNACK arrived. leaving: DISCONNECT is sent, and the
 * broker may have sent its own before it read that. over: nothing more is sent or read on this connection.
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
  /** The reason code of the DISCONNECT that follows the answer to ping(). */
  #farewell: number | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#input = new SessionInput(options);
    this.#output = new SessionOutput(options.version, options.trace);
    this.#alive = new KeepAlive(options.keepAlive);
    this.#flows = new Flows(options, this.#output);
    this.#opening = new Opening(options, this.#flows.areRestored);
  }

  /** The client ID as configured, or as the broker assigned it. */
  get clientId(): string {
    return this.#opening.clientId;
  }

  get isConnected(): boolean {
    return this.#phase === 'connected';
  }

  /** Publishes accepted but not sent yet. */
  get waiting(): number {
    return this.#flows.outbound.waiting;
  }

  /** PUBLISH packets sent again after a lost connection. */
  get resent(): number {
    return this.#flows.outbound.resent;
  }

  /** True when no outcome is pending. Also true without a connection, because nothing can arrive then. */
  get isQuiet(): boolean {
    return this.#phase !== 'connected' || this.#flows.areOver;
  }

  /** The transport is open: queues CONNECT. */
  transportOpened(now: Millis): void {
    if (this.#phase !== 'closed') throw new TypeError('a transport is open already');
    this.#phase = 'connecting';
    this.#farewell = undefined;
    this.#input.reset();
    this.#output.send(this.#opening.connect());
    this.#alive.opened(now);
  }

  /** The transport is closed. Publishes in flight are kept and sent again after the next CONNACK. */
  transportClosed(): void {
    this.#end();
    this.#phase = 'closed';
    this.#output.reset();
  }

  /** Bytes arrived, in chunks of any size. The session may keep views of them. */
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

  /** Where to read the next bytes into, so that the rest of a long packet is not copied. Undefined: into any memory. */
  get space(): Uint8Array | undefined {
    return this.#input.space;
  }

  /** Call this at or after nextDeadline(). */
  tick(now: Millis): void {
    const due = this.#alive.due(now);
    if (due === undefined) return;
    if (due !== 'ping') return this.#fail(due);
    this.#ping(false);
    this.#alive.wrote(now);
  }

  /** See KeepAlive.limit. */
  get limit(): Millis {
    return this.#alive.limit;
  }

  /** Outgoing bytes have moved, so the limits start over. */
  progressed(now: Millis): void {
    this.#alive.progressed(now);
  }

  /** When to call tick() next; undefined when nothing is scheduled. */
  nextDeadline(): Millis | undefined {
    return this.#alive.next;
  }

  /** See KeepAlive.setReading(). */
  setReading(reading: boolean, now: Millis): void {
    this.#alive.setReading(reading, now);
  }

  /** Accepts a message, sends it when the window allows, and reports its outcome once, as `published`. */
  publish(content: PublishContent): Token {
    return this.#flows.outbound.publish(content);
  }

  /** Sends slices at QoS 0 from the first on and returns how many. Those have no token and no event; publish() sends the rest. */
  publishSlices(content: PublishContent, slices: Slices): number {
    return this.#flows.outbound.publishSlices(content, slices);
  }

  /** Whether a message of this QoS would be sent at once. Publishing no faster than this bounds the memory. */
  canPublish(qos: QoS): boolean {
    return this.#phase === 'connected' && this.#flows.outbound.isOpen(qos);
  }

  subscribe(subscriptions: readonly Subscription[], properties: Properties): Token {
    return this.#flows.pending.subscribe(subscriptions, properties);
  }

  unsubscribe(filters: readonly string[], properties: Properties): Token {
    return this.#flows.pending.unsubscribe(filters, properties);
  }

  /** The consumer has the message, so its acknowledgement may be sent. Throws a TypeError at the second call. */
  acknowledge(delivery: Delivery): void {
    this.#flows.inbound.acknowledge(delivery);
  }

  /** Whether the broker may not have read QoS 0 messages of this or the last connection; the end of a connection leaves it true. */
  get hasUnread(): boolean {
    return this.#flows.outbound.hasUnread;
  }

  /** True when neither side owes the other a packet, so closing the connection loses nothing. */
  get isSettled(): boolean {
    return this.#flows.areSettled;
  }

  /** True when DISCONNECT is in the output, or the connection is over for another reason. */
  get hasLeft(): boolean {
    return this.#phase === 'leaving' || this.#phase === 'over';
  }

  /**
   * Closes the connection cleanly. With `asks`, if QoS 0 messages may be unread, sends PINGREQ first and DISCONNECT after its
   * PINGRESP. `code` is the reason, which only MQTT 5 can send: 0 drops the will message, 4 has it published. Without a
   * connection nothing happens. DISCONNECT is also sent before CONNACK: the broker may have accepted the client and its will.
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

  /** With a store: sends PUBREL for the messages that the broker has. */
  release(): void {
    this.#flows.outbound.release();
  }

  /** Reports `pong` when the broker has handled everything sent before, because it answers in the order of the packets. */
  ping(): void {
    if (this.#phase === 'connected') this.#ping(true);
  }

  /** The next chunk to write: everything since the last call, usually in one piece. Undefined: nothing, or the store failed. */
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

  /** Every chunk taken so far is written, so its memory can be reused. This call is optional. */
  outputWritten(): void {
    this.#output.reuse();
  }

  /** Bytes of acknowledgements (PUBACK and others) since outputWritten() was last called. */
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

  /** `asked`: the answer shows what the broker has read. */
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
