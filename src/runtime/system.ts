/** How the environment of a real process becomes an Io. */

import { existsSync, readFileSync } from 'node:fs';
import { reasonOf } from '../util/errno.ts';
import type { Millis } from '../util/millis.ts';
import { readBounded, readBoundedNow, seemsToWait } from './bounded.ts';
import { systemClock, wallTime } from './clock.ts';
import { outputIsClosed } from './descriptor.ts';
import { errnoOf } from './files.ts';
import type { Io } from './io.ts';
import { isTerminal, screenSize, stderrColumns } from './screen.ts';
import { standardError } from './stderr.ts';
import { standardInput, standardOutput } from './stdio.ts';

/** The arguments as bytes, before Node converts them to text. Linux only; undefined elsewhere. */
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
    // The runtime, its options and the script precede the arguments.
    return words.length > wanted ? words.slice(words.length - wanted) : undefined;
  } catch {
    return undefined;
  }
}

export interface SystemIo extends Io {
  /** The last call. Waits for the reader of standard error: briefly after a signal, not at all after a second; calls `waits`. */
  finish(waits: () => void): Promise<void>;
  /** Whether a listener here has received this signal. */
  hasHeard(signal: NodeJS.Signals): boolean;
}

/** How long to wait for the reader of standard error, by the number of signals; undefined: the default. */
const READER_PATIENCE: readonly (Millis | undefined)[] = [undefined, 250, 0];

export function systemIo(): SystemIo {
  const errors = standardError();
  const signals: NodeJS.Signals[] = [];
  return {
    argv: process.argv.slice(2),
    rawArgv,
    env: process.env,
    pid: process.pid,
    stdin: standardInput,
    stdout: standardOutput(),
    stdoutIsClosed: outputIsClosed,
    stderr: errors.print,
    stderrIsBehind: () => errors.isBehind,
    finish: (waits) => errors.finish(READER_PATIENCE[Math.min(signals.length, 2)], waits),
    hasHeard: (signal) => signals.includes(signal),
    files: {
      read: readBounded,
      readNow: (path, most, waits) => {
        try {
          if (waits === false && seemsToWait(path)) return { reason: 'Not a regular file', exists: true };
          return readBoundedNow(path, most);
        } catch (error) {
          const errno = errnoOf(error);
          return { reason: reasonOf(errno), exists: errno !== 'ENOENT' && existsSync(path) };
        }
      },
    },
    machine: async () => (await import('./processes.ts')).systemMachine(),
    isTerminal,
    columns: stderrColumns,
    screen: screenSize,
    // Loaded when there is a prompt.
    terminal: async () => (await import('./terminal.ts')).openControllingTerminal(),
    clock: systemClock,
    wallTime,
    random: Math.random,
    onSignal: (signal, callback) => {
      const heard = (): void => {
        signals.push(signal);
        callback();
      };
      process.on(signal, heard);
      return () => process.off(signal, heard);
    },
  };
}
