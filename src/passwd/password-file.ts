/** Finds, checks, reads and changes a password file on disk. Names and messages are those of mosquitto_passwd. */
import { constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Failure, type Remedy } from '../errors.ts';
import { type Access, createFile, errnoOf, type FileSystem, orFail, unless, withOpen } from '../runtime/files.ts';
import type { Account, BrokerUser } from '../runtime/io.ts';
import { type LockFile, type LockSystem, lockFile, NO_LOCK } from '../runtime/lock-file.ts';
import { reasonOf } from '../util/errno.ts';
import { shellQuoted } from '../util/phrases.ts';
import { PasswordFileError } from './password-file-error.ts';
import { backupFailure, changeInPlace, isTemporaryName, replaceFile, temporaryName } from './replace.ts';

/** The absolute path without symbolic links, or the given path when no file exists. */
export function resolve(fs: FileSystem, path: string): string {
  return orFail(
    () => unless('ENOENT', () => fs.realpathSync.native(path)) ?? path,
    (errno) => PasswordFileError.bare(`Error reading password file: ${reasonOf(errno)}`),
  );
}

/** Attempts: a lock is lost when a user removes it by hand, once perhaps by mistake. */
const LOST_LOCKS = 5;

/** Bytes: a million users with a hash each. The file and its new contents are both in memory. */
const MOST_BYTES = 256 * 1024 * 1024;

export interface OpenedFile {
  readonly path: string;
  readonly content: Buffer;
  readonly stat: Access;
}

/** Opens the file as the change will need it, so that a failure occurs before the password prompt. */
export function openFile(fs: FileSystem, path: string, access: 'read' | 'change', followLinks = false): OpenedFile {
  const { O_RDWR, O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  // Does not block, because the file may be a pipe.
  const flags = (access === 'change' ? O_RDWR : O_RDONLY) | O_NONBLOCK | (followLinks ? 0 : O_NOFOLLOW);
  const read = (fd: number): OpenedFile => {
    const stat = fs.fstatSync(fd);
    if (stat.isDirectory()) throw PasswordFileError.unopened(path, 'EISDIR');
    if (!stat.isFile())
      throw PasswordFileError.bare(
        `Error: ${path} is not a file.`,
        `Error: Unable to open password file ${path}. ${reasonOf('EINVAL')}.`,
      );
    if (stat.size > MOST_BYTES)
      throw new PasswordFileError(
        `Password file ${path} is too large: ${stat.size} bytes, the limit is ${MOST_BYTES}.`,
      );
    return { path, content: fs.readFileSync(fd), stat };
  };
  return orFail(
    () => withOpen(fs, fs.openSync(path, flags), read),
    (errno) =>
      PasswordFileError.unopened(
        path,
        errno,
        errno === 'ENOENT' && access === 'change' ? { code: 'password-file-missing' } : undefined,
      ),
  );
}

/**
 * Warnings of Mosquitto 2.1 about files that other users can access. The advice is ours: mode 0600 and no change of
 * owner, because a file may belong to the broker's user.
 */
export function warnings({ path, stat }: OpenedFile, account: Account | undefined, broker?: BrokerUser): string[] {
  const future = 'Future versions will refuse to load this file.';
  const lines: string[] = [];
  if ((stat.mode & 0o007) !== 0)
    lines.push(
      `Warning: File ${path} has world readable permissions. ${future}`,
      `To fix this, use \`chmod 0600 ${shellQuoted(path)}\`.`,
    );
  if (stat.uid === broker?.uid) return lines;
  if (account && stat.uid !== account.uid) lines.push(`Warning: File ${path} owner is not ${account.user}. ${future}`);
  if (account && stat.gid !== account.gid && broker?.groups.includes(stat.gid) !== true)
    lines.push(`Warning: File ${path} group is not ${account.group}. ${future}`);
  return lines;
}

/** Errors of a directory in which no file can be created. */
const UNWRITABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Returns a line when the file has to be changed in place: it can be replaced only where another file can be created. */
export function checkFolder(fs: FileSystem, path: string): string | undefined {
  try {
    fs.accessSync(folderOf(path), constants.W_OK);
    return undefined;
  } catch (error) {
    const code = errnoOf(error);
    if (!UNWRITABLE.has(code)) throw backupFailure(code, temporaryName(path));
    return `Warning: The directory of ${path} is not writable. The file is changed in place: a kill or a power cut can damage it.`;
  }
}

/**
 * Changes the file with exclusive access. `edit` returns the new contents, or undefined for no change; it must do its slow
 * work before. The code does not wait while it holds the lock, so no signal interrupts it.
 *
 * The lock is a file next to the password file, because that is replaced and a lock on it would stay with the old one. Where
 * no file can be created there, the lock is elsewhere. Without a place for that, too, a concurrent change is unlikely.
 */
export async function changeFile(
  path: string,
  system: LockSystem,
  edit: (content: Buffer) => Buffer | undefined,
): Promise<void> {
  const { fs } = system;
  for (let tries = 0; tries < LOST_LOCKS; tries++) {
    const temporary = temporaryName(path);
    const refused = (error: unknown): undefined => {
      if (!(error instanceof Failure)) throw error;
      if (UNWRITABLE.has(error.code ?? '')) return undefined;
      if (error.code === 'EAGAIN' || error.code === NO_LOCK) throw new PasswordFileError(error.message);
      throw backupFailure(error.code ?? 'EIO', temporary);
    };
    const request = {
      path: `${path}.lock`,
      name: path,
      leftover: basename(temporary),
      mayRemove: (name: string) => isTemporaryName(path, name),
    };
    const beside = await lockFile(request, system).catch(refused);
    const held = beside ?? (await lockElsewhere(path, system).catch(refused));
    try {
      const { content } = openFile(fs, path, 'change');
      const edited = edit(content);
      if (edited === undefined) return;
      if (beside === undefined) return changeInPlace(fs, path, edited, content);
      if (replaceFile(fs, path, temporary, edited, content, beside.held)) return;
    } finally {
      held?.release();
    }
  }
  throw new PasswordFileError(`Unable to lock password file ${path}.`);
}

/**
 * Locks a file in whose directory no file can be created: in the directory for temporary files, under a name that every
 * process with access finds. Resolves with undefined when that fails too. Rejects with a Failure; `code` is the errno.
 */
export async function lockElsewhere(target: string, system: LockSystem): Promise<LockFile | undefined> {
  const file = (): string | undefined => {
    const stat = system.fs.lstatSync(target, { throwIfNoEntry: false });
    return stat && `tspasswd-${stat.dev}-${stat.ino}.lock`;
  };
  try {
    for (let name = file(); name !== undefined; name = file()) {
      const held = await lockFile({ path: join(tmpdir(), name), name: target }, system);
      if (name === file()) return held;
      // Another file has replaced this one in the meantime.
      held.release();
    }
  } catch (error) {
    if (!(error instanceof Failure) || WAITED_FOR.has(error.code ?? '')) throw error;
  }
  return undefined;
}

/** Another process holds the lock, or another kind of file has its name. */
const WAITED_FOR: ReadonlySet<string> = new Set(['EAGAIN', 'EINTR', NO_LOCK]);

/**
 * For `-c`, before the password prompt: an existing file must not be lost. An empty file holds no data, and may exist
 * for its owner and mode. Throws a PasswordFileError, also when the file cannot be written.
 */
export function mustBeNew(fs: FileSystem, path: string): 'new' | 'empty' {
  const look = (): 'new' | 'empty' => {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) fs.accessSync(folderOf(path), constants.W_OK);
    else if (!isEmptyFile(stat)) throw inTheWay(path, stat);
    return stat === undefined ? 'new' : 'empty';
  };
  return orFail(look, (errno) => notWritable(path, errno));
}

const notWritable = (path: string, errno: string, remedy?: Remedy): PasswordFileError =>
  new PasswordFileError(`Unable to open file ${path} for writing. ${reasonOf(errno)}.`, remedy);

/** Only a file can be replaced, not a directory, a pipe or a dangling link. */
const inTheWay = (path: string, stat: { isFile(): boolean }): PasswordFileError =>
  notWritable(path, 'EEXIST', stat.isFile() ? { code: 'password-file-exists' } : undefined);

const isEmptyFile = (stat: { isFile(): boolean; size: number }): boolean => stat.isFile() && stat.size === 0;

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1) || '.';

/** Creates a file, or fills an empty one; with `force`, replaces any file. Throws a PasswordFileError. */
export async function createPasswordFile(
  path: string,
  system: LockSystem,
  content: Buffer,
  force: boolean,
): Promise<void> {
  const { fs } = system;
  try {
    // A dangling link counts as existing.
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return createFile(fs, path, temporaryName(path), content);
    if (!force && !isEmptyFile(stat)) throw inTheWay(path, stat);
  } catch (error) {
    if (error instanceof PasswordFileError) throw error;
    const code = errnoOf(error);
    if (code !== 'EEXIST' || !force) throw notWritable(path, code);
  }
  await changeFile(path, system, (old) => {
    // Another process may have filled it in the meantime.
    if (!force && old.length > 0) throw inTheWay(path, fs.lstatSync(path));
    return content;
  });
}
