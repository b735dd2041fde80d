/**
 * When received messages are acknowledged. A message is acknowledged only after the consumer has it. Acknowledgements are
 * sent in the order in which the messages arrived [MQTT-4.6.0-2, 4.6.0-3], whatever the order in which the consumer finishes.
 *
 * The consumer gets a QoS 2 message when it arrives, not at PUBREL ("method B" of the standard, 4.3.3), so PUBREC means that
 * the consumer has it. With the other method, a kill between PUBREC and PUBREL would lose the message.
 *
 * The receive maximum that CONNECT announces is not enforced (decisions 9 and 24): a slow consumer stops reading. An open
 * message keeps only its identifier and a short topic here, and at most 65,535 are open.
 */
import { Queue } from '../../util/queue.ts';
import { protocolError } from '../packet-error.ts';
import { isRefusal, QUOTA_EXCEEDED } from '../reasons.ts';
import { type AckPacket, MAX_PACKET_ID, type PublishPacket } from '../types.ts';
import type { Delivery } from './events.ts';
import type { SessionOutput } from './output.ts';
import { InboundAliases } from './topic-alias.ts';

/** A delivery with the fields that only this file uses. */
interface OwnDelivery extends Delivery {
  /** The topic of a message at QoS 1, if it is short enough to be stored. */
  readonly topic: string | undefined;
  /** The reason code for its PUBACK or PUBREC. */
  readonly code: number;
  /** Whether the consumer has the message. */
  done: boolean;
  /** Whether PUBACK or PUBREC is due on this connection; if so, the entry is in the queue. */
  owed: boolean;
}

/**
 * Longest topic to store, in characters: a broker can have 65,535 messages open, each with a topic of 64 KiB. A QoS 1
 * message with a longer topic may arrive twice when the connection breaks before its PUBACK.
 */
const LONGEST_TOPIC = 256;

/** The delivery of every message at QoS 0, which needs no acknowledgement. */
const UNACKNOWLEDGED: Delivery = Object.freeze({ packetId: 0, qos: 0 });

export class Inbound {
  readonly #output: SessionOutput;
  /** Highest topic alias that CONNECT announces. */
  readonly #topicAliasMaximum: number;
  /** Acknowledgements that are due, in the order of arrival. */
  #queue = new Queue<OwnDelivery>();
  /** QoS 2 messages whose flow has not ended. For `done` entries, PUBREC is sent or due. */
  readonly #exactlyOnce = new Map<number, OwnDelivery>();
  /** QoS 1 messages not acknowledged on an earlier connection: the broker sends them again. */
  readonly #stale = new Map<number, OwnDelivery>();
  #aliases: InboundAliases;
  /** Whether a PUBLISH or PUBREL arrived on this connection: the broker may send more, and may not have read the answers. */
  hasReceived = false;
  /** PUBLISH packets received since the session began. */
  received = 0;

  constructor(output: SessionOutput, topicAliasMaximum: number) {
    this.#output = output;
    this.#topicAliasMaximum = topicAliasMaximum;
    this.#aliases = new InboundAliases(topicAliasMaximum);
  }

  /** QoS 2 messages that the consumer has and whose PUBREL has not arrived. */
  get unreleased(): number {
    let count = 0;
    for (const entry of this.#exactlyOnce.values()) if (entry.done) count++;
    return count;
  }

  /** CONNACK accepted the connection. `resumed`: the broker still has the flows of earlier connections. */
  connected(resumed: boolean): void {
    this.#aliases = new InboundAliases(this.#topicAliasMaximum);
    this.hasReceived = false;
    if (resumed) return;
    this.#stale.clear();
    this.#exactlyOnce.clear();
  }

  disconnected(): void {
    for (const entry of this.#queue) {
      entry.owed = false;
      if (entry.qos === 1) this.#stale.set(entry.packetId, entry);
    }
    this.#queue = new Queue();
  }

  publish(received: PublishPacket): void {
    const packet = this.#aliases.resolve(received);
    const { qos } = packet;
    this.hasReceived = true;
    this.received++;
    if (qos === 0) return this.#handOut(packet, UNACKNOWLEDGED);
    const known = qos === 1 ? this.#takeStale(packet) : this.#exactlyOnce.get(packet.packetId);
    if (known !== undefined) {
      this.#comeAgain(known);
      return;
    }
    const { packetId } = packet;
    const topic = qos === 1 && packet.topic.length <= LONGEST_TOPIC ? packet.topic : undefined;
    const code = packet.excess === undefined ? 0 : QUOTA_EXCEEDED;
    const entry: OwnDelivery = { packetId, qos, topic, code, done: false, owed: false };
    this.#owe(entry);
    if (qos === 2) this.#exactlyOnce.set(packetId, entry);
    this.#handOut(packet, entry);
  }

  pubrel(packet: AckPacket<'pubrel'>): void {
    this.hasReceived = true;
    const { packetId } = packet;
    const entry = this.#exactlyOnce.get(packetId);
    // A PUBREL before this client's PUBREC cannot answer it, so the PUBREC remains due.
    const known = entry?.done === true;
    if (known) this.#exactlyOnce.delete(packetId);
    this.#output.answer('pubcomp', packetId, known || this.#output.version !== 5 ? 0 : 0x92);
  }

  /** The consumer has the message or, if oversized, has reported it. Throws a TypeError at the second call. */
  acknowledge(delivery: Delivery): void {
    if (delivery.qos === 0) return;
    const entry = delivery as OwnDelivery;
    if (entry.done) throw new TypeError(`delivery ${entry.packetId} is acknowledged already`);
    entry.done = true;
    if (entry.owed) this.#flush();
  }

  #handOut(packet: PublishPacket, delivery: Delivery): void {
    const { excess } = packet;
    if (excess === undefined) this.#output.emit({ type: 'message', packet, delivery });
    else this.#output.emit({ type: 'oversized', packet: { ...packet, excess }, delivery });
  }

  #takeStale(packet: PublishPacket): OwnDelivery | undefined {
    if (this.#stale.size === 0) return undefined;
    const entry = this.#stale.get(packet.packetId);
    this.#stale.delete(packet.packetId);
    // Without DUP this is a new message: the broker received the earlier acknowledgement and reuses the identifier.
    return packet.dup && entry?.topic === packet.topic ? entry : undefined;
  }

  /** The broker sent a message again that the consumer has or is about to get. */
  #comeAgain(entry: OwnDelivery): void {
    if (entry.owed) return;
    this.#owe(entry);
    this.#flush();
  }

  /** Throws a PacketError when every identifier is in use, because the broker then uses one twice [MQTT-2.2.1-4]. */
  #owe(entry: OwnDelivery): void {
    if (this.#queue.length >= MAX_PACKET_ID)
      protocolError(`more than ${MAX_PACKET_ID} messages without an acknowledgement [MQTT-2.2.1-4]`, 0x93);
    entry.owed = true;
    this.#queue.push(entry);
  }

  #flush(): void {
    for (let head = this.#queue.peek(); head?.done; head = this.#queue.peek()) {
      this.#queue.shift();
      head.owed = false;
      this.#output.answer(head.qos === 1 ? 'puback' : 'pubrec', head.packetId, head.code);
      // A refusal in PUBREC ends the flow [MQTT 5, 4.3.3].
      if (head.qos === 2 && isRefusal(head.code)) this.#exactlyOnce.delete(head.packetId);
    }
  }
}
