/**
 * The conversions of time beside date(1), in the C locale. What it prints for some of the seconds is kept in
 * test/fixtures/date.json, with which time.test.ts does without that program; UPDATE=1 rewrites it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONVERSIONS, conversion } from '../../src/output/time.ts';
import { UPDATING } from '../support/golden.ts';
import { root } from '../support/root.ts';
import { inZone } from './render.ts';

const SEPARATOR = '\x1e';
const TABLE = join(root, 'test/fixtures/date.json');

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
const letters = CONVERSIONS.map((row) => row.letter);

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
    const expected = printedByDate(zone, seconds, letters.map((letter) => `%${letter}`).join(SEPARATOR));
    const convert = letters.map(conversion);
    const ours = inZone(zone, () =>
      seconds.map((second) => convert.map((text) => text(new Date(second * 1000))).join(SEPARATOR)),
    );
    expect(ours).toEqual(expected);
  });
});

/** The seconds of the table. */
function chosen(): Record<string, number[]> {
  const at = (...date: Parameters<typeof Date.UTC>): number => Date.UTC(...date) / 1000;
  const daysOf = (year: number): number => (at(year + 1, 0) - at(year, 0)) / 86_400;
  // The turn of one year of each kind: by the day that it begins on, and whether it and the year before have a leap day.
  const turns = new Map<string, number>();
  for (let year = 1999; year < 2038; year++) {
    const kind = [new Date(Date.UTC(year, 0)).getUTCDay(), daysOf(year), daysOf(year - 1)].join();
    if (!turns.has(kind)) turns.set(kind, year);
  }
  const utc = [0, 1_000_000_000];
  for (const [i, year] of [...turns.values()].entries()) {
    // The hours go round, so that each of them comes up.
    for (let day = -3; day < 4; day++) utc.push(at(year, 0, 1 + day, (7 * i + 11 * (day + 3)) % 24, i, day + 30));
    utc.push(at(year, i % 12, 9 + i, i, 0, 59));
    if (daysOf(year) === 366) utc.push(at(year, 1, 29), at(year, 1, 29, 23, 59, 59));
  }
  const around = (...moments: number[]): number[] =>
    moments.flatMap((moment) => [-3600, -1, 0, 3599, 3600, 8 * 3600].map((later) => moment + later));
  return {
    UTC: utc,
    'America/New_York': around(at(2024, 2, 10, 7), at(2024, 10, 3, 6), at(2025, 0, 1, 5)),
    'Europe/London': around(at(2024, 2, 31, 1), at(2024, 9, 27, 1), at(2025, 0, 1)),
    'Asia/Kolkata': around(at(2024, 11, 31, 18, 30), at(2024, 1, 28, 18, 30)),
  };
}

describe.skipIf(!isGnu)('the table of time.test.ts', () => {
  it('is what date(1) prints', () => {
    // A newline and a tab could not be distinguished from those of the table.
    const distinct = letters.filter((letter) => letter !== 'n' && letter !== 't');
    const table = {
      letters: distinct.join(''),
      zones: Object.fromEntries(
        Object.entries(chosen()).map(([zone, seconds]) => {
          const printed = printedByDate(zone, seconds, distinct.map((letter) => `%${letter}`).join('|'));
          return [zone, seconds.map((second, i) => `${second}|${printed[i]}`)];
        }),
      ),
    };
    const text = `${JSON.stringify(table, undefined, 1)}\n`;
    if (UPDATING) writeFileSync(TABLE, text);
    expect(text).toBe(readFileSync(TABLE, 'utf8'));
  });
});
