/**
 * Takes messages in: written and synced before anybody is told. Costs the same however many wait: what is read is the
 * end of the last segment and the end of the journal.
 */
import { join } from 'node:path';
import type { Failure } from '../errors.ts';
import {
  errnoOf,
  type FileSystem,
  openForChange,
  removeFile,
  syncFolder,
  withOpen,
  writeNewFile,
  writeParts,
} from '../runtime/files.ts';
import { lockFile } from '../runtime/lock-file.ts';
import {
  FILES,
  filing,
  type SpoolSurroundings,
  segmentBytes,
  segmentName,
  segmentsIn,
  spoolFailure,
} from './folder.ts';
import { FRAME_BYTES, frameParts, HEADER } from './frame.ts';
import { lastCommit, type Summary } from './journal.ts';
import { type Limits, Room } from './limits.ts';
import { belongs, type Message, messageParts } from './record.ts';
import { findTail, type Tail } from './tail.ts';

/** A message to be kept. `acceptedAt` is given when it was accepted elsewhere, and is brought along. */
export interface Draft extends Message {
  readonly acceptedAt?: number;
}

export interface Acceptance {
  /** Identifiers, in order; fewer than messages when there was a limit. */
  readonly ids: readonly number[];
  /** Why the next one was not taken. */
  readonly refusal: Failure | undefined;
}

/** Bytes for one segment. */
interface Piece {
  readonly segment: number;
  readonly isNew: boolean;
  readonly offset: number;
  readonly parts: Uint8Array[];
}

export class Appender {
  readonly #folder: string;
  readonly #around: SpoolSurroundings;
  readonly #limits: Limits;
  #known: Tail | undefined;

  constructor(folder: string, around: SpoolSurroundings, limits: Limits) {
    this.#folder = folder;
    this.#around = around;
    this.#limits = limits;
  }

  /**
   * Keeps as many as the limits allow. Throws a Failure when the disk does not take them: then none is kept. They are on
   * the disk when this resolves.
   */
  accept(messages: readonly Draft[]): Promise<Acceptance> {
    return this.#acceptWith(messages, false);
  }

  /** The same, but also a kill leaves all or none of them: they make a segment of their own, however long. */
  acceptWhole(messages: readonly Draft[]): Promise<Acceptance> {
    return this.#acceptWith(messages, true);
  }

  #acceptWith(messages: readonly Draft[], whole: boolean): Promise<Acceptance> {
    const folder = this.#folder;
    return withAppendLock(folder, this.#around, (held) =>
      filing(`The spool ${folder} cannot take the message`, () => this.#take(messages, held, whole)),
    );
  }

  #take(messages: readonly Draft[], held: () => boolean, whole: boolean): Acceptance {
    const { fs } = this.#around;
    const folder = this.#folder;
    const segments = segmentsIn(folder, fs);
    const summary: Summary = lastCommit(folder, this.#around, segments[0] ?? 1);
    const tail = findTail(folder, this.#around, this.#known, summary.highest + 1);
    const room = new Room(folder, this.#around, this.#limits, tail, summary, segments);
    const now = this.#around.now();
    const longest = segmentBytes(this.#around);
    const pieces: Piece[] = [];
    const ids: number[] = [];
    let { nextId } = tail;
    let refusal: Failure | undefined;
    let segment = tail.segment ?? 0;
    let size = tail.size;
    let sealed = tail.sealed;
    for (const message of messages) {
      const body = messageParts(message, nextId, message.acceptedAt ?? now);
      const length = body[0].length + body[1].length + FRAME_BYTES;
      refusal = room.refuses(length);
      if (refusal !== undefined) break;
      const ends = sealed || (size > HEADER.length && size + length > longest) || !belongs(nextId, segment);
      const begins = whole ? pieces.length === 0 : ends;
      if (begins) {
        segment = nextId;
        size = 0;
        sealed = false;
        pieces.push({ segment, isNew: true, offset: 0, parts: [] });
      } else if (pieces.length === 0) {
        pieces.push({ segment, isNew: false, offset: size, parts: [] });
      }
      const { parts } = pieces.at(-1)!;
      if (size === 0) {
        parts.push(HEADER);
        size = HEADER.length;
      }
      parts.push(...frameParts(body, segment, size));
      size += length;
      ids.push(nextId++);
    }
    if (!held()) throw spoolFailure(`The lock of the spool ${folder} was taken away`, 'EAGAIN');
    if (whole) writeWhole(folder, pieces, fs);
    else write(folder, pieces, fs);
    this.#known = ids.length > 0 ? { segment, size, nextId, sealed } : tail;
    return { ids, refusal };
  }
}

/** A segment that appears complete or not at all. Whatever has its name is empty, as no message had its number. */
function writeWhole(folder: string, pieces: readonly Piece[], fs: FileSystem): void {
  const [piece] = pieces;
  if (piece === undefined) return;
  const beside = join(folder, FILES.incoming);
  // Of a run that was killed: this one has the lock.
  removeFile(fs, beside);
  writeNewFile(fs, beside, piece.parts);
  const path = join(folder, segmentName(piece.segment));
  try {
    fs.renameSync(beside, path);
    syncFolder(fs, folder);
  } catch (error) {
    removeFile(fs, beside);
    removeFile(fs, path);
    throw error;
  }
}

/** All of it, or nothing. Each segment is on the disk before the next one begins, so that none can be missing between. */
function write(folder: string, pieces: readonly Piece[], fs: FileSystem): void {
  const undo: (() => void)[] = [];
  try {
    for (const piece of pieces) writePiece(folder, piece, fs, undo);
  } catch (error) {
    for (const step of undo.reverse()) {
      try {
        step();
      } catch (problem) {
        // Then the records stay: sent though refused, which is not a loss.
        errnoOf(problem);
      }
    }
    throw error;
  }
}

function writePiece(
  folder: string,
  { segment, isNew, offset, parts }: Piece,
  fs: FileSystem,
  undo: (() => void)[],
): void {
  const path = join(folder, segmentName(segment));
  const fd = isNew ? fs.openSync(path, 'wx', 0o600) : openForChange(fs, path);
  undo.push(() => (isNew ? fs.unlinkSync(path) : shorten(fs, path, offset)));
  withOpen(fs, fd, () => {
    if (isNew) fs.fchmodSync(fd, 0o600);
    writeParts(fs, fd, parts, offset);
    fs.fsyncSync(fd);
  });
  if (isNew) syncFolder(fs, folder);
}

function shorten(fs: FileSystem, path: string, size: number): void {
  const fd = openForChange(fs, path);
  withOpen(fs, fd, () => {
    fs.ftruncateSync(fd, size);
    fs.fsyncSync(fd);
  });
}

/** An empty segment at the end, so that the one before can go. Only with the append lock. Throws an errno error. */
export function beginSegment(folder: string, first: number, fs: FileSystem): void {
  writeNewFile(fs, join(folder, segmentName(first)), HEADER);
  syncFolder(fs, folder);
}

/** Nothing waits while it is held, so that it is short and no signal comes in between. */
export async function withAppendLock<T>(
  folder: string,
  around: SpoolSurroundings,
  work: (held: () => boolean) => T,
): Promise<T> {
  const lock = await lockFile({ path: join(folder, FILES.appendLock), name: `The spool ${folder}` }, around);
  try {
    return work(lock.held);
  } finally {
    lock.release();
  }
}
