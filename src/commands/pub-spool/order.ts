/**
 * Which message of a spool has to wait for others. MQTT keeps the order of one topic and one QoS only [MQTT-4.6.0-6]; a spool
 * keeps that of a topic. A server passes messages at QoS 0 and 1 on as they come, and those at QoS 2 at PUBLISH or at PUBREL.
 * So what follows a message at QoS 2 on its topic waits until PUBREL has left; all else goes out without a break.
 */
import type { StoredMessage } from '../../spool/record.ts';

export class Order {
  /** Topics of the messages at QoS 2 whose PUBREL has not left, by message; and how many a topic has. */
  readonly #topics = new Map<number, string>();
  readonly #counts = new Map<string, number>();
  /** By packet identifier, also after PUBREL: when the server loses the session, the message starts over under it. */
  readonly #messages = new Map<number, number>();

  mustWait({ qos, topic }: StoredMessage): boolean {
    return qos < 2 && this.#counts.has(topic);
  }

  /** It is handed to the session, or starts over. */
  began({ id, qos, topic }: StoredMessage): void {
    if (qos < 2 || this.#topics.has(id)) return;
    this.#topics.set(id, topic);
    this.#counts.set(topic, (this.#counts.get(topic) ?? 0) + 1);
  }

  /** PUBLISH has left, with this packet identifier. */
  sent(id: number, packetId: number): void {
    this.#messages.set(packetId, id);
  }

  /** PUBREL leaves. */
  released(packetId: number): void {
    const id = this.#messages.get(packetId);
    if (id !== undefined) this.ended(id);
  }

  ended(id: number): void {
    const topic = this.#topics.get(id);
    if (topic === undefined) return;
    this.#topics.delete(id);
    const count = this.#counts.get(topic)! - 1;
    if (count > 0) this.#counts.set(topic, count);
    else this.#counts.delete(topic);
  }
}
