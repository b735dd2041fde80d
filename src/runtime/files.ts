/** Files, for a program that changes them: the calls of node:fs, as an interface so that tests can make each one fail. */
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync as makeFolderSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../errors.ts';

/** With this mode, whatever the umask: where that takes reading from the owner, it could not even be opened to mend it. */
function mkdirSync(path: string, mode: number): void {
  const umask = process.umask(0);
  try {
    makeFolderSync(path, mode);
  } finally {
    process.umask(umask);
  }
}

/** By name: to have all of them as one object costs every start more than the few calls it makes. */
export const systemFiles = {
  accessSync,
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
};

export type FileSystem = Readonly<typeof systemFiles>;

/** Whose a file is, and who may do what with it. */
export type Access = Readonly<Pick<Stats, 'mode' | 'uid' | 'gid'>>;

/** The errno name of what a call threw; anything else is a bug and goes on its way. */
export function errnoOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  // Node's own limit, of 2 GiB, has no errno.
  if (code === 'ERR_FS_FILE_TOO_LARGE') return 'EFBIG';
  if (!(error instanceof Error) || code === undefined || !/^E[A-Z0-9]+$/.test(code)) throw error;
  return code;
}

/** What the work returns. What the system refuses becomes the Failure made of its errno name; a Failure stays what it is. */
export function orFail<T>(work: () => T, failure: (errno: string) => Failure): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Failure ? error : failure(errnoOf(error));
  }
}

/** What the work returns; undefined when the system refuses it with this errno name. */
export function unless<T>(errno: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (errnoOf(error) !== errno) throw error;
    return undefined;
  }
}

/** Whether the work has made what it is to make; false when that is there already. */
export function ifNew(work: () => void): boolean {
  const make = (): true => {
    work();
    return true;
  };
  return unless('EEXIST', make) ?? false;
}

/** Whether the system did it. For leftovers, and for what is only good to have: nothing more is to be done about it. */
export function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    errnoOf(error);
    return false;
  }
}

/** Closes it in any case. Some file systems report only then that they are full, so a failure to close is one. */
export function withOpen<T>(fs: FileSystem, fd: number, work: (fd: number) => T): T {
  let result: T;
  try {
    result = work(fd);
  } catch (error) {
    try {
      fs.closeSync(fd);
    } catch {
      // The first error is the one that counts.
    }
    throw error;
  }
  fs.closeSync(fd);
  return result;
}

/**
 * Opens a regular file for reading: never waits for the writer of a named pipe. Throws an errno error, or a Failure with an
 * errno name that says which file is not one.
 */
export function openRegular(fs: FileSystem, path: string): number {
  return mustBeRegular(fs, path, fs.openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)));
}

function mustBeRegular(fs: FileSystem, path: string, fd: number): number {
  try {
    if (fs.fstatSync(fd).isFile()) return fd;
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  fs.closeSync(fd);
  throw new Failure('file', { code: 'EINVAL', message: `${path} is not a regular file` });
}

/** The whole of a regular file, as above; a Failure with EFBIG when that is more than `most` bytes. */
export function readRegular(fs: FileSystem, path: string, most: number): Buffer {
  return withOpen(fs, openRegular(fs, path), (fd) => {
    const { size } = fs.fstatSync(fd);
    if (size <= most) return fs.readFileSync(fd);
    throw new Failure('file', { code: 'EFBIG', message: `${path} has ${size} bytes, more than ${most}` });
  });
}

/**
 * For changes to a file that is there. Not through a symbolic link, which somebody else may have put there while the folder
 * was open to others: ELOOP. Returns the descriptor; throws as openRegular() does.
 */
export function openForChange(fs: FileSystem, path: string): number {
  // Windows has no such flag.
  return mustBeRegular(fs, path, fs.openSync(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)));
}

/** A write may take only a part, and the next one then says why. */
export function writeAll(fs: FileSystem, fd: number, content: Uint8Array, position = 0): void {
  for (let at = 0; at < content.length; ) at += fs.writeSync(fd, content, at, content.length - at, position + at);
}

/** From here on a part is written as it is, and not copied to be written together with others. */
const LARGE_BYTES = 1024 * 1024;

/** One after the other, in as few writes as that takes without much copying. */
export function writeParts(fs: FileSystem, fd: number, parts: readonly Uint8Array[], position = 0): void {
  let small: Uint8Array[] = [];
  let length = 0;
  let at = position;
  const write = (part: Uint8Array): void => {
    writeAll(fs, fd, part, at);
    at += part.length;
  };
  const flush = (): void => {
    if (small.length > 0) write(small.length === 1 ? small[0]! : Buffer.concat(small));
    small = [];
    length = 0;
  };
  for (const part of parts) {
    if (length + part.length >= LARGE_BYTES) flush();
    if (part.length >= LARGE_BYTES) {
      write(part);
      continue;
    }
    small.push(part);
    length += part.length;
  }
  flush();
}

/**
 * A file that must not be there yet, mode 0600: it appears complete or not at all. Throws an errno error, EEXIST when it
 * is there.
 */
export function createFile(fs: FileSystem, target: string, temporary: string, content: Uint8Array): void {
  writeNewFile(fs, temporary, content);
  try {
    try {
      fs.linkSync(temporary, target);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') throw error;
      // Some file systems have no hard links.
      writeNewFile(fs, target, content);
    }
  } finally {
    removeFile(fs, temporary);
  }
  syncFolder(fs, dirname(target));
}

/** Mode 0600, on the disk. It is removed again when that fails. */
export function writeNewFile(fs: FileSystem, path: string, content: Uint8Array | readonly Uint8Array[]): void {
  makeFile(fs, path, (fd) => {
    writeParts(fs, fd, content instanceof Uint8Array ? [content] : content);
    fs.fsyncSync(fd);
  });
}

/** A file that is not there yet, mode 0600, filled by the work. It is removed again when that fails. */
export function makeFile(fs: FileSystem, path: string, fill: (fd: number) => void): void {
  const fd = fs.openSync(path, 'wx', 0o600);
  try {
    withOpen(fs, fd, () => {
      // The umask may have taken reading away: no process could ever find out that the holder of a lock is dead.
      fs.fchmodSync(fd, 0o600);
      fill(fd);
    });
  } catch (error) {
    removeFile(fs, path);
    throw error;
  }
}

/** Folders cannot be synced everywhere; that is not a failure, but a disk that fails is one. */
const NO_FOLDER_SYNC = new Set(['EACCES', 'EBADF', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM']);

/** What was created, renamed or removed in a folder is on the disk when the folder is. Throws an errno error. */
export function syncFolder(fs: FileSystem, folder: string): void {
  try {
    withOpen(fs, fs.openSync(folder, 'r'), (fd) => fs.fsyncSync(fd));
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(errnoOf(error))) throw error;
  }
}

/** For leftovers: when it cannot be done, there is nothing more to be done. */
export function removeFile(fs: FileSystem, path: string): void {
  attempt(() => fs.unlinkSync(path));
}
