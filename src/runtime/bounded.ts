/**
 * How files, pipes and devices are read to their end within a limit, because a pipe or device may be endless. A regular
 * file that is too long is not read at all.
 */
import { close, fstat, fstatSync, open, openSync, read, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { Failure } from '../errors.ts';
import { Gathered } from '../util/gathered.ts';
import { inPool } from './at-end.ts';
import { descriptorNamed } from './descriptor.ts';
import { errnoOf, systemFiles, withOpen } from './files.ts';

/** The code of the Failure for content above the limit. */
export const TOO_LONG = 'EFBIG';

/** Milliseconds between two attempts to read a non-blocking descriptor. */
const LOOK_AGAIN = 20;

const tooLong = (): Failure => new Failure('file', { code: TOO_LONG });

/** Throws a Failure when the file is known to be too long. Files in /proc report the size 0. */
function roomFor(stat: Stats, most: number): Gathered {
  if (stat.isFile() && stat.size > most) throw tooLong();
  return new Gathered(most, stat.isFile() ? stat.size : 0);
}

/** Reads everything. Rejects with a Failure whose code is the errno name: TOO_LONG for more than `most` bytes. */
export async function readBounded(path: string, most: number): Promise<Buffer> {
  const given = descriptorNamed(path);
  const fd = given ?? (await called<number>((done) => open(path, 'r', done)));
  try {
    const gathered = roomFor(await called<Stats>((done) => fstat(fd, done)), most);
    for (;;) {
      const room = gathered.room();
      const count = await readLater(fd, room);
      if (count === 0) return gathered.bytes();
      gathered.took(count);
      if (gathered.isOver) throw tooLong();
    }
  } finally {
    if (given === undefined) close(fd);
  }
}

/** Reads even if another process has made the descriptor non-blocking. */
async function readLater(fd: number, buffer: Uint8Array): Promise<number> {
  for (;;) {
    try {
      return await called<number>((done) => read(fd, buffer, 0, buffer.length, null, done));
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'EAGAIN') throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
}

function called<T>(call: (done: (error: NodeJS.ErrnoException | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = inPool();
    call((error, value) => {
      ended();
      if (error) reject(new Failure('file', { code: errnoOf(error) }));
      else resolve(value);
    });
  });
}

export interface ReadNow {
  readonly bytes: Uint8Array;
  /** The permissions of a regular file. */
  readonly mode: number | undefined;
}

/** Reads synchronously, waiting for a pipe. Content above the limit is cut after `most` + 1 bytes. Throws an errno error. */
export function readBoundedNow(path: string, most: number): ReadNow {
  const given = descriptorNamed(path);
  if (given !== undefined) return firstBytes(given, most);
  const fd = openSync(path, 'r');
  return withOpen(systemFiles, fd, () => firstBytes(fd, most));
}

/** Whether reading may wait: for a pipe or a device, but not for /dev/null, which means "no file". */
export function seemsToWait(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isFile() || stat.isDirectory()) return false;
  return realpathSync(path) !== '/dev/null';
}

function firstBytes(fd: number, most: number): ReadNow {
  const stat = fstatSync(fd);
  const isFile = stat.isFile();
  const gathered = new Gathered(most, isFile ? stat.size : 0);
  while (!gathered.isOver) {
    const count = readWaiting(fd, gathered.room());
    if (count === 0) break;
    gathered.took(count);
  }
  return { bytes: gathered.bytes(), mode: isFile ? stat.mode : undefined };
}

/** Reads even if another process has made the descriptor non-blocking. It may block: no other work has begun. */
function readWaiting(fd: number, buffer: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, buffer);
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN') throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN);
  }
}
