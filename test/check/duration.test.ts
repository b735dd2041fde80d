/** Spans of time as people write and read them. */
import { describe, expect, it } from 'vitest';
import { durationText, readDuration } from '../../src/check/duration.ts';

describe('a duration', () => {
  it.each([
    ['200ms', 200],
    ['1s', 1000],
    ['1.5s', 1500],
    ['0.25s', 250],
    ['15m', 900_000],
    ['15min', 900_000],
    ['2h', 7_200_000],
    ['30d', 2_592_000_000],
    ['1w', 604_800_000],
    ['0s', 0],
  ])('%s is %d ms', (text, span) => {
    expect(readDuration(text)).toBe(span);
  });

  it.each(['', '5', '-1s', 's', '1 s', '1y', '1e3s', '.5s', '1.s', '1s2'])('is not "%s"', (text) => {
    expect(readDuration(text)).toBeUndefined();
  });

  it('may have a unit that goes without saying', () => {
    expect(readDuration('5', 's')).toBe(5000);
    expect(readDuration('5ms', 's')).toBe(5);
  });

  it.each([
    [0, '0 ms'],
    [3.24, '3.2 ms'],
    [850, '850 ms'],
    [1234, '1.2 s'],
    [61_000, '61 s'],
    [900_000, '15 min'],
    [7_200_000, '2 h'],
    [259_200_000, '3 days'],
    [31_536_000_000, '365 days'],
  ])('of %d ms reads %s', (span, text) => {
    expect(durationText(span)).toBe(text);
  });
});
