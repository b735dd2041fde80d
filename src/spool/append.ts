/**
 * Adds messages: writes and syncs them before reporting success. The cost does not depend on the number of waiting
 * messages, because only the end of the last segment and of the journal are read.
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

/** A message to be stored. `acceptedAt` is set when it was accepted elsewhere. */
export interface Draft extends PublishContent {
  readonly acceptedAt?: number;
}

export interface Acceptance {
  /** Identifiers of the stored messages in order; fewer than the messages when a limit was reached. */
  readonly ids: readonly number[];
  /** Why the next message was not accepted. */
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
   * Stores as many messages as the limits allow; they are on disk when this resolves. Rejects with a Failure when the
   * disk does not accept them; then none is stored. `whole`: even a kill leaves all or none of them, because they have
   * a segment of their own, however long.
   */
  accept(messages: readonly Draft[], whole: boolean): Promise<Acceptance> {
    const folder = this.#folder;
    return withAppendLock(folder, (held) =>
      folder.orFail('cannot store the message', () => this.#take(messages, held, whole)),
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

/** Writes a segment that appears complete or not at all. A file of that name is empty, because no message had its number. */
function writeWhole(folder: SpoolFolder, [addition]: readonly Addition[]): void {
  if (addition === undefined) return;
  const name = segmentName(addition.segment);
  // A killed run left this file; this run holds the lock.
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

/** Writes all or nothing. Each segment is on disk before the next one begins, so that none can be missing in between. */
function write(folder: SpoolFolder, additions: readonly Addition[]): void {
  const { fs } = folder;
  const undo: (() => void)[] = [];
  try {
    for (const { segment, isNew, offset, parts } of additions) {
      const name = segmentName(segment);
      if (isNew) {
        const path = folder.file(name);
        makeFile(fs, path, (fd) => {
          // When this fails, makeFile() has already removed the file, if it could.
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
    // A step that cannot be undone stays, as do the steps before it, or messages would be missing in between. Those
    // messages are sent although reported as rejected, which loses nothing.
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

/** Makes an empty last segment, so that the one before can be removed. Requires the append lock. Throws an errno error. */
export function beginSegment(folder: SpoolFolder, first: number): void {
  writeNewFile(folder.fs, folder.file(segmentName(first)), HEADER);
  folder.sync();
}

/** The code does not wait while it holds the lock, so that the time is short and no signal interrupts it. */
export async function withAppendLock<T>(folder: SpoolFolder, work: (held: () => boolean) => T): Promise<T> {
  const request = { path: folder.file(FILES.appendLock), name: `The spool ${folder.path}` };
  const lock = await lockFile(request, folder.system);
  try {
    return work(lock.held);
  } finally {
    lock.release();
  }
}
