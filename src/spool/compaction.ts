/** Gives back the disk space of what is settled. What is settled is on the disk before; a kill leaves more, never less. */
import { join } from 'node:path';
import { Failure } from '../errors.ts';
import { errnoOf, removeFile, syncFolder, writeNewFile } from '../runtime/files.ts';
import { beginSegment, withAppendLock } from './append.ts';
import { FILES, filing, readIfThere, type SpoolSurroundings, segmentName, segmentsIn, worthBytes } from './folder.ts';
import { encodeFrame, HEADER } from './frame.ts';
import type { Ledger } from './ledger.ts';
import { setAside } from './quarantine.ts';
import { idOf, records } from './record.ts';
import { keepReserve } from './reserve.ts';
import { findTail, sizeOf } from './tail.ts';

/** For the holder of the sender lock, after a commit. A disk that is full is no reason to fail here. */
export async function tidy(folder: string, around: SpoolSurroundings, ledger: Ledger): Promise<void> {
  const { fs } = around;
  try {
    await withAppendLock(folder, around, () =>
      filing(`The spool ${folder} cannot be tidied`, () => endSegment(folder, around, ledger)),
    );
    keepReserve(folder, around);
    const segments = segmentsIn(folder, fs);
    for (const [i, segment] of segments.entries()) {
      const next = segments[i + 1];
      if (next === undefined) break;
      if (next <= ledger.base) removeFile(fs, join(folder, segmentName(segment)));
      else filing(`The spool ${folder} cannot be tidied`, () => shrink(folder, around, segment, ledger));
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

/** When nothing waits, or much of the last segment is settled: a new one begins, so that this one can be dealt with. */
function endSegment(folder: string, around: SpoolSurroundings, ledger: Ledger): void {
  const { fs } = around;
  // Of an import that was killed: who has the append lock knows that none is under way.
  removeFile(fs, join(folder, FILES.incoming));
  const tail = findTail(folder, around, undefined, ledger.highest + 1);
  if (tail.segment === undefined || tail.size <= HEADER.length) return;
  const isEmpty = ledger.base >= tail.nextId;
  if (!isEmpty && tail.size < worthBytes(around)) return;
  if (isEmpty || liveBytes(folder, around, tail.segment, ledger) * 2 < tail.size) beginSegment(folder, tail.nextId, fs);
}

function liveBytes(folder: string, around: SpoolSurroundings, segment: number, ledger: Ledger): number {
  let live = 0;
  const data = readIfThere(around.fs, join(folder, segmentName(segment))) ?? Buffer.alloc(0);
  for (const piece of records(data.subarray(HEADER.length), segment, HEADER.length))
    if (piece.kind === 'damage' || !ledger.isSettled(idOf(piece.body))) live += piece.end - piece.start;
  return live;
}

/** Writes a segment anew without what is settled; the new file takes the place of the old one at once. */
function shrink(folder: string, around: SpoolSurroundings, segment: number, ledger: Ledger): void {
  const { fs } = around;
  const path = join(folder, segmentName(segment));
  const size = sizeOf(folder, segment, fs);
  // Cheap to tell, and nearly always so: nothing of it can be settled.
  if (ledger.highest < segment) return;
  const live = liveBytes(folder, around, segment, ledger);
  if (live > 0 && (size < worthBytes(around) || live * 2 >= size)) return;
  if (live === 0) return removeFile(fs, path);
  const data = readIfThere(fs, path);
  if (data === undefined) return;
  const parts: Buffer[] = [HEADER];
  let at: number = HEADER.length;
  for (const piece of records(data.subarray(HEADER.length), segment, HEADER.length)) {
    if (piece.kind === 'damage') {
      setAside(folder, around, segmentName(segment), piece.start, data.subarray(piece.start, piece.end));
    } else if (!ledger.isSettled(idOf(piece.body))) {
      const frame = encodeFrame(piece.body, segment, at);
      parts.push(frame);
      at += frame.length;
    }
  }
  writeNewFile(fs, `${path}.new`, Buffer.concat(parts));
  try {
    fs.renameSync(`${path}.new`, path);
  } catch (error) {
    errnoOf(error);
    removeFile(fs, `${path}.new`);
    throw error;
  }
  syncFolder(fs, folder);
}
