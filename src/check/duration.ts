/** Spans of time as people write them: `200ms`, `1.5s`, `15m`, `2h`, `30d`. */
import type { Millis } from '../util/millis.ts';

const UNITS: Readonly<Record<string, Millis>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Undefined when it is not one. `bare`: the unit of a number without one; without it such a number is refused. */
export function readDuration(text: string, bare?: keyof typeof UNITS): Millis | undefined {
  const [, number, unit] = /^(\d{1,12}(?:\.\d{1,9})?)(ms|s|m|min|h|d|w|)$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const factor = UNITS[unit === '' ? (bare ?? '') : unit!];
  return factor === undefined ? undefined : Number(number) * factor;
}

/** In the largest unit in which it is a short number: `850 ms`, `1.2 s`, `15 min`, `2 h`, `3 days`. */
export function durationText(span: Millis): string {
  if (span < 1000) return `${short(span)} ms`;
  if (span < 120_000) return `${short(span / 1000)} s`;
  if (span < 2 * UNITS['h']!) return `${short(span / UNITS['m']!)} min`;
  if (span < 2 * UNITS['d']!) return `${short(span / UNITS['h']!)} h`;
  return `${short(span / UNITS['d']!)} days`;
}

const short = (value: number): string => String(value >= 100 ? Math.round(value) : Number(value.toPrecision(2)));
