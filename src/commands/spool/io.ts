/** What tsspool may touch, and what its forms have in common. */
import type { Selection } from '../../cli/spool/plan.ts';
import { Failure } from '../../errors.ts';
import { type PublishContent, publishLength } from '../../mqtt/packets/publish.ts';
import { matches } from '../../mqtt/topic.ts';
import { MAX_REMAINING_LENGTH } from '../../mqtt/types.ts';
import type { FileSystem } from '../../runtime/files.ts';
import type { Io, Millis } from '../../runtime/io.ts';
import type { Processes } from '../../runtime/processes.ts';
import type { SpoolSystem } from '../../spool/folder.ts';
import type { StoredMessage } from '../../spool/record.ts';
import { reasonOf } from '../../util/errno.ts';
import { escaped } from '../../util/printable.ts';

export interface SpoolIo extends Io {
  readonly fs: FileSystem;
  readonly processes: Processes;
  /** The number of the user. */
  readonly user: number | undefined;
}

/** Milliseconds since 1970. */
export function wallMillis(io: Pick<Io, 'wallTime'>): Millis {
  const { seconds, nanoseconds } = io.wallTime();
  return seconds * 1000 + Math.floor(nanoseconds / 1e6);
}

export function spoolSurroundings(io: SpoolIo): SpoolSystem {
  const { fs, processes, clock, random, user } = io;
  const report = (line: string): void => io.stderr(`Warning: ${line}\n`);
  return { fs, processes, clock, random, user, now: () => wallMillis(io), report };
}

/** Throws a Failure for what no packet can hold: it would wait for ever. */
export function withinPacket<T extends PublishContent>(message: T): T {
  // Of the versions of MQTT that may send it the one with the longest packets.
  const size = publishLength(message, 5);
  if (size <= MAX_REMAINING_LENGTH) return message;
  const text = `A message of ${size} bytes cannot be sent: MQTT takes ${MAX_REMAINING_LENGTH} at most`;
  throw new Failure('file', { message: text, code: 'EMSGSIZE' });
}

export function isSelected(message: StoredMessage, { ids, topic, olderThan }: Selection, now: Millis): boolean {
  if (ids !== undefined && !ids.includes(message.id)) return false;
  if (topic !== undefined && !matches(topic, message.topic)) return false;
  return olderThan === undefined || now - message.acceptedAt > olderThan;
}

/** Exit status of a program whose reader has gone: 128 + SIGPIPE. */
const READER_GONE = 141;

/** The reader has gone: an end that needs no words. */
export class ReaderGone extends Failure {
  constructor() {
    super('file', { code: 'EPIPE', status: READER_GONE });
    this.name = 'ReaderGone';
  }
}

/** Why nothing more can be printed. */
export function printFailure(errno: string): Failure {
  if (errno === 'EPIPE') return new ReaderGone();
  return new Failure('file', { code: errno, message: `Standard output cannot be written: ${reasonOf(errno)}` });
}

/** Throws a Failure when not all of it could be printed. */
export async function print(io: Io, text: string | Uint8Array): Promise<void> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const errno = await new Promise<string | undefined>((done) => io.stdout.write(bytes, done));
  if (errno !== undefined) throw printFailure(errno);
}

const BATCH_CHARACTERS = 64 * 1024;

/** Many lines, printed in batches. */
export async function printAll(io: Io, lines: Iterable<string>): Promise<void> {
  let batch = '';
  for (const line of lines) {
    batch += line;
    if (batch.length < BATCH_CHARACTERS) continue;
    await print(io, batch);
    batch = '';
  }
  if (batch !== '') await print(io, batch);
}

export const jsonLine = (value: unknown): string => `${escaped(JSON.stringify(value))}\n`;
export const isoOf = (at: Millis): string => new Date(at).toISOString();
