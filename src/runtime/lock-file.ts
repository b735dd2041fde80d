/**
 * One at a time, by a file that only one can create; Node has no flock. It names its holder: the lock of a process that
 * was killed is taken over at once.
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

/** How long to wait for others in all. A change takes milliseconds, but a hundred may stand in line. */
const PATIENCE: Millis = 60_000;
const LONGEST_PAUSE: Millis = 20;
/** After so long a lock is dead whose holder lives on another machine or in another container, if it does. */
const FOREIGN_AGE: Millis = 30_000;
/** Breaking a lock takes two system calls; a process that was killed between them is gone. */
const BREAKER_AGE: Millis = 5_000;

/** The code of the Failure for something else in the place of the lock file. */
export const NO_LOCK = 'EINVAL';
/** A lock file has a few lines. */
const MOST_BYTES = 64 * 1024;

export interface LockSystem extends Pick<DiskIo, 'fs' | 'processes' | 'clock' | 'random'> {
  /** The time as file times count it. */
  now(): Millis;
  /** A signal has come: the wait for others ends. */
  interrupted?(): boolean;
}

/** What a lock needs of what a program may touch. */
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
  /** What it keeps for one alone, for the message. */
  readonly name: string;
  /** A file beside the lock that the next holder is to remove when it takes the lock over. */
  readonly leftover?: string;
  /** The name of a leftover stands in a file that anybody could have written: nothing but a file of ours may go. */
  readonly mayRemove?: (name: string) => boolean;
}

export interface LockFile {
  /** Called right before the change shows: false when the lock was lost. */
  held(): boolean;
  /** Shows other machines, which cannot see the process, that it lives; wanted every ten seconds of a long hold. */
  touch(): void;
  release(): void;
}

/** Throws a Failure; `code` is the errno, EAGAIN when others held it all the time, EINTR when a signal came meanwhile. */
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

/** Undefined when a process that lives has it. Throws a Failure. */
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
      // It is there and cannot be read: no other process could have judged it dead.
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

/** The number of the process that holds the lock, as far as it can be known. */
export function holderOf(path: string, fs: FileSystem): number | undefined {
  const pid = Number(read(fs, path)?.split('\n')[0]);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
}

/** False when it is there already. */
function create(fs: FileSystem, path: string, content: string): boolean {
  return orFail(
    () => ifNew(() => makeFile(fs, path, (fd) => fs.writeSync(fd, content))),
    (code) => new Failure('file', { code, message: `${path} cannot be created: ${reasonOf(code)}` }),
  );
}

/** What no program has put there as a lock would stay for ever. Throws a Failure. */
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
  // Only one may break it, or the second would break the lock that the first has taken in the meantime.
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
    // Another process was faster, or the folder has become read-only: then it goes by its age.
    removeFile(fs, path);
  } finally {
    removeFile(fs, breaker);
  }
}

function isDead(path: string, system: LockSystem): boolean {
  const content = read(system.fs, path);
  if (content === undefined) return false;
  const [pid, start, place, , token] = content.split('\n');
  // Not written to the end: its writer is at it, or was killed at it.
  if (!token) return age(path, system) > BREAKER_AGE;
  const holder: ProcessId = { pid: Number(pid), start: start === '-' ? '' : start!, place: place! };
  return !(system.processes.alive(holder) ?? age(path, system) < FOREIGN_AGE);
}

/**
 * How far from now, before or after: the clock may have been set back since, or the file is from before a power cut, and
 * the machine has no clock that goes on without power.
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
