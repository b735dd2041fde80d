/**
 * The receiver's side of a session: nothing is acknowledged before the consumer has it, and acknowledgements leave in
 * the order in which the messages came [MQTT-4.6.0-2, 4.6.0-3], whatever the order in which the consumer finishes.
 *
 * A message at QoS 2 goes to the consumer when it comes, not at PUBREL ("method B" of the standard, 4.3.3): PUBREC then
 * says that it is safe with the consumer. The other way a kill between PUBREC and PUBREL would lose it.
 *
 * The receive maximum that CONNECT announces is not enforced (decisions 9 and 24): a slow consumer stops reading, and
 * a message that is open keeps no more than its identifier here. There are as many as there are identifiers.
 */
import { Queue } from '../../util/queue.ts';
import { protocolError } from '../packet-error.ts';
import { isRefusal, QUOTA_EXCEEDED } from '../reasons.ts';
import { type AckPacket, MAX_PACKET_ID, type PublishPacket } from '../types.ts';
import type { Delivery } from './events.ts';
import type { SessionOutput } from './output.ts';
import { InboundAliases } from './topic-alias.ts';

/** A delivery as this file sees it. */
interface OwnDelivery extends Delivery {
  /** Of a message at QoS 1, where it is short enough to be kept. */
  readonly topic: string | undefined;
  /** Of its PUBACK or PUBREC. */
  readonly code: number;
  /** The consumer has it. */
  done: boolean;
  /** PUBACK or PUBREC is owed on this connection; while it is, the entry stands in the queue. */
  owed: boolean;
}

/**
 * A longer topic is not kept: a server can have 65,535 messages open, each with a topic of 64 KiB. At QoS 1 such a message may
 * then come twice, when the connection breaks before its acknowledgement.
 */
const LONGEST_TOPIC = 256;

/** What every message at QoS 0 is delivered as: there is nothing to acknowledge. */
const UNACKNOWLEDGED: Delivery = Object.freeze({ packetId: 0, qos: 0 });

export class Inbound {
  readonly #output: SessionOutput;
  /** Highest topic alias that CONNECT announces. */
  readonly #topicAliasMaximum: number;
  /** Owed acknowledgements in the order of arrival. */
  #queue = new Queue<OwnDelivery>();
  /** QoS 2 messages whose flow has not ended; `done` ones have their PUBREC sent or owed. */
  readonly #exactlyOnce = new Map<number, OwnDelivery>();
  /** QoS 1 messages of an earlier connection that were not acknowledged there: the server sends them again. */
  readonly #stale = new Map<number, OwnDelivery>();
  #aliases: InboundAliases;
  /** Messages or PUBREL came on this connection: more may be under way, and whether our answers are read nothing shows. */
  hasReceived = false;
  /** PUBLISH packets since the beginning. */
  received = 0;

  constructor(output: SessionOutput, topicAliasMaximum: number) {
    this.#output = output;
    this.#topicAliasMaximum = topicAliasMaximum;
    this.#aliases = new InboundAliases(topicAliasMaximum);
  }

  /** QoS 2 messages that the consumer has and whose PUBREL has not come. */
  get unreleased(): number {
    let count = 0;
    for (const entry of this.#exactlyOnce.values()) if (entry.done) count++;
    return count;
  }

  /** The server took us in. `resumed`: it still has the flows of earlier connections. */
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
    // PUBREL before our PUBREC cannot answer it; what is owed stays owed.
    const known = entry?.done === true;
    if (known) this.#exactlyOnce.delete(packetId);
    this.#output.answer('pubcomp', packetId, known || this.#output.version !== 5 ? 0 : 0x92);
  }

  /** The consumer has the message, or knows of it when it is oversized. Throws a TypeError at the second call. */
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
    // Without DUP the identifier has begun a new life: the server had our acknowledgement after all.
    return packet.dup && entry?.topic === packet.topic ? entry : undefined;
  }

  /** A message that the consumer has, or is about to have, came once more. */
  #comeAgain(entry: OwnDelivery): void {
    if (entry.owed) return;
    this.#owe(entry);
    this.#flush();
  }

  /** Throws a PacketError when every identifier is in use, so that the server must use one twice [MQTT-2.2.1-4]. */
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
