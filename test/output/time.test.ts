/** The conversions of strftime(3) in the C locale. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONVERSIONS, conversion, nineDigits, oncePerSecond } from '../../src/output/time.ts';
import { root } from '../support/root.ts';
import { inZone, packet, text } from './render.ts';

/**
 * What date(1) prints, written by time-date.test.ts: for each zone rows of a second and, parted by |, its conversions by all
 * letters.
 */
const TABLE: { letters: string; zones: Record<string, string[]> } = JSON.parse(
  readFileSync(join(root, 'test/fixtures/date.json'), 'utf8'),
);

describe('every conversion prints what date(1) prints', () => {
  it.each(Object.entries(TABLE.zones))('in %s', (zone, rows) => {
    const convert = [...TABLE.letters].map(conversion);
    const printed = inZone(zone, () =>
      rows.map((row) => {
        const second = Number.parseInt(row, 10);
        return [second, ...convert.map((text) => text(new Date(second * 1000)))].join('|');
      }),
    );
    expect(printed).toEqual(rows);
  });

  it('but a line end and a tab, which are not in the table', () => {
    expect(['n', 't'].map((letter) => conversion(letter)(new Date(0)))).toEqual(['\n', '\t']);
    expect([...TABLE.letters, 'n', 't'].sort()).toEqual(CONVERSIONS.map((row) => row.letter).sort());
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
