/**
 * Whether the caller wants a signal ignored, as far as that can be found out: Node takes it back at its start, and nohup
 * would be of no use.
 */
import { readFileSync } from 'node:fs';

/** The bit of SIGHUP in the last digit of a mask of signals. */
const HANGUP = 1;

/** /proc/PID/status of the parent, on Linux; elsewhere undefined. */
export function parentStatus(): string | undefined {
  try {
    return readFileSync(`/proc/${process.ppid}/status`, 'latin1');
  } catch {
    return undefined;
  }
}

/**
 * Whether SIGHUP was ignored when this program was started. `_` is the command as bash, zsh and ksh started it, which is
 * nohup in front of ours. A parent that ignores the signal, a script below nohup or with `trap '' HUP`, hands that down.
 */
export function hangupIsIgnored(
  env: Readonly<Record<string, string | undefined>>,
  parent: () => string | undefined,
): boolean {
  if (/(?:^|\/)nohup$/.test(env['_'] ?? '')) return true;
  const digit = /^SigIgn:\s*[\da-f]*([\da-f])$/m.exec(parent() ?? '')?.[1];
  return digit !== undefined && (Number.parseInt(digit, 16) & HANGUP) !== 0;
}

/** Goes on after SIGHUP where the caller wants that. */
export function ignoreHangup(): void {
  process.on('SIGHUP', () => {});
}
