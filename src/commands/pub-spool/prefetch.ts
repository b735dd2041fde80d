/**
 * Which messages of a spool are sent next. QoS 2 messages are stored as in flight before their turn, many with one
 * sync. Each is stored under the packet identifier that the session will predictably assign. A message with a wrong
 * prediction is stored again before it is sent.
 */
import { MAX_PACKET_ID } from '../../mqtt/types.ts';
import type { StoredMessage } from '../../spool/record.ts';
import type { Sender } from '../../spool/sender.ts';
import { Queue } from '../../util/queue.ts';

/** Most bytes of payloads kept in memory. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Messages searched for QoS 2 messages. */
const LOOK_AHEAD = 256;

/** The packet identifier that a session assigns after this one. */
export const following = (packetId: number): number => (packetId === MAX_PACKET_ID ? 1 : packetId + 1);

export class Prefetch {
  readonly #sender: Sender;
  readonly #passesOver: (message: StoredMessage) => boolean;
  /** Messages read from the spool and not yet handed to the session. */
  readonly #queue = new Queue<StoredMessage>();
  /** Stored packet identifiers by message, for messages in the queue or not yet sent by the session. */
  readonly #stored = new Map<number, number>();
  #bytes = 0;

  /** `passesOver`: leaves these messages in the spool. */
  constructor(sender: Sender, passesOver: (message: StoredMessage) => boolean = () => false) {
    this.#sender = sender;
    this.#passesOver = passesOver;
  }

  /** Looks for messages that other processes have added. Rejects with a Failure. */
  refresh(): Promise<void> {
    return this.#sender.refresh();
  }

  /** Returns the next message without removing it; undefined when none was waiting at the last refresh. Throws a Failure. */
  peek(): StoredMessage | undefined {
    return this.#queue.peek() ?? this.#read();
  }

  shift(): void {
    const message = this.#queue.shift();
    if (message === undefined) return;
    this.#bytes -= message.size;
  }

  /** Removes and returns the `wanted` messages older than this one, as far as memory allows. Throws a Failure. */
  takeOlder(than: number, wanted: (message: StoredMessage) => boolean): StoredMessage[] {
    let last = than === 0 ? undefined : this.#read();
    while (last !== undefined && last.id < than && this.#bytes < MOST_BYTES) last = this.#read();
    const all = [...this.#queue];
    this.#queue.clear();
    const taken: StoredMessage[] = [];
    for (const message of all) (message.id < than && wanted(message) ? taken : this.#queue).push(message);
    for (const message of taken) this.#bytes -= message.size;
    return taken;
  }

  /**
   * Stores, with the next commit, the identifiers of as many messages as may be in flight at once. `lastPacketId` is
   * the last one that the session assigned. Throws a Failure.
   */
  store(count: number, lastPacketId: number): void {
    let packetId = lastPacketId;
    let i = 0;
    let looked = 0;
    const most = Math.max(count, LOOK_AHEAD);
    const take = (message: StoredMessage): boolean => {
      if (i >= count || looked++ >= most) return false;
      // Each message uses one identifier, whatever its QoS.
      packetId = following(packetId);
      if (message.qos < 2) return true;
      i++;
      if (this.#stored.get(message.id) === packetId) return true;
      // The session would skip this identifier, and the message in flight must keep it.
      if (this.#sender.usesPacketId(packetId)) return false;
      this.#sender.sending(message.id, packetId);
      this.#stored.set(message.id, packetId);
      return true;
    };
    for (const message of this.#queue) if (!take(message)) return;
    while (i < count && this.#bytes < MOST_BYTES) {
      const message = this.#read();
      if (message === undefined || !take(message)) return;
    }
  }

  /** Called before a QoS 2 PUBLISH is sent; returns true when it has to be stored first. */
  sending(id: number, packetId: number): boolean {
    const guess = this.#stored.get(id);
    this.#stored.delete(id);
    if (guess === packetId) return false;
    // The later predictions are wrong too; stored after this message, they would also follow it in a later run.
    this.giveBack();
    this.#sender.sending(id, packetId);
    return true;
  }

  /** Returns stored messages that were never sent to the waiting ones. */
  giveBack(): void {
    for (const id of this.#stored.keys()) this.#sender.returned(id);
    this.#stored.clear();
  }

  #read(): StoredMessage | undefined {
    let message = this.#sender.next();
    while (message !== undefined && this.#passesOver(message)) message = this.#sender.next();
    if (message === undefined) return undefined;
    this.#queue.push(message);
    this.#bytes += message.size;
    return message;
  }
}
