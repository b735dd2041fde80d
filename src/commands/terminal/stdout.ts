/** Prints texts on standard output, and ends a program when the output accepts nothing more, or not everything. */
import type { Information } from '../../cli/informational.ts';
import { Failure } from '../../errors.ts';
import type { Io } from '../../runtime/io.ts';
import { reasonOf } from '../../util/errno.ts';
import type { Run } from '../run.ts';

/** Rejects with a Failure when not all of the text could be printed. */
export async function print(io: Pick<Io, 'stdout'>, text: string | Uint8Array): Promise<void> {
  const errno = await write(io, text);
  if (errno !== undefined) throw printFailure(errno);
}

/** Prints what was done. A failure to print does not undo it. */
export async function announce(io: Pick<Io, 'stdout'>, text: string | Uint8Array): Promise<void> {
  await write(io, text);
}

function write({ stdout }: Pick<Io, 'stdout'>, text: string | Uint8Array): Promise<string | undefined> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return new Promise((done) => stdout.write(bytes, done));
}

const BATCH_CHARACTERS = 64 * 1024;

/** Prints many lines in batches. */
export async function printAll(io: Pick<Io, 'stdout'>, lines: Iterable<string>): Promise<void> {
  let batch = '';
  for (const line of lines) {
    batch += line;
    if (batch.length < BATCH_CHARACTERS) continue;
    await print(io, batch);
    batch = '';
  }
  if (batch !== '') await print(io, batch);
}

/** Prints a text in place of any work. Returns the exit status. */
export async function inform({ text, status }: Information, io: Pick<Io, 'stdout'>): Promise<number> {
  await print(io, await text());
  return status;
}

/** Exit status when the reader has closed the pipe: 128 + SIGPIPE. */
export const READER_GONE = 141;

/** Why nothing more can be printed. A closed pipe needs no message. */
export function printFailure(errno: string): Failure {
  if (errno === 'EPIPE') return new Failure('file', { code: errno, status: READER_GONE, message: '' });
  return new Failure('file', { code: errno, message: `Standard output cannot be written: ${reasonOf(errno)}` });
}

/**
 * Warns that standard output accepts nothing more, and returns the exit status. A closed pipe prints no line: `tssub …
 * | head -1` ends quietly, like any program in a pipe, but not with success.
 */
export function outputBroke(errno: string, run: Pick<Run, 'warn'>): number {
  const { message, status } = printFailure(errno);
  if (message !== '') run.warn(`Error: ${message}\n`);
  return status;
}

/** Warns that the end of the program cut off output that its reader did not read in time, and makes a successful run fail. */
export function outputWasCutOff(messages: number, run: Run): void {
  const what = messages === 1 ? 'message' : `${messages} messages`;
  if (messages > 0) run.warn(`Warning: Standard output did not take all of the last ${what}.\n`);
  run.status ||= READER_GONE;
}
