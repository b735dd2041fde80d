/** The folder of a spool as its other parts see it: which files are in it, and how they are read, replaced and set aside. */
import { join } from 'node:path';
import { Failure } from '../errors.ts';
import {
  createFile,
  type FileSystem,
  ifNew,
  openForChange,
  openRegular,
  orFail,
  removeFile,
  syncFolder,
  unless,
  withOpen,
  writeNewFile,
} from '../runtime/files.ts';
import type { LockSystem } from '../runtime/lock-file.ts';
import { reasonOf } from '../util/errno.ts';
import { HEADER, type ReadAt } from './frame.ts';

/** What a spool has of the system that it is on. */
export interface SpoolSystem extends LockSystem {
  /** The user whose folder it must be; undefined where users have no numbers. */
  readonly user: number | undefined;
  /** Something that was found and put right, or set aside. One line, without its end. */
  report(line: string): void;
  /** Segments longer than this are not added to, 1 MiB if not given; what is written anew is measured by it, too. */
  readonly segmentBytes?: number;
}

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

/** Segments are named by the first identifier in them, so that their order is that of their names. */
const SEGMENT = /^(\d{16})\.msg$/;
export const segmentName = (first: number): string => `${String(first).padStart(16, '0')}.msg`;
/** What was delivered goes a segment at a time. */
const SEGMENT_BYTES = 1024 * 1024;
/** Identifiers have 6 bytes on the disk. Nobody ever counts to half of that, and what comes behind has to fit as well. */
export const MOST_ID = 2 ** 47;
/** A segment has a mebibyte and one message more, or a whole import. The journal is written anew before it is so long. */
const MOST_BYTES = 1024 * 1024 * 1024;

/** A Failure with a line that names the folder. `code` is the errno. */
export function spoolFailure(message: string, code = 'EIO', advice?: string): Failure {
  return new Failure('file', { message, code, advice });
}

export class SpoolFolder {
  readonly path: string;
  readonly system: SpoolSystem;
  readonly fs: FileSystem;
  readonly segmentBytes: number;

  constructor(path: string, system: SpoolSystem) {
    this.path = path;
    this.system = system;
    this.fs = system.fs;
    this.segmentBytes = system.segmentBytes ?? SEGMENT_BYTES;
  }

  /** A file smaller than this is not worth writing anew. */
  get worthBytes(): number {
    return this.segmentBytes / 16;
  }

  /** The path of a file in it. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** Runs file work; what the system refuses becomes a Failure that says what could not be done with the spool. */
  orFail<T>(what: string, work: () => T, subject = `The spool ${this.path}`): T {
    return orFail(work, (errno) => spoolFailure(`${subject} ${what}: ${reasonOf(errno)}`, errno));
  }

  /** Throws a Failure. */
  names(): string[] {
    return this.orFail('cannot be read', () => this.fs.readdirSync(this.path));
  }

  /** The first identifiers of all segments, in order. Throws a Failure. */
  segments(): number[] {
    return (
      this.names()
        .map((name) => SEGMENT.exec(name)?.[1])
        .filter((digits) => digits !== undefined)
        .map(Number)
        // No message had the number of another one: somebody has put that file there.
        .filter((first) => first <= MOST_ID)
        .sort((a, b) => a - b)
    );
  }

  /** Whether a spool has files of such a name. */
  isOurs(name: string): boolean {
    const isKnown = SEGMENT.test(name) || name.startsWith('.') || name.startsWith('damaged-');
    return isKnown || Object.values(FILES).some((file) => name.startsWith(file));
  }

  /** Files that a rewrite was killed over. Only the holder of the sender lock, who rewrites, may call it. */
  removeLeftovers(): void {
    for (const name of this.names())
      if (name.endsWith('.new') && SEGMENT.test(name.slice(0, -'.new'.length))) this.remove(name);
  }

  /** The bytes of all segments on the disk. Throws an errno error, or a Failure. */
  bytes(): number {
    const sizeOf = (first: number): number => this.fs.statSync(this.file(segmentName(first))).size;
    // One may have been removed meanwhile.
    return this.segments().reduce((sum, first) => sum + (unless('ENOENT', () => sizeOf(first)) ?? 0), 0);
  }

  /** What `work` makes of an open file and its size; undefined when the file is not there. Throws an errno error. */
  open<T>(name: string, work: (read: ReadAt, size: number) => T): T | undefined {
    const { fs } = this;
    const fd = unless('ENOENT', () => openRegular(fs, this.file(name)));
    return fd === undefined ? undefined : withOpen(fs, fd, () => work(reader(fs, fd), fs.fstatSync(fd).size));
  }

  /** The same for changes to a file, which has to be there. */
  change<T>(name: string, work: (fd: number) => T): T {
    return withOpen(this.fs, openForChange(this.fs, this.file(name)), work);
  }

  /** The whole of a file; undefined when it is not there. Throws an errno error, or a Failure as mustFit() does. */
  readIfThere(name: string): Buffer | undefined {
    return this.open(name, (read, size) => {
      this.mustFit(name, size);
      return read(0, size);
    });
  }

  /** Throws a Failure about a file that no spool has made. */
  mustFit(name: string, bytes: number): void {
    if (bytes > MOST_BYTES)
      throw spoolFailure(
        `${this.file(name)} is damaged: it is longer than ${MOST_BYTES} bytes`,
        'EFBIG',
        'move that file out of the folder, and see what tsspool DIR verify reports',
      );
  }

  /**
   * Throws a Failure about a file that begins with the whole header of another version; one that is damaged, or not
   * written to its end, is nothing to stop for.
   */
  checkVersion(name: string, data: Buffer): void {
    const version = data[HEADER.length - 1];
    if (version === undefined) return;
    const known = HEADER.subarray(0, HEADER.length - 1);
    if (data.subarray(0, known.length).equals(known) && version !== HEADER.at(-1) && version < 0x20)
      throw spoolFailure(`${this.file(name)} was made by another version of this program (format ${version})`);
  }

  /** A file with these contents, or false when there is one. Throws an errno error. */
  createOnce(name: string, temporary: string, content: Uint8Array): boolean {
    return ifNew(() => createFile(this.fs, this.file(name), this.file(temporary), content));
  }

  /** The new contents take the place of the old ones at once, and are on the disk after sync(). Throws an errno error. */
  replace(name: string, content: Uint8Array | readonly Uint8Array[]): void {
    const beside = `${name}.new`;
    this.remove(beside);
    writeNewFile(this.fs, this.file(beside), content);
    try {
      this.fs.renameSync(this.file(beside), this.file(name));
    } catch (error) {
      this.remove(beside);
      throw error;
    }
  }

  /** When it cannot be done, there is nothing more to be done. */
  remove(name: string): void {
    removeFile(this.fs, this.file(name));
  }

  /** What was created, renamed or removed is on the disk then. Throws an errno error. */
  sync(): void {
    syncFolder(this.fs, this.path);
  }

  /**
   * What cannot be read is kept beside the rest, for somebody to look at: a copy of these bytes of a file, on the disk.
   * Reports it, the first time. Throws a Failure.
   */
  setAside(name: string, offset: number, bytes: Uint8Array): void {
    const path = this.file(`damaged-${name}-${offset}`);
    const keep = (): void => {
      writeNewFile(this.fs, path, bytes);
      this.sync();
      this.system.report(
        `${this.file(name)} is damaged: ${bytes.length} bytes from ${offset} on cannot be read; they are set aside in ${path}`,
      );
    };
    this.orFail('cannot be written', () => unless('EEXIST', keep));
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
