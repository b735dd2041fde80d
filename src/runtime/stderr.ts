/**
 * Standard error: written at once and as a whole. A pipe may be non-blocking (Node makes it so when it first looks at
 * `process.stderr`, as `node:net` does), and then takes what it has room for.
 */
import { writeSync } from 'node:fs';
import type { Millis } from './io.ts';

const STDERR = 2;
/** Between tries while the pipe is full. */
const AGAIN: Millis = 5;
/** Nobody reads: what is left is given up, and what comes after it that finds no room, until something is read again. */
const PATIENCE: Millis = 5000;

export interface StderrSystem {
  write(bytes: Uint8Array, from: number): number;
  /** Nothing else goes on meanwhile. */
  sleep(wait: Millis): void;
}

const system: StderrSystem = {
  write: (bytes, from) => writeSync(STDERR, bytes, from),
  sleep: (wait) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait),
};

export function standardError({ write, sleep }: StderrSystem = system): (text: string | Uint8Array) => void {
  let patience = PATIENCE;
  return (text) => {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    for (let at = 0; at < bytes.length; ) {
      try {
        at += write(bytes, at);
        patience = PATIENCE;
      } catch (error) {
        // Otherwise nobody is left to tell.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || patience <= 0) return;
        patience -= AGAIN;
        sleep(AGAIN);
      }
    }
  };
}
