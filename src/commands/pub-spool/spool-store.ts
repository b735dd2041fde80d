/**
 * The spool as the store of its session. Actions of the session become journal entries, which commit() has on disk
 * before anything is sent (src/spool/sender.ts has the rules). Messages in flight from an earlier run are resumed.
 */
import { Failure } from '../../errors.ts';
import type { PublishContent } from '../../mqtt/packets/publish.ts';
import { isRefusal } from '../../mqtt/reasons.ts';
import type { Token } from '../../mqtt/session/events.ts';
import type { InflightStore, SavedFlights } from '../../mqtt/session/inflight-store.ts';
import type { StoredMessage } from '../../spool/record.ts';
import type { Recovery, Sender } from '../../spool/sender.ts';
import { following, type Prefetch } from './prefetch.ts';
import { ReleaseBatch } from './release-batch.ts';
import type { SendWindow } from './send-window.ts';

/** Most QoS 1 outcomes before a commit; QoS 2 outcomes are stored with the entries that must be. */
const COMMIT_EVERY = 500;

export interface SpoolStoreEvents {
  /** Gives this message to the session. Returns the token that the session assigns. */
  publish(content: PublishContent): Token;
  /** Sends PINGREQ. */
  ping(): void;
  /** Storing failed, so nothing may be sent. */
  failed(failure: Failure): void;
}

export class SpoolStore implements InflightStore {
  readonly #sender: Sender;
  readonly #prefetch: Prefetch;
  readonly #window: SendWindow;
  readonly #batch: ReleaseBatch;
  readonly #events: SpoolStoreEvents;
  /** QoS 1 and 2 messages by the packet identifier that the session assigned. */
  readonly #messages = new Map<number, StoredMessage>();
  /** The message being given to the session at present. */
  #handed: StoredMessage | undefined;
  /** QoS 0 messages written on this connection, which the broker may have read. */
  #written: number[] = [];
  /** True when the output holds packets that must not be sent before their entries are stored. */
  #mustCommit = false;
  /** True when received PUBREC packets are not stored yet. */
  #hasReceived = false;
  #uncommitted = 0;

  constructor(sender: Sender, prefetch: Prefetch, window: SendWindow, events: SpoolStoreEvents) {
    this.#sender = sender;
    this.#prefetch = prefetch;
    this.#window = window;
    this.#batch = new ReleaseBatch(() => events.ping());
    this.#events = events;
  }

  load(): SavedFlights | undefined {
    const { recovery } = this.#sender;
    if (recovery.flights.length === 0) return undefined;
    const { flights, lastPacketId } = withOlder(recovery, this.#prefetch);
    for (const [i, { message, packetId, released }] of flights.entries()) {
      // The session assigns its first tokens to these messages.
      this.#window.opened(i + 1, message);
      if (!released) this.#window.began(message);
      this.#messages.set(packetId, message);
    }
    const saved = flights.map(({ packetId, released, message }) => ({
      packetId,
      released,
      ...this.#sender.contentOf(message),
    }));
    return { lastPacketId, flights: saved };
  }

  restarted(): void {
    this.#sender.restarted();
    this.#mustCommit = true;
    for (const message of this.#messages.values()) this.#window.began(message);
  }

  /** Gives the message to the session, which sends it at once, because there is room for it. */
  handOver(message: StoredMessage): void {
    this.#handed = message;
    this.#window.began(message);
    this.#window.opened(this.#events.publish(this.#sender.contentOf(message)), message);
    this.#batch.speaking();
  }

  sending(packetId: number, again: boolean): void {
    const message = again ? this.#messages.get(packetId)! : this.#handed!;
    this.#batch.sent(message.qos === 2);
    if (again) return;
    this.#messages.set(packetId, message);
    // At QoS 1 the broker keeps no state, and a duplicate is allowed.
    if (message.qos === 2 && this.#prefetch.sending(message.id, packetId)) this.#mustCommit = true;
  }

  received(packetId: number): void {
    this.#sender.released(packetId);
    this.#hasReceived = true;
    this.#batch.received();
  }

  released(packetId: number): void {
    this.#mustCommit ||= this.#hasReceived;
    this.#window.released(this.#messages.get(packetId)!);
    this.#batch.sent(true);
  }

  settled(packetId: number, code: number): void {
    const { id } = this.#messages.get(packetId)!;
    this.#messages.delete(packetId);
    this.#batch.answered();
    // A rejected message waits for a later run.
    if (isRefusal(code)) this.#sender.returned(id);
    else this.#sender.settled(id, 'delivered');
    this.#uncommitted++;
  }

  pong(): void {
    this.#batch.pong();
  }

  commit(lastPacketId: number, window: number): boolean {
    if (!this.#mustCommit && this.#uncommitted < COMMIT_EVERY) return true;
    try {
      this.#prefetch.store(window, lastPacketId);
      this.#sender.commit();
    } catch (error) {
      this.#events.failed(Failure.of(error));
      return false;
    }
    this.#mustCommit = this.#hasReceived = false;
    this.#uncommitted = 0;
    return true;
  }

  /** Whether PUBREL may be sent now. Ask this at the end of a turn in which no message was handed over. */
  mayRelease(): boolean {
    return this.#batch.isOver();
  }

  /** A QoS 0 message is in the output. */
  wrote({ id }: StoredMessage): void {
    this.#written.push(id);
  }

  /** The connection has closed cleanly: the broker has read what was written. */
  ended(): void {
    for (const id of this.#written) this.#sender.settled(id, 'delivered');
  }

  /** The connection is lost. The fate of its QoS 0 messages is unknown, so a later run sends them again. */
  interrupted(): void {
    this.#written = [];
    this.#batch.reset();
  }
}

type RecoveredFlight = Recovery['flights'][number];

/**
 * Lists the messages in flight of an earlier run in the order to send them: PUBREL first. It includes QoS 1 messages
 * that preceded a QoS 2 message on the same topic, although they are not stored as in flight: sent later, they would
 * follow it. Throws a Failure.
 */
function withOlder(
  { flights, lastPacketId }: Recovery,
  prefetch: Prefetch,
): { readonly flights: readonly RecoveredFlight[]; readonly lastPacketId: number } {
  const unreleased = flights.filter(({ released }) => !released);
  const topics = new Set(unreleased.map(({ message }) => message.topic));
  const last = Math.max(0, ...unreleased.map(({ id }) => id));
  const older = prefetch.takeOlder(last, ({ qos, topic }) => qos === 1 && topics.has(topic));
  const used = new Set(flights.map(({ packetId }) => packetId));
  let packetId = lastPacketId;
  const flightOf = (message: StoredMessage): RecoveredFlight => {
    do packetId = following(packetId);
    while (used.has(packetId));
    return { id: message.id, packetId, released: false, message };
  };
  const all = flights.filter(({ released }) => released);
  for (const flight of unreleased) {
    while (older.length > 0 && older[0]!.id < flight.id) all.push(flightOf(older.shift()!));
    all.push(flight);
  }
  return { flights: all, lastPacketId: packetId };
}
