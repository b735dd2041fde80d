/**
 * Replaces the contents of a file wholly or not at all: writes a copy next to it, syncs the copy to disk, then renames
 * it over the file. Where renaming fails, writes in place and keeps the copy until that is done.
 */
import { randomInt } from 'node:crypto';
import { basename, dirname } from 'node:path';
import {
  type Access,
  attempt,
  errnoOf,
  type FileSystem,
  makeFile,
  orFail,
  removeFile,
  syncFolder,
  withOpen,
  writeAll,
} from '../runtime/files.ts';
import { reasonOf } from '../util/errno.ts';
import { PasswordFileError } from './password-file-error.ts';

/** Renaming fails: the file is a mount point, or this user may not change its owner, links or directory. */
const NO_RENAME = new Set(['EBUSY', 'EXDEV', 'EACCES', 'EPERM']);
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Ends in six letters or digits, as the backups of mosquitto_passwd do. */
export function temporaryName(target: string): string {
  const letters = Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${target}.backup.${letters}`;
}

/** Whether the file next to the target has such a name. */
export function isTemporaryName(target: string, name: string): boolean {
  const prefix = `${basename(target)}.backup.`;
  return name.startsWith(prefix) && /^[A-Za-z0-9]{6}$/.test(name.slice(prefix.length));
}

/** `last` is called right before the change becomes visible. Throws a PasswordFileError; the old file then still exists. */
export function replaceFile(
  fs: FileSystem,
  target: string,
  temporary: string,
  content: Uint8Array,
  old: Uint8Array,
  last: () => boolean,
): boolean {
  const stat = orFail(
    () => fs.lstatSync(target),
    (errno) => PasswordFileError.unopened(target, errno),
  );
  const keepsOwner = prepare(fs, temporary, content, stat);
  let remains = true;
  try {
    if (!last()) return false;
    if (keepsOwner && stat.nlink === 1) {
      try {
        fs.renameSync(temporary, target);
        remains = false;
        // The file itself is complete, whether or not this sync works.
        attempt(() => syncFolder(fs, dirname(target)));
        return true;
      } catch (error) {
        const code = errnoOf(error);
        if (!NO_RENAME.has(code)) throw new PasswordFileError(`Unable to replace ${target}. ${reasonOf(code)}.`);
      }
    }
    // If the write is interrupted, the copy holds the complete new contents, without plain text. Its name belongs to no
    // lock, so it survives a kill.
    const copy = temporaryName(target);
    orFail(
      () => fs.renameSync(temporary, copy),
      (errno) => backupFailure(errno, copy),
    );
    temporary = copy;
    if (!overwrite(fs, target, content, old)) {
      remains = false;
      throw PasswordFileError.bare(
        'Error occurred updating password file.',
        `Password file may be corrupt, check the backup file: ${temporary}.`,
      );
    }
    return true;
  } finally {
    if (remains) removeFile(fs, temporary);
  }
}

/** Writes the complete copy with the owner and mode of the old file; returns false when the owner cannot be kept. */
function prepare(fs: FileSystem, temporary: string, content: Uint8Array, like: Access): boolean {
  let keepsOwner = true;
  const fill = (fd: number): void => {
    writeAll(fs, fd, content);
    keepsOwner = giveOwner(fs, fd, like);
    if (keepsOwner) fs.fchmodSync(fd, like.mode & 0o7777);
    fs.fsyncSync(fd);
  };
  orFail(
    () => makeFile(fs, temporary, fill),
    (errno) => backupFailure(errno, temporary),
  );
  return keepsOwner;
}

function giveOwner(fs: FileSystem, fd: number, { uid, gid }: Access): boolean {
  const now = fs.fstatSync(fd);
  return (now.uid === uid && now.gid === gid) || attempt(() => fs.fchownSync(fd, uid, gid));
}

/** The message of mosquitto_passwd, whose backup file had this role. */
export function backupFailure(errno: string, temporary: string): PasswordFileError {
  const full = ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'].includes(errno);
  const what = full ? 'copying data to' : 'creating';
  return PasswordFileError.bare(`Error ${what} backup password file "${temporary}", not continuing.`);
}

/** For a directory in which no file can be created, so not even a copy. Throws a PasswordFileError. */
export function changeInPlace(fs: FileSystem, target: string, content: Uint8Array, old: Uint8Array): void {
  if (!overwrite(fs, target, content, old))
    throw PasswordFileError.bare('Error occurred updating password file.', `Password file ${target} may be corrupt.`);
}

/** Returns false when the file may be damaged. Throws after restoring the old contents. */
function overwrite(fs: FileSystem, target: string, content: Uint8Array, old: Uint8Array): boolean {
  const fd = orFail(
    () => fs.openSync(target, 'r+'),
    (errno) => PasswordFileError.unopened(target, errno),
  );
  const write = (bytes: Uint8Array): void => {
    // A kill or a power loss between the two steps leaves empty lines, and no old ones.
    const rest = Buffer.alloc(Math.max(0, fs.fstatSync(fd).size - bytes.length), '\n');
    if (rest.length > 0) {
      writeAll(fs, fd, Buffer.concat([bytes, rest]));
      fs.fsyncSync(fd);
      fs.ftruncateSync(fd, bytes.length);
    } else writeAll(fs, fd, bytes);
    fs.fsyncSync(fd);
  };
  let reason: string | undefined;
  const change = (): void => {
    try {
      write(content);
    } catch (error) {
      reason = reasonOf(errnoOf(error));
      write(old);
    }
  };
  if (!attempt(() => withOpen(fs, fd, change))) return false;
  if (reason === undefined) return true;
  throw new PasswordFileError(`Unable to write password file ${target}. ${reason}.`);
}
