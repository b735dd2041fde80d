/** How text is written to standard error, or to a terminal, without waiting for its reader. */

import { constants, fstatSync, write, writeSync } from 'node:fs';
import type { Millis } from '../util/millis.ts';
import { inPool } from './at-end.ts';
import { makeNonBlocking, openedAgain } from './open-again.ts';
import { isTerminal } from './screen.ts';

export interface StderrSystem {
  /** Returns how many bytes were accepted. Throws EAGAIN when the reader has left no room. */
  write(bytes: Uint8Array, from: number): number;
  /** Whether accepted bytes are not written yet. */
  isBusy?(): boolean;
  now(): Millis;
  /** Blocks the whole program. */
  sleep(wait: Millis): void;
  later(wait: Millis, callback: () => void): void;
}

const STDERR = 2;

const time: Pick<StderrSystem, 'now' | 'sleep' | 'later'> = {
  now: () => performance.now(),
  sleep: (wait) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait),
  later: (wait, callback) => void setTimeout(callback, wait),
};

/** For a non-blocking descriptor. */
export const writingTo = (fd: number): StderrSystem => ({
  ...time,
  write: (bytes, from) => writeSync(fd, bytes, from),
});

/** Opens the descriptor at the first write. */
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

/** Opens a non-blocking descriptor; a file keeps the existing one, whose position is shared. */
function open(): StderrSystem {
  try {
    const again = openedAgain(STDERR, constants.O_WRONLY);
    if (again !== undefined) return writingTo(again);
    const stat = fstatSync(STDERR);
    if (stat.isSocket() || stat.isFIFO()) makeNonBlocking(STDERR);
    else if (isTerminal(STDERR)) return writingInPool(STDERR);
  } catch {
    // Closed, or without a reader: the write reports it.
  }
  return writingTo(STDERR);
}

/** Most bytes in one write, so that it shows how much the reader has read. */
const PART_BYTES = 4096;

/** For a terminal that cannot be opened again; its flags must not change, because a shell reads from it, too. */
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
