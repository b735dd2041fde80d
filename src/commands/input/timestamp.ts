/** Reads a `tst` time stamp of tssub and mosquitto_sub. */
import type { Millis } from '../../util/millis.ts';

/** mosquitto_sub 2.0 writes a Z before the time zone. */
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(?:Z|Z?([+-])(\d\d):?(\d\d))$/;

/** Time since 1970 of a `tst` stamp, with fractions of a millisecond; undefined for an invalid stamp. */
export function stampTime(stamp: string): Millis | undefined {
  const [, seconds, fraction = '0', sign, hours = '0', minutes = '0'] = STAMP.exec(stamp) ?? [];
  if (seconds === undefined) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  const time = Date.parse(`${seconds}Z`) + Number(fraction) * 1000 + (sign === '-' ? offset : -offset);
  return Number.isNaN(time) ? undefined : time;
}
