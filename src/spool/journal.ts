/**
 * What became of the messages, on the disk: a file of records, each with the entries of one commit. Only who holds the
 * sender lock writes it; others read its last record, which begins with what they need to know.
 */
import { join } from 'node:path';
import { Failure } from '../errors.ts';
import {
  errnoOf,
  openForChange,
  openRegular,
  removeFile,
  syncFolder,
  withOpen,
  writeAll,
  writeNewFile,
} from '../runtime/files.ts';
import {
  clientIdOf,
  createOnce,
  FILES,
  filing,
  MOST_ID,
  reader,
  readIfThere,
  type SpoolSurroundings,
  segmentsIn,
  spoolFailure,
  worthBytes,
} from './folder.ts';
import { encodeFrame, HEADER, lastFrame, pieces } from './frame.ts';
import { type Entry, Ledger, OUTCOMES, type Outcome } from './ledger.ts';
import { setAside } from './quarantine.ts';
import { hasReserve, withReserve } from './reserve.ts';

/** The journal's number as the place of its records; segments count from 1. */
const PLACE = 0;
/** It is written anew when it has grown to so many times of what is worth keeping. */
const REWRITE_FACTOR = 4;
/** On a full disk it has the room of the reserve, and a new one has to fit beside the old one. */
const TIGHT_BYTES = 16 * 1024;

const ENTRY_TYPES = [
  'base',
  'settled',
  'sending',
  'released',
  'restarted',
  'forgotten',
  'counter',
  'returned',
  // Unknown to older versions, which pass over it.
  'seen',
] as const;
const ENTRY_BYTES = 14;
const outcomes = Object.keys(OUTCOMES) as Outcome[];

/** What a commit begins with. */
export interface Summary {
  /** Settled in all. */
  readonly total: number;
  /** Every message below it is settled. */
  readonly base: number;
  /** The highest identifier spoken of. */
  readonly highest: number;
}
const SUMMARY_BYTES = 18;

/** Entries have one length: a type, and three numbers of which most need one or two. */
function encodeCommit(ledger: Ledger, entries: readonly Entry[]): Buffer {
  const body = Buffer.alloc(SUMMARY_BYTES + entries.length * ENTRY_BYTES);
  let at = body.writeUIntLE(ledger.total, 0, 6);
  at = body.writeUIntLE(ledger.base, at, 6);
  at = body.writeUIntLE(ledger.highest, at, 6);
  for (const entry of entries) {
    const [one, two, three] = numbersOf(entry);
    at = body.writeUInt8(ENTRY_TYPES.indexOf(entry.type), at);
    at = body.writeUIntLE(one, at, 6);
    at = body.writeUIntLE(two, at, 6);
    at = body.writeUInt8(three, at);
  }
  return body;
}

function numbersOf(entry: Entry): [number, number, number] {
  switch (entry.type) {
    case 'base':
      return [entry.base, entry.total, 0];
    case 'settled':
      return [entry.from, entry.to, OUTCOMES[entry.outcome]];
    case 'sending':
      return [entry.id, entry.packetId, 0];
    case 'returned':
    case 'seen':
      return [entry.id, 0, 0];
    case 'released':
    case 'counter':
      return [entry.packetId, 0, 0];
    case 'restarted':
    case 'forgotten':
      return [0, 0, 0];
  }
}

function* entriesOf(body: Buffer): Generator<Entry> {
  for (let at = SUMMARY_BYTES; at + ENTRY_BYTES <= body.length; at += ENTRY_BYTES) {
    const type = ENTRY_TYPES[body[at]!];
    const one = body.readUIntLE(at + 1, 6);
    const two = body.readUIntLE(at + 7, 6);
    if (type === 'base') yield { type, base: one, total: two };
    else if (type === 'settled') yield { type, from: one, to: two, outcome: outcomes[body[at + 13]!] ?? 'delivered' };
    else if (type === 'sending') yield { type, id: one, packetId: two };
    else if (type === 'released' || type === 'counter') yield { type, packetId: one };
    else if (type === 'returned' || type === 'seen') yield { type, id: one };
    else if (type !== undefined) yield { type };
  }
}

/** [MQTT-2.2.1-2]: two bytes, and not 0. */
const MAX_PACKET_ID = 0xffff;

/** Whether it can be a commit: a record may be whole, and hold what none of our versions would write. */
function isCommit(body: Buffer): boolean {
  const { length } = body;
  if (length < SUMMARY_BYTES || (length - SUMMARY_BYTES) % ENTRY_BYTES !== 0 || !isSummary(body)) return false;
  for (const entry of entriesOf(body)) {
    if (entry.type === 'counter' && entry.packetId > MAX_PACKET_ID) return false;
    if (entry.type === 'sending' && (entry.packetId < 1 || entry.packetId > MAX_PACKET_ID)) return false;
    if (numbersOf(entry).some((number) => number > MOST_ID)) return false;
  }
  return true;
}

const isSummary = (body: Buffer): boolean =>
  body.length >= SUMMARY_BYTES && Object.values(summaryOf(body)).every((number: number) => number <= MOST_ID);

const summaryOf = (body: Buffer): Summary => ({
  total: body.readUIntLE(0, 6),
  base: body.readUIntLE(6, 6),
  highest: body.readUIntLE(12, 6),
});

export interface JournalContent {
  readonly ledger: Ledger;
  readonly size: number;
  /** Where the last whole record ends. */
  readonly end: number;
  /** Stretches of the file that are no records. */
  readonly damage: readonly { readonly start: number; readonly bytes: Buffer }[];
}

/** The whole of it. `first` is the first identifier in the spool, which is where to begin when there is no journal. */
export function readJournal(folder: string, around: SpoolSurroundings, first: number): JournalContent {
  const path = join(folder, FILES.journal);
  const data = filing(`${path} cannot be read`, () => readIfThere(around.fs, path));
  const ledger = new Ledger();
  if (data === undefined || data.length < HEADER.length) {
    ledger.apply({ type: 'base', base: first, total: first - 1 });
    return { ledger, size: data?.length ?? 0, end: 0, damage: [] };
  }
  checkVersion(data, path);
  const damage: { start: number; bytes: Buffer }[] = [];
  let end: number = HEADER.length;
  let any = false;
  for (const piece of pieces(data.subarray(HEADER.length), PLACE, HEADER.length)) {
    if (piece.kind === 'frame' && isCommit(piece.body)) {
      for (const entry of entriesOf(piece.body)) ledger.apply(entry);
      any = true;
      end = piece.end;
    } else if (piece.kind === 'frame' || !piece.torn)
      damage.push({ start: piece.start, bytes: data.subarray(piece.start, piece.end) });
  }
  if (!any) ledger.apply({ type: 'base', base: first, total: first - 1 });
  return { ledger, size: data.length, end, damage };
}

/** A whole header of another version; one that is damaged, or not written to its end, is nothing to stop for. */
export function checkVersion(data: Buffer, path: string): void {
  const version = data[HEADER.length - 1];
  if (version === undefined) return;
  const known = HEADER.subarray(0, HEADER.length - 1);
  if (data.subarray(0, known.length).equals(known) && version !== HEADER.at(-1) && version < 0x20)
    throw spoolFailure(`${path} was made by another version of this program (format ${version})`);
}

/** The last commit, without reading the others where that can be. */
export function lastCommit(folder: string, around: SpoolSurroundings, first: number): Summary {
  const { fs } = around;
  const path = join(folder, FILES.journal);
  let fd: number;
  try {
    fd = openRegular(fs, path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return { total: first - 1, base: first, highest: first - 1 };
  }
  const last = withOpen(fs, fd, () => lastFrame(reader(fs, fd), fs.fstatSync(fd).size, PLACE));
  return last && isSummary(last.body) ? summaryOf(last.body) : readJournal(folder, around, first).ledger;
}

/** The journal of a spool that has just got its client identifier. Throws a Failure. */
export function beginJournal(folder: string, around: SpoolSurroundings): void {
  const { fs } = around;
  const path = join(folder, FILES.journal);
  const { ledger } = readJournal(folder, around, segmentsIn(folder, fs)[0] ?? 1);
  ledger.apply({ type: 'restarted' });
  const frame = encodeFrame(encodeCommit(ledger, [...ledger.entries()]), PLACE, HEADER.length);
  filing(`The spool ${folder} cannot be set up`, () =>
    // A sender may have been faster.
    createOnce(fs, path, `${path}.first`, Buffer.concat([HEADER, frame])),
  );
}

/** What it says of sessions is of another client identifier. Throws a Failure. */
export function putJournalAside(folder: string, around: SpoolSurroundings): void {
  const { fs } = around;
  const path = join(folder, FILES.journal);
  filing(`The spool ${folder} cannot be set up`, () => {
    const data = readIfThere(fs, path);
    if (data === undefined) return;
    // Another process makes the spool just now: the journal is its own, which comes after the identifier.
    if (clientIdOf(folder, around) !== undefined) return;
    setAside(folder, around, FILES.journal, 0, data);
    removeFile(fs, path);
  });
}

/** For the holder of the sender lock. */
export class Journal {
  readonly ledger: Ledger;
  /** A part of it could not be read, so it is not known what was sent. */
  readonly isDamaged: boolean;
  readonly #folder: string;
  readonly #around: SpoolSurroundings;
  #pending: Entry[] = [];
  #end: number;
  #fd: number | undefined;

  constructor(folder: string, around: SpoolSurroundings, first: number) {
    this.#folder = folder;
    this.#around = around;
    const { fs } = around;
    const path = join(folder, FILES.journal);
    removeFile(fs, `${path}.new`);
    const content = readJournal(folder, around, first);
    this.ledger = content.ledger;
    this.#end = content.end;
    this.isDamaged = content.damage.length > 0;
    for (const { start, bytes } of content.damage) setAside(folder, around, FILES.journal, start, bytes);
    // Written anew, so that nothing is added behind what is torn or damaged.
    if (this.isDamaged) this.add({ type: 'forgotten' });
    if (this.isDamaged || content.end < content.size || content.end === 0) this.rewrite();
    else this.#sync();
  }

  /** Whoever wrote the last commit may have been killed before it was on the disk; from now on it is relied on. */
  #sync(): void {
    const { fs } = this.#around;
    filing(`The spool ${this.#folder} cannot be written`, () => {
      this.#fd = openForChange(fs, join(this.#folder, FILES.journal));
      fs.fsyncSync(this.#fd);
      syncFolder(fs, this.#folder);
    });
  }

  /** Counts at once in memory, and on the disk with the next commit. */
  add(entry: Entry): void {
    this.ledger.apply(entry);
    this.#pending.push(entry);
  }

  /** All entries so far are on the disk. Throws a Failure. */
  commit(): void {
    if (this.#pending.length === 0) return;
    filing(`The spool ${this.#folder} cannot be written`, () =>
      withReserve(this.#folder, this.#around, () => this.#append(this.#pending)),
    );
    this.#pending = [];
    if (this.#end > worthBytes(this.#around)) this.#tidy(REWRITE_FACTOR);
    else if (this.#end > TIGHT_BYTES && !hasReserve(this.#folder, this.#around)) this.#tidy(2);
  }

  /** An entry that is good to have on the disk. Only after a commit; where there is no room for it, nothing is lost. */
  note(entry: Entry): void {
    this.ledger.apply(entry);
    try {
      filing(`The spool ${this.#folder} cannot be written`, () => this.#append([entry]));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }

  #append(entries: readonly Entry[]): void {
    const { fs } = this.#around;
    const frame = encodeFrame(encodeCommit(this.ledger, entries), PLACE, this.#end);
    this.#fd ??= openForChange(fs, join(this.#folder, FILES.journal));
    const fd = this.#fd;
    try {
      writeAll(fs, fd, frame, this.#end);
      fs.fsyncSync(fd);
    } catch (error) {
      this.#undo(fd);
      throw error;
    }
    this.#end += frame.length;
  }

  /** So that the next commit does not come behind half of one. */
  #undo(fd: number): void {
    try {
      this.#around.fs.ftruncateSync(fd, this.#end);
    } catch (error) {
      errnoOf(error);
    }
  }

  #tidy(factor: number): void {
    const entries = [...this.ledger.entries()];
    if (this.#end < factor * entries.length * ENTRY_BYTES) return;
    try {
      this.rewrite(entries);
    } catch (error) {
      // The disk is full, perhaps: then it stays long.
      if (!(error instanceof Failure)) throw error;
    }
  }

  /** The same state as a new file, which takes the place of the old one at once. Throws a Failure. */
  rewrite(entries: readonly Entry[] = [...this.ledger.entries()]): void {
    const { fs } = this.#around;
    const path = join(this.#folder, FILES.journal);
    const frame = encodeFrame(encodeCommit(this.ledger, entries), PLACE, HEADER.length);
    filing(`The spool ${this.#folder} cannot be written`, () => {
      removeFile(fs, `${path}.new`);
      writeNewFile(fs, `${path}.new`, Buffer.concat([HEADER, frame]));
      try {
        fs.renameSync(`${path}.new`, path);
      } catch (error) {
        removeFile(fs, `${path}.new`);
        throw error;
      }
      // What is open is the old file.
      this.close();
      this.#end = HEADER.length + frame.length;
      this.#pending = [];
      syncFolder(fs, this.#folder);
    });
  }

  close(): void {
    if (this.#fd !== undefined) this.#around.fs.closeSync(this.#fd);
    this.#fd = undefined;
  }
}
