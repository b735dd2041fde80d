/** The surroundings of a real process. */
import { fstatSync, openSync, readFile, readFileSync, readSync } from 'node:fs';
import { Failure } from '../errors.ts';
import { reasonOf } from '../util/errno.ts';
import { systemClock, wallTime } from './clock.ts';
import { errnoOf, systemFiles, withOpen } from './files.ts';
import type { Files, Io } from './io.ts';
import { inPool } from './pool.ts';
import { standardError } from './stderr.ts';
import { standardInput, standardOutput } from './stdio.ts';

/** What the arguments were before Node made text of them. Linux only; elsewhere undefined. */
function rawArgv(): readonly Uint8Array[] | undefined {
  const wanted = process.argv.length - 2;
  try {
    const line = readFileSync('/proc/self/cmdline');
    const words: Uint8Array[] = [];
    for (let start = 0; start < line.length; ) {
      const end = line.indexOf(0, start);
      words.push(line.subarray(start, end));
      start = end + 1;
    }
    // Before our own words stand the runtime, its options and the script.
    return words.length > wanted ? words.slice(words.length - wanted) : undefined;
  } catch {
    return undefined;
  }
}

/** A socket cannot be opened by this name, and Node gives its children sockets. */
const STDIN_NAMES: ReadonlySet<string> = new Set(['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);
const STDIN = 0;

function readSecretNow(path: string, most: number): ReturnType<Files['readSecretNow']> {
  try {
    if (STDIN_NAMES.has(path)) return firstBytes(STDIN, most);
    const fd = openSync(path, 'r');
    return withOpen(systemFiles, fd, () => firstBytes(fd, most));
  } catch (error) {
    return { reason: reasonOf(errnoOf(error)) };
  }
}

function firstBytes(fd: number, most: number): { bytes: Uint8Array; mode: number | undefined } {
  const buffer = Buffer.alloc(most);
  let length = 0;
  while (length < most) {
    const read = readWaiting(fd, buffer.subarray(length));
    if (read === 0) break;
    length += read;
  }
  const stat = fstatSync(fd);
  return { bytes: buffer.subarray(0, length), mode: stat.isFile() ? stat.mode : undefined };
}

/** Milliseconds between two looks at a descriptor that does not block. */
const LOOK_AGAIN = 20;

/** Reads, whether or not somebody else made the descriptor non-blocking. Nothing else has begun that could go on. */
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

export interface SystemIo extends Io {
  /** Waits for whoever reads standard error, but not after a second signal. The last call. */
  finish(): Promise<void>;
}

export function systemIo(): SystemIo {
  const errors = standardError();
  let signals = 0;
  return {
    argv: process.argv.slice(2),
    rawArgv,
    env: process.env,
    pid: process.pid,
    stdin: standardInput,
    stdout: standardOutput(),
    stderr: errors.say,
    stderrIsBehind: () => errors.isBehind,
    finish: () => errors.finish(signals > 1 ? 0 : undefined),
    files: {
      read: (path) =>
        new Promise((resolve, reject) => {
          const done = inPool();
          readFile(path, (error, data) => {
            done();
            if (error) reject(new Failure('file', { code: error.code ?? 'EIO' }));
            else resolve(data);
          });
        }),
      readNow: (path) => {
        try {
          return readFileSync(path);
        } catch {
          return undefined;
        }
      },
      readSecretNow,
    },
    // Loaded when there is something to ask.
    terminal: async () => (await import('./terminal.ts')).openControllingTerminal(),
    clock: systemClock,
    wallTime,
    random: Math.random,
    onSignal: (signal, callback) => {
      const heard = (): void => {
        signals++;
        callback();
      };
      process.on(signal, heard);
      return () => process.off(signal, heard);
    },
  };
}
