/** Reads segments: one in its present state, or one after the other from a position on. */
import { type SpoolFolder, segmentName } from './folder.ts';
import { HEADER, type Piece } from './frame.ts';
import { records } from './record.ts';

/** What was read of a segment: its pieces in order, from an offset on. */
export class Segment implements Iterable<Piece> {
  readonly name: string;
  readonly isHeaderDamaged: boolean;
  /** The number in its name: the lowest identifier that it may contain. */
  readonly first: number;
  readonly #data: Buffer;
  readonly #offset: number;

  constructor(first: number, header: Buffer, data: Buffer, offset: number) {
    this.first = first;
    this.name = segmentName(first);
    this.isHeaderDamaged = header.length === HEADER.length && !header.equals(HEADER);
    this.#data = data;
    this.#offset = offset;
  }

  /** Offset of its end in the file. */
  get end(): number {
    return this.#offset + this.#data.length;
  }

  [Symbol.iterator](): Generator<Piece> {
    return records(this.#data, this.first, this.#offset);
  }

  /** The bytes of a piece, including the frame around the body. */
  bytes({ start, end }: Piece): Buffer {
    return this.#data.subarray(start - this.#offset, end - this.#offset);
  }
}

/**
 * Returns undefined when the segment has been removed since it was listed. Throws an errno error, or a Failure for a
 * file that no spool made.
 */
export function readSegment(
  folder: SpoolFolder,
  first: number,
  offset: number = HEADER.length,
  end = Number.POSITIVE_INFINITY,
): Segment | undefined {
  const name = segmentName(first);
  return folder.open(name, (read, size) => {
    const header = read(0, HEADER.length);
    folder.checkVersion(name, header);
    const until = Math.min(end, size);
    folder.mustFit(name, until);
    return new Segment(first, header, read(offset, Math.max(0, until - offset)), offset);
  });
}

/** The segments that may contain messages from this identifier on: all in one are below the first of the next. */
export function segmentsFrom(segments: readonly number[], id: number): readonly number[] {
  const at = segments.findLastIndex((first) => first <= id);
  return segments.slice(Math.max(0, at));
}

/** A place in the segments. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
}

export interface SegmentPiece {
  readonly segment: Segment;
  readonly piece: Piece;
}

/** `end` bounds the last segment. Throws as readSegment() does; skips a segment that does not exist. */
export function* walk(
  folder: SpoolFolder,
  segments: readonly number[],
  from: Position,
  end: number,
): Generator<SegmentPiece> {
  for (const first of segments) {
    if (first < from.segment) continue;
    const offset = first === from.segment ? Math.max(from.offset, HEADER.length) : HEADER.length;
    const segment = readSegment(folder, first, offset, first === segments.at(-1) ? end : undefined);
    if (segment === undefined) continue;
    for (const piece of segment) yield { segment, piece };
  }
}
