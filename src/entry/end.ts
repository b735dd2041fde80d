/** How the process ends: promptly, by the signal that ended the run, even if no reader or thread lets it finish. */
import { poolIsBusy, restoreAll, wasInterruptTyped } from '../runtime/at-end.ts';
import { systemClock } from '../runtime/clock.ts';
import { isBun } from '../runtime/features.ts';
import type { SystemIo } from '../runtime/system.ts';
import type { Millis } from '../util/millis.ts';

/** How long a call in the thread pool may still take, because it may be working. */
const LAST_CALL: Millis = 250;

/** The signals behind the exit statuses that a shell reports for them. */
const BY_STATUS: Readonly<Record<number, NodeJS.Signals>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  131: 'SIGQUIT',
  141: 'SIGPIPE',
  143: 'SIGTERM',
};

/** kill(2): every process of the group. */
const WHOLE_JOB = 0;

/** The signals that this process raises itself. SIGQUIT is missing because it writes a core file by default. */
const RAISED: ReadonlySet<string> = new Set(['SIGHUP', 'SIGINT', 'SIGTERM']);

/**
 * `finish` waits for the reader of standard error. From the first wait on, a signal ends the process at once. Without a
 * wait, signals have no effect any more: the work is done, and a late signal must not make it look unfinished.
 *
 * After a run that a signal ended, the process finally kills itself with that signal. A shell reports the same exit
 * status, and also leaves its loop: after a command that exits with 130 by itself, bash continues with the next command.
 */
export async function end(status: number, { finish, hasHeard }: SystemIo): Promise<void> {
  const letSignalsEndIt = (): void => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT']) process.removeAllListeners(signal);
  };
  await finish(letSignalsEndIt);
  // Bun's exit does not wait for threads.
  if (!isBun && poolIsBusy()) {
    letSignalsEndIt();
    await lastCall(status);
  }
  const signal = BY_STATUS[status];
  // The status alone is ambiguous: 130 is also a reason code of MQTT.
  if (signal !== undefined && hasHeard(signal) && RAISED.has(signal)) endBy(signal);
  // Ctrl-C at a prompt must reach the whole job, as it would without a prompt.
  if (signal === 'SIGINT' && wasInterruptTyped()) endBy(signal, WHOLE_JOB);
  process.exit(status);
}

/** Ends the process when a call in the thread pool does not return in time. */
async function lastCall(status: number): Promise<void> {
  const until = systemClock.now() + LAST_CALL;
  while (poolIsBusy() && systemClock.now() < until) await new Promise((resolve) => setTimeout(resolve, 1));
  if (poolIsBusy()) endBy(BY_STATUS[status] ?? 'SIGKILL');
}

/** Ends the process as the signal does without a listener: at once, even if threads are busy. */
export function endBy(signal: NodeJS.Signals, whom: number = process.pid): void {
  restoreAll();
  // Removing the last listener restores the default effect; Node ignores SIGPIPE.
  if (signal !== 'SIGKILL') process.once(signal, () => {});
  process.removeAllListeners(signal);
  process.kill(whom, signal);
}
