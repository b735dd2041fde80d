/** Files, for a program that changes them: the calls of node:fs, as an interface so that tests can make each one fail. */
import * as fs from 'node:fs';

export type FileSystem = Pick<
  typeof fs,
  | 'accessSync'
  | 'closeSync'
  | 'fchmodSync'
  | 'fchownSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'linkSync'
  | 'lstatSync'
  | 'openSync'
  | 'readFileSync'
  | 'readSync'
  | 'realpathSync'
  | 'renameSync'
  | 'unlinkSync'
  | 'writeSync'
>;

export const systemFiles: FileSystem = fs;

/** The errno name of what a call threw; anything else is a bug and goes on its way. */
export function errnoOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || code === undefined || !/^E[A-Z0-9]+$/.test(code)) throw error;
  return code;
}

/** Closes it in any case. Some file systems tell only then that they are full, so a failure to close is one. */
export function withOpen<T>(system: FileSystem, fd: number, work: () => T): T {
  let result: T;
  try {
    result = work();
  } catch (error) {
    try {
      system.closeSync(fd);
    } catch {
      // The first error is the one to tell.
    }
    throw error;
  }
  system.closeSync(fd);
  return result;
}

/** What the C library says to an errno: users know these words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EDQUOT: 'Disk quota exceeded',
  EEXIST: 'File exists',
  EFBIG: 'File too large',
  EINVAL: 'Invalid argument',
  EIO: 'Input/output error',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  EMFILE: 'Too many open files',
  EMLINK: 'Too many links',
  ENAMETOOLONG: 'File name too long',
  ENFILE: 'Too many open files in system',
  ENODEV: 'No such device',
  ENOENT: 'No such file or directory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  ENXIO: 'No such device or address',
  EPERM: 'Operation not permitted',
  EPIPE: 'Broken pipe',
  EROFS: 'Read-only file system',
  ETXTBSY: 'Text file busy',
};

export const reasonOf = (errno: string): string => REASONS[errno] ?? errno;
