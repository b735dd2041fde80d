/** Whether a broker accepts the connection, and how long that takes. */
import { describe, expect, it } from 'vitest';
import { up } from '../../../src/check/checks/up.ts';
import { readRange } from '../../../src/check/range.ts';
import { Bench } from '../support.ts';

describe('up', () => {
  it('is good when CONNACK has arrived, with a figure for each step', () => {
    const bench = new Bench(up({}));
    expect(bench.outcome).toBe('OK the broker accepted the connection in 3 ms');
    expect(bench.verdict!.metrics.map(({ name, value }) => `${name}=${value}`)).toEqual([
      'time=3',
      'connect=1',
      'connack=2',
    ]);
  });

  it('names the attempt that succeeded', () => {
    expect(new Bench(up({}), { attempts: 4 }).outcome).toBe(
      'OK the broker accepted the connection in 3 ms at attempt 4',
    );
  });

  it('compares the time with thresholds', () => {
    expect(new Bench(up({ warn: readRange('2') })).outcome).toMatch(/^WARNING/);
  });
});
