/** The records of the segments, one after the other, from a place on. */
import { join } from 'node:path';
import { errnoOf, type FileSystem, openRegular, withOpen } from '../runtime/files.ts';
import { mustFit, reader, segmentName } from './folder.ts';
import { type Damage, type Frame, HEADER } from './frame.ts';
import { checkVersion } from './journal.ts';
import { records } from './record.ts';

export interface Place {
  readonly segment: number;
  readonly offset: number;
}

export interface Step {
  readonly segment: number;
  readonly piece: Frame | Damage;
  /** The bytes of the piece, with what is around the body. */
  bytes(): Buffer;
}

/** `end` bounds the last of the segments. Throws an errno error; a segment that is not there is passed over. */
export function* walk(
  folder: string,
  fs: FileSystem,
  segments: readonly number[],
  from: Place,
  end: number,
): Generator<Step> {
  for (const segment of segments) {
    if (segment < from.segment) continue;
    const offset = segment === from.segment ? Math.max(from.offset, HEADER.length) : HEADER.length;
    const data = readFrom(folder, fs, segment, offset, segment === segments.at(-1) ? end : undefined);
    for (const piece of records(data, segment, offset))
      yield { segment, piece, bytes: () => data.subarray(piece.start - offset, piece.end - offset) };
  }
}

function readFrom(folder: string, fs: FileSystem, segment: number, offset: number, end: number | undefined): Buffer {
  const path = join(folder, segmentName(segment));
  let fd: number;
  try {
    fd = openRegular(fs, path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
  return withOpen(fs, fd, () => {
    const read = reader(fs, fd);
    if (offset === HEADER.length) checkVersion(read(0, HEADER.length), path);
    const until = Math.min(end ?? Number.POSITIVE_INFINITY, fs.fstatSync(fd).size);
    mustFit(path, until - offset);
    return read(offset, Math.max(0, until - offset));
  });
}
