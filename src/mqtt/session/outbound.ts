/**
 * The sender's side of a session: QoS 1 and 2 until the server has acknowledged, within a bounded window.
 *
 * Rules: a message keeps its packet identifier until its flow ends [MQTT-4.3.2-1, 4.3.3-1]. When a connection comes
 * back, PUBREL goes first, then PUBLISH with DUP, each in its first order [MQTT-4.4.0-1, 4.6.0-1, 4.6.0-4]. The content is
 * kept until PUBCOMP, longer than the standard asks, so that it can be sent anew when the server lost the session.
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

/** A publish that was not sent yet. */
interface Accepted {
  readonly token: Token;
  readonly content: PublishContent;
}

/** A publish that the server has not acknowledged in full. */
interface SentPublish extends Accepted {
  readonly packetId: number;
  /** Its PUBREL may have been answered on an earlier connection. */
  releasedBefore: boolean;
}

export class Outbound {
  readonly #options: SessionOptions;
  readonly #output: SessionOutput;
  readonly #ids: PacketIds;
  /** Sent, waiting for PUBACK or PUBREC; in the order of sending. */
  readonly #sent = new Map<number, SentPublish>();
  /** PUBREC came and PUBREL went, waiting for PUBCOMP; in the order of the PUBREC packets. */
  readonly #released = new Map<number, SentPublish>();
  /** Of those the ones whose PUBREL was not sent on this connection. */
  #held: number[] = [];
  /** Sent on an earlier connection, to be sent again once the window allows; older than everything that waits. */
  #resend = new Queue<SentPublish>();
  readonly #waiting = new Queue<Accepted>();
  /** Undefined: there is no server that has taken us in. */
  #terms: PublishTerms | undefined;
  /** Messages sent at QoS 0, and of those: sent before the server was asked, and read by it for certain. */
  readonly #unacknowledged = { sent: 0, asked: 0, read: 0 };
  /** Packets of the server that took a flow of ours a step further, since the beginning. */
  steps = 0;
  /** PUBLISH packets sent again after a connection was lost, since the beginning. */
  resent = 0;

  constructor(options: SessionOptions, output: SessionOutput, ids: PacketIds) {
    this.#options = options;
    this.#output = output;
    this.#ids = ids;
  }

  /** Takes up what an earlier run has left. */
  restore({ lastPacketId, flights }: SavedFlights): void {
    this.#ids.last = lastPacketId;
    for (const { packetId, released, ...content } of flights) {
      this.#ids.reserve(packetId);
      const flight = { token: this.#ids.token(), packetId, content, releasedBefore: false };
      (released ? this.#released : this.#sent).set(packetId, flight);
    }
  }

  /** Nothing may leave before this has returned true. */
  commit(): boolean {
    const { store, maxInflight } = this.#options;
    return store === undefined || store.commit(this.#ids.last, this.#terms?.window ?? maxInflight);
  }

  /** Publishes not acknowledged in full. */
  get inflight(): number {
    return this.#sent.size + this.#released.size + this.#resend.length;
  }

  get isIdle(): boolean {
    return this.inflight + this.waiting === 0;
  }

  /** Publishes accepted and not sent yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Messages went out at QoS 0 since the last connection began, and the server has not shown that it has read them. */
  get hasUnread(): boolean {
    return this.#unacknowledged.sent > this.#unacknowledged.read;
  }

  /** The server is asked what it has read: its answer comes after all that was sent before. */
  asked(): void {
    this.#unacknowledged.asked = this.#unacknowledged.sent;
  }

  answered(): void {
    this.#unacknowledged.read = this.#unacknowledged.asked;
  }

  /** Whether a message of this QoS would go out at once. */
  isOpen(qos: QoS): boolean {
    return this.#terms !== undefined && this.#resend.length + this.#waiting.length === 0 && this.#hasRoom(qos);
  }

  publish(content: PublishContent): Token {
    const token = this.#ids.token();
    if (this.isOpen(content.qos)) this.#send(token, content);
    else this.#waiting.push({ token, content });
    return token;
  }

  /** How many of the slices now stand in the output, from the first on. */
  publishSlices(content: PublishContent, slices: Slices): number {
    const isPlain = content.qos === 0 && content.properties.length === 0 && !this.#output.trace;
    if (!isPlain || !this.isOpen(0) || this.#terms!.refusal(content) !== 0) return 0;
    const count = this.#output.publishSlices(content, slices);
    this.#ids.passMany(count);
    this.#unacknowledged.sent += count;
    return count;
  }

  /** The server took us in. `resumed`: it still has what we sent before. */
  connected(limits: ServerLimits, resumed: boolean): void {
    this.#terms = new PublishTerms(limits, this.#options.maxInflight);
    // A question cannot cover what an earlier connection carried.
    this.#unacknowledged.read = this.#unacknowledged.sent;
    const { version, idsAfter = 0 } = this.#options;
    // A message under an identifier that the server holds for an earlier run would be taken for that one, sent again
    // [MQTT-4.3.3-10]. CONNACK of MQTT 3.1 does not tell whether it has a session.
    if (resumed || version === 3) this.#ids.begin(idsAfter);
    const again = new Queue<SentPublish>();
    if (resumed) {
      for (const flight of this.#released.values()) {
        flight.releasedBefore = true;
        this.#sendRelease(flight.packetId);
      }
    } else {
      this.#options.store?.restarted();
      // Without its session the server knows nothing of a PUBREL: those messages start over, and they were first.
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

  /** Commits too, so that what is published next can be stored with it. */
  release(): void {
    for (const packetId of this.#held) this.#sendRelease(packetId);
    this.#held = [];
    this.commit();
  }

  puback(packet: AckPacket<'puback'>): void {
    const flight = this.#sent.get(packet.packetId);
    // An identifier we do not know can be one that was settled on the connection before.
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
      // Known and released already: it is a repetition. Unknown: 0x92 [MQTT 5, 3.6.2.1].
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
    // 0x92 says that the server has no such identifier: it was completed before the connection broke; or else the server
    // has lost the message that it took on this connection [MQTT 5, 3.7.2.1].
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

  /** First transmission. */
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
   * 0, or why nothing was written: what this server has said that it cannot take is refused here, with the code that it
   * would use. That holds for a repetition too, since the server may have changed meanwhile.
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
