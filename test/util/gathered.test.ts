import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Gathered } from '../../src/util/gathered.ts';

test('chunks come out as one piece, whatever their lengths, up to the limit and no further', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 100_000, size: 'max' }), { maxLength: 8 });
  fc.assert(
    fc.property(chunks, fc.nat(400_000), fc.nat(400_000), (parts, most, expected) => {
      const gathered = new Gathered(most, expected);
      for (const part of parts) gathered.add(part);
      const all = Buffer.concat(parts);
      expect(gathered.isOver).toBe(all.length > most);
      expect(gathered.bytes().equals(all.subarray(0, most + 1))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('what is added may change afterwards', () => {
  const gathered = new Gathered(10);
  const chunk = Buffer.from('abc');
  gathered.add(chunk);
  chunk.fill(0);
  expect(gathered.bytes().toString()).toBe('abc');
});
