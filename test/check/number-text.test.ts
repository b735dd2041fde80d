/** Figures as text. */
import { expect, it } from 'vitest';
import { numberText } from '../../src/check/number-text.ts';

it.each([
  [1, '1'],
  [1.5, '1.5'],
  [100, '100'],
  [0.0004, '0'],
  [1234.5678, '1234.568'],
  [-3, '-3'],
  [-1e21, '-1000000000000000000000'],
])('%d is written as %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});
