/**
 * Which conversions of strftime(3) the `@c` of -F has, in the C locale and the local time zone. Text is made once per
 * second, because messages arrive much faster.
 */
import type { WallTime } from '../runtime/io.ts';
import { zoneName, zoneOffset } from './zone.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
// biome-ignore format: a list of names reads best as lines
const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June',
  'July', 'August', 'September', 'October', 'November', 'December',
];
const DAY_MS = 86_400_000;

const two = (value: number): string => String(value).padStart(2, '0');
const blankTwo = (value: number): string => String(value).padStart(2);
const hour12 = (date: Date): number => date.getHours() % 12 || 12;
const year = (date: Date): number => date.getFullYear();
/** 1 for the first of January. */
const dayOfYear = (date: Date): number =>
  Math.round((Date.UTC(year(date), date.getMonth(), date.getDate()) - Date.UTC(year(date), 0, 1)) / DAY_MS) + 1;
/** The week of the year, 0 to 53, of weeks that begin on this day. */
const week = (date: Date, first: number): number =>
  Math.floor((dayOfYear(date) + 6 - ((date.getDay() - first + 7) % 7)) / 7);
/** The Thursday of the same ISO 8601 week: its year is that of the week. In UTC, where every day has 24 hours. */
const thursday = (date: Date): Date =>
  new Date(Date.UTC(year(date), date.getMonth(), date.getDate() + 3 - ((date.getDay() + 6) % 7)));
const isoYear = (date: Date): number => thursday(date).getUTCFullYear();
const isoWeek = (date: Date): number =>
  Math.floor((thursday(date).getTime() - Date.UTC(isoYear(date), 0, 1)) / DAY_MS / 7) + 1;

const isoDate = (date: Date): string => `${year(date)}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
const clock = (date: Date): string => `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
const american = (date: Date): string => `${two(date.getMonth() + 1)}/${two(date.getDate())}/${two(year(date) % 100)}`;
const half = (date: Date): string => (date.getHours() < 12 ? 'AM' : 'PM');

/** `2026-11-20T23:02:44`, the local time. */
export const isoTime = (date: Date): string => `${isoDate(date)}T${clock(date)}`;

interface Conversion {
  readonly letter: string;
  readonly about: string;
  readonly text: (date: Date) => string;
}

// biome-ignore format: one row a line
export const CONVERSIONS: readonly Conversion[] = [
  { letter: 'a', about: 'abbreviated day of the week', text: (date) => DAYS[date.getDay()]!.slice(0, 3) },
  { letter: 'A', about: 'day of the week', text: (date) => DAYS[date.getDay()]! },
  { letter: 'b', about: 'abbreviated month', text: (date) => MONTHS[date.getMonth()]!.slice(0, 3) },
  { letter: 'B', about: 'month', text: (date) => MONTHS[date.getMonth()]! },
  { letter: 'c', about: 'date and time', text: (date) => `${DAYS[date.getDay()]!.slice(0, 3)} ${MONTHS[date.getMonth()]!.slice(0, 3)} ${blankTwo(date.getDate())} ${clock(date)} ${year(date)}` },
  { letter: 'C', about: 'century', text: (date) => two(Math.floor(year(date) / 100)) },
  { letter: 'd', about: 'day of the month, 01 to 31', text: (date) => two(date.getDate()) },
  { letter: 'D', about: 'month/day/year, two digits each', text: american },
  { letter: 'e', about: 'day of the month, padded with a space', text: (date) => blankTwo(date.getDate()) },
  { letter: 'F', about: 'year-month-day', text: isoDate },
  { letter: 'g', about: 'year of the ISO 8601 week, two digits', text: (date) => two(isoYear(date) % 100) },
  { letter: 'G', about: 'year of the ISO 8601 week', text: (date) => String(isoYear(date)) },
  { letter: 'h', about: 'abbreviated month', text: (date) => MONTHS[date.getMonth()]!.slice(0, 3) },
  { letter: 'H', about: 'hour, 00 to 23', text: (date) => two(date.getHours()) },
  { letter: 'I', about: 'hour, 01 to 12', text: (date) => two(hour12(date)) },
  { letter: 'j', about: 'day of the year, 001 to 366', text: (date) => String(dayOfYear(date)).padStart(3, '0') },
  { letter: 'k', about: 'hour, 0 to 23, padded with a space', text: (date) => blankTwo(date.getHours()) },
  { letter: 'l', about: 'hour, 1 to 12, padded with a space', text: (date) => blankTwo(hour12(date)) },
  { letter: 'm', about: 'month, 01 to 12', text: (date) => two(date.getMonth() + 1) },
  { letter: 'M', about: 'minute, 00 to 59', text: (date) => two(date.getMinutes()) },
  { letter: 'n', about: 'a newline', text: () => '\n' },
  { letter: 'p', about: 'AM or PM', text: half },
  { letter: 'P', about: 'am or pm', text: (date) => half(date).toLowerCase() },
  { letter: 'r', about: 'time with AM or PM', text: (date) => `${two(hour12(date))}${clock(date).slice(2)} ${half(date)}` },
  { letter: 'R', about: 'hour:minute', text: (date) => clock(date).slice(0, 5) },
  { letter: 's', about: 'seconds since 1970', text: (date) => String(Math.floor(date.getTime() / 1000)) },
  { letter: 'S', about: 'second, 00 to 60', text: (date) => two(date.getSeconds()) },
  { letter: 't', about: 'a tab', text: () => '\t' },
  { letter: 'T', about: 'hour:minute:second', text: clock },
  { letter: 'u', about: 'day of the week, 1 (Monday) to 7', text: (date) => String(date.getDay() || 7) },
  { letter: 'U', about: 'week of the year, 00 to 53, starting on Sunday', text: (date) => two(week(date, 0)) },
  { letter: 'V', about: 'ISO 8601 week, 01 to 53', text: (date) => two(isoWeek(date)) },
  { letter: 'w', about: 'day of the week, 0 (Sunday) to 6', text: (date) => String(date.getDay()) },
  { letter: 'W', about: 'week of the year, 00 to 53, starting on Monday', text: (date) => two(week(date, 1)) },
  { letter: 'x', about: 'month/day/year, two digits each', text: american },
  { letter: 'X', about: 'hour:minute:second', text: clock },
  { letter: 'y', about: 'year, two digits', text: (date) => two(year(date) % 100) },
  { letter: 'Y', about: 'year', text: (date) => String(year(date)) },
  { letter: 'z', about: 'offset from UTC, +hhmm', text: zoneOffset },
  { letter: 'Z', about: 'name of the time zone', text: zoneName },
];

const byLetter = new Map(CONVERSIONS.map((row) => [row.letter, row.text]));

/** The text of `@c`: for `%` a percent sign, for letters without a meaning `%c`, as in the C library. */
export function conversion(letter: string): (date: Date) => string {
  const known = byLetter.get(letter);
  if (known !== undefined) return known;
  // The C library reads a digit as a width, and pads the unknown conversion to it.
  const text = letter === '%' ? '%' : `%${letter}`.padStart(/\d/.test(letter) ? Number(letter) : 0);
  return () => text;
}

/** Caches the text of a conversion until the second changes. */
export function oncePerSecond<T>(make: (date: Date) => T): (at: WallTime) => T {
  let second: number | undefined;
  let kept!: T;
  return (at) => {
    if (at.seconds !== second) {
      second = at.seconds;
      kept = make(new Date(at.seconds * 1000));
    }
    return kept;
  };
}

/** The nanoseconds as nine digits. */
export const nineDigits = (at: WallTime): string => String(1e9 + at.nanoseconds).slice(1);
