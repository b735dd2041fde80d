/** How the process ends: soon, by the signal that ended the run, whoever does not read its output and whatever its threads wait for. */
import { poolIsBusy, restoreAll, wasInterruptTyped } from '../runtime/at-end.ts';
import { systemClock } from '../runtime/clock.ts';
import { isBun } from '../runtime/features.ts';
import type { SystemIo } from '../runtime/system.ts';
import type { Millis } from '../util/millis.ts';

/** So long has a call in the thread pool to come back: it may be at work. */
const LAST_CALL: Millis = 250;

/** The signals by which a process ends as a shell would report its exit status. */
const BY_STATUS: Readonly<Record<number, NodeJS.Signals>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  131: 'SIGQUIT',
  141: 'SIGPIPE',
  143: 'SIGTERM',
};

/** kill(2): every process of the group. */
const WHOLE_JOB = 0;

/** SIGQUIT is not among them: by default it leaves a core. */
const RAISED: ReadonlySet<string> = new Set(['SIGHUP', 'SIGINT', 'SIGTERM']);

/**
 * `finish` waits for who reads standard error. From the first wait on a signal ends the process at once. Without one it has
 * no effect any more: all is done, and the last milliseconds of a process must not make that look killed.
 *
 * A process that a signal has ended dies of it, after all else. A shell reports the same exit status, and knows that it is to
 * leave its loop: bash goes on with the next command when one exits with 130 of its own accord.
 */
export async function end(status: number, { finish, hasHeard }: SystemIo): Promise<void> {
  const letSignalsEndIt = (): void => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT']) process.removeAllListeners(signal);
  };
  await finish(letSignalsEndIt);
  // Bun's exit waits for no thread.
  if (!isBun && poolIsBusy()) {
    letSignalsEndIt();
    await lastCall(status);
  }
  const signal = BY_STATUS[status];
  // The status alone does not show it: 130 is a reason code of MQTT, too.
  if (signal !== undefined && hasHeard(signal) && RAISED.has(signal)) endBy(signal);
  // A key at a prompt: as without one, the whole job has the signal.
  if (signal === 'SIGINT' && wasInterruptTyped()) endBy(signal, WHOLE_JOB);
  process.exit(status);
}

/** Ends the process when what is in the pool does not come back. */
async function lastCall(status: number): Promise<void> {
  const until = systemClock.now() + LAST_CALL;
  while (poolIsBusy() && systemClock.now() < until) await new Promise((resolve) => setTimeout(resolve, 1));
  if (poolIsBusy()) endBy(BY_STATUS[status] ?? 'SIGKILL');
}

/** As the signal does where nothing listens: at once, whatever the threads do. */
export function endBy(signal: NodeJS.Signals, whom: number = process.pid): void {
  restoreAll();
  // The last listener that goes brings the default back; Node ignores SIGPIPE.
  if (signal !== 'SIGKILL') process.once(signal, () => {});
  process.removeAllListeners(signal);
  process.kill(whom, signal);
}
