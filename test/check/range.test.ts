/** Ranges and thresholds, against the table of the Monitoring Plugins Development Guidelines ("Threshold and ranges"). */
import { describe, expect, it } from 'vitest';
import { isOutOf, judge, rangeText, readRange, reasonOf } from '../../src/check/range.ts';
import { CRITICAL, OK, WARNING } from '../../src/check/status.ts';
import { decimalNumber } from '../../src/util/decimal-number.ts';

/** The range, values that are a problem, values that are not. */
const RANGES: readonly (readonly [range: string, bad: readonly number[], good: readonly number[]])[] = [
  ['10', [-0.1, -5, 10.1, 1e9], [0, 5, 10]],
  ['10:', [9.99, 0, -1e9], [10, 10.01, 1e9]],
  ['~:10', [10.1, 1e9], [10, 0, -1e9]],
  ['10:20', [9.9, 20.1], [10, 15, 20]],
  ['@10:20', [10, 15, 20], [9.9, 20.1]],
  ['@10', [0, 10, 5], [-0.1, 10.1]],
  ['@~:0', [0, -5], [0.1]],
  ['@5:', [5, 1e9], [4.9]],
  ['~:', [], [-1e9, 0, 1e9]],
  ['0', [-1, 1], [0]],
  [':10', [-1, 11], [0, 10]],
  ['-5:-1', [-6, 0], [-5, -3, -1]],
  ['~:-1', [0], [-1, -100]],
  ['1.5:2.5', [1.4, 2.6], [1.5, 2.5]],
  ['1e3', [1001], [1000]],
  ['.5', [0.6], [0.5]],
];

describe('a range', () => {
  it.each(RANGES)('%s says which values are a problem', (text, bad, good) => {
    const range = readRange(text)!;
    expect(bad.filter((value) => !isOutOf(range, value))).toEqual([]);
    expect(good.filter((value) => isOutOf(range, value))).toEqual([]);
  });

  it.each(RANGES)('%s is the same after it was written and read', (text) => {
    const range = readRange(text)!;
    expect(readRange(rangeText(range))).toEqual(range);
  });

  it.each([
    '',
    ':',
    '@',
    '@:',
    '20:10',
    '~',
    '10:~',
    'a',
    '10:b',
    '1:2:3',
    '10,20',
    '@@1',
    '1 ',
    '0x10',
    'NaN',
    'Infinity',
    '--1',
  ])('is not "%s"', (text) => {
    expect(readRange(text)).toBeUndefined();
  });

  it('may have numbers of another notation', () => {
    const read = (text: string) => (text.endsWith('ms') ? decimalNumber(text.slice(0, -2)) : undefined);
    expect(readRange('10ms:20ms', read)).toEqual({ start: 10, end: 20, inside: false });
    expect(readRange('10:20', read)).toBeUndefined();
  });
});

describe('thresholds', () => {
  const thresholds = { warn: readRange('10'), critical: readRange('20') };

  it.each([
    [5, OK, ''],
    [10, OK, ''],
    [11, WARNING, 'above 10'],
    [21, CRITICAL, 'above 20'],
    [-1, CRITICAL, 'below 0'],
  ])('make %d the status %d and say why', (value, status, why) => {
    expect(judge(value, thresholds)).toBe(status);
    expect(reasonOf(value, thresholds)).toBe(why);
  });

  it('say what an inverted range is about', () => {
    expect(reasonOf(5, { critical: readRange('@1:9') })).toBe('within 1:9');
  });

  it('make nothing of a value without any', () => {
    expect(judge(1e9, {})).toBe(OK);
  });
});
