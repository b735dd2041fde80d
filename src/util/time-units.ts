/** The units of time that people write after a number. */
import type { Millis } from './millis.ts';

export type TimeUnit = 'ms' | 's' | 'm' | 'min' | 'h' | 'd' | 'w';

export const TIME_UNITS: Readonly<Record<TimeUnit, Millis>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
