/** Where tspasswd gets a password from: the command line, a file, or a prompt. */
import type { PasswordSource } from '../../cli/passwd/parse.ts';
import { Failure } from '../../errors.ts';
import { PasswordFileError } from '../../passwd/password-file-error.ts';
import { passwordFault } from '../../passwd/user-name.ts';
import { TOO_LONG } from '../../runtime/bounded.ts';
import type { Io } from '../../runtime/io.ts';
import { reasonOf } from '../../util/errno.ts';
import { readAll } from '../input/whole-payload.ts';
import { type Asker, askTwice, streamAsker, terminalAsker, trimLine } from '../terminal/prompt.ts';
import { announce } from '../terminal/stdout.ts';

/** Registers a function that runs at the end and when the program is interrupted. */
export type Undo = (undo: () => void) => void;

/** Reads the password from the given source. `twice` asks again, for a new password. */
export async function passwordFrom(source: PasswordSource, io: Io, undo: Undo, twice: boolean): Promise<Buffer> {
  if (source.from === 'words') return source.password;
  const password = source.from === 'file' ? await fromFile(source.path, io) : await fromPrompt(io, undo, twice);
  const fault = passwordFault(password);
  if (fault !== undefined) throw new Failure('invalid-input', { status: 1, message: fault });
  return password;
}

async function fromPrompt(io: Io, undo: Undo, twice: boolean): Promise<Buffer> {
  // When standard input is not a terminal, the password is read from it.
  const terminal = io.isTerminal(0) ? await io.terminal() : undefined;
  const asker: Asker = terminal ? terminalAsker(terminal) : streamAsker(io.stdin(), (text) => announce(io, text));
  undo(() => asker.close());
  try {
    return await (twice ? askTwice(asker) : asker.ask('Password: '));
  } finally {
    asker.close();
  }
}

async function fromFile(path: string, io: Io): Promise<Buffer> {
  const content = path === '-' ? await allInput(io) : await readPasswordFile(path, io);
  const place = path === '-' ? 'standard input' : path;
  if (content === undefined)
    throw new PasswordFileError(`The password in ${place} must be one line of at most 65535 bytes.`);
  const password = trimLine(content);
  // A second line means two replies to prompts, or the wrong file; bytes after a NUL would be lost.
  const bad = password.includes(10) || content.includes(0);
  content.fill(0);
  if (bad) throw new PasswordFileError(`The password in ${place} must be one line.`);
  return password;
}

/** Bytes: the longest password and a newline. */
const MOST_BYTES = 65_537;

/** Resolves with undefined when the input is too long for a password. */
async function allInput(io: Io): Promise<Buffer | undefined> {
  const input = io.stdin();
  const content = await readAll(input, MOST_BYTES);
  input.close();
  return content;
}

async function readPasswordFile(path: string, io: Io): Promise<Buffer | undefined> {
  try {
    return Buffer.from(await io.files.read(path, MOST_BYTES));
  } catch (error) {
    const { code = 'EIO' } = Failure.of(error);
    if (code === TOO_LONG) return undefined;
    throw new PasswordFileError(`Unable to read ${path}. ${reasonOf(code)}.`);
  }
}
