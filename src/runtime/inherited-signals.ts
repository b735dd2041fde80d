/**
 * Whether the caller wants SIGHUP ignored, as far as that can be found out: Node makes signals deadly again before any
 * JavaScript runs, so the status of this process no longer shows it. (Bun leaves them as they are.)
 */
import { readFileSync, readlinkSync } from 'node:fs';
import type { Environment } from './io.ts';

/** The bit of SIGHUP in the last digit of a mask of signals. */
const HANGUP = 1;

/** The last octal digit of the flags of a file that is open for writing only. */
const WRITE_ONLY = 1;

/** What the system shows on Linux; elsewhere each is empty. */
export interface Traces {
  /** /proc/PID/status of the parent. */
  readonly parent: string;
  /** The file that standard input is, and its /proc/self/fdinfo. */
  readonly input: string;
  readonly inputInfo: string;
  /** The file that standard output is. */
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
 * Whether SIGHUP was ignored when this program was started. `_` is the command as bash, zsh and ksh started it, which is
 * nohup in front of ours. A parent that ignores the signal, a script below nohup or with `trap '' HUP`, hands that down.
 */
export function hangupIsIgnored(env: Environment, traces: () => Traces | undefined): boolean {
  if (/(?:^|\/)nohup$/.test(env['_'] ?? '')) return true;
  const found = traces();
  if (found === undefined) return false;
  const digit = /^SigIgn:\s*[\da-f]*([\da-f])$/m.exec(found.parent)?.[1];
  return (digit !== undefined && (Number.parseInt(digit, 16) & HANGUP) !== 0) || isFromNohup(found);
}

/** What nohup puts in the place of a terminal: a file of this name, and standard input that cannot even be read. */
function isFromNohup({ input, inputInfo, output }: Traces): boolean {
  if (/\/nohup\.out(?: \(deleted\))?$/.test(output)) return true;
  const digit = /^flags:\s*[0-7]*([0-7])$/m.exec(inputInfo)?.[1];
  return input === '/dev/null' && Number(digit) === WRITE_ONLY;
}

/** Goes on after SIGHUP where the caller wants that. */
export function ignoreHangup(): void {
  process.on('SIGHUP', () => {});
}
