/** Texts on standard output, and the end of a program that cannot print what it was asked for. */
import type { Information } from '../../cli/informational.ts';
import type { Io } from '../../runtime/io.ts';
import { printFailure } from './broken-output.ts';

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
