/**
 * How the files of a spool are divided into records that show by themselves whether they are complete:
 *
 *     mark (4)   length (4)   checksum (4)   body (length)   length (4)
 *
 * The checksum covers the place of the record too: the file and the offset. So a record inside another record's payload
 * is never mistaken for one. The second length lets the last record be found from the end.
 */
import { crc32 } from '../runtime/crc32.ts';

/** Not text, so payloads seldom contain it. */
const MARK = Buffer.from([0xa7, 0x54, 0x53, 0xc3]);
const FRONT_BYTES = 12;
const BACK_BYTES = 4;
/** Bytes of a record besides its body. */
export const FRAME_BYTES = FRONT_BYTES + BACK_BYTES;
/** The largest packet has 2^28 bytes, and properties with their names are longer than on the wire. */
const LONGEST_BODY = 0x3fff_ffff;

/** The first bytes of every file: its kind, and the version of the format. */
export const HEADER = Buffer.from('TSSPOOL\x01', 'latin1');

export interface Frame {
  readonly kind: 'frame';
  /** Offsets in the file; `end` is where the next one begins. */
  readonly start: number;
  readonly end: number;
  readonly body: Buffer;
}

interface Damage {
  readonly kind: 'damage';
  readonly start: number;
  readonly end: number;
  /** True when the end of the file was never written, so no sender of a message has considered it safe. */
  readonly torn: boolean;
}

export type Piece = Frame | Damage;

/** `place` is the number of the file. */
export function encodeFrame(body: Uint8Array, place: number, offset: number): Buffer {
  return Buffer.concat(frameParts([body], place, offset));
}

/** As encodeFrame(), without copying the body, which may be in pieces. */
export function frameParts(body: readonly Uint8Array[], place: number, offset: number): Uint8Array[] {
  const length = body.reduce((sum, part) => sum + part.length, 0);
  const front = Buffer.allocUnsafe(FRONT_BYTES);
  MARK.copy(front);
  front.writeUInt32LE(length, 4);
  front.writeUInt32LE(
    body.reduce((sum, part) => crc32(part, sum), seedOf(place, offset)),
    8,
  );
  const back = Buffer.allocUnsafe(BACK_BYTES);
  back.writeUInt32LE(length);
  return [front, ...body, back];
}

const seed = Buffer.alloc(16);

/** The initial value of the checksum. */
function seedOf(place: number, offset: number): number {
  seed.writeUIntLE(place, 0, 6);
  seed.writeUIntLE(offset, 8, 6);
  return crc32(seed);
}

/** The complete record that begins at `data[at]`, or undefined. `base` is the offset of `data` in the file. */
function frameAt(data: Buffer, at: number, place: number, base: number): Frame | undefined {
  if (data.length - at < FRAME_BYTES || !MARK.equals(data.subarray(at, at + 4))) return undefined;
  const length = data.readUInt32LE(at + 4);
  const end = at + FRAME_BYTES + length;
  if (length > LONGEST_BODY || end > data.length || data.readUInt32LE(end - BACK_BYTES) !== length) return undefined;
  const body = data.subarray(at + FRONT_BYTES, end - BACK_BYTES);
  if (data.readUInt32LE(at + 8) !== crc32(body, seedOf(place, base + at))) return undefined;
  return { kind: 'frame', start: base + at, end: base + end, body };
}

/** Everything in the data in order: records, and the bytes between them that are not records. */
export function* pieces(data: Buffer, place: number, base: number): Generator<Piece> {
  for (let at = 0; at < data.length; ) {
    let frame = frameAt(data, at, place, base);
    if (frame === undefined) {
      const start = at;
      do {
        const next = data.indexOf(MARK, at + 1);
        at = next < 0 ? data.length : next;
        frame = frameAt(data, at, place, base);
      } while (frame === undefined && at < data.length);
      const torn = frame === undefined && isTorn(data.subarray(start));
      yield { kind: 'damage', start: base + start, end: base + at, torn };
    }
    if (frame === undefined) return;
    yield frame;
    at = frame.end - base;
  }
}

/** Whether these bytes are the beginning of a record whose rest is missing, not a complete record with an error. */
function isTorn(rest: Buffer): boolean {
  const mark = rest.subarray(0, 4);
  // After a crash, a file may have its new length on disk without the new bytes.
  if (rest.every((byte) => byte === 0)) return true;
  if (!mark.equals(MARK.subarray(0, mark.length))) return false;
  if (rest.length < FRAME_BYTES) return true;
  // The bytes end as a record does, so the first length is wrong.
  if (rest.readUInt32LE(rest.length - BACK_BYTES) === rest.length - FRAME_BYTES) return false;
  return FRAME_BYTES + rest.readUInt32LE(4) > rest.length;
}

/** Reads `length` bytes at an offset; fewer at the end of the file. */
export type ReadAt = (offset: number, length: number) => Buffer;

/**
 * The last record of a file of this size, if the file ends with a complete one, without reading the rest. Checks a body of
 * more than a megabyte piece by piece and returns only its first megabyte, because the callers need only its beginning.
 */
export function lastFrame(read: ReadAt, size: number, place: number): Frame | undefined {
  if (size < HEADER.length + FRAME_BYTES) return undefined;
  const back = read(size - BACK_BYTES, BACK_BYTES);
  if (back.length < BACK_BYTES) return undefined;
  const length = back.readUInt32LE(0);
  const start = size - FRAME_BYTES - length;
  if (start < HEADER.length) return undefined;
  if (length > STEP_BYTES) return longFrame(read, start, length, place);
  const frame = frameAt(read(start, size - start), 0, place, start);
  return frame?.end === size ? frame : undefined;
}

const STEP_BYTES = 1024 * 1024;

function longFrame(read: ReadAt, start: number, length: number, place: number): Frame | undefined {
  const front = read(start, FRONT_BYTES);
  // Shorter when another process has cut an unlocked file in the meantime.
  if (length > LONGEST_BODY || front.length < FRONT_BYTES) return undefined;
  if (!MARK.equals(front.subarray(0, 4)) || front.readUInt32LE(4) !== length) return undefined;
  let sum = seedOf(place, start);
  let first: Buffer | undefined;
  for (let at = 0; at < length; at += STEP_BYTES) {
    const part = read(start + FRONT_BYTES + at, Math.min(STEP_BYTES, length - at));
    first ??= part;
    sum = crc32(part, sum);
  }
  if (sum !== front.readUInt32LE(8)) return undefined;
  return { kind: 'frame', start, end: start + FRAME_BYTES + length, body: first! };
}
