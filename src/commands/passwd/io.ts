/** What tspasswd may touch, and what its forms have in common. */
import type { PasswordSource } from '../../cli/passwd/plan.ts';
import { Failure } from '../../errors.ts';
import { openFile, resolve } from '../../passwd/password-file.ts';
import { PasswordFileError } from '../../passwd/password-file-error.ts';
import { passwordFault } from '../../passwd/user-name.ts';
import { TOO_LONG } from '../../runtime/bounded.ts';
import type { FileSystem } from '../../runtime/files.ts';
import type { Io, Terminal } from '../../runtime/io.ts';
import type { LockSystem } from '../../runtime/lock-file.ts';
import type { Account, BrokerUser, Processes } from '../../runtime/processes.ts';

import { reasonOf } from '../../util/errno.ts';
import { readAll } from '../input/whole-payload.ts';
import { type Asker, askTwice, streamAsker, terminalAsker, trimLine } from '../terminal/prompt.ts';

export interface PasswdIo extends Omit<Io, 'terminal'> {
  readonly fs: FileSystem;
  readonly processes: Processes;
  account(): Account | undefined;
  broker(): BrokerUser | undefined;
  terminal(): Terminal | undefined;
  /** Ends the process as if nobody had listened for the signal: at once, whatever its threads do. */
  endBy(signal: NodeJS.Signals): void;
}

/** Run when the program is interrupted, besides at the end. */
export type Undo = (undo: () => void) => void;

export function surroundings(io: PasswdIo): LockSystem {
  const now = (): number => {
    const { seconds, nanoseconds } = io.wallTime();
    return seconds * 1000 + nanoseconds / 1e6;
  };
  return { fs: io.fs, processes: io.processes, clock: io.clock, random: io.random, now };
}

/** The password, by the way that the command line says. `twice` is for new ones. */
export async function passwordFrom(source: PasswordSource, io: PasswdIo, undo: Undo, twice: boolean): Promise<Buffer> {
  if (source.from === 'words') return source.password;
  const password = source.from === 'file' ? await fromFile(source.path, io) : await fromPrompt(io, undo, twice);
  const fault = passwordFault(password) ?? (password.length === 0 ? 'Empty password.' : undefined);
  if (fault !== undefined) throw new Failure('invalid-input', { status: 1, message: fault });
  return password;
}

async function fromPrompt(io: PasswdIo, undo: Undo, twice: boolean): Promise<Buffer> {
  const terminal = io.terminal();
  const asker: Asker = terminal ? terminalAsker(terminal) : streamAsker(io.stdin(), io.stdout);
  undo(() => asker.close());
  try {
    return await (twice ? askTwice(asker) : asker.ask('Password: '));
  } finally {
    asker.close();
  }
}

async function fromFile(path: string, io: PasswdIo): Promise<Buffer> {
  const content = path === '-' ? await allInput(io) : await readPasswordFile(path, io);
  const place = path === '-' ? 'standard input' : path;
  if (content === undefined)
    throw new PasswordFileError(`The password in ${place} must be one line of at most 65535 bytes.`);
  const password = trimLine(content);
  // Two lines are the answers to two prompts, or the wrong file; what is behind a NUL would be lost.
  const bad = password.includes(10) || content.includes(0);
  content.fill(0);
  if (bad) throw new PasswordFileError(`The password in ${place} must be one line.`);
  return password;
}

/** Room for the longest password and a line end. */
const MOST_BYTES = 65_537;

/** Undefined when it is too long to be a password. */
async function allInput(io: PasswdIo): Promise<Buffer | undefined> {
  const input = io.stdin();
  const content = await readAll(input, MOST_BYTES);
  input.close();
  return content;
}

async function readPasswordFile(path: string, io: PasswdIo): Promise<Buffer | undefined> {
  try {
    return Buffer.from(await io.files.read(path, MOST_BYTES));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === TOO_LONG) return undefined;
    throw new PasswordFileError(`Unable to read ${path}. ${reasonOf(error.code ?? 'EIO')}.`);
  }
}

/** For the forms that only look. Links are followed, and so the file need not be writable. */
export function readFor(io: PasswdIo, path: string): Buffer {
  return openFile(io.fs, resolve(io.fs, path), 'read').content;
}

/** Writes what was asked for; its loss is an error. */
export async function print(io: PasswdIo, text: string | Uint8Array): Promise<void> {
  const errno = await write(io, text);
  if (errno === 'EPIPE') throw new Quiet(141);
  if (errno !== undefined) throw new PasswordFileError(`Standard output cannot be written: ${reasonOf(errno)}`);
}

/** Says what was done; when nobody listens, it is done all the same. */
export async function tell(io: PasswdIo, text: string | Uint8Array): Promise<void> {
  await write(io, text);
}

function write(io: PasswdIo, text: string | Uint8Array): Promise<string | undefined> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return new Promise((done) => io.stdout.write(bytes, done));
}

/** An end that needs no words. */
export class Quiet extends Failure {
  constructor(status: number) {
    super('file', { message: '', status });
    this.name = 'Quiet';
  }
}
