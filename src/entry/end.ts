/** The end of a process: soon, whoever does not read what it wrote and whatever its threads wait for. */
import { isBun } from '../runtime/features.ts';
import type { Millis } from '../runtime/io.ts';
import { poolIsBusy } from '../runtime/pool.ts';

/** So long has a call in the thread pool to come back: it may be at work. */
const LAST_CALL: Millis = 1000;

/** The signals by which a process ends as a shell would report its exit status. */
const BY_STATUS: Readonly<Record<number, NodeJS.Signals>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  131: 'SIGQUIT',
  141: 'SIGPIPE',
  143: 'SIGTERM',
};

/** `finish` waits for who reads standard error. From here on a signal ends the process at once. */
export async function end(status: number, finish: () => Promise<void>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT']) process.removeAllListeners(signal);
  await finish();
  const until = performance.now() + LAST_CALL;
  // Bun's exit waits for no thread.
  while (!isBun && poolIsBusy() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 1));
  if (!isBun && poolIsBusy()) endBy(BY_STATUS[status] ?? 'SIGKILL');
  process.exit(status);
}

/** As if nobody had listened for the signal: at once, whatever the threads do. */
export function endBy(signal: NodeJS.Signals): void {
  // The last listener that goes brings the default back; Node ignores SIGPIPE.
  if (signal !== 'SIGKILL') process.once(signal, () => {});
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
