import { describe, expect, it } from 'vitest';
import { readDuration } from '../../src/check/duration.ts';
import { readAge } from '../../src/cli/values/age.ts';
import { TIME_UNITS } from '../../src/util/time-units.ts';

describe('a unit of time', () => {
  it.each(Object.entries(TIME_UNITS))('%s means the same in an age and in a duration', (unit, time) => {
    expect(readDuration(`3${unit}`)).toBe(3 * time);
    expect(readAge(`3${unit}`)).toBe(unit === 'ms' ? undefined : 3 * time);
  });
});
