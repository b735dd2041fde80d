/** Standard output: texts on it, and the end of a program where it takes nothing more, or not all. */
import type { Information } from '../../cli/informational.ts';
import { Failure } from '../../errors.ts';
import type { Io } from '../../runtime/io.ts';
import { reasonOf } from '../../util/errno.ts';
import type { Run } from '../run.ts';

/** Throws a Failure when not all of it could be printed. */
export async function print(io: Pick<Io, 'stdout'>, text: string | Uint8Array): Promise<void> {
  const errno = await write(io, text);
  if (errno !== undefined) throw printFailure(errno);
}

/** Prints what was done. Where that fails, it is done all the same. */
export async function announce(io: Pick<Io, 'stdout'>, text: string | Uint8Array): Promise<void> {
  await write(io, text);
}

function write({ stdout }: Pick<Io, 'stdout'>, text: string | Uint8Array): Promise<string | undefined> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return new Promise((done) => stdout.write(bytes, done));
}

const BATCH_CHARACTERS = 64 * 1024;

/** Many lines, printed in batches. */
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
export async function inform({ text, status, hint }: Information, io: Pick<Io, 'stdout' | 'stderr'>): Promise<number> {
  await print(io, await text());
  if (hint !== undefined) io.stderr(`Hint: ${hint}\n`);
  return status;
}

/** Exit status of a program whose reader has gone: 128 + SIGPIPE. */
export const READER_GONE = 141;

/** Why nothing more can be printed. That the reader has gone needs no words. */
export function printFailure(errno: string): Failure {
  if (errno === 'EPIPE') return new Failure('file', { code: errno, status: READER_GONE, message: '' });
  return new Failure('file', { code: errno, message: `Standard output cannot be written: ${reasonOf(errno)}` });
}

/**
 * Warns that standard output takes nothing more, and returns the exit status. A reader who left is not worth a line:
 * `tssub … | head -1` ends quietly, like any program in a pipe, but not with success.
 */
export function outputBroke(errno: string, run: Pick<Run, 'warn'>): number {
  const { message, status } = printFailure(errno);
  if (message !== '') run.warn(`Error: ${message}\n`);
  return status;
}

/** Warns of what the end of the program has cut off, when its reader did not come: a run that had gone well has not. */
export function outputWasCutOff(messages: number, run: Run): void {
  const what = messages === 1 ? 'message' : `${messages} messages`;
  if (messages > 0) run.warn(`Warning: Standard output did not take all of the last ${what}.\n`);
  run.status ||= READER_GONE;
}
