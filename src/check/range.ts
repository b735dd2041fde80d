/** Ranges in the notation of the Monitoring Plugins: `10`, `10:`, `~:10`, `10:20`, `@10:20`. */
import { decimalNumber } from '../util/decimal-number.ts';
import { numberText } from './number-text.ts';
import { type CheckStatus, CRITICAL, OK, WARNING } from './status.ts';

/** A value outside it is a problem; with `inside`, a value in it. Both ends belong to it. */
export interface ValueRange {
  /** -Infinity is written `~`. */
  readonly start: number;
  readonly end: number;
  readonly inside: boolean;
}

/** Reads one number of a range; undefined: it is not one. */
type ReadNumber = (text: string) => number | undefined;

/** Undefined when the text is not a range, or begins after its end. */
export function readRange(text: string, read: ReadNumber = decimalNumber): ValueRange | undefined {
  const [, at, before, after] = /^(@?)(?:([^:@]*):)?([^:@]*)$/.exec(text) ?? [];
  if (at === undefined || after === undefined || ((before ?? '') === '' && after === '')) return undefined;
  const start = before === undefined || before === '' ? 0 : before === '~' ? Number.NEGATIVE_INFINITY : read(before);
  const end = after === '' ? Number.POSITIVE_INFINITY : read(after);
  if (start === undefined || end === undefined || start > end) return undefined;
  return { start, end, inside: at === '@' };
}

/** As it is written in performance data. */
export function rangeText({ start, end, inside }: ValueRange): string {
  const from =
    start === 0 && end !== Number.POSITIVE_INFINITY
      ? ''
      : `${start === Number.NEGATIVE_INFINITY ? '~' : numberText(start)}:`;
  return `${inside ? '@' : ''}${from}${end === Number.POSITIVE_INFINITY ? '' : numberText(end)}`;
}

/** Whether the value is a problem. */
export const isOutOf = (range: ValueRange, value: number): boolean =>
  (value >= range.start && value <= range.end) === range.inside;

/** What is a warning and what is critical; undefined: nothing is. */
export interface Thresholds {
  readonly warn?: ValueRange | undefined;
  readonly critical?: ValueRange | undefined;
}

export function judge(value: number, { warn, critical }: Thresholds): CheckStatus {
  if (critical !== undefined && isOutOf(critical, value)) return CRITICAL;
  return warn !== undefined && isOutOf(warn, value) ? WARNING : OK;
}

/** Why a value is a problem, such as `above 5`; empty when it is not one. */
export function reasonOf(value: number, thresholds: Thresholds): string {
  const range = [thresholds.critical, thresholds.warn].find((one) => one !== undefined && isOutOf(one, value));
  if (range === undefined) return '';
  if (range.inside) return `within ${rangeText({ ...range, inside: false })}`;
  return value < range.start ? `below ${numberText(range.start)}` : `above ${numberText(range.end)}`;
}
