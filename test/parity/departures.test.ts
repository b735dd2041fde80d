/** The list of departures, the page COMPATIBILITY.md, the recordings and the golden files agree. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ANSWERS, BY_BROKER, DEPARTURES, departing, isDeparture, PASSWD_ANSWERS } from './departures.ts';
import { markedBeyond, onPage } from './page.ts';

const rows = DEPARTURES.map(([row]) => row);

const recorded = (name: string): string[] =>
  (JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures', name), 'utf8')) as { id: string }[]).map(
    ({ id }) => id,
  );

describe('the list of departures', () => {
  it.each(rows)('%s: %s has one row on the page, with †', (...row) => {
    expect(onPage(row).map(({ marked }) => marked)).toEqual([true]);
  });

  it('has every row of the page with †', () => {
    expect(markedBeyond(rows)).toEqual([]);
  });

  it.each([
    ['c', ANSWERS, 'diagnostics.json'],
    ['d', PASSWD_ANSWERS, 'passwd-diagnostics.json'],
  ] as const)('names recorded runs %s…, and those that have an answer in the golden file', (kind, answers, fixture) => {
    const runs = recorded(fixture);
    const other = kind === 'c' ? [...BY_BROKER] : [];
    expect(departing(kind).filter((run) => !runs.includes(run))).toEqual([]);
    expect([...departing(kind), ...other].sort()).toEqual(Object.keys(answers).sort());
  });

  it('names no run twice for one departure, and no run that only the broker of the recording explains', () => {
    for (const [row, runs] of DEPARTURES) expect(new Set(runs).size, row.join(': ')).toBe(runs.length);
    expect([...BY_BROKER].filter(isDeparture)).toEqual([]);
  });
});
