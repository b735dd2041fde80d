/**
 * The messages of a spool that are with the session, and which may join them. MQTT keeps the order of one topic and one QoS
 * only [MQTT-4.6.0-6]; a spool keeps that of a topic. A server passes messages at QoS 0 and 1 on as they come, and those at
 * QoS 2 at PUBLISH or at PUBREL. So what follows a message at QoS 2 on its topic waits until PUBREL has left; all else goes
 * out without a break.
 */
import type { Token } from '../../mqtt/session/events.ts';
import type { StoredMessage } from '../../spool/record.ts';

/** On their way at once, unless it is a single message. */
const MOST_BYTES = 16 * 1024 * 1024;

export class SendWindow {
  /** By the token that the session gave. */
  readonly #open = new Map<Token, StoredMessage>();
  #bytes = 0;
  /** Messages at QoS 2 whose PUBREL has not left; and how many of them a topic has. */
  readonly #unreleased = new Set<StoredMessage>();
  readonly #topics = new Map<string, number>();
  #settled = 0;

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /** Messages handed over, and of those the ones with an outcome: acknowledged, refused, or at QoS 0 written. */
  get counts(): { readonly sent: number; readonly settled: number } {
    return { sent: this.#settled + this.#open.size, settled: this.#settled };
  }

  /** Whether the message may go out now. */
  admits({ qos, topic, size }: StoredMessage): boolean {
    if (this.#open.size > 0 && this.#bytes + size > MOST_BYTES) return false;
    return qos === 2 || !this.#topics.has(topic);
  }

  /** The session has it. */
  opened(token: Token, message: StoredMessage): void {
    this.#open.set(token, message);
    this.#bytes += message.size;
  }

  /** PUBLISH is what it begins with, or starts over with. */
  began(message: StoredMessage): void {
    const { qos, topic } = message;
    if (qos < 2 || this.#unreleased.has(message)) return;
    this.#unreleased.add(message);
    this.#topics.set(topic, (this.#topics.get(topic) ?? 0) + 1);
  }

  /** PUBREL leaves, or it has come to its end. */
  released(message: StoredMessage): void {
    if (!this.#unreleased.delete(message)) return;
    const count = this.#topics.get(message.topic)! - 1;
    if (count > 0) this.#topics.set(message.topic, count);
    else this.#topics.delete(message.topic);
  }

  /** The message has its outcome. */
  closed(token: Token): StoredMessage {
    const message = this.#open.get(token)!;
    this.#open.delete(token);
    this.#bytes -= message.size;
    this.#settled++;
    this.released(message);
    return message;
  }
}
