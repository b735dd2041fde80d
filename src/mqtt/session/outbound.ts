/**
 * The sender's side of a session: QoS 1 and 2 until the server has acknowledged, within a bounded window.
 *
 * Rules: a message keeps its packet identifier until its flow ends [MQTT-4.3.2-1, 4.3.3-1]. When a connection comes
 * back, PUBREL goes first, then PUBLISH with DUP, each in its first order [MQTT-4.4.0-1, 4.6.0-1, 4.6.0-4]. The content is
 * kept until PUBCOMP, longer than the standard asks, so that it can be sent anew when the server lost the session.
 */
import { Queue } from '../../util/queue.ts';
import { protocolError } from '../packet-error.ts';
import { encodeAnswer } from '../packets/ack.ts';
import { encodePublish, encodeSlices, type PublishContent, type Slices } from '../packets/publish.ts';
import { reasonString } from '../properties.ts';
import { isRefusal } from '../reasons.ts';
import { type AckPacket, NO_PROPERTIES, type ProtocolVersion, type QoS } from '../types.ts';
import type { Writer } from '../writer.ts';
import type { SessionEvent, Token } from './events.ts';
import type { ServerLimits } from './limits.ts';
import type { PacketIds } from './packet-ids.ts';
import type { SavedPublish } from './state.ts';
import { OutboundAliases } from './topic-alias.ts';

/** A publish that the server has not acknowledged in full. */
interface Flight {
  readonly token: Token;
  readonly packetId: number;
  readonly content: PublishContent;
}

interface Waiting {
  readonly token: Token;
  readonly content: PublishContent;
}

export interface OutboundContext {
  readonly version: ProtocolVersion;
  readonly writer: Writer;
  readonly ids: PacketIds;
  readonly maxInflight: number;
  /** As in SessionOptions. */
  readonly idsAfter?: number;
  /** PUBREL waits for release(). */
  readonly holdsReleases?: boolean;
  /** Whether packets are reported one by one. */
  readonly trace: boolean;
  emit(event: SessionEvent): void;
}

export class Outbound {
  readonly #context: OutboundContext;
  /** Sent, waiting for PUBACK or PUBREC; in the order of sending. */
  readonly #sent = new Map<number, Flight>();
  /** PUBREC came and PUBREL went, waiting for PUBCOMP; in the order of the PUBREC packets. */
  readonly #released = new Map<number, Flight>();
  /** Of those the ones whose PUBREL was not sent on this connection. */
  #held: number[] = [];
  /** Those whose PUBREL may have been answered on an earlier connection. */
  readonly #releasedBefore = new Set<number>();
  /** Sent on an earlier connection, to be sent again once the window allows; older than everything that waits. */
  #resend = new Queue<Flight>();
  readonly #waiting = new Queue<Waiting>();
  #limits: ServerLimits | undefined;
  #window = 0;
  #aliases = new OutboundAliases(0);
  /** Messages sent at QoS 0, and of those: sent before the server was asked, and read by it for certain. */
  readonly #unacknowledged = { sent: 0, asked: 0, read: 0 };
  /** Packets of the server that took a flow of ours a step further, since the beginning. */
  steps = 0;
  /** PUBLISH packets sent again after a connection was lost, since the beginning. */
  resent = 0;

  constructor(context: OutboundContext) {
    this.#context = context;
  }

  /** Publishes not acknowledged in full. */
  get inflight(): number {
    return this.#sent.size + this.#released.size + this.#resend.length;
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
    return this.#limits !== undefined && this.#resend.length + this.#waiting.length === 0 && this.#hasRoom(qos);
  }

  publish(token: Token, content: PublishContent): void {
    if (this.isOpen(content.qos)) this.#send(token, content);
    else this.#waiting.push({ token, content });
  }

  /** How many of the slices now stand in the output, from the first on. */
  publishSlices(content: PublishContent, slices: Slices): number {
    const { writer, version, trace, ids } = this.#context;
    const { qos, retain, properties } = content;
    if (qos > 0 || trace || properties.length > 0 || !this.isOpen(0) || (retain && !this.#limits!.retain)) return 0;
    const count = encodeSlices(writer, content, slices, version, this.#limits!.maximumPacketSize);
    ids.passMany(count);
    this.#unacknowledged.sent += count;
    return count;
  }

  /** The server took us in. `resumed`: it still has what we sent before. */
  connected(limits: ServerLimits, resumed: boolean): void {
    this.#limits = limits;
    // What an earlier connection carried nobody can ask for any more.
    this.#unacknowledged.read = this.#unacknowledged.sent;
    this.#window = Math.min(this.#context.maxInflight, limits.receiveMaximum);
    this.#aliases = new OutboundAliases(limits.topicAliasMaximum);
    const { version, ids, idsAfter = 0 } = this.#context;
    // A message under an identifier that the server holds for an earlier run would be taken for that one, sent again
    // [MQTT-4.3.3-10]. CONNACK of MQTT 3.1 does not tell whether it has a session.
    if (resumed || version === 3) ids.begin(idsAfter);
    const again = new Queue<Flight>();
    if (resumed) {
      for (const { packetId } of this.#released.values()) {
        this.#releasedBefore.add(packetId);
        this.#sendRelease(packetId, 0);
      }
    } else {
      // Without its session the server knows nothing of a PUBREL: those messages start over, and they were first.
      for (const flight of this.#released.values()) again.push(flight);
      this.#released.clear();
      this.#releasedBefore.clear();
    }
    for (const flight of this.#sent.values()) again.push(flight);
    for (const flight of this.#resend) again.push(flight);
    this.#sent.clear();
    this.#resend = again;
    this.#sendWaiting();
  }

  disconnected(): void {
    this.#limits = undefined;
    this.#held = [];
  }

  release(): void {
    for (const packetId of this.#held) this.#sendRelease(packetId, 0);
    this.#held = [];
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
      if (!isRefusal(packet.code)) this.#sendRelease(packetId, this.#released.has(packetId) ? 0 : 0x92);
      return;
    }
    if (flight.content.qos !== 2) protocolError('PUBREC for a PUBLISH at QoS 1 [MQTT-4.3.2-3]');
    this.#sent.delete(packetId);
    this.steps++;
    if (isRefusal(packet.code)) {
      this.#settle(flight, packet);
      return;
    }
    this.#released.set(packetId, flight);
    if (this.#context.holdsReleases) this.#held.push(packetId);
    else this.#sendRelease(packetId, 0);
  }

  pubcomp(packet: AckPacket<'pubcomp'>): void {
    const flight = this.#released.get(packet.packetId);
    if (flight === undefined) return;
    this.#released.delete(packet.packetId);
    this.steps++;
    const again = this.#releasedBefore.delete(packet.packetId);
    // 0x92 says that the server has no such identifier: it was completed before the connection broke; or else the server
    // has lost the message that it took on this connection [MQTT 5, 3.7.2.1].
    this.#settle(flight, packet.code === 0x92 && again ? { ...packet, code: 0 } : packet);
  }

  save(): SavedPublish[] {
    const save = (flight: Flight, released: boolean): SavedPublish => ({
      packetId: flight.packetId,
      released,
      ...flight.content,
    });
    return [
      ...[...this.#released.values()].map((flight) => save(flight, true)),
      ...[...this.#sent.values(), ...this.#resend].map((flight) => save(flight, false)),
    ];
  }

  restore(token: Token, saved: SavedPublish): Token {
    this.#context.ids.reserve(saved.packetId);
    const { packetId, released, ...content } = saved;
    (released ? this.#released : this.#sent).set(packetId, { token, packetId, content });
    return token;
  }

  #hasRoom(qos: QoS): boolean {
    return qos === 0 || (this.#sent.size + this.#released.size < this.#window && this.#context.ids.available);
  }

  #settle(flight: Flight, packet: AckPacket): void {
    this.#context.ids.release(flight.packetId);
    this.#report(flight.token, flight.packetId, packet.code, reasonString(packet.properties), false);
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    if (this.#limits === undefined) return;
    while (this.#resend.length > 0 && this.#sent.size + this.#released.size < this.#window) {
      const flight = this.#resend.shift()!;
      this.resent++;
      this.#write(flight.token, flight.content, flight.packetId, true);
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
    const { ids } = this.#context;
    if (content.qos === 0) {
      const mid = ids.pass();
      const refusal = this.#encode(content, 0, mid, false);
      if (refusal === 0) this.#unacknowledged.sent++;
      this.#report(token, mid, refusal, undefined, refusal !== 0);
    } else {
      this.#write(token, content, ids.take(), false);
    }
  }

  #write(token: Token, content: PublishContent, packetId: number, dup: boolean): void {
    const refusal = this.#encode(content, packetId, packetId, dup);
    if (refusal === 0) {
      this.#sent.set(packetId, { token, packetId, content });
    } else {
      this.#context.ids.release(packetId);
      this.#report(token, packetId, refusal, undefined, true);
    }
  }

  /**
   * 0, or why nothing was written: what this server has said that it cannot take is refused here, with the code that it
   * would use. That holds for a repetition too, since the server may have changed meanwhile.
   */
  #encode(content: PublishContent, packetId: number, mid: number, dup: boolean): number {
    const { writer, version, trace } = this.#context;
    const { maximumQos, retain, maximumPacketSize: limit } = this.#limits!;
    if (content.qos > maximumQos) return 0x9b;
    if (content.retain && !retain) return 0x9a;
    const aliased = content.properties.length > 0;
    const form = aliased ? { ...content, ...this.#aliases.shorten(content.topic, content.properties) } : content;
    if (encodePublish(writer, form, packetId, dup, version, limit) === 0) return 0x95;
    if (aliased) this.#aliases.sent(form.topic, form.properties);
    if (trace)
      this.#context.emit({
        type: 'trace',
        direction: 'sent',
        mid,
        packet: { type: 'publish', dup, packetId, ...form },
      });
    return 0;
  }

  #sendRelease(packetId: number, code: number): void {
    const { writer, version } = this.#context;
    encodeAnswer(writer, 'pubrel', packetId, code, version);
    const packet = { type: 'pubrel', packetId, code, properties: NO_PROPERTIES } as const;
    if (this.#context.trace) this.#context.emit({ type: 'trace', direction: 'sent', packet });
  }

  #report(token: Token, packetId: number, code: number, reason: string | undefined, local: boolean): void {
    this.#context.emit({ type: 'published', token, packetId, code, reason, local });
  }
}
