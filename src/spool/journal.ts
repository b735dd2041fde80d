/**
 * What became of the messages, on the disk: a file of records, each with the entries of one commit. Only the holder of the
 * sender lock writes it; others read its last record, which begins with what they need to know.
 */
import { attempt, openForChange, writeAll } from '../runtime/files.ts';
import { type CommitHead, ENTRY_BYTES, encodeCommit, entriesOf, headOf, isCommit } from './commit.ts';
import { FILES, type SpoolFolder } from './folder.ts';
import { encodeFrame, HEADER, lastFrame, pieces } from './frame.ts';
import { clientIdOf } from './identity.ts';
import { type JournalEntry, Ledger } from './ledger.ts';
import { hasReserve, withReserve } from './reserve.ts';

/** The journal's number as the place of its records; segments count from 1. */
const PLACE = 0;
/** It is written anew when it has grown to this many times of what is worth keeping. */
const REWRITE_FACTOR = 4;
/** On a full disk it has the room of the reserve, and a new one has to fit beside the old one. */
const TIGHT_BYTES = 16 * 1024;

interface JournalContent {
  readonly ledger: Ledger;
  readonly size: number;
  /** Where the last whole record ends. */
  readonly end: number;
  /** Stretches of the file that are no records. */
  readonly damage: readonly { readonly start: number; readonly bytes: Buffer }[];
}

/** The whole of it. Where there is none, the messages begin with the first in the spool. Throws a Failure. */
export function readJournal(folder: SpoolFolder): JournalContent {
  const name = FILES.journal;
  const data = folder.orFail('cannot be read', () => folder.readIfThere(name), folder.file(name)) ?? Buffer.alloc(0);
  folder.checkVersion(name, data);
  const ledger = new Ledger();
  const damage: { start: number; bytes: Buffer }[] = [];
  let end = data.length < HEADER.length ? 0 : HEADER.length;
  for (const piece of pieces(data.subarray(HEADER.length), PLACE, HEADER.length)) {
    if (piece.kind === 'frame' && isCommit(piece.body)) {
      for (const entry of entriesOf(piece.body)) ledger.apply(entry);
      end = piece.end;
    } else if (piece.kind === 'frame' || !piece.torn)
      damage.push({ start: piece.start, bytes: data.subarray(piece.start, piece.end) });
  }
  if (end <= HEADER.length) {
    const first = folder.segments()[0] ?? 1;
    ledger.apply({ type: 'base', base: first, total: first - 1 });
  }
  return { ledger, size: data.length, end, damage };
}

/** The last commit, without reading the others where that can be. Throws an errno error, or a Failure. */
export function lastCommit(folder: SpoolFolder): CommitHead {
  const last = folder.open(FILES.journal, (read, size) => lastFrame(read, size, PLACE));
  return (last && headOf(last.body)) ?? readJournal(folder).ledger;
}

/** A journal of a ledger, as it is in the fewest bytes. */
function journalOf(ledger: Ledger, entries: readonly JournalEntry[]): Buffer {
  return Buffer.concat([HEADER, encodeFrame(encodeCommit(ledger, entries), PLACE, HEADER.length)]);
}

/** The journal of a spool that has just got its client identifier. Throws a Failure. */
export function beginJournal(folder: SpoolFolder): void {
  const { ledger } = readJournal(folder);
  ledger.apply({ type: 'restarted' });
  const content = journalOf(ledger, [...ledger.entries()]);
  // A sender may have been faster.
  folder.orFail('cannot be set up', () => folder.createOnce(FILES.journal, `${FILES.journal}.first`, content));
}

/** What it says of sessions is of another client identifier. Throws a Failure. */
export function putJournalAside(folder: SpoolFolder): void {
  folder.orFail('cannot be set up', () => {
    const data = folder.readIfThere(FILES.journal);
    if (data === undefined) return;
    // Another process makes the spool just now: the journal is its own, which comes after the identifier.
    if (clientIdOf(folder) !== undefined) return;
    folder.setAside(FILES.journal, 0, data);
    folder.remove(FILES.journal);
  });
}

/** For the holder of the sender lock. */
export class Journal {
  readonly ledger: Ledger;
  /** A part of it could not be read, so it is not known what was sent. */
  readonly isDamaged: boolean;
  readonly #folder: SpoolFolder;
  #pending: JournalEntry[] = [];
  #end: number;
  /** Behind the end is what a refused commit has left. */
  #hasRest = false;
  #fd: number | undefined;

  constructor(folder: SpoolFolder) {
    this.#folder = folder;
    folder.remove(`${FILES.journal}.new`);
    const { ledger, size, end, damage } = readJournal(folder);
    this.ledger = ledger;
    this.#end = end;
    this.isDamaged = damage.length > 0;
    for (const { start, bytes } of damage) folder.setAside(FILES.journal, start, bytes);
    // Written anew, so that nothing is added behind what is torn or damaged.
    if (this.isDamaged) this.add({ type: 'forgotten' });
    if (this.isDamaged || end < size || end === 0) this.#rewrite();
    else this.#sync();
  }

  /** The writer of the last commit may have been killed before it was on the disk; from now on it is relied on. */
  #sync(): void {
    this.#folder.orFail('cannot be written', () => {
      this.#folder.fs.fsyncSync(this.#open());
      this.#folder.sync();
    });
  }

  /** Counts at once in memory, and on the disk with the next commit. */
  add(entry: JournalEntry): void {
    this.ledger.apply(entry);
    this.#pending.push(entry);
  }

  /** All entries so far are on the disk. Throws a Failure. */
  commit(): void {
    if (this.#pending.length === 0) return;
    const folder = this.#folder;
    folder.orFail('cannot be written', () => withReserve(folder, () => this.#append(this.#pending)));
    this.#pending = [];
    if (this.#end > folder.worthBytes) this.#tidy(REWRITE_FACTOR);
    else if (this.#end > TIGHT_BYTES && !hasReserve(folder)) this.#tidy(2);
  }

  /** An entry that is good to have on the disk. Only after a commit; where there is no room for it, nothing is lost. */
  note(entry: JournalEntry): void {
    this.ledger.apply(entry);
    attempt(() => this.#append([entry]));
  }

  #append(entries: readonly JournalEntry[]): void {
    const { fs } = this.#folder;
    const frame = encodeFrame(encodeCommit(this.ledger, entries), PLACE, this.#end);
    const fd = this.#open();
    // Half of this commit over a whole one that was refused would not look torn, but damaged.
    if (this.#hasRest) fs.ftruncateSync(fd, this.#end);
    this.#hasRest = false;
    try {
      writeAll(fs, fd, frame, this.#end);
      fs.fsyncSync(fd);
    } catch (error) {
      this.#hasRest = !attempt(() => fs.ftruncateSync(fd, this.#end));
      throw error;
    }
    this.#end += frame.length;
  }

  #tidy(factor: number): void {
    const entries = [...this.ledger.entries()];
    // Where the disk is full, perhaps, it stays long.
    if (this.#end >= factor * entries.length * ENTRY_BYTES) attempt(() => this.#rewrite(entries));
  }

  /** The same state as a new file, which takes the place of the old one at once. Throws a Failure. */
  #rewrite(entries: readonly JournalEntry[] = [...this.ledger.entries()]): void {
    const content = journalOf(this.ledger, entries);
    this.#folder.orFail('cannot be written', () => {
      this.#folder.replace(FILES.journal, content);
      // What is open is the old file.
      this.close();
      this.#end = content.length;
      this.#hasRest = false;
      this.#pending = [];
      this.#folder.sync();
    });
  }

  #open(): number {
    this.#fd ??= openForChange(this.#folder.fs, this.#folder.file(FILES.journal));
    return this.#fd;
  }

  close(): void {
    if (this.#fd !== undefined) this.#folder.fs.closeSync(this.#fd);
    this.#fd = undefined;
  }
}
