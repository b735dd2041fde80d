/**
 * How standard error is written without blocking: at once where there is room. Other text waits here in its order.
 * Above MOST_BYTES, lines are dropped and counted.
 */
import type { Millis } from '../util/millis.ts';
import { Queue } from '../util/queue.ts';
import { type StderrSystem, systemStderr } from './stderr-system.ts';

/** Most bytes that may wait. A single longer text waits alone. */
const MOST_BYTES = 1024 * 1024;
/** Milliseconds between attempts, doubled while the reader reads nothing. */
const FIRST_WAIT: Millis = 5;
const LONGEST_WAIT: Millis = 250;
/** With MOST_BYTES waiting, the program pauses for a reader that read something within this time; others lose lines. */
const HOLD_UP: Millis = 1000;
/** At the end of the program: the wait since the reader last read something. */
const PATIENCE: Millis = 5000;
const LF = 10;

export interface StandardError {
  print(text: string | Uint8Array): void;
  /** Whether text waits for its reader. */
  readonly isBehind: boolean;
  /** The last call. Resolves when all is written, or nothing was read for `patience` ms; calls `waits` while it waits. */
  finish(patience?: Millis, waits?: () => void): Promise<void>;
}

export function standardError(system: StderrSystem = systemStderr()): StandardError {
  const { write, now, sleep, later } = system;
  const waiting = new Queue<Uint8Array>();
  /** Bytes of the first text that are written. */
  let used = 0;
  let bytesWaiting = 0;
  let linesDropped = 0;
  /** Since when nothing was accepted. */
  let since: Millis | undefined;
  let wait = FIRST_WAIT;
  let isArmed = false;

  /** Returns the position after the last accepted byte. */
  function attempt(bytes: Uint8Array, from: number): number {
    let at = from;
    try {
      while (at < bytes.length) {
        at += write(bytes, at);
        since = undefined;
        wait = FIRST_WAIT;
      }
    } catch (error) {
      // Other errors cannot be reported, because no other stream exists.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return bytes.length;
      since ??= now();
    }
    return at;
  }

  function enqueue(bytes: Uint8Array): void {
    waiting.push(bytes);
    bytesWaiting += bytes.length;
    arm();
  }

  function arm(): void {
    if (isArmed || waiting.length === 0) return;
    isArmed = true;
    later(wait, () => {
      isArmed = false;
      wait = Math.min(2 * wait, LONGEST_WAIT);
      flush();
      arm();
    });
  }

  /** Writes as much as there is room for. */
  function flush(): void {
    for (let next = waiting.peek(); next !== undefined; next = waiting.peek()) {
      const at = attempt(next, used);
      bytesWaiting -= at - used;
      used = at;
      if (at < next.length) return;
      waiting.shift();
      used = 0;
    }
    if (linesDropped > 0) warnOfDropped();
  }

  function put(bytes: Uint8Array): void {
    const at = waiting.length === 0 ? attempt(bytes, 0) : 0;
    if (at < bytes.length) enqueue(bytes.subarray(at));
  }

  function warnOfDropped(): void {
    const text = droppedText(linesDropped);
    linesDropped = 0;
    put(Buffer.from(text));
  }

  const hasRoom = (length: number): boolean => waiting.length === 0 || bytesWaiting + length <= MOST_BYTES;

  /** Pauses the program for a slow reader. Returns false when the reader seems to be gone. */
  function awaitRoom(length: number): boolean {
    for (flush(); !hasRoom(length); flush()) {
      if (since !== undefined && now() - since >= HOLD_UP) return false;
      sleep(FIRST_WAIT);
    }
    return true;
  }

  return {
    print: (text) => {
      // Copies the bytes, because their memory belongs to the caller.
      const bytes = Buffer.from(text as string);
      if (!hasRoom(bytes.length) && !awaitRoom(bytes.length)) {
        linesDropped += linesOf(bytes);
        return;
      }
      if (linesDropped > 0) warnOfDropped();
      put(bytes);
    },
    get isBehind() {
      return waiting.length > 0;
    },
    finish: async (patience = PATIENCE, waits = () => {}) => {
      // A reader that was active recently gets the full time, even if `patience` is short.
      if (since !== undefined && now() - since < PATIENCE) since = undefined;
      for (flush(); waiting.length > 0 || system.isBusy?.() === true; flush()) {
        waits();
        since ??= now();
        if (now() - since >= patience) return;
        await new Promise<void>((resolve) => later(FIRST_WAIT, resolve));
      }
    },
  };
}

function linesOf(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) count++;
  return count;
}

const droppedText = (lines: number): string =>
  `Warning: ${lines} ${lines === 1 ? 'line' : 'lines'} of standard error ${lines === 1 ? 'was' : 'were'} dropped: the reader did not keep up.\n`;
