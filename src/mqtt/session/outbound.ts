/**
 * When publishes are sent, and when they are sent again: QoS 1 and 2 until the broker acknowledges, within a bounded window.
 *
 * A message keeps its packet identifier until its flow ends [MQTT-4.3.2-1, 4.3.3-1]. After a reconnect, the client sends
 * first PUBREL, then PUBLISH with DUP, each in the original order [MQTT-4.4.0-1, 4.6.0-1, 4.6.0-4]. It keeps the content
 * until PUBCOMP, longer than the standard asks, so that it can resend the message if the broker lost the session.
 */
import { Queue } from '../../util/queue.ts';
import { protocolError } from '../packet-error.ts';
import type { PublishContent, Slices } from '../packets/publish.ts';
import { reasonString } from '../properties.ts';
import { isRefusal, PACKET_TOO_LARGE } from '../reasons.ts';
import type { AckPacket, QoS } from '../types.ts';
import type { Token } from './events.ts';
import type { SavedFlights } from './inflight-store.ts';
import { PublishTerms, type ServerLimits } from './limits.ts';
import type { SessionOptions } from './options.ts';
import type { SessionOutput } from './output.ts';
import type { PacketIds } from './packet-ids.ts';

/** A publish that has not been sent yet. */
interface Accepted {
  readonly token: Token;
  readonly content: PublishContent;
}

/** A publish whose flow has not ended. */
interface SentPublish extends Accepted {
  readonly packetId: number;
  /** Whether the broker may have answered its PUBREL on an earlier connection. */
  releasedBefore: boolean;
}

export class Outbound {
  readonly #options: SessionOptions;
  readonly #output: SessionOutput;
  readonly #ids: PacketIds;
  /** Sent and waiting for PUBACK or PUBREC, in the order of sending. */
  readonly #sent = new Map<number, SentPublish>();
  /** PUBREC arrived; waiting for PUBCOMP, in the order of the PUBREC packets. */
  readonly #released = new Map<number, SentPublish>();
  /** Packet identifiers of #released whose PUBREL was not sent on this connection. */
  #held: number[] = [];
  /** Sent on an earlier connection, to be sent again once the window allows; older than everything in #waiting. */
  #resend = new Queue<SentPublish>();
  readonly #waiting = new Queue<Accepted>();
  /** Undefined while the client is not connected. */
  #terms: PublishTerms | undefined;
  /** Counts of QoS 0 messages: sent, sent before the last ping(), and certainly read by the broker. */
  readonly #unacknowledged = { sent: 0, asked: 0, read: 0 };
  /** Received packets that advanced a publish, since the session began. */
  steps = 0;
  /** PUBLISH packets sent again after a lost connection, since the session began. */
  resent = 0;

  constructor(options: SessionOptions, output: SessionOutput, ids: PacketIds) {
    this.#options = options;
    this.#output = output;
    this.#ids = ids;
  }

  /** Continues the publishes of an earlier run. */
  restore({ lastPacketId, flights }: SavedFlights): void {
    this.#ids.last = lastPacketId;
    for (const { packetId, released, ...content } of flights) {
      this.#ids.reserve(packetId);
      const flight = { token: this.#ids.token(), packetId, content, releasedBefore: false };
      (released ? this.#released : this.#sent).set(packetId, flight);
    }
  }

  /** Output may be sent only after this has returned true. */
  commit(): boolean {
    const { store, maxInflight } = this.#options;
    return store === undefined || store.commit(this.#ids.last, this.#terms?.window ?? maxInflight);
  }

  /** Publishes whose flow has not ended. */
  get inflight(): number {
    return this.#sent.size + this.#released.size + this.#resend.length;
  }

  get isIdle(): boolean {
    return this.inflight + this.waiting === 0;
  }

  /** Publishes accepted but not sent yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether QoS 0 messages were sent since the last connection began that the broker has not shown to have read. */
  get hasUnread(): boolean {
    return this.#unacknowledged.sent > this.#unacknowledged.read;
  }

  /** ping() was sent: the broker answers it after it has read every packet sent before. */
  asked(): void {
    this.#unacknowledged.asked = this.#unacknowledged.sent;
  }

  answered(): void {
    this.#unacknowledged.read = this.#unacknowledged.asked;
  }

  /** Whether a message of this QoS would be sent at once. */
  isOpen(qos: QoS): boolean {
    return this.#terms !== undefined && this.#resend.length + this.#waiting.length === 0 && this.#hasRoom(qos);
  }

  publish(content: PublishContent): Token {
    const token = this.#ids.token();
    if (this.isOpen(content.qos)) this.#send(token, content);
    else this.#waiting.push({ token, content });
    return token;
  }

  /** How many of the slices were put into the output, counted from the first. */
  publishSlices(content: PublishContent, slices: Slices): number {
    const isPlain = content.qos === 0 && content.properties.length === 0 && !this.#output.trace;
    if (!isPlain || !this.isOpen(0) || this.#terms!.refusal(content) !== 0) return 0;
    const count = this.#output.publishSlices(content, slices);
    this.#ids.passMany(count);
    this.#unacknowledged.sent += count;
    return count;
  }

  /** CONNACK accepted the connection. `resumed`: the broker still has the earlier publishes. */
  connected(limits: ServerLimits, resumed: boolean): void {
    this.#terms = new PublishTerms(limits, this.#options.maxInflight);
    // A ping cannot confirm messages that an earlier connection carried.
    this.#unacknowledged.read = this.#unacknowledged.sent;
    const { version, idsAfter = 0 } = this.#options;
    // The broker would mistake a message under an identifier of an earlier run for a repetition of that message
    // [MQTT-4.3.3-10]. CONNACK of MQTT 3.1 does not show whether it has a session.
    if (resumed || version === 3) this.#ids.begin(idsAfter);
    const again = new Queue<SentPublish>();
    if (resumed) {
      for (const flight of this.#released.values()) {
        flight.releasedBefore = true;
        this.#sendRelease(flight.packetId);
      }
    } else {
      this.#options.store?.restarted();
      // The broker lost the session, so it does not know a PUBREL: those messages start over, the oldest first.
      for (const flight of this.#released.values()) again.push(flight);
      this.#released.clear();
    }
    for (const flight of this.#sent.values()) again.push(flight);
    for (const flight of this.#resend) again.push(flight);
    this.#sent.clear();
    this.#resend = again;
    this.#sendWaiting();
  }

  disconnected(): void {
    this.#terms = undefined;
    this.#held = [];
  }

  /** Also commits, so that the store can save the next publishes together with the PUBREL. */
  release(): void {
    for (const packetId of this.#held) this.#sendRelease(packetId);
    this.#held = [];
    this.commit();
  }

  puback(packet: AckPacket<'puback'>): void {
    const flight = this.#sent.get(packet.packetId);
    // An unknown identifier may belong to a flow that ended on the previous connection.
    if (flight === undefined) return;
    if (flight.content.qos !== 1) protocolError('PUBACK for a PUBLISH at QoS 2 [MQTT-4.3.3-3]');
    this.#sent.delete(packet.packetId);
    this.steps++;
    this.#settle(flight, packet);
  }

  pubrec(packet: AckPacket<'pubrec'>): void {
    const { packetId } = packet;
    const flight = this.#sent.get(packetId);
    if (flight === undefined) {
      // A known identifier means that the PUBREC is repeated. An unknown identifier gets 0x92 [MQTT 5, 3.6.2.1].
      if (isRefusal(packet.code)) return;
      if (this.#released.has(packetId)) this.#sendRelease(packetId);
      else this.#output.answer('pubrel', packetId, 0x92);
      return;
    }
    if (flight.content.qos !== 2) protocolError('PUBREC for a PUBLISH at QoS 1 [MQTT-4.3.2-3]');
    this.#sent.delete(packetId);
    this.steps++;
    if (isRefusal(packet.code)) {
      this.#settle(flight, packet);
      return;
    }
    flight.releasedBefore = false;
    this.#released.set(packetId, flight);
    if (this.#options.store === undefined) return this.#sendRelease(packetId);
    this.#options.store.received(packetId);
    this.#held.push(packetId);
  }

  pubcomp(packet: AckPacket<'pubcomp'>): void {
    const flight = this.#released.get(packet.packetId);
    if (flight === undefined) return;
    this.#released.delete(packet.packetId);
    this.steps++;
    const again = flight.releasedBefore;
    // 0x92 means that the broker does not know the identifier. Either the flow was completed before the connection
    // broke, or the broker lost a message that it accepted on this connection [MQTT 5, 3.7.2.1].
    this.#settle(flight, packet.code === 0x92 && again ? { ...packet, code: 0 } : packet);
  }

  get #isWithinWindow(): boolean {
    return this.#sent.size + this.#released.size < this.#terms!.window;
  }

  #hasRoom(qos: QoS): boolean {
    return qos === 0 || (this.#isWithinWindow && this.#ids.available);
  }

  #settle(flight: SentPublish, packet: AckPacket): void {
    this.#free(flight.packetId, packet.code);
    this.#report(flight.token, flight.packetId, packet.code, reasonString(packet.properties), false);
    this.#sendWaiting();
  }

  #free(packetId: number, code: number): void {
    this.#ids.release(packetId);
    this.#options.store?.settled(packetId, code);
  }

  #sendWaiting(): void {
    if (this.#terms === undefined) return;
    while (this.#resend.length > 0 && this.#isWithinWindow) {
      const flight = this.#resend.shift()!;
      this.resent++;
      this.#write(flight, true);
    }
    if (this.#resend.length > 0) return;
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      if (!this.#hasRoom(next.content.qos)) return;
      this.#waiting.shift();
      this.#send(next.token, next.content);
    }
  }

  /** Sends a message for the first time. */
  #send(token: Token, content: PublishContent): void {
    if (content.qos > 0)
      return this.#write({ token, packetId: this.#ids.take(), content, releasedBefore: false }, false);
    const mid = this.#ids.pass();
    const refusal = this.#encode(content, 0, mid, false);
    if (refusal === 0) this.#unacknowledged.sent++;
    this.#report(token, mid, refusal, undefined, refusal !== 0);
  }

  #write(flight: SentPublish, dup: boolean): void {
    const { token, packetId, content } = flight;
    this.#options.store?.sending(packetId, dup);
    const refusal = this.#encode(content, packetId, packetId, dup);
    if (refusal === 0) {
      this.#sent.set(packetId, flight);
    } else {
      this.#free(packetId, refusal);
      this.#report(token, packetId, refusal, undefined, true);
    }
  }

  /**
   * Returns 0, or the reason why nothing was written: a message that the broker's CONNACK rules out is rejected here,
   * with the code that the broker would use. That includes repetitions, because the broker may have changed since.
   */
  #encode(content: PublishContent, packetId: number, mid: number, dup: boolean): number {
    const terms = this.#terms!;
    const refusal = terms.refusal(content);
    if (refusal !== 0) return refusal;
    const aliased = content.properties.length > 0;
    const form = aliased ? { ...content, ...terms.aliases.shorten(content.topic, content.properties) } : content;
    if (!this.#output.publish(form, packetId, mid, dup)) return PACKET_TOO_LARGE;
    if (aliased) terms.aliases.sent(form.topic, form.properties);
    return 0;
  }

  #sendRelease(packetId: number): void {
    this.#options.store?.released(packetId);
    this.#output.answer('pubrel', packetId, 0);
  }

  #report(token: Token, packetId: number, code: number, reason: string | undefined, local: boolean): void {
    this.#output.emit({ type: 'published', token, packetId, code, reason, local });
  }
}
