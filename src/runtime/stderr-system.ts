/** How text gets to standard error, or to a terminal, without waiting for its reader. */

import { constants, fstatSync, write, writeSync } from 'node:fs';
import type { Millis } from '../util/millis.ts';
import { inPool } from './at-end.ts';
import { makeNonBlocking, openedAgain } from './open-again.ts';
import { isTerminal } from './screen.ts';

export interface StderrSystem {
  /** How many bytes were taken. Throws EAGAIN when there is no room. */
  write(bytes: Uint8Array, from: number): number;
  /** Something that was taken is not written yet. */
  isBusy?(): boolean;
  now(): Millis;
  /** Nothing else goes on meanwhile. */
  sleep(wait: Millis): void;
  later(wait: Millis, callback: () => void): void;
}

const STDERR = 2;

const time: Pick<StderrSystem, 'now' | 'sleep' | 'later'> = {
  now: () => performance.now(),
  sleep: (wait) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait),
  later: (wait, callback) => void setTimeout(callback, wait),
};

/** For a descriptor that does not block. */
export const writingTo = (fd: number): StderrSystem => ({
  ...time,
  write: (bytes, from) => writeSync(fd, bytes, from),
});

/** Opened at the first write. */
export function systemStderr(): StderrSystem {
  let opened: StderrSystem | undefined;
  return {
    ...time,
    write: (bytes, from) => {
      opened ??= open();
      return opened.write(bytes, from);
    },
    isBusy: () => opened?.isBusy?.() === true,
  };
}

/** By a descriptor that does not block; to a file by the one that there is, as its position is shared. */
function open(): StderrSystem {
  try {
    const again = openedAgain(STDERR, constants.O_WRONLY);
    if (again !== undefined) return writingTo(again);
    const stat = fstatSync(STDERR);
    if (stat.isSocket() || stat.isFIFO()) makeNonBlocking(STDERR);
    else if (isTerminal(STDERR)) return writingInPool(STDERR);
  } catch {
    // Closed, or without a reader: writing shows that.
  }
  return writingTo(STDERR);
}

/** The most at once, so that it shows how far the reader is. */
const PART_BYTES = 4096;

/** For a terminal that cannot be opened again, and whose flags are not ours to change: a shell reads it. */
function writingInPool(fd: number): StderrSystem {
  let isBusy = false;
  const writeAll = (bytes: Uint8Array, done: () => void): void =>
    write(fd, bytes, (error, length) => {
      if (error || length === bytes.length) done();
      else writeAll(bytes.subarray(length), done);
    });
  return {
    ...time,
    write: (bytes, from) => {
      if (isBusy) throw Object.assign(new Error('The write before is under way'), { code: 'EAGAIN' });
      isBusy = true;
      const part = Uint8Array.from(bytes.subarray(from, from + PART_BYTES));
      const ended = inPool();
      writeAll(part, () => {
        isBusy = false;
        ended();
      });
      return part.length;
    },
    isBusy: () => isBusy,
  };
}
