/** A password file on the disk: found, looked at, read, changed. Names and messages are those of mosquitto_passwd. */
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

/** The absolute path without symbolic links, or the path as given when nothing is there. */
export function resolve(fs: FileSystem, path: string): string {
  return orFail(
    () => unless('ENOENT', () => fs.realpathSync.native(path)) ?? path,
    (errno) => PasswordFileError.bare(`Error reading password file: ${reasonOf(errno)}`),
  );
}

/** A lock is lost when somebody removes it by hand. Once may be a mistake. */
const LOST_LOCKS = 5;

/** A million users with a hash each. The file is in memory, and so is what takes its place. */
const MOST_BYTES = 256 * 1024 * 1024;

export interface OpenedFile {
  readonly path: string;
  readonly content: Buffer;
  readonly stat: Access;
}

/** Opened the way it will have to be for the change, so that what would fail fails before anybody is asked anything. */
export function openFile(fs: FileSystem, path: string, access: 'read' | 'change', followLinks = false): OpenedFile {
  const { O_RDWR, O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  // Not blocking, because it may turn out to be a pipe.
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
        `Password file ${path} has ${stat.size} bytes, more than the ${MOST_BYTES} that are read.`,
      );
    return { path, content: fs.readFileSync(fd), stat };
  };
  return orFail(
    () => withOpen(fs, fs.openSync(path, flags), read),
    (errno) => PasswordFileError.unopened(path, errno),
  );
}

/**
 * What 2.1 says of files that others can get at. The advice is ours: mode 0600, and no change of owner. A file may belong to
 * the broker's user.
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

/** A folder in which nothing can be made. */
const UNWRITABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** A file can be replaced only where another can be made beside it. The line for a file that is changed in place instead. */
export function checkFolder(fs: FileSystem, path: string): string | undefined {
  try {
    fs.accessSync(folderOf(path), constants.W_OK);
    return undefined;
  } catch (error) {
    const code = errnoOf(error);
    if (!UNWRITABLE.has(code)) throw backupFailure(code, temporaryName(path));
    return `Warning: The directory of ${path} is not writable. The file is changed in place, and a kill or a power cut can damage it.`;
  }
}

/**
 * Changes the file as it is at that moment, alone. `edit` returns the new contents, or undefined to leave the file as it
 * is; it must do its slow work before. Between the lock and its end nothing waits, so no signal comes in between.
 *
 * The lock is a file beside it, because the password file itself is replaced and a lock on it would stay with the old one. Where
 * nothing can be made there, the lock is elsewhere; without a place for that, too, hardly anybody can come in between.
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
 * For a file in whose folder nothing can be made: in the folder for temporary files, by a name that every process finds that may
 * change the file. Undefined when nothing can be made there either. Throws a Failure; `code` is the errno.
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
      // Meanwhile another file has taken its place.
      held.release();
    }
  } catch (error) {
    if (!(error instanceof Failure) || WAITED_FOR.has(error.code ?? '')) throw error;
  }
  return undefined;
}

/** Somebody has the lock, or something else stands in its place. */
const WAITED_FOR: ReadonlySet<string> = new Set(['EAGAIN', 'EINTR', NO_LOCK]);

/**
 * For `-c`, before anybody is asked for a password: what is there must not be lost. An empty file has nothing to lose, and
 * may be there for its owner and mode. Throws a PasswordFileError, also when nothing can be written there.
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

/** Only a file can be replaced, and never a directory, a pipe or a link that leads nowhere. */
const inTheWay = (path: string, stat: { isFile(): boolean }): PasswordFileError =>
  notWritable(path, 'EEXIST', stat.isFile() ? { code: 'password-file-exists' } : undefined);

const isEmptyFile = (stat: { isFile(): boolean; size: number }): boolean => stat.isFile() && stat.size === 0;

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1) || '.';

/** A new file, or the new contents of one that is empty; with `force` of any. Throws a PasswordFileError. */
export async function createPasswordFile(
  path: string,
  system: LockSystem,
  content: Buffer,
  force: boolean,
): Promise<void> {
  const { fs } = system;
  try {
    // A link that leads nowhere counts as existing.
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return createFile(fs, path, temporaryName(path), content);
    if (!force && !isEmptyFile(stat)) throw inTheWay(path, stat);
  } catch (error) {
    if (error instanceof PasswordFileError) throw error;
    const code = errnoOf(error);
    if (code !== 'EEXIST' || !force) throw notWritable(path, code);
  }
  await changeFile(path, system, (old) => {
    // Somebody else may have filled it meanwhile.
    if (!force && old.length > 0) throw inTheWay(path, fs.lstatSync(path));
    return content;
  });
}
