/**
 * Which messages of a spool are in flight, and which may join them. MQTT keeps the order only within one topic and one
 * QoS [MQTT-4.6.0-6]; a spool keeps the order of a whole topic. A broker forwards QoS 0 and 1 messages on receipt, and
 * QoS 2 messages at PUBLISH or at PUBREL. So a message that follows a QoS 2 message on its topic waits until the PUBREL
 * is sent; all others are sent at once.
 */
import type { Token } from '../../mqtt/session/events.ts';
import type { StoredMessage } from '../../spool/record.ts';

/** Most bytes in flight at once, except for a single message. */
const MOST_BYTES = 16 * 1024 * 1024;

export class SendWindow {
  /** Messages by the token that the session assigned. */
  readonly #open = new Map<Token, StoredMessage>();
  #bytes = 0;
  /** QoS 2 messages whose PUBREL is not sent yet, and their number for each topic. */
  readonly #unreleased = new Set<StoredMessage>();
  readonly #topics = new Map<string, number>();
  #settled = 0;

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /** Messages handed over, and those of them with an outcome: acknowledged, rejected, or at QoS 0 written. */
  get counts(): { readonly sent: number; readonly settled: number } {
    return { sent: this.#settled + this.#open.size, settled: this.#settled };
  }

  /** Whether the message may be sent now. */
  admits({ qos, topic, size }: StoredMessage): boolean {
    if (this.#open.size > 0 && this.#bytes + size > MOST_BYTES) return false;
    return qos === 2 || !this.#topics.has(topic);
  }

  /** The session has the message. */
  opened(token: Token, message: StoredMessage): void {
    this.#open.set(token, message);
    this.#bytes += message.size;
  }

  /** The message starts with PUBLISH, for the first time or again. */
  began(message: StoredMessage): void {
    const { qos, topic } = message;
    if (qos < 2 || this.#unreleased.has(message)) return;
    this.#unreleased.add(message);
    this.#topics.set(topic, (this.#topics.get(topic) ?? 0) + 1);
  }

  /** The PUBREL of the message is sent, or the message has its outcome. */
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
