/** Figures as text: without an exponent, and with the digits that thresholds are compared with. */
import { expect, it } from 'vitest';
import { millisText, numberText } from '../../src/check/number-text.ts';

it.each([
  [1, '1'],
  [1.5, '1.5'],
  [100, '100'],
  [0.0004, '0.0004'],
  [1e-7, '0.0000001'],
  [-0.0001, '-0.0001'],
  [1234.5678, '1234.5678'],
  [-3, '-3'],
  [-1e21, '-1000000000000000000000'],
])('%d is written as %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});

it('a time in milliseconds has at most three decimals', () => {
  expect([3.21541, 0.0004, 12].map(millisText)).toEqual(['3.215', '0', '12']);
});
