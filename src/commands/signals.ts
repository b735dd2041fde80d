/** The signals that bring a client to an end. */
import type { Io } from '../runtime/io.ts';

const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;
const NAMES = Object.keys(NUMBERS) as (keyof typeof NUMBERS)[];

/** `heard` gets the number of each that comes. Returns what ends the listening. */
export function onSignals(io: Pick<Io, 'onSignal'>, heard: (signal: number) => void): (() => void)[] {
  return NAMES.map((name) => io.onSignal(name, () => heard(NUMBERS[name])));
}
