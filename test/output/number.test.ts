/** Numbers as C prints them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFixed, formatJsonNumber } from '../../src/output/number.ts';

describe('%f', () => {
  it.each([
    [1.5, 6, '1.500000'],
    [0, 0, '0'],
    [-0, 2, '-0.00'],
    [0.5, 0, '0'],
    [1.5, 0, '2'],
    [2.5, 0, '2'],
    [-2.5, 0, '-2'],
    [0.125, 2, '0.12'],
    [0.375, 2, '0.38'],
    [1.005, 2, '1.00'],
    [0.1, 20, '0.10000000000000000555'],
    [1e21, 1, '1000000000000000000000.0'],
    [5e-324, 3, '0.000'],
    [Number.POSITIVE_INFINITY, 6, 'inf'],
    [Number.NEGATIVE_INFINITY, 6, '-inf'],
    [Number.NaN, 6, 'nan'],
  ])('of %d with %i places', (value, places, expected) => {
    expect(formatFixed(value, places)).toBe(expected);
  });

  it('prints all digits of the largest double', () => {
    expect(formatFixed(Number.MAX_VALUE, 1)).toBe(`${BigInt(Number.MAX_VALUE)}.0`);
  });

  it('shows the sign of a NaN when it is given', () => {
    expect(formatFixed(Number.NaN, 6, true)).toBe('-nan');
  });

  it('prints every place of the smallest double, and zeros after that', () => {
    const digits = formatFixed(5e-324, 1080);
    expect(digits).toHaveLength(1082);
    expect(digits).toMatch(/^0\.0{323}4940656458\d+25000000$/);
  });

  it('is toFixed where no half is to be rounded', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -1e20, max: 1e20 }),
        fc.integer({ min: 0, max: 40 }),
        (value, places) => {
          const dropped = value.toFixed(100).split('.')[1]!.slice(places);
          fc.pre(!/^50*$/.test(dropped) && !Object.is(value, -0) && Number(value.toFixed(places)) !== 0);
          expect(formatFixed(value, places)).toBe(value.toFixed(places));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a JSON number', () => {
  // Printed by cJSON 1.7.15.
  it.each([
    ['1.50', '1.5'],
    ['1e3', '1000'],
    ['0', '0'],
    ['0.0', '0'],
    ['-0', '-0'],
    ['1e14', '100000000000000'],
    ['1e15', '1e+15'],
    ['123456789012345', '123456789012345'],
    ['1234567890123456', '1234567890123456'],
    ['9007199254740993', '9.00719925474099e+15'],
    ['12345678901234567890', '1.2345678901234567e+19'],
    ['100000000000000.125', '100000000000000.12'],
    ['100000000000000.5', '100000000000000.5'],
    ['0.1', '0.1'],
    ['0.0001', '0.0001'],
    ['1e-5', '1e-05'],
    ['0.00001234', '1.234e-05'],
    ['-1.5e-7', '-1.5e-07'],
    ['5e-324', '4.94065645841247e-324'],
    ['1.7976931348623157e308', '1.79769313486232e+308'],
    ['1e400', 'null'],
    ['-1e400', 'null'],
    ['4294967296', '4294967296'],
    ['-2147483649', '-2147483649'],
    ['123456789.123456789', '123456789.12345679'],
    ['3.14159265358979323846', '3.1415926535897931'],
    ['1'.repeat(62), '1.1111111111111111e+61'],
    [`0.${'1'.repeat(61)}`, '0.1111111111111111'],
  ])('%s is printed as %s', (source, expected) => {
    expect(formatJsonNumber(Number(source))).toBe(expected);
  });

  it('rounds a half in the 17th digit to even, as C does', () => {
    expect(formatJsonNumber(800_000_000_000_001 / 8)).toBe('100000000000000.12');
    expect(formatJsonNumber(800_000_000_000_003 / 8)).toBe('100000000000000.38');
    expect(formatJsonNumber(-800_000_000_000_001 / 8)).toBe('-100000000000000.12');
  });

  it('is JSON, and close to the number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const parsed: unknown = JSON.parse(formatJsonNumber(value));
        if (parsed === null) throw new Error('a finite number became null');
        expect(Math.abs(Number(parsed) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 * Number.EPSILON);
      }),
      { numRuns: 5000 },
    );
  });
});
