import { expect, it } from 'vitest';
import { ageText } from '../../src/spool/age.ts';

it.each([
  [-5, '0 s'],
  [999, '0 s'],
  [119_999, '119 s'],
  [120_000, '2 min'],
  [12 * 60_000 + 59_000, '12 min'],
  [2 * 3_600_000 - 1, '119 min'],
  [47 * 3_600_000, '47 h'],
  [49 * 3_600_000, '2 d'],
  [400 * 86_400_000, '400 d'],
])('%i ms are %s', (age, text) => {
  expect(ageText(age)).toBe(text);
});
