/**
 * How only one process at a time changes a file: with a lock file that only one can create, because Node has no flock.
 * The file names its holder, so the next process takes over the lock of a killed process at once.
 */

import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Failure } from '../errors.ts';
import { reasonOf } from '../util/errno.ts';
import type { Millis } from '../util/millis.ts';
import { wallMillis } from './clock.ts';
import {
  attempt,
  errnoOf,
  type FileSystem,
  ifNew,
  makeFile,
  openRegular,
  orFail,
  readRegular,
  removeFile,
} from './files.ts';
import type { DiskIo, ProcessId } from './io.ts';

/** How long to wait for other processes in total. A change takes milliseconds, but a hundred processes may wait. */
const PATIENCE: Millis = 60_000;
const LONGEST_PAUSE: Millis = 20;
/** The age at which a lock counts as dead when its holder ran on another machine or in another container. */
const FOREIGN_AGE: Millis = 30_000;
/** Breaking a lock takes two system calls; a breaker file older than this belongs to a process that was killed. */
const BREAKER_AGE: Millis = 5_000;

/** The code of the Failure when the path is not a lock file. */
export const NO_LOCK = 'EINVAL';
/** Largest lock file to read; a lock file has a few lines. */
const MOST_BYTES = 64 * 1024;

export interface LockSystem extends Pick<DiskIo, 'fs' | 'processes' | 'clock' | 'random'> {
  /** The time in the clock of file times. */
  now(): Millis;
  /** Whether a signal arrived, so that the wait for other processes ends. */
  interrupted?(): boolean;
}

/** The parts of the environment that a lock needs. */
export const lockSystem = (io: DiskIo): LockSystem => ({
  fs: io.fs,
  processes: io.processes,
  clock: io.clock,
  random: io.random,
  now: () => wallMillis(io),
});

export interface LockRequest {
  /** The lock file. */
  readonly path: string;
  /** The name of the locked object, for the message. */
  readonly name: string;
  /** A file next to the lock that the next holder removes when it takes over the lock. */
  readonly leftover?: string;
  /** Whether a leftover may be removed: any user could have written its name, so only files of this program qualify. */
  readonly mayRemove?: (name: string) => boolean;
}

export interface LockFile {
  /** Call this right before the change becomes visible: false when the lock was lost. */
  held(): boolean;
  /** Shows other machines, which cannot see the process, that it is alive. Call it every ten seconds. */
  touch(): void;
  release(): void;
}

/** Throws a Failure; `code` is the errno: EAGAIN when others held the lock all the time, EINTR after a signal. */
export async function lockFile(request: LockRequest, system: LockSystem): Promise<LockFile> {
  const { clock } = system;
  const until = clock.now() + PATIENCE;
  for (;;) {
    const lock = tryLock(request, system);
    if (lock !== undefined) return lock;
    const interrupted = system.interrupted?.() === true;
    if (interrupted || clock.now() >= until)
      throw new Failure('file', {
        code: interrupted ? 'EINTR' : 'EAGAIN',
        message: `${request.name} is locked by another program: ${request.path}`,
      });
    const pause = 1 + system.random() * LONGEST_PAUSE;
    await new Promise<void>((resolve) => void clock.callAt(clock.now() + pause, resolve));
  }
}

/** Undefined when a live process holds the lock. Throws a Failure. */
export function tryLock(request: LockRequest, system: LockSystem): LockFile | undefined {
  const { fs } = system;
  const { path } = request;
  const self = system.processes.self();
  const content = [self.pid, self.start || '-', self.place, request.leftover ?? '', randomUUID(), ''].join('\n');
  if (!create(fs, path, content)) {
    mustBeLock(path, fs);
    breakIfDead(request, system);
    if (!create(fs, path, content)) return undefined;
  }
  const owned = (): boolean => {
    try {
      return readRegular(fs, path, MOST_BYTES).toString('latin1') === content;
    } catch (error) {
      // The file exists but cannot be read, so no other process could have judged it dead.
      return errnoOf(error) !== 'ENOENT';
    }
  };
  return {
    held: owned,
    touch: () => {
      const seconds = system.now() / 1000;
      if (owned()) attempt(() => fs.utimesSync(path, seconds, seconds));
    },
    release: () => {
      if (owned()) removeFile(fs, path);
    },
  };
}

/** The number of the process that holds the lock, if known. */
export function holderOf(path: string, fs: FileSystem): number | undefined {
  const pid = Number(read(fs, path)?.split('\n')[0]);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
}

/** Returns false when the file exists already. */
function create(fs: FileSystem, path: string, content: string): boolean {
  return orFail(
    () => ifNew(() => makeFile(fs, path, (fd) => fs.writeSync(fd, content))),
    (code) => new Failure('file', { code, message: `${path} cannot be created: ${reasonOf(code)}` }),
  );
}

/** Any other file would stay indefinitely, because no program would remove it. Throws a Failure. */
function mustBeLock(path: string, fs: FileSystem): void {
  try {
    fs.closeSync(openRegular(fs, path));
  } catch (error) {
    if (error instanceof Failure)
      throw new Failure('file', { code: NO_LOCK, message: `${path} is not a lock file: remove it, and try again` });
    errnoOf(error);
  }
}

function breakIfDead({ path, mayRemove }: LockRequest, system: LockSystem): void {
  if (!isDead(path, system)) return;
  // Only one process may break the lock; a second one would break the new lock of the first.
  const breaker = `${path}.break`;
  const { fs } = system;
  if (!create(fs, breaker, '')) {
    if (age(breaker, system) > BREAKER_AGE) removeFile(fs, breaker);
    return;
  }
  try {
    if (!isDead(path, system)) return;
    const leftover = read(fs, path)?.split('\n')[3];
    if (leftover && mayRemove?.(leftover)) removeFile(fs, join(dirname(path), leftover));
    // This may fail: another process was faster, or the directory has become read-only.
    removeFile(fs, path);
  } finally {
    removeFile(fs, breaker);
  }
}

function isDead(path: string, system: LockSystem): boolean {
  const content = read(system.fs, path);
  if (content === undefined) return false;
  const [pid, start, place, , token] = content.split('\n');
  // The file is incomplete: its writer is still writing, or was killed.
  if (!token) return age(path, system) > BREAKER_AGE;
  const holder: ProcessId = { pid: Number(pid), start: start === '-' ? '' : start!, place: place! };
  return !(system.processes.alive(holder) ?? age(path, system) < FOREIGN_AGE);
}

/**
 * The distance from now in either direction. The clock may have been set back, or the file may be from before a power
 * cut on a machine without a clock that keeps running.
 */
function age(path: string, { fs, now }: LockSystem): Millis {
  try {
    return Math.abs(now() - fs.lstatSync(path).mtimeMs);
  } catch {
    return 0;
  }
}

function read(fs: FileSystem, path: string): string | undefined {
  try {
    return readRegular(fs, path, MOST_BYTES).toString('latin1');
  } catch {
    return undefined;
  }
}
