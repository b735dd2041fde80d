/** Reads the messages that wait, in order, without a lock: what others do meanwhile is seen or not, but never half. */
import { join } from 'node:path';
import type { Millis } from '../runtime/io.ts';
import { FILES, filing, readIfThere, type SpoolSurroundings, segmentName, segmentsIn } from './folder.ts';
import { HEADER } from './frame.ts';
import { checkVersion, readJournal } from './journal.ts';
import type { Flight, Ledger } from './ledger.ts';
import { decodeMessage, idOf, records, type StoredMessage } from './record.ts';
import { sizeOf } from './tail.ts';

interface Problem {
  /** The file in the folder. */
  readonly file: string;
  readonly text: string;
}

export interface Look {
  readonly ledger: Ledger;
  readonly flights: readonly Flight[];
  readonly segments: readonly number[];
  /** Complete after the messages have been read. */
  readonly problems: readonly Problem[];
  /** Those that wait, in flight or not. */
  messages(): Generator<StoredMessage>;
}

/** Throws a Failure. */
export function look(folder: string, around: SpoolSurroundings): Look {
  // Both what was there before the journal was read and what has come since: it speaks of all of them.
  const before = segmentsIn(folder, around.fs);
  const { ledger, damage } = readJournal(folder, around, before[0] ?? 1);
  const segments = [...new Set([...before, ...segmentsIn(folder, around.fs)])].sort((a, b) => a - b);
  const problems: Problem[] = damage.map(({ start, bytes }) => ({
    file: FILES.journal,
    text: `${bytes.length} bytes from ${start} on cannot be read`,
  }));
  return {
    ledger,
    flights: ledger.flights(),
    segments,
    problems,
    messages: () => messagesIn(folder, around, segments, ledger, problems),
  };
}

function* messagesIn(
  folder: string,
  around: SpoolSurroundings,
  segments: readonly number[],
  ledger: Ledger,
  problems: Problem[],
): Generator<StoredMessage> {
  let expected = ledger.base;
  const missing = (from: number, to: number, file: string): void => {
    if (to <= from || ledger.unsettled(from, to) === 0) return;
    // Perhaps they have left since the journal was read, and their records are gone.
    const count = readJournal(folder, around, segments[0] ?? 1).ledger.unsettled(from, to);
    if (count > 0) problems.push({ file, text: `${count} of the messages ${from} to ${to - 1} are missing` });
  };
  for (const [i, segment] of segments.entries()) {
    // Everything in it is below the first of the next.
    const next = segments[i + 1];
    if (next !== undefined && next <= ledger.base) continue;
    const file = segmentName(segment);
    const data = filing(`${join(folder, file)} cannot be read`, () => readIfThere(around.fs, join(folder, file)));
    // Removed since we looked: whether all of it had left is asked where the messages go on.
    if (data === undefined) continue;
    checkVersion(data, join(folder, file));
    if (data.length >= HEADER.length && !data.subarray(0, HEADER.length).equals(HEADER))
      problems.push({ file, text: 'the header is damaged; what is behind it can be read' });
    for (const piece of records(data.subarray(HEADER.length), segment, HEADER.length)) {
      if (piece.kind === 'damage') {
        // Somebody may be writing it just now.
        if (piece.torn && next === undefined) continue;
        problems.push({ file, text: `${piece.end - piece.start} bytes from ${piece.start} on cannot be read` });
        continue;
      }
      const id = idOf(piece.body);
      if (id >= expected) {
        missing(expected, id, file);
        expected = id + 1;
      }
      if (!ledger.isSettled(id)) yield decodeMessage(piece.body, piece.end - piece.start);
    }
  }
  const last = segments.at(-1);
  missing(expected, ledger.highest + 1, last === undefined ? FILES.journal : segmentName(last));
}

/** All that is read to find the oldest message. It need not be the first: what was imported has its own time. */
const MOST_BYTES = 512 * 1024;

/**
 * When the oldest message that waits was accepted; of a long spool, when the first was, so that the cost stays the same.
 * `base`: the first that may wait, as far as the last commit knows.
 */
export function oldestWaiting(folder: string, around: SpoolSurroundings, base: number): Millis | undefined {
  const { fs } = around;
  const sizes = segmentsIn(folder, fs).map((segment) => sizeOf(folder, segment, fs));
  if (sizes.reduce((a, b) => a + b, 0) > MOST_BYTES) return firstWaiting(folder, around, base)?.acceptedAt;
  let oldest: Millis | undefined;
  for (const { acceptedAt } of look(folder, around).messages()) oldest = Math.min(oldest ?? Infinity, acceptedAt);
  return oldest;
}

/** The first message that waits: `base` is not settled. Reads one segment. */
function firstWaiting(folder: string, around: SpoolSurroundings, base: number): StoredMessage | undefined {
  const segments = segmentsIn(folder, around.fs);
  for (const [i, segment] of segments.entries()) {
    const next = segments[i + 1];
    if (next !== undefined && next <= base) continue;
    const data = readIfThere(around.fs, join(folder, segmentName(segment)));
    if (data === undefined) continue;
    for (const piece of records(data.subarray(HEADER.length), segment, HEADER.length))
      if (piece.kind === 'frame' && idOf(piece.body) >= base) return decodeMessage(piece.body, piece.end - piece.start);
  }
  return undefined;
}
