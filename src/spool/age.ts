/** How long something has been waiting, in the words and numbers that people read. */
import type { Millis } from '../runtime/io.ts';

const SECOND: Millis = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
] as const;

/** `12 min`: in the largest unit of which there are at least two, rounded down. */
export function ageText(age: Millis): string {
  const [length, name] = UNITS.find(([unit]) => age >= 2 * unit) ?? [SECOND, 's'];
  return `${Math.max(0, Math.floor(age / length))} ${name}`;
}
