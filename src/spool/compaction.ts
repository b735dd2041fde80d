/** Frees the disk space of settled messages. They are stored as settled before, so a kill leaves more data, never less. */
import { Failure } from '../errors.ts';
import { beginSegment, withAppendLock } from './append.ts';
import { FILES, type SpoolFolder, segmentName } from './folder.ts';
import { encodeFrame, HEADER, type Piece } from './frame.ts';
import type { Ledger } from './ledger.ts';
import { idOf } from './record.ts';
import { keepReserve } from './reserve.ts';
import { readSegment, type Segment } from './segment-reader.ts';
import { findTail } from './tail.ts';

/** Requires the sender lock, after a commit. A full disk does not make this fail. */
export async function tidy(folder: SpoolFolder, ledger: Ledger): Promise<void> {
  try {
    await withAppendLock(folder, () => folder.orFail('cannot be tidied', () => endSegment(folder, ledger)));
    keepReserve(folder);
    const segments = folder.segments();
    for (const [i, segment] of segments.entries()) {
      const next = segments[i + 1];
      if (next === undefined) break;
      if (next <= ledger.base) folder.remove(segmentName(segment));
      else folder.orFail('cannot be tidied', () => shrink(folder, segment, ledger));
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

/** Begins a new segment when no message waits, or much of the last one is settled, so that the last one can be rewritten. */
function endSegment(folder: SpoolFolder, ledger: Ledger): void {
  // A killed import left this file; the holder of the append lock knows that no import is running.
  folder.remove(FILES.incoming);
  const { segment, size, nextId } = findTail(folder, undefined, ledger.highest + 1);
  if (segment === undefined || size <= HEADER.length) return;
  const isEmpty = ledger.base >= nextId;
  if (!isEmpty && size < folder.worthBytes) return;
  if (isEmpty || lengthOf(unsettled(readSegment(folder, segment), ledger)) * 2 < size) beginSegment(folder, nextId);
}

/** What has to stay: waiting messages, and unreadable bytes. */
function unsettled(segment: Segment | undefined, ledger: Ledger): Piece[] {
  return [...(segment ?? [])].filter((piece) => piece.kind === 'damage' || !ledger.isSettled(idOf(piece.body)));
}

const lengthOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { start, end }) => sum + end - start, 0);

/** Rewrites a segment without settled messages; the new file replaces the old one atomically. */
function shrink(folder: SpoolFolder, first: number, ledger: Ledger): void {
  // A cheap check that usually suffices: no message of the segment can be settled.
  if (ledger.highest < first) return;
  const segment = readSegment(folder, first);
  const pieces = unsettled(segment, ledger);
  if (segment === undefined || pieces.length === 0) return folder.remove(segmentName(first));
  if (segment.end < folder.worthBytes || lengthOf(pieces) * 2 >= segment.end) return;
  const parts: Buffer[] = [HEADER];
  let at: number = HEADER.length;
  for (const piece of pieces) {
    if (piece.kind === 'damage') {
      folder.setAside(segment.name, piece.start, segment.bytes(piece));
    } else {
      const frame = encodeFrame(piece.body, first, at);
      parts.push(frame);
      at += frame.length;
    }
  }
  folder.replace(segment.name, parts);
  folder.sync();
}
