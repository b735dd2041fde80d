/** The conversions of strftime(3) in the C locale. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { CONVERSIONS, conversion, nineDigits, oncePerSecond } from '../../src/output/time.ts';
import { inZone, packet, text } from './render.ts';

const SEPARATOR = '\x1e';

/** What date(1) prints at each of these seconds. */
function printedByDate(zone: string, seconds: readonly number[], format: string): string[] {
  const { status, stdout } = spawnSync('date', ['-f', '-', `+${format}\x1f`], {
    input: seconds.map((second) => `@${second}\n`).join(''),
    env: { ...process.env, TZ: zone, LC_ALL: 'C' },
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stdout.split('\x1f\n').slice(0, -1);
}

const isGnu = spawnSync('date', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU');

describe.skipIf(!isGnu)('every conversion prints what date(1) prints', () => {
  // The turns of 30 years, where weeks and years do not agree; leap days; and the nights when clocks change.
  const seconds: number[] = [];
  for (let year = 2000; year < 2030; year++) {
    for (const day of [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6]) seconds.push(Date.UTC(year, 0, 1 + day, 4, 5, 6) / 1000);
    seconds.push(Date.UTC(year, 1, 29, 0, 0, 0) / 1000, Date.UTC(year, 6, 9, 23, 59, 59) / 1000);
  }
  for (let hour = 0; hour < 48; hour++) {
    seconds.push(Date.UTC(2026, 2, 8, hour, 30) / 1000, Date.UTC(2026, 10, 1, hour, 30) / 1000);
  }

  it.each(['UTC', 'America/New_York', 'Asia/Kolkata', 'Europe/London'])('in %s', (zone) => {
    const letters = CONVERSIONS.map((row) => row.letter);
    const expected = printedByDate(zone, seconds, letters.map((letter) => `%${letter}`).join(SEPARATOR));
    const convert = letters.map(conversion);
    const ours = inZone(zone, () =>
      seconds.map((second) => convert.map((text) => text(new Date(second * 1000))).join(SEPARATOR)),
    );
    expect(ours).toEqual(expected);
  });
});

describe('a conversion', () => {
  it.each([
    ['%', '%'],
    ['f', '%f'],
    ['E', '%E'],
    ['+', '%+'],
    ['~', '%~'],
    ['\\', '%\\'],
    [' ', '% '],
    ['0', '%0'],
    ['2', '%2'],
    ['5', '   %5'],
  ])('without a meaning, %s, prints "%s"', (letter, expected) => {
    expect(conversion(letter)(new Date(0))).toBe(expected);
  });

  it('is made once a second', () => {
    let made = 0;
    const text = oncePerSecond((date) => {
      made++;
      return date.getTime();
    });
    const times = [1, 1, 1, 2, 2, 1].map((seconds) => text({ seconds, nanoseconds: made }));
    expect(times).toEqual([1000, 1000, 1000, 2000, 2000, 1000]);
    expect(made).toBe(3);
  });

  it('has names of its own letter only', () => {
    expect(new Set(CONVERSIONS.map((row) => row.letter)).size).toBe(CONVERSIONS.length);
  });
});

describe('nanoseconds', () => {
  it.each([
    [0, '000000000'],
    [7, '000000007'],
    [999_999_999, '999999999'],
  ])('%i are nine digits', (nanoseconds, expected) => {
    expect(nineDigits({ seconds: 0, nanoseconds })).toBe(expected);
  });
});

describe('in a format', () => {
  it.each([
    ['UTC', '2026-11-20T23:02:44+0000'],
    ['America/New_York', '2026-11-20T18:02:44-0500'],
    ['Asia/Kolkata', '2026-11-21T04:32:44+0530'],
  ])('the time is that of the zone %s', (zone, expected) => {
    inZone(zone, () => {
      expect(text('%I', packet())).toBe(expected);
      expect(text('@Y-@m-@dT@H:@M:@S@z', packet())).toBe(expected);
      expect(text('%U|@s.@N', packet())).toBe('1795215764.123456789|1795215764.123456789');
    });
  });

  it.each([
    ['%.10I', '2026-11-20'],
    ['%30I', '      2026-11-20T23:02:44+0000'],
    ['%-30I|', '2026-11-20T23:02:44+0000      |'],
    ['%030I', '      2026-11-20T23:02:44+0000'],
    ['%10U', '1795215764.123456789'],
  ])('"%s" is "%s"', (format, expected) => {
    inZone('UTC', () => expect(text(format, packet())).toBe(expected));
  });

  it('follows the clock from second to second', () => {
    inZone('UTC', () => {
      const times = [10, 11, 11, 3600].map((seconds) => text('@T', packet(), { at: { seconds, nanoseconds: 0 } }));
      expect(times).toEqual(['00:00:10', '00:00:11', '00:00:11', '01:00:00']);
    });
  });
});
