/**
 * The spool for the one process that sends: the messages in order, and the record of what happened to them.
 *
 * What must be on disk at which moment, so that a kill at any other loses nothing, and at QoS 2 repeats nothing as long as the
 * broker has the session (one commit may hold many steps):
 * - before a PUBLISH at QoS 2 is sent: sending(). Else the next run would send the message with another packet identifier, and
 *   the broker would mistake it for another message.
 * - before a PUBREL is sent: released(). Else the next run would send PUBLISH after the broker has forgotten the identifier.
 * - before a PUBLISH is sent to a broker that has lost the session: restarted(). Else the next run would send PUBREL for a
 *   message that the broker does not have, and mistake the answer for delivery.
 * - before a packet identifier is used again: settled() of its previous message, in the same commit at the latest. settled()
 *   itself may wait: a PUBREL that is sent again does no harm.
 */

import type { PublishContent } from '../mqtt/packets/publish.ts';
import { type LockFile, tryLock } from '../runtime/lock-file.ts';
import type { Millis } from '../util/millis.ts';
import { secondsLeft, withSecondsLeft } from './age.ts';
import { withAppendLock } from './append.ts';
import { tidy } from './compaction.ts';
import { FILES, type SpoolFolder, segmentName, spoolFailure } from './folder.ts';
import { HEADER } from './frame.ts';
import { Journal } from './journal.ts';
import type { Flight, Outcome } from './ledger.ts';
import { decodeMessage, idOf, type StoredMessage } from './record.ts';
import { withReserve, withReserveAsync } from './reserve.ts';
import { type Position, type SegmentPiece, walk } from './segment-reader.ts';
import { findTail, type Tail } from './tail.ts';

/** How often to show that the lock is in use. */
const TOUCH_EVERY: Millis = 10_000;

/** A spool never had this many messages missing: a number is wrong. */
const MOST_MISSING = 2 ** 24;

interface Recovered extends Flight {
  readonly message: StoredMessage;
}

export interface Recovery {
  /** Messages in flight since an earlier run, in the order in which a session has to send them again. */
  readonly flights: readonly Recovered[];
  /** The packet identifier assigned last. */
  readonly lastPacketId: number;
  /** True when no packet identifier may be used before a clean start, after which restarted() must be called. */
  readonly cleanStart: boolean;
  /** True when the state of messages in flight is lost, so that messages may be duplicated. */
  readonly mayDuplicate: boolean;
}

export class Sender {
  readonly #folder: SpoolFolder;
  readonly #lock: LockFile;
  readonly #journal: Journal;
  #segments: readonly number[] = [];
  #tail: Tail | undefined;
  #steps: Generator<SegmentPiece> | undefined;
  #place: Position = { segment: 0, offset: 0 };
  /** Every message with a lower identifier has been read or counted as missing. */
  #expected: number;
  #recovery: Recovery | undefined;
  #touchAt = 0;
  /** Messages that this sender dropped because they had expired. */
  expired = 0;
  /** Accepted messages that are no longer in the files. */
  readonly missing: number[] = [];

  private constructor(folder: SpoolFolder, lock: LockFile) {
    this.#folder = folder;
    this.#lock = lock;
    folder.removeLeftovers();
    this.#journal = new Journal(folder);
    this.#expected = this.#journal.ledger.base;
  }

  /** Resolves with undefined when another process sends. Rejects with a Failure. */
  static async open(folder: SpoolFolder): Promise<Sender | undefined> {
    const request = { path: folder.file(FILES.senderLock), name: `The spool ${folder.path}` };
    const lock = withReserve(folder, () => tryLock(request, folder.system));
    if (lock === undefined) return undefined;
    try {
      const sender = new Sender(folder, lock);
      await sender.refresh();
      sender.#recovery = sender.#recover();
      return sender;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  get recovery(): Recovery {
    return this.#recovery!;
  }

  /** Messages from this identifier on did not exist at the last refresh. */
  get nextId(): number {
    return this.#tail!.nextId;
  }

  isInFlight(id: number): boolean {
    return this.#journal.ledger.isInFlight(id);
  }

  usesPacketId(packetId: number): boolean {
    return this.#journal.ledger.usesPacketId(packetId);
  }

  /**
   * Looks for messages that other processes have added, and syncs them, because a killed writer may not have done so. A
   * message must not be sent while its identifier could be assigned again. Rejects with a Failure.
   */
  refresh(): Promise<void> {
    const folder = this.#folder;
    const look = (): void => {
      const tail = findTail(folder, this.#tail, this.#journal.ledger.highest + 1);
      const segments = folder.segments();
      if (tail !== this.#tail && tail.segment !== undefined) {
        folder.change(segmentName(tail.segment), (fd) => folder.fs.fsyncSync(fd));
        folder.sync();
      }
      // Updated together, and only now: the old end in a new last segment would cut a complete message.
      this.#segments = segments;
      this.#tail = tail;
      this.#steps = undefined;
    };
    // The sender lock may have used the last block of the disk.
    return withReserveAsync(folder, () => withAppendLock(folder, () => folder.orFail('cannot be read', look)));
  }

  /**
   * The next waiting message, in the order of acceptance; undefined when there was none at the last refresh. Messages
   * in flight since an earlier run are in `recovery` instead, and expired ones are settled. Throws a Failure.
   */
  next(): StoredMessage | undefined {
    return this.#folder.orFail('cannot be read', () => {
      for (let step = this.#step(); step !== undefined; step = this.#step()) {
        const { segment, piece } = step;
        if (piece.kind === 'damage') {
          this.#folder.setAside(segment.name, piece.start, segment.bytes(piece));
          continue;
        }
        const id = idOf(piece.body);
        this.#missing(id);
        this.#expected = Math.max(this.#expected, id + 1);
        const { ledger } = this.#journal;
        if (ledger.isSettled(id) || ledger.isInFlight(id)) continue;
        const message = decodeMessage(piece);
        if (secondsLeft(message, this.#folder.system.now()) !== 0) return message;
        this.expired++;
        this.settled(id, 'expired');
      }
      this.#missing(this.#tail!.nextId);
      return undefined;
    });
  }

  /** The message in the form to send now. */
  contentOf(message: StoredMessage): PublishContent {
    const { topic, payload, qos, retain } = message;
    return { topic, payload, qos, retain, properties: withSecondsLeft(message, this.#folder.system.now()) };
  }

  /** A PUBLISH with this packet identifier is about to be sent. */
  sending(id: number, packetId: number): void {
    this.#journal.add({ type: 'sending', id, packetId });
  }

  /** A PUBREC was received, and its PUBREL is about to be sent. */
  released(packetId: number): void {
    this.#journal.add({ type: 'released', packetId });
  }

  /** The broker has a new session, without any state of the messages in flight. */
  restarted(): void {
    this.#journal.add({ type: 'restarted' });
  }

  /** The broker has rejected the message, which waits for a later run. */
  returned(id: number): void {
    this.#journal.add({ type: 'returned', id });
  }

  /** The message has left the spool. */
  settled(id: number, outcome: Outcome): void {
    this.#journal.add({ type: 'settled', from: id, to: id, outcome });
  }

  /** Writes all steps so far to disk. Throws a Failure; the caller may try again. */
  commit(): void {
    this.touch();
    if (!this.#lock.held())
      throw spoolFailure(`The sender's lock of the spool ${this.#folder.path} was taken away`, 'EAGAIN');
    this.#journal.commit();
    this.#removeSettled();
  }

  /** Shows other machines that the lock is in use. Call this regularly while nothing is committed. */
  touch(): void {
    const now = this.#folder.system.clock.now();
    if (now < this.#touchAt) return;
    this.#touchAt = now + TOUCH_EVERY;
    this.#lock.touch();
  }

  /** Commits, frees the disk space of settled messages, and lets other processes send. Rejects with a Failure. */
  async close(): Promise<void> {
    try {
      this.commit();
      // refresh() has synced these messages. If the end of the last segment is lost later, this entry shows it.
      const last = this.#tail!.nextId - 1;
      if (last > this.#journal.ledger.highest) this.#journal.note({ type: 'seen', id: last });
      await tidy(this.#folder, this.#journal.ledger);
    } finally {
      this.#journal.close();
      this.#lock.release();
    }
  }

  #step(): SegmentPiece | undefined {
    this.#steps ??= walk(this.#folder, this.#segments, this.#place, this.#tail!.size);
    const { done, value } = this.#steps.next();
    if (done) return undefined;
    this.#place = { segment: value.segment.first, offset: value.piece.end };
    return value;
  }

  /** Records the messages before this one that are missing: the files were damaged, or a file was removed. */
  #missing(before: number): void {
    const { ledger } = this.#journal;
    let count = 0;
    const first = this.#expected;
    if (ledger.unsettled(first, before) > MOST_MISSING)
      throw spoolFailure(
        `The spool ${this.#folder.path} is damaged: its messages continue with number ${before} after ${first - 1}`,
        'EIO',
        'Move them to a new directory with tsspool export and tsspool import.',
      );
    for (let id = ledger.nextUnsettled(first); id < before; id = ledger.nextUnsettled(id)) {
      count++;
      this.missing.push(id);
      this.settled(id, 'damaged');
    }
    this.#expected = Math.max(first, before);
    if (count > 0)
      this.#folder.system.report(
        `${this.#folder.path}: ${count === 1 ? 'a message is' : `${count} messages are`} missing between ${first} and ${before - 1}`,
      );
  }

  #recover(): Recovery {
    const { ledger, isDamaged } = this.#journal;
    const flights = ledger.flights();
    const messages = this.#messagesOf(new Set(flights.map(({ id }) => id)));
    const lost = flights.some(({ id }) => !messages.has(id));
    if (lost) {
      this.#journal.add({ type: 'forgotten' });
      this.commit();
    }
    return {
      flights: lost ? [] : flights.map((flight) => ({ ...flight, message: messages.get(flight.id)! })),
      lastPacketId: ledger.lastPacketId,
      cleanStart: ledger.needsCleanStart,
      mayDuplicate: isDamaged || lost,
    };
  }

  #messagesOf(ids: ReadonlySet<number>): Map<number, StoredMessage> {
    const found = new Map<number, StoredMessage>();
    if (ids.size === 0) return found;
    const first = this.#segments.findLast((segment) => segment <= Math.min(...ids)) ?? 0;
    const place = { segment: first, offset: HEADER.length };
    for (const { piece } of walk(this.#folder, this.#segments, place, this.#tail!.size)) {
      if (piece.kind !== 'frame' || !ids.has(idOf(piece.body))) continue;
      const message = decodeMessage(piece);
      found.set(message.id, message);
      if (found.size === ids.size) break;
    }
    return found;
  }

  /** Removes segments, except the last, whose messages are all settled on disk too. */
  #removeSettled(): void {
    const { base } = this.#journal.ledger;
    while (this.#segments.length > 1 && this.#segments[1]! <= base) {
      this.#folder.remove(segmentName(this.#segments[0]!));
      this.#segments = this.#segments.slice(1);
    }
  }
}
