/**
 * What the one process that sends has of a spool: the messages in order, and the record of what became of them.
 *
 * What must be on the disk at which moment, so that a kill at any other loses nothing, and at QoS 2 repeats nothing as
 * long as the server has the session (a commit may hold many):
 * - before PUBLISH at QoS 2 leaves: sending(). Else the next run would send the message under another packet identifier,
 *   and the server would take it for another one.
 * - before PUBREL leaves: released(). Else the next run would send PUBLISH after the server has forgotten the identifier.
 * - before PUBLISH leaves to a server that has lost the session: restarted(). Else the next run would send PUBREL for what
 *   the server does not have, and take the answer for the delivery.
 * - before a packet identifier is used again: settled() of what had it, in the same commit at the latest.
 * settled() itself may wait: a PUBREL that is sent again does no harm.
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

/** The lock is shown to be alive that often. */
const TOUCH_EVERY: Millis = 10_000;

/** More than these were never in a spool: a number is wrong. */
const MOST_MISSING = 2 ** 24;

interface Recovered extends Flight {
  readonly message: StoredMessage;
}

export interface Recovery {
  /** In flight since an earlier run, in the order in which a session has to send them again. */
  readonly flights: readonly Recovered[];
  /** The packet identifier handed out last. */
  readonly lastPacketId: number;
  /** No packet identifier may be used before a clean start, after which restarted() is to be called. */
  readonly cleanStart: boolean;
  /** What was in flight is not known any more, so that messages may be duplicated. */
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
  /** Every message below has been come by. */
  #expected: number;
  #recovery: Recovery | undefined;
  #touchAt = 0;
  /** Messages that were dropped by this sender because they had expired. */
  expired = 0;
  /** Messages that were accepted and are not in the files any more. */
  readonly missing: number[] = [];

  private constructor(folder: SpoolFolder, lock: LockFile) {
    this.#folder = folder;
    this.#lock = lock;
    folder.removeLeftovers();
    this.#journal = new Journal(folder);
    this.#expected = this.#journal.ledger.base;
  }

  /** Undefined when another process sends. Throws a Failure. */
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

  /** What comes next was not there at the last refresh. */
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
   * Sees what others have added since. What is read later is on the disk then, though its writer may have been killed
   * before it could see to that: nothing may be sent whose identifier could come again. Throws a Failure.
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
      // Only now, and together: the old end in a new last segment would cut a message that is whole.
      this.#segments = segments;
      this.#tail = tail;
      this.#steps = undefined;
    };
    // The lock of the sender may have taken the last block of the disk.
    return withReserveAsync(folder, () => withAppendLock(folder, () => folder.orFail('cannot be read', look)));
  }

  /**
   * The next message that waits, in the order of acceptance; undefined when there is none as of the last refresh. Those
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

  /** The message as it is to be sent now. */
  contentOf(message: StoredMessage): PublishContent {
    const { topic, payload, qos, retain } = message;
    return { topic, payload, qos, retain, properties: withSecondsLeft(message, this.#folder.system.now()) };
  }

  /** PUBLISH with this packet identifier is about to leave. */
  sending(id: number, packetId: number): void {
    this.#journal.add({ type: 'sending', id, packetId });
  }

  /** PUBREC came, and PUBREL is about to leave. */
  released(packetId: number): void {
    this.#journal.add({ type: 'released', packetId });
  }

  /** The server has a new session: it knows nothing of what was in flight. */
  restarted(): void {
    this.#journal.add({ type: 'restarted' });
  }

  /** The server has refused the message; it waits for a later run. */
  returned(id: number): void {
    this.#journal.add({ type: 'returned', id });
  }

  /** The message has left the spool. */
  settled(id: number, outcome: Outcome): void {
    this.#journal.add({ type: 'settled', from: id, to: id, outcome });
  }

  /** All the steps so far are on the disk. Throws a Failure; it may be tried again. */
  commit(): void {
    this.touch();
    if (!this.#lock.held())
      throw spoolFailure(`The sender's lock of the spool ${this.#folder.path} was taken away`, 'EAGAIN');
    this.#journal.commit();
    this.#removeSettled();
  }

  /** Shows other machines that the lock is held. To be called every now and then while nothing is committed. */
  touch(): void {
    const now = this.#folder.system.clock.now();
    if (now < this.#touchAt) return;
    this.#touchAt = now + TOUCH_EVERY;
    this.#lock.touch();
  }

  /** Commits, gives back the disk space of what is settled, and lets others send. Throws a Failure. */
  async close(): Promise<void> {
    try {
      this.commit();
      // They are on the disk, by refresh(). When the end of the last segment is lost one day, that will show.
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

  /** Those before this one that did not come: the files were damaged, or somebody has removed one. */
  #missing(before: number): void {
    const { ledger } = this.#journal;
    let count = 0;
    const first = this.#expected;
    if (ledger.unsettled(first, before) > MOST_MISSING)
      throw spoolFailure(
        `The spool ${this.#folder.path} is damaged: its messages go on with number ${before} after ${first - 1}`,
        'EIO',
        'take them out with tsspool export, and into a new folder with tsspool import',
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

  /** Segments of which every message is settled, on the disk too, and which are not the last. */
  #removeSettled(): void {
    const { base } = this.#journal.ledger;
    while (this.#segments.length > 1 && this.#segments[1]! <= base) {
      this.#folder.remove(segmentName(this.#segments[0]!));
      this.#segments = this.#segments.slice(1);
    }
  }
}
