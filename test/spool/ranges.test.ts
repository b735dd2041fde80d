/** Stretches of numbers, beside a set of each of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ranges } from '../../src/spool/ranges.ts';

const number = fc.integer({ min: 0, max: 60 });

describe('a set of numbers in stretches', () => {
  it('answers as a set of each number does', () => {
    const additions = fc.array(fc.tuple(number, fc.integer({ min: -1, max: 9 })), { maxLength: 30 });
    fc.assert(
      fc.property(additions, number, number, (list, from, to) => {
        const ranges = new Ranges();
        const set = new Set<number>();
        for (const [start, more] of list) {
          const before = set.size;
          for (let each = start; each <= start + more; each++) set.add(each);
          expect(ranges.add(start, start + more)).toBe(set.size - before);
        }
        for (let each = 0; each <= 72; each++) {
          expect(ranges.has(each)).toBe(set.has(each));
          let gap = each;
          while (set.has(gap)) gap++;
          expect(ranges.gapFrom(each)).toBe(gap);
        }
        expect(ranges.count(from, to)).toBe([...set].filter((each) => each >= from && each < to).length);
        const stretches = [...ranges];
        expect(ranges.first).toEqual(stretches[0]);
        // In order, and with something between each two.
        for (const [i, { from: low, to: high }] of stretches.entries()) {
          expect(low).toBeLessThanOrEqual(high);
          expect(low).toBeGreaterThan((stretches[i - 1]?.to ?? -2) + 1);
        }
        ranges.shift();
        expect([...ranges]).toEqual(stretches.slice(1));
      }),
    );
  });

  it('takes a stretch that is too long to count', () => {
    const ranges = new Ranges();
    expect(ranges.add(1, 2 ** 47)).toBe(2 ** 47);
    expect([ranges.has(2 ** 46), ranges.has(2 ** 47 + 1), ranges.count(10, 2 ** 47)]).toEqual([
      true,
      false,
      2 ** 47 - 10,
    ]);
  });
});
