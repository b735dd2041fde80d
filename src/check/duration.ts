/** Spans of time as people write them: `200ms`, `1.5s`, `15m`, `2h`, `30d`. */
import type { Millis } from '../util/millis.ts';
import { TIME_UNITS, type TimeUnit } from '../util/time-units.ts';

/** Undefined when it is not one. `bare`: the unit of a number without one; without it such a number is refused. */
export function readDuration(text: string, bare?: TimeUnit): Millis | undefined {
  const [, number, unit] = /^(\d{1,12}(?:\.\d{1,9})?)(ms|s|m|min|h|d|w|)$/.exec(text) ?? [];
  const used = unit === '' ? bare : (unit as TimeUnit | undefined);
  return used === undefined ? undefined : Number(number) * TIME_UNITS[used];
}

/** In the largest unit in which it is a short number: `850 ms`, `1.2 s`, `15 min`, `2 h`, `3 days`. */
export function durationText(span: Millis): string {
  if (span < 1000) return `${short(span)} ms`;
  if (span < 120_000) return `${short(span / 1000)} s`;
  if (span < 2 * TIME_UNITS.h) return `${short(span / TIME_UNITS.m)} min`;
  if (span < 2 * TIME_UNITS.d) return `${short(span / TIME_UNITS.h)} h`;
  return `${short(span / TIME_UNITS.d)} days`;
}

const short = (value: number): string => String(value >= 100 ? Math.round(value) : Number(value.toPrecision(2)));
