/** Reads the waiting messages in order, without a lock: a concurrent change is seen either completely or not at all. */
import type { Millis } from '../util/millis.ts';
import { FILES, type SpoolFolder, segmentName } from './folder.ts';
import { readJournal } from './journal.ts';
import type { Flight, Ledger } from './ledger.ts';
import { decodeMessage, idOf, type StoredMessage } from './record.ts';
import { readSegment, segmentsFrom } from './segment-reader.ts';

interface DamagedFile {
  /** Name of the file in the directory. */
  readonly file: string;
  readonly text: string;
}

export interface Look {
  readonly ledger: Ledger;
  readonly flights: readonly Flight[];
  readonly segments: readonly number[];
  /** Complete after all messages have been read. */
  readonly problems: readonly DamagedFile[];
  /** The waiting messages, in flight or not. */
  messages(): Generator<StoredMessage>;
}

/** Throws a Failure. */
export function look(folder: SpoolFolder): Look {
  // The segments from before the journal was read, and the ones added since: the journal concerns all of them.
  const before = folder.segments();
  const { ledger, damage } = readJournal(folder);
  const segments = [...new Set([...before, ...folder.segments()])].sort((a, b) => a - b);
  const problems: DamagedFile[] = damage.map(({ start, bytes }) => ({
    file: FILES.journal,
    text: `${bytes.length} bytes from ${start} on cannot be read`,
  }));
  return {
    ledger,
    flights: ledger.flights(),
    segments,
    problems,
    messages: () => messagesIn(folder, segments, ledger, problems),
  };
}

function* messagesIn(
  folder: SpoolFolder,
  segments: readonly number[],
  ledger: Ledger,
  problems: DamagedFile[],
): Generator<StoredMessage> {
  let expected = ledger.base;
  const missing = (from: number, to: number, file: string): void => {
    if (to <= from || ledger.unsettled(from, to) === 0) return;
    // Their records may be gone because they were delivered after the journal was read.
    const count = readJournal(folder).ledger.unsettled(from, to);
    if (count > 0) problems.push({ file, text: `${count} of the messages ${from} to ${to - 1} are missing` });
  };
  for (const first of segmentsFrom(segments, ledger.base)) {
    const file = segmentName(first);
    const segment = folder.orFail('cannot be read', () => readSegment(folder, first), folder.file(file));
    // The segment was removed in the meantime; the next message shows whether all of it had been delivered.
    if (segment === undefined) continue;
    if (segment.isHeaderDamaged) problems.push({ file, text: 'the header is damaged; what is behind it can be read' });
    for (const piece of segment) {
      if (piece.kind === 'damage') {
        // Another process may be writing it at present.
        if (piece.torn && first === segments.at(-1)) continue;
        problems.push({ file, text: `${piece.end - piece.start} bytes from ${piece.start} on cannot be read` });
        continue;
      }
      const id = idOf(piece.body);
      if (id >= expected) {
        missing(expected, id, file);
        expected = id + 1;
      }
      if (!ledger.isSettled(id)) yield decodeMessage(piece);
    }
  }
  const last = segments.at(-1);
  missing(expected, ledger.highest + 1, last === undefined ? FILES.journal : segmentName(last));
}

/** Most bytes read to find the oldest message. It need not be the first, because an imported message keeps its own time. */
const MOST_BYTES = 512 * 1024;

/**
 * When the oldest waiting message was accepted; in a long spool, when the first was, to limit the cost. `base`: the
 * first message that may wait, according to the last commit.
 */
export function oldestWaiting(folder: SpoolFolder, base: number): Millis | undefined {
  if (folder.bytes() > MOST_BYTES) return firstWaiting(folder, base)?.acceptedAt;
  let oldest: Millis | undefined;
  for (const { acceptedAt } of look(folder).messages()) oldest = Math.min(oldest ?? Infinity, acceptedAt);
  return oldest;
}

/** The first waiting message: `base` is not settled. Reads one segment. */
function firstWaiting(folder: SpoolFolder, base: number): StoredMessage | undefined {
  for (const first of segmentsFrom(folder.segments(), base))
    for (const piece of readSegment(folder, first) ?? [])
      if (piece.kind === 'frame' && idOf(piece.body) >= base) return decodeMessage(piece);
  return undefined;
}
