/** The end of the last segment, where the next message goes: found without reading the rest, and repaired when torn. */
import { reader, type SpoolFolder, segmentName } from './folder.ts';
import { HEADER, type Piece } from './frame.ts';
import { idOf, lastRecord, records } from './record.ts';
import { readSegment } from './segment-reader.ts';

export interface Tail {
  /** The last segment; undefined when there is none. */
  readonly segment: number | undefined;
  /** Its length in bytes. */
  readonly size: number;
  /** The identifier of the next message. */
  readonly nextId: number;
  /** True when the end is damaged, so that the next message must begin a new segment. */
  readonly sealed: boolean;
}

/**
 * Requires the append lock. `known` is an earlier result, which is returned when nothing has been added since. The next
 * identifier is at least `least`. Throws an errno error.
 */
export function findTail(folder: SpoolFolder, known: Tail | undefined, least = 1): Tail {
  const { fs } = folder;
  const segment = folder.segments().at(-1);
  if (segment === undefined) return { segment, size: 0, nextId: least, sealed: true };
  return folder.change(segmentName(segment), (fd) => {
    const { size } = fs.fstatSync(fd);
    if (known !== undefined && known.segment === segment && known.size === size) return known;
    const last = lastRecord(reader(fs, fd), size, segment);
    if (last !== undefined) return { segment, size, nextId: Math.max(idOf(last.body) + 1, least), sealed: false };
    return repair(folder, segment, fd, size, least);
  });
}

function repair(folder: SpoolFolder, segment: number, fd: number, size: number, least: number): Tail {
  const { fs } = folder;
  // Cut off during its creation, so it contains no message.
  if (size < HEADER.length) {
    fs.ftruncateSync(fd, 0);
    return { segment, size: 0, nextId: Math.max(segment, least), sealed: false };
  }
  const name = segmentName(segment);
  folder.mustFit(name, size);
  const found = [...records(reader(fs, fd)(HEADER.length, size - HEADER.length), segment, HEADER.length)];
  const next = nextIdIn(found, segment);
  const nextId = Math.max(next, least);
  const last = found.at(-1);
  if (last?.kind !== 'damage' || !last.torn) return { segment, size, nextId, sealed: last?.kind === 'damage' };
  fs.ftruncateSync(fd, last.start);
  fs.fsyncSync(fd);
  folder.system.report(
    `${folder.file(name)}: the last record was not written to its end; its ${last.end - last.start} bytes are removed${next < least ? '' : ' (nothing accepted is lost)'}`,
  );
  return { segment, size: last.start, nextId, sealed: found.at(-2)?.kind === 'damage' };
}

/** The identifier after the last one in a segment. Each damaged message uses up one identifier. */
function nextIdIn(segment: Iterable<Piece>, first: number): number {
  let nextId = first;
  for (const piece of segment)
    if (piece.kind === 'frame') nextId = idOf(piece.body) + 1;
    else if (!piece.torn) nextId++;
  return nextId;
}

/** The identifier of the next message, found without a lock and without repairs. Throws an errno error. */
export function peekTail(folder: SpoolFolder, least: number): number {
  const segment = folder.segments().at(-1);
  if (segment === undefined) return least;
  const last = folder.open(segmentName(segment), (read, size) => lastRecord(read, size, segment));
  const next = last === undefined ? nextIdIn(readSegment(folder, segment) ?? [], segment) : idOf(last.body) + 1;
  return Math.max(next, least);
}
