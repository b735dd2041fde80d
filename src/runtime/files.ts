/** How a program changes files: the calls of node:fs as an interface, so that tests can make each one fail. */
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

/** Makes a directory with this mode, whatever the umask: without read permission, its owner could not open it to repair it. */
function mkdirSync(path: string, mode: number): void {
  const umask = process.umask(0);
  try {
    makeFolderSync(path, mode);
  } finally {
    process.umask(umask);
  }
}

/** Each function by name: importing node:fs as one object would slow down every start. */
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

/** Owner and permissions of a file. */
export type Access = Readonly<Pick<Stats, 'mode' | 'uid' | 'gid'>>;

/** The errno name of a system error; rethrows any other error, which is a bug. */
export function errnoOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  // Node's own limit of 2 GiB has no errno.
  if (code === 'ERR_FS_FILE_TOO_LARGE') return 'EFBIG';
  if (!(error instanceof Error) || code === undefined || !/^E[A-Z0-9]+$/.test(code)) throw error;
  return code;
}

/** Returns the result of the work. A system error becomes the Failure for its errno name; a Failure is rethrown. */
export function orFail<T>(work: () => T, failure: (errno: string) => Failure): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Failure ? error : failure(errnoOf(error));
  }
}

/** Returns the result of the work, or undefined for a system error with this errno name. */
export function unless<T>(errno: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (errnoOf(error) !== errno) throw error;
    return undefined;
  }
}

/** Returns whether the work has created the file; false when it exists already. */
export function ifNew(work: () => void): boolean {
  const make = (): true => {
    work();
    return true;
  };
  return unless('EEXIST', make) ?? false;
}

/** Returns whether the work succeeded. For leftovers and optional steps, whose failure has no consequence. */
export function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    errnoOf(error);
    return false;
  }
}

/** Closes the file in any case. A failure to close counts, because some file systems report a full disk only then. */
export function withOpen<T>(fs: FileSystem, fd: number, work: (fd: number) => T): T {
  let result: T;
  try {
    result = work(fd);
  } catch (error) {
    try {
      fs.closeSync(fd);
    } catch {
      // The first error counts.
    }
    throw error;
  }
  fs.closeSync(fd);
  return result;
}

/**
 * Opens a regular file for reading, without waiting for the writer of a named pipe. Throws an errno error, or a Failure
 * with code EINVAL when the path is not a regular file.
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

/** Reads a whole regular file. Throws as openRegular(), and a Failure with EFBIG for more than `most` bytes. */
export function readRegular(fs: FileSystem, path: string, most: number): Buffer {
  return withOpen(fs, openRegular(fs, path), (fd) => {
    const { size } = fs.fstatSync(fd);
    if (size <= most) return fs.readFileSync(fd);
    throw new Failure('file', { code: 'EFBIG', message: `${path} has ${size} bytes, more than ${most}` });
  });
}

/**
 * Opens an existing file for changes. Rejects a symbolic link with ELOOP, because another user may have placed it while
 * the directory was writable for others. Returns the descriptor; throws as openRegular() does.
 */
export function openForChange(fs: FileSystem, path: string): number {
  // Windows has no such flag.
  return mustBeRegular(fs, path, fs.openSync(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)));
}

/** One write may accept only a part; then the next write reports the reason. */
export function writeAll(fs: FileSystem, fd: number, content: Uint8Array, position = 0): void {
  for (let at = 0; at < content.length; ) at += fs.writeSync(fd, content, at, content.length - at, position + at);
}

/** From this size on, a part is written without being joined with others. */
const LARGE_BYTES = 1024 * 1024;

/** Writes the parts in order, in few writes and without copying large parts. */
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

/** Creates a file with mode 0600, which appears complete or not at all. Throws an errno error, EEXIST when the file exists. */
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

/** Creates a file with mode 0600 and syncs it to disk. Removes the file after a failure. */
export function writeNewFile(fs: FileSystem, path: string, content: Uint8Array | readonly Uint8Array[]): void {
  makeFile(fs, path, (fd) => {
    writeParts(fs, fd, content instanceof Uint8Array ? [content] : content);
    fs.fsyncSync(fd);
  });
}

/** Creates a file with mode 0600 and calls `fill`. Removes the file after a failure. */
export function makeFile(fs: FileSystem, path: string, fill: (fd: number) => void): void {
  const fd = fs.openSync(path, 'wx', 0o600);
  try {
    withOpen(fs, fd, () => {
      // The umask may have removed read permission. Then no process could find out that the holder of a lock is dead.
      fs.fchmodSync(fd, 0o600);
      fill(fd);
    });
  } catch (error) {
    removeFile(fs, path);
    throw error;
  }
}

/** Errors of systems that cannot sync directories; any other error is a failure of the disk. */
const NO_FOLDER_SYNC = new Set(['EACCES', 'EBADF', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM']);

/** Syncs a directory, so that files created, renamed or removed in it survive a power cut. Throws an errno error. */
export function syncFolder(fs: FileSystem, folder: string): void {
  try {
    withOpen(fs, fs.openSync(folder, 'r'), (fd) => fs.fsyncSync(fd));
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(errnoOf(error))) throw error;
  }
}

/** Removes a leftover file; a failure has no consequence. */
export function removeFile(fs: FileSystem, path: string): void {
  attempt(() => fs.unlinkSync(path));
}
