/** The times of a recording. */
import { describe, expect, it } from 'vitest';
import { stampTime } from '../../../src/commands/input/timestamp.ts';

describe('a time stamp', () => {
  it.each([
    ['2026-11-20T23:02:44.123456+0000', 1_795_215_764_123.456],
    ['2026-11-20T23:02:44.123456Z', 1_795_215_764_123.456],
    ['2026-11-21T00:02:44.5+0100', 1_795_215_764_500],
    ['2026-11-20T17:32:44-05:30', 1_795_215_764_000],
    ['2026-11-21T00:02:44.123456Z+0100', 1_795_215_764_123.456],
    ['1970-01-01T00:00:00Z', 0],
  ])('%s', (stamp, time) => {
    expect(stampTime(stamp)).toBeCloseTo(time, 3);
  });

  it.each(['', 'now', '2026-11-20', '2026-11-20T23:02:44', '2026-13-20T23:02:44Z', '2026-11-20T23:02:44Z '])(
    '%j is none',
    (stamp) => {
      expect(stampTime(stamp)).toBeUndefined();
    },
  );
});
