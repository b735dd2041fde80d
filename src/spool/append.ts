/**
 * Takes messages in: written and synced before anybody is told. Costs the same however many wait: what is read is the
 * end of the last segment and the end of the journal.
 */
import type { Failure } from '../errors.ts';
import type { PublishContent } from '../mqtt/packets/publish.ts';
import { attempt, makeFile, unless, writeNewFile, writeParts } from '../runtime/files.ts';
import { lockFile } from '../runtime/lock-file.ts';
import { FILES, type SpoolFolder, segmentName, spoolFailure } from './folder.ts';
import { FRAME_BYTES, frameParts, HEADER } from './frame.ts';
import { lastCommit } from './journal.ts';
import { type Limits, Room } from './limits.ts';
import { belongs, messageParts } from './record.ts';
import { findTail, type Tail } from './tail.ts';

/** A message to be kept. `acceptedAt` is given when it was accepted elsewhere, and is brought along. */
export interface Draft extends PublishContent {
  readonly acceptedAt?: number;
}

export interface Acceptance {
  /** Identifiers, in order; fewer than messages when there was a limit. */
  readonly ids: readonly number[];
  /** Why the next one was not taken. */
  readonly refusal: Failure | undefined;
}

/** Bytes for one segment. */
interface Addition {
  readonly segment: number;
  readonly isNew: boolean;
  readonly offset: number;
  readonly parts: Uint8Array[];
}

export class Appender {
  readonly #folder: SpoolFolder;
  readonly #limits: Limits;
  #known: Tail | undefined;

  constructor(folder: SpoolFolder, limits: Limits) {
    this.#folder = folder;
    this.#limits = limits;
  }

  /**
   * Keeps as many as the limits allow. Throws a Failure when the disk does not take them: then none is kept. They are on
   * the disk when this resolves. `whole`: also a kill leaves all or none of them: they make a segment of their own,
   * however long.
   */
  accept(messages: readonly Draft[], whole: boolean): Promise<Acceptance> {
    const folder = this.#folder;
    return withAppendLock(folder, (held) =>
      folder.orFail('cannot take the message', () => this.#take(messages, held, whole)),
    );
  }

  #take(messages: readonly Draft[], held: () => boolean, whole: boolean): Acceptance {
    const folder = this.#folder;
    const head = lastCommit(folder);
    const tail = findTail(folder, this.#known, head.highest + 1);
    const room = new Room(folder, this.#limits, tail, head);
    const now = folder.system.now();
    const additions: Addition[] = [];
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
      const ends = sealed || (size > HEADER.length && size + length > folder.segmentBytes) || !belongs(nextId, segment);
      const begins = whole ? additions.length === 0 : ends;
      if (begins) {
        segment = nextId;
        size = 0;
        sealed = false;
        additions.push({ segment, isNew: true, offset: 0, parts: [] });
      } else if (additions.length === 0) {
        additions.push({ segment, isNew: false, offset: size, parts: [] });
      }
      const { parts } = additions.at(-1)!;
      if (size === 0) {
        parts.push(HEADER);
        size = HEADER.length;
      }
      parts.push(...frameParts(body, segment, size));
      size += length;
      ids.push(nextId++);
    }
    if (!held()) throw spoolFailure(`The lock of the spool ${folder.path} was taken away`, 'EAGAIN');
    if (whole) writeWhole(folder, additions);
    else write(folder, additions);
    this.#known = ids.length > 0 ? { segment, size, nextId, sealed } : tail;
    return { ids, refusal };
  }
}

/** A segment that appears complete or not at all. Whatever has its name is empty, as no message had its number. */
function writeWhole(folder: SpoolFolder, [addition]: readonly Addition[]): void {
  if (addition === undefined) return;
  const name = segmentName(addition.segment);
  // Of a run that was killed: this one has the lock.
  folder.remove(FILES.incoming);
  writeNewFile(folder.fs, folder.file(FILES.incoming), addition.parts);
  try {
    folder.fs.renameSync(folder.file(FILES.incoming), folder.file(name));
    folder.sync();
  } catch (error) {
    folder.remove(FILES.incoming);
    folder.remove(name);
    throw error;
  }
}

/** All of it, or nothing. Each segment is on the disk before the next one begins, so that none can be missing between. */
function write(folder: SpoolFolder, additions: readonly Addition[]): void {
  const { fs } = folder;
  const undo: (() => void)[] = [];
  try {
    for (const { segment, isNew, offset, parts } of additions) {
      const name = segmentName(segment);
      if (isNew) {
        const path = folder.file(name);
        makeFile(fs, path, (fd) => {
          // When this fails, makeFile() has removed it already, if it could.
          undo.push(() => unless('ENOENT', () => fs.unlinkSync(path)));
          writeParts(fs, fd, parts);
          fs.fsyncSync(fd);
        });
        folder.sync();
        continue;
      }
      folder.change(name, (fd) => {
        undo.push(() => shorten(folder, name, offset));
        writeParts(fs, fd, parts, offset);
        fs.fsyncSync(fd);
      });
    }
  } catch (error) {
    // What cannot be undone stays, with what is before it, or messages would be missing between: sent though refused,
    // which is not a loss.
    undo.reverse().every(attempt);
    throw error;
  }
}

function shorten(folder: SpoolFolder, name: string, size: number): void {
  folder.change(name, (fd) => {
    folder.fs.ftruncateSync(fd, size);
    folder.fs.fsyncSync(fd);
  });
}

/** An empty segment at the end, so that the one before can go. Only with the append lock. Throws an errno error. */
export function beginSegment(folder: SpoolFolder, first: number): void {
  writeNewFile(folder.fs, folder.file(segmentName(first)), HEADER);
  folder.sync();
}

/** Nothing waits while it is held, so that it is short and no signal comes in between. */
export async function withAppendLock<T>(folder: SpoolFolder, work: (held: () => boolean) => T): Promise<T> {
  const request = { path: folder.file(FILES.appendLock), name: `The spool ${folder.path}` };
  const lock = await lockFile(request, folder.system);
  try {
    return work(lock.held);
  } finally {
    lock.release();
  }
}
