/**
 * What happened to the messages, on disk: a file of records, each with the entries of one commit. Only the holder of
 * the sender lock writes it; other processes read its last record, which begins with all they need.
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
/** The journal is rewritten when it has this many times its necessary length. */
const REWRITE_FACTOR = 4;
/** Bytes: on a full disk the journal has the room of the reserve, and a new one has to fit next to the old one. */
const TIGHT_BYTES = 16 * 1024;

interface JournalContent {
  readonly ledger: Ledger;
  readonly size: number;
  /** Offset of the end of the last complete record. */
  readonly end: number;
  /** Ranges of the file that are not records. */
  readonly damage: readonly { readonly start: number; readonly bytes: Buffer }[];
}

/** Reads all of it. Without a journal, the messages begin with the first one in the spool. Throws a Failure. */
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

/** Reads the last commit, if possible without the others. Throws an errno error, or a Failure. */
export function lastCommit(folder: SpoolFolder): CommitHead {
  const last = folder.open(FILES.journal, (read, size) => lastFrame(read, size, PLACE));
  return (last && headOf(last.body)) ?? readJournal(folder).ledger;
}

/** The shortest journal of a ledger. */
function journalOf(ledger: Ledger, entries: readonly JournalEntry[]): Buffer {
  return Buffer.concat([HEADER, encodeFrame(encodeCommit(ledger, entries), PLACE, HEADER.length)]);
}

/** Creates the journal of a spool that has just got its client ID. Throws a Failure. */
export function beginJournal(folder: SpoolFolder): void {
  const { ledger } = readJournal(folder);
  ledger.apply({ type: 'restarted' });
  const content = journalOf(ledger, [...ledger.entries()]);
  // A sender may have created the journal first.
  folder.orFail('cannot be set up', () => folder.createOnce(FILES.journal, `${FILES.journal}.first`, content));
}

/** Its sessions belong to another client ID. Throws a Failure. */
export function putJournalAside(folder: SpoolFolder): void {
  folder.orFail('cannot be set up', () => {
    const data = folder.readIfThere(FILES.journal);
    if (data === undefined) return;
    // Another process is creating the spool: the journal is its own, created after the client ID.
    if (clientIdOf(folder) !== undefined) return;
    folder.setAside(FILES.journal, 0, data);
    folder.remove(FILES.journal);
  });
}

/** Writes the journal; requires the sender lock. */
export class Journal {
  readonly ledger: Ledger;
  /** True when a part of it was unreadable, so that the sent messages are unknown. */
  readonly isDamaged: boolean;
  readonly #folder: SpoolFolder;
  #pending: JournalEntry[] = [];
  #end: number;
  /** True when bytes of a failed commit follow the end. */
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
    // Rewrites the journal, so that no record follows torn or damaged bytes.
    if (this.isDamaged) this.add({ type: 'forgotten' });
    if (this.isDamaged || end < size || end === 0) this.#rewrite();
    else this.#sync();
  }

  /** Syncs the last commit, because its writer may have been killed before doing so, and later steps rely on it. */
  #sync(): void {
    this.#folder.orFail('cannot be written', () => {
      this.#folder.fs.fsyncSync(this.#open());
      this.#folder.sync();
    });
  }

  /** Adds an entry, which counts at once in memory, and on disk after the next commit. */
  add(entry: JournalEntry): void {
    this.ledger.apply(entry);
    this.#pending.push(entry);
  }

  /** Writes all entries so far to disk. Throws a Failure. */
  commit(): void {
    if (this.#pending.length === 0) return;
    const folder = this.#folder;
    folder.orFail('cannot be written', () => withReserve(folder, () => this.#append(this.#pending)));
    this.#pending = [];
    if (this.#end > folder.worthBytes) this.#tidy(REWRITE_FACTOR);
    else if (this.#end > TIGHT_BYTES && !hasReserve(folder)) this.#tidy(2);
  }

  /** Writes an entry that is useful but not necessary, after a commit. Ignores a failure, which loses nothing. */
  note(entry: JournalEntry): void {
    this.ledger.apply(entry);
    attempt(() => this.#append([entry]));
  }

  #append(entries: readonly JournalEntry[]): void {
    const { fs } = this.#folder;
    const frame = encodeFrame(encodeCommit(this.ledger, entries), PLACE, this.#end);
    const fd = this.#open();
    // Half of this commit over a complete one that failed would look damaged instead of torn.
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
    // On a disk that may be full, the journal stays long.
    if (this.#end >= factor * entries.length * ENTRY_BYTES) attempt(() => this.#rewrite(entries));
  }

  /** Writes the same state to a new file, which replaces the old one atomically. Throws a Failure. */
  #rewrite(entries: readonly JournalEntry[] = [...this.ledger.entries()]): void {
    const content = journalOf(this.ledger, entries);
    this.#folder.orFail('cannot be written', () => {
      this.#folder.replace(FILES.journal, content);
      // The open file is the old one.
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
