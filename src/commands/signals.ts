/** The signals that bring a client to an end. */
import type { Io } from '../runtime/io.ts';

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
