/**
 * The folder of a spool: whose it is, what is in it, and the name under which its messages are sent. Everything in it is
 * for its owner alone.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../errors.ts';
import { createFile, errnoOf, type FileSystem, readRegular, withOpen } from '../runtime/files.ts';
import type { Surroundings } from '../runtime/lock-file.ts';
import { reasonOf } from '../util/errno.ts';
import { printable } from '../util/printable.ts';
import type { ReadAt } from './frame.ts';

export interface SpoolSurroundings extends Surroundings {
  /** The user whose folder it must be; undefined where users have no numbers. */
  readonly user: number | undefined;
  /** Something that was found and put right, or set aside. One line, without its end. */
  report(line: string): void;
  /** Segments longer than this are not added to, 1 MiB if not given; what is written anew is measured by it, too. */
  readonly segmentBytes?: number;
}

/** What was delivered goes a segment at a time. */
const SEGMENT_BYTES = 1024 * 1024;
export const segmentBytes = (around: SpoolSurroundings): number => around.segmentBytes ?? SEGMENT_BYTES;
/** A file smaller than this is not worth writing anew. */
export const worthBytes = (around: SpoolSurroundings): number => segmentBytes(around) / 16;

export const FILES = {
  /** What this folder is, and its client identifier. */
  identity: 'spool',
  /** What became of the messages. */
  journal: 'journal',
  appendLock: 'append.lock',
  senderLock: 'sender.lock',
  /** Messages on their way in that come all or not at all. */
  incoming: 'incoming',
  /** Disk space for when there is none. */
  reserve: 'reserve',
} as const;

const FIRST_LINE = 'tsmosq spool 1';
/** As many letters as every server must take [MQTT-3.1.3-5]. */
const CLIENT_ID_PREFIX = 'tsspool';
const CLIENT_ID_LETTERS = 16;

/** Segments are named by the first identifier in them, so that their order is that of their names. */
const SEGMENT = /^(\d{16})\.msg$/;
/** Identifiers have 6 bytes on the disk. Nobody ever counts to half of that, and what comes behind has to fit as well. */
export const MOST_ID = 2 ** 47;
export const segmentName = (first: number): string => `${String(first).padStart(16, '0')}.msg`;

/** A Failure with a line that names the folder. `code` is the errno. */
export function spoolFailure(message: string, code = 'EIO', advice?: string): Failure {
  return new Failure('file', { message, code, advice });
}

/** Runs file work; what the system refuses becomes a Failure that says what could not be done. */
export function filing<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code = errnoOf(error);
    throw spoolFailure(`${what}: ${reasonOf(code)}`, code);
  }
}

/** Makes it when it is not there, if asked for. Throws a Failure when it cannot be used or is somebody else's. */
export function openFolder(folder: string, around: SpoolSurroundings, make: boolean): void {
  const { fs } = around;
  filing(`The spool ${folder} cannot be opened`, () => {
    let made = false;
    if (make) {
      try {
        fs.mkdirSync(folder, 0o700);
        made = true;
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
      }
    }
    // Not to wait for the writer of a named pipe.
    const fd = fs.openSync(folder, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    withOpen(fs, fd, () => {
      const stat = fs.fstatSync(fd);
      if (!stat.isDirectory()) throw spoolFailure(`The spool ${folder} is not a folder`, 'ENOTDIR');
      if (around.user !== undefined && stat.uid !== around.user)
        throw spoolFailure(
          `The spool ${folder} belongs to another user (number ${stat.uid})`,
          'EPERM',
          'run this as that user, or name another folder',
        );
      // A folder may get more from the one that it is in.
      if (made) fs.fchmodSync(fd, 0o700);
    });
  });
}

/** Takes away from others what they may do with a folder of ours. Not before it is known to be a spool. */
export function closeToOthers(folder: string, around: SpoolSurroundings): void {
  const { fs } = around;
  filing(`The spool ${folder} cannot be opened`, () => {
    const fd = fs.openSync(folder, 'r');
    withOpen(fs, fd, () => {
      if ((fs.fstatSync(fd).mode & 0o077) === 0) return;
      try {
        fs.fchmodSync(fd, 0o700);
      } catch (error) {
        // To look into it (a backup, a snapshot) is possible all the same.
        if (errnoOf(error) !== 'EROFS') throw error;
        around.report(`The spool ${folder} is open to others, on a file system that cannot be written`);
        return;
      }
      around.report(`The spool ${folder} was open to others; it is no longer`);
    });
  });
}

/** The client identifier of the spool, which stays; undefined when there is none yet. Throws a Failure. */
export function clientIdOf(folder: string, around: SpoolSurroundings): string | undefined {
  const { fs } = around;
  const path = join(folder, FILES.identity);
  const text = filing(`The spool ${folder} cannot be read`, () => readIfThere(fs, path)?.toString());
  if (text === undefined) {
    refuseOtherFiles(folder, fs);
    return undefined;
  }
  const [first, second] = text.split('\n');
  if (first?.startsWith('tsmosq spool ') && first !== FIRST_LINE)
    throw spoolFailure(`The spool ${folder} was made by a newer version: "${printable(first)}"`);
  const clientId = /^client ([\w-]{1,65535})$/.exec(second ?? '')?.[1];
  if (first !== FIRST_LINE || clientId === undefined)
    throw spoolFailure(
      `The file ${path} is damaged: it must have the lines "${FIRST_LINE}" and "client IDENTIFIER"`,
      'EIO',
      'remove that file while nothing runs, to send all that waits under a new client identifier',
    );
  return clientId;
}

/** Only what we have put there may be there: a spool given the name of a folder with something else in it is a slip. */
function refuseOtherFiles(folder: string, fs: FileSystem): void {
  const known = (name: string): boolean =>
    SEGMENT.test(name) ||
    name.startsWith('.') ||
    name.startsWith('damaged-') ||
    Object.values(FILES).some((file) => name.startsWith(file));
  const other = namesIn(folder, fs).find((name) => !known(name));
  if (other !== undefined)
    throw spoolFailure(`${folder} is no spool: it has other files in it (${printable(other)})`, 'ENOTEMPTY');
}

/** Makes one up; false when another process was faster, whose name is the one that counts. Throws a Failure. */
export function makeClientId(folder: string, { fs }: SpoolSurroundings): boolean {
  const letters = [...randomBytes(CLIENT_ID_LETTERS)].map((byte) => (byte % 36).toString(36)).join('');
  const path = join(folder, FILES.identity);
  const content = Buffer.from(`${FIRST_LINE}\nclient ${CLIENT_ID_PREFIX}${letters}\n`);
  return filing(`The spool ${folder} cannot be set up`, () => createOnce(fs, path, `${path}.${letters}`, content));
}

/** A file with these contents, or false when there is one. Throws an errno error. */
export function createOnce(fs: FileSystem, path: string, temporary: string, content: Uint8Array): boolean {
  try {
    createFile(fs, path, temporary, content);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    return false;
  }
}

function namesIn(folder: string, fs: FileSystem): string[] {
  return filing(`The spool ${folder} cannot be read`, () => fs.readdirSync(folder));
}

/** The first identifiers of all segments, in order. */
export function segmentsIn(folder: string, fs: FileSystem): number[] {
  return (
    namesIn(folder, fs)
      .map((name) => SEGMENT.exec(name)?.[1])
      .filter((digits) => digits !== undefined)
      .map(Number)
      // No message had the number of another one: somebody has put that file there.
      .filter((first) => first <= MOST_ID)
      .sort((a, b) => a - b)
  );
}

/** Files that a rewrite was killed over. Only its owner, the holder of the sender lock, may remove them. */
export function leftoversIn(folder: string, fs: FileSystem): string[] {
  return namesIn(folder, fs).filter((name) => name.endsWith('.new') && SEGMENT.test(name.slice(0, -'.new'.length)));
}

/** A segment has a mebibyte and one message more, or a whole import. The journal is written anew before it is so long. */
const MOST_BYTES = 1024 * 1024 * 1024;

/** Throws a Failure about a file that no spool has made. */
export function mustFit(path: string, bytes: number): void {
  if (bytes > MOST_BYTES) throw oversize(path);
}

const oversize = (path: string): Failure =>
  spoolFailure(
    `${path} is damaged: it is longer than ${MOST_BYTES} bytes`,
    'EFBIG',
    'move that file out of the folder, and see what tsspool DIR verify reports',
  );

/** Undefined when the file is not there. Throws an errno error, or a Failure about a file that no spool has made. */
export function readIfThere(fs: FileSystem, path: string): Buffer | undefined {
  try {
    return readRegular(fs, path, MOST_BYTES);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') return undefined;
    throw code === 'EFBIG' ? oversize(path) : error;
  }
}

/** From an open file. Throws an errno error. */
export const reader =
  (fs: FileSystem, fd: number): ReadAt =>
  (offset, length) => {
    const data = Buffer.allocUnsafe(length);
    let got = 0;
    while (got < length) {
      const count = fs.readSync(fd, data, got, length - got, offset + got);
      if (count === 0) break;
      got += count;
    }
    return data.subarray(0, got);
  };
