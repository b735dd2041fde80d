/**
 * Whether the caller wants SIGHUP ignored, as far as that can be detected. Node resets ignored signals before any
 * JavaScript runs, so this process no longer shows it. (Bun leaves signals unchanged.)
 */
import { readFileSync, readlinkSync } from 'node:fs';
import type { Environment } from './io.ts';

/** The bit of SIGHUP in the last digit of a signal mask. */
const HANGUP = 1;

/** The last octal digit of the flags of a file opened for writing only. */
const WRITE_ONLY = 1;

/** State that Linux shows; empty strings on other systems. */
export interface Traces {
  /** /proc/PID/status of the parent. */
  readonly parent: string;
  /** The path of standard input, and its /proc/self/fdinfo. */
  readonly input: string;
  readonly inputInfo: string;
  /** The path of standard output. */
  readonly output: string;
}

export const systemTraces = (): Traces => ({
  parent: textAt(readFileSync, `${process.ppid}/status`),
  input: textAt(readlinkSync, 'self/fd/0'),
  inputInfo: textAt(readFileSync, 'self/fdinfo/0'),
  output: textAt(readlinkSync, 'self/fd/1'),
});

function textAt(read: (path: string, encoding: 'latin1') => string, path: string): string {
  try {
    return read(`/proc/${path}`, 'latin1');
  } catch {
    return '';
  }
}

/**
 * Whether SIGHUP was ignored when this program was started. `_` is the command as bash, zsh and ksh started it: nohup, if it
 * precedes this program. A parent that ignores the signal, such as a script under nohup or with `trap '' HUP`, passes that on.
 */
export function hangupIsIgnored(env: Environment, traces: () => Traces | undefined): boolean {
  if (/(?:^|\/)nohup$/.test(env['_'] ?? '')) return true;
  const found = traces();
  if (found === undefined) return false;
  const digit = /^SigIgn:\s*[\da-f]*([\da-f])$/m.exec(found.parent)?.[1];
  return (digit !== undefined && (Number.parseInt(digit, 16) & HANGUP) !== 0) || isFromNohup(found);
}

/** Whether nohup has replaced a terminal: by the file nohup.out, or by a standard input that cannot be read. */
function isFromNohup({ input, inputInfo, output }: Traces): boolean {
  if (/\/nohup\.out(?: \(deleted\))?$/.test(output)) return true;
  const digit = /^flags:\s*[0-7]*([0-7])$/m.exec(inputInfo)?.[1];
  return input === '/dev/null' && Number(digit) === WRITE_ONLY;
}

/** Keeps the program running after SIGHUP, if the caller wants that. */
export function ignoreHangup(): void {
  process.on('SIGHUP', () => {});
}
