/** The signals that bring a client to an end. */
import type { Io, Millis } from '../runtime/io.ts';

const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;
const NAMES = Object.keys(NUMBERS) as (keyof typeof NUMBERS)[];
const HANGUP = 1;

/**
 * `heard` gets the number of each that comes, until the process ends: one that comes when the work is done, and the process
 * is on its way out, must not make a run that has delivered everything look killed. `hangup`: SIGHUP too, where there is
 * something to keep.
 */
export function onSignals(io: Pick<Io, 'onSignal'>, heard: (signal: number) => void, hangup = false): void {
  for (const name of NAMES) io.onSignal(name, () => heard(NUMBERS[name]));
  if (hangup) io.onSignal('SIGHUP', () => heard(HANGUP));
}

/**
 * Calls `expired` when `-W` is over (undefined: never), and at SIGALRM, which alarm(2) of a parent sends: the originals end
 * at both in the same way. Returns what stops the clock; the signal is heard until the process ends.
 */
export function onTimeLimit(
  { clock, onSignal }: Pick<Io, 'clock' | 'onSignal'>,
  limit: Millis | undefined,
  expired: () => void,
): () => void {
  onSignal('SIGALRM', expired);
  return limit === undefined ? () => {} : clock.callAt(clock.now() + limit, expired);
}
