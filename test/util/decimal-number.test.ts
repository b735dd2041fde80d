import { describe, expect, it } from 'vitest';
import { decimalNumber } from '../../src/util/decimal-number.ts';

describe('a decimal number', () => {
  it.each([
    ['0', 0],
    ['-1', -1],
    ['+2.5', 2.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1E-2', 0.01],
  ])('is "%s"', (text, number) => {
    expect(decimalNumber(text)).toBe(number);
  });

  it.each(['', ' 1', '1 ', '.', '-', '1,5', '0x10', 'NaN', 'Infinity', '1e999', '1e', '--1'])('is not "%s"', (text) => {
    expect(decimalNumber(text)).toBeUndefined();
  });
});
