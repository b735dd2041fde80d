/**
 * The messages that are next to be sent from a spool. Those at QoS 2 are stored as on their way before their turn comes,
 * many with one sync, under the packet identifiers that they are going to get: counted up, as the session counts. Where
 * a guess turns out wrong, the message is stored again, before it leaves.
 */
import { MAX_PACKET_ID } from '../../mqtt/types.ts';
import type { StoredMessage } from '../../spool/record.ts';
import type { Sender } from '../../spool/sender.ts';
import { Queue } from '../../util/queue.ts';

/** Payloads are kept in memory from then on. */
const MOST_BYTES = 4 * 1024 * 1024;
/** How many messages are searched for those at QoS 2. */
const LOOK_AHEAD = 256;

/** The identifier that a session counts to next. */
export const following = (packetId: number): number => (packetId === MAX_PACKET_ID ? 1 : packetId + 1);

export class Prefetch {
  readonly #sender: Sender;
  readonly #passesOver: (message: StoredMessage) => boolean;
  /** Read from the spool and not handed to the session yet. */
  readonly #queue = new Queue<StoredMessage>();
  /** Packet identifiers that are stored, by message; of messages that are in the queue, or the session has not sent. */
  readonly #stored = new Map<number, number>();
  #bytes = 0;

  /** `passesOver`: leaves those where they are. */
  constructor(sender: Sender, passesOver: (message: StoredMessage) => boolean = () => false) {
    this.#sender = sender;
    this.#passesOver = passesOver;
  }

  /** Sees what others have added since. Throws a Failure. */
  refresh(): Promise<void> {
    return this.#sender.refresh();
  }

  /** The next one, which stays; undefined when nothing waits as of the last refresh. Throws a Failure. */
  peek(): StoredMessage | undefined {
    return this.#queue.peek() ?? this.#read();
  }

  shift(): void {
    const message = this.#queue.shift();
    if (message === undefined) return;
    this.#bytes -= message.size;
  }

  /** Takes out those `wanted` that are before this one, as far as memory goes. Throws a Failure. */
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
   * Stores, with the next commit, the identifiers of as many as may be on their way at once. `lastPacketId` is the one that
   * the session has handed out last. Throws a Failure.
   */
  store(count: number, lastPacketId: number): void {
    let packetId = lastPacketId;
    let i = 0;
    let looked = 0;
    const most = Math.max(count, LOOK_AHEAD);
    const take = (message: StoredMessage): boolean => {
      if (i >= count || looked++ >= most) return false;
      // Each uses one up, whatever its QoS.
      packetId = following(packetId);
      if (message.qos < 2) return true;
      i++;
      if (this.#stored.get(message.id) === packetId) return true;
      // The session would pass it over, and whatever is on its way must keep it.
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

  /** PUBLISH at QoS 2 is about to leave: true when that has to be stored first. */
  sending(id: number, packetId: number): boolean {
    const guess = this.#stored.get(id);
    this.#stored.delete(id);
    if (guess === packetId) return false;
    // All guesses behind it are wrong too; and stored after them it would come after them in a later run.
    this.giveBack();
    this.#sender.sending(id, packetId);
    return true;
  }

  /** Those stored that were never sent wait again. */
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
