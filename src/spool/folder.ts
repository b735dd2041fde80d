/** The directory of a spool as its other parts see it: which files are in it, and how they are read, replaced and set aside. */
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

/** The parts of the system that a spool uses. */
export interface SpoolSystem extends LockSystem {
  /** The user who must own the directory; undefined where users have no numbers. */
  readonly user: number | undefined;
  /** Reports a problem that was repaired or set aside. One line, without a newline. */
  report(line: string): void;
  /** Segments longer than this many bytes are not extended; default 1 MiB. Also the measure for rewriting files. */
  readonly segmentBytes?: number;
}

export const FILES = {
  /** Identifies the directory as a spool, with its client ID. */
  identity: 'spool',
  /** What happened to the messages. */
  journal: 'journal',
  appendLock: 'append.lock',
  senderLock: 'sender.lock',
  /** Messages of an import that becomes visible completely or not at all. */
  incoming: 'incoming',
  /** Disk space to free when the disk is full. */
  reserve: 'reserve',
} as const;

/** Segments are named by their first identifier, so that the order of names is the order of messages. */
const SEGMENT = /^(\d{16})\.msg$/;
export const segmentName = (first: number): string => `${String(first).padStart(16, '0')}.msg`;
/** Bytes: delivered messages are removed a segment at a time. */
const SEGMENT_BYTES = 1024 * 1024;
/** Identifiers have 6 bytes on disk. No spool counts to half of that, and later identifiers must fit as well. */
export const MOST_ID = 2 ** 47;
/** A segment has a mebibyte and one message more, or a whole import. The journal is rewritten before it is this long. */
const MOST_BYTES = 1024 * 1024 * 1024;

/** A Failure with a line that names the directory. `code` is the errno. */
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

  /** Bytes: a smaller file is not worth rewriting. */
  get worthBytes(): number {
    return this.segmentBytes / 16;
  }

  /** The path of a file in the directory. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** Runs file work; an error of the system becomes a Failure that reports what could not be done with the spool. */
  orFail<T>(what: string, work: () => T, subject = `The spool ${this.path}`): T {
    return orFail(work, (errno) => spoolFailure(`${subject} ${what}: ${reasonOf(errno)}`, errno));
  }

  /** Throws a Failure. */
  names(): string[] {
    return this.orFail('cannot be read', () => this.fs.readdirSync(this.path));
  }

  /** The first identifiers of all segments in order. Throws a Failure. */
  segments(): number[] {
    return (
      this.names()
        .map((name) => SEGMENT.exec(name)?.[1])
        .filter((digits) => digits !== undefined)
        .map(Number)
        // No message has so high a number: another program or user created that file.
        .filter((first) => first <= MOST_ID)
        .sort((a, b) => a - b)
    );
  }

  /** Whether a spool has files with this name. */
  isOurs(name: string): boolean {
    const isKnown = SEGMENT.test(name) || name.startsWith('.') || name.startsWith('damaged-');
    return isKnown || Object.values(FILES).some((file) => name.startsWith(file));
  }

  /** Removes files left by killed rewrites. Requires the sender lock, because only its holder rewrites. */
  removeLeftovers(): void {
    for (const name of this.names())
      if (name.endsWith('.new') && SEGMENT.test(name.slice(0, -'.new'.length))) this.remove(name);
  }

  /** The bytes of all segments on disk. Throws an errno error, or a Failure. */
  bytes(): number {
    const sizeOf = (first: number): number => this.fs.statSync(this.file(segmentName(first))).size;
    // Another process may have removed a segment since.
    return this.segments().reduce((sum, first) => sum + (unless('ENOENT', () => sizeOf(first)) ?? 0), 0);
  }

  /** The result of `work` on an open file and its size; undefined when the file does not exist. Throws an errno error. */
  open<T>(name: string, work: (read: ReadAt, size: number) => T): T | undefined {
    const { fs } = this;
    const fd = unless('ENOENT', () => openRegular(fs, this.file(name)));
    return fd === undefined ? undefined : withOpen(fs, fd, () => work(reader(fs, fd), fs.fstatSync(fd).size));
  }

  /** Runs changes on a file, which has to exist. Throws an errno error. */
  change<T>(name: string, work: (fd: number) => T): T {
    return withOpen(this.fs, openForChange(this.fs, this.file(name)), work);
  }

  /** The whole file; undefined when it does not exist. Throws an errno error, or a Failure as mustFit() does. */
  readIfThere(name: string): Buffer | undefined {
    return this.open(name, (read, size) => {
      this.mustFit(name, size);
      return read(0, size);
    });
  }

  /** Throws a Failure for a file that no spool has made. */
  mustFit(name: string, bytes: number): void {
    if (bytes > MOST_BYTES)
      throw spoolFailure(
        `${this.file(name)} is damaged: it is longer than ${MOST_BYTES} bytes`,
        'EFBIG',
        'Move that file out of the directory, and run tsspool DIR verify.',
      );
  }

  /**
   * Throws a Failure for a file that begins with the whole header of another version. A damaged or incomplete header is
   * ignored here.
   */
  checkVersion(name: string, data: Buffer): void {
    const version = data[HEADER.length - 1];
    if (version === undefined) return;
    const known = HEADER.subarray(0, HEADER.length - 1);
    if (data.subarray(0, known.length).equals(known) && version !== HEADER.at(-1) && version < 0x20)
      throw spoolFailure(`${this.file(name)} was made by another version of this program (format ${version})`);
  }

  /** Creates a file with this content; returns false when it exists. Throws an errno error. */
  createOnce(name: string, temporary: string, content: Uint8Array): boolean {
    return ifNew(() => createFile(this.fs, this.file(name), this.file(temporary), content));
  }

  /** Replaces a file atomically; the new content is on disk after sync(). Throws an errno error. */
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

  /** Ignores a failure, because nothing more can be done. */
  remove(name: string): void {
    removeFile(this.fs, this.file(name));
  }

  /** After this, created, renamed and removed files are on disk. Throws an errno error. */
  sync(): void {
    syncFolder(this.fs, this.path);
  }

  /**
   * Keeps unreadable bytes of a file for a user to examine: a copy on disk next to the other files. Reports them the
   * first time. Throws a Failure.
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

/** Reads from an open file. Throws an errno error. */
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
