/** The end of the last segment, where the next message goes: found without reading the rest, and made good when torn. */
import { join } from 'node:path';
import { errnoOf, type FileSystem, openForChange, openRegular, withOpen } from '../runtime/files.ts';
import { mustFit, reader, readIfThere, type SpoolSurroundings, segmentName, segmentsIn } from './folder.ts';
import { HEADER } from './frame.ts';
import { idOf, lastRecord, records } from './record.ts';

export interface Tail {
  /** The last segment; undefined when there is none. */
  readonly segment: number | undefined;
  /** Its length. */
  readonly size: number;
  /** The identifier of the next message. */
  readonly nextId: number;
  /** Nothing may be added behind what is damaged: the next message begins a segment. */
  readonly sealed: boolean;
}

/**
 * Only with the append lock. `known` is what was found or written before: when nobody has added to it meanwhile, it is
 * taken as it is. `least` is an identifier that the next one must not be below. Throws an errno error.
 */
export function findTail(folder: string, around: SpoolSurroundings, known: Tail | undefined, least = 1): Tail {
  const { fs } = around;
  const segment = segmentsIn(folder, fs).at(-1);
  if (segment === undefined) return { segment, size: 0, nextId: least, sealed: true };
  const path = join(folder, segmentName(segment));
  const fd = openForChange(fs, path);
  return withOpen(fs, fd, () => {
    const { size } = fs.fstatSync(fd);
    if (known !== undefined && known.segment === segment && known.size === size) return known;
    const read = reader(fs, fd);
    const last = lastRecord(read, size, segment);
    if (last !== undefined) return { segment, size, nextId: Math.max(idOf(last.body) + 1, least), sealed: false };
    return repair(segment, fd, size, around, least, path);
  });
}

function repair(
  segment: number,
  fd: number,
  size: number,
  around: SpoolSurroundings,
  least: number,
  path: string,
): Tail {
  const { fs } = around;
  // Cut off while it was made: nothing can be in it.
  if (size < HEADER.length) {
    fs.ftruncateSync(fd, 0);
    return { segment, size: 0, nextId: Math.max(segment, least), sealed: false };
  }
  mustFit(path, size);
  const data = reader(fs, fd)(HEADER.length, size - HEADER.length);
  let nextId = segment;
  let end: number = HEADER.length;
  for (const piece of records(data, segment, HEADER.length)) {
    if (piece.kind === 'frame') nextId = idOf(piece.body) + 1;
    // One identifier is left out, for the message that this was.
    else if (!piece.torn) nextId++;
    if (piece.kind === 'damage' && piece.torn) {
      fs.ftruncateSync(fd, piece.start);
      fs.fsyncSync(fd);
      around.report(
        `${path}: the last record was not written to its end; its ${piece.end - piece.start} bytes are removed${nextId < least ? '' : ' (nothing accepted is lost)'}`,
      );
    } else end = piece.end;
  }
  const sealed = end > HEADER.length && lastRecord(reader(fs, fd), end, segment) === undefined;
  return { segment, size: end, nextId: Math.max(nextId, least), sealed };
}

/** The identifier of the next message, without a lock and without putting anything right. Throws an errno error. */
export function peekTail(folder: string, { fs }: SpoolSurroundings, least: number): number {
  const segment = segmentsIn(folder, fs).at(-1);
  if (segment === undefined) return least;
  const path = join(folder, segmentName(segment));
  let fd: number;
  try {
    fd = openRegular(fs, path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return Math.max(segment, least);
  }
  const last = withOpen(fs, fd, () => lastRecord(reader(fs, fd), fs.fstatSync(fd).size, segment));
  if (last !== undefined) return Math.max(idOf(last.body) + 1, least);
  const data = readIfThere(fs, path) ?? Buffer.alloc(0);
  let nextId = segment;
  for (const piece of records(data.subarray(HEADER.length), segment, HEADER.length))
    if (piece.kind === 'frame') nextId = idOf(piece.body) + 1;
    else if (!piece.torn) nextId++;
  return Math.max(nextId, least);
}

/** As it is on the disk, as a number of bytes; 0 when it is no longer there. */
export function sizeOf(folder: string, segment: number, fs: FileSystem): number {
  try {
    return fs.statSync(join(folder, segmentName(segment))).size;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
