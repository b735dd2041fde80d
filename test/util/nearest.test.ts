import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../src/util/nearest.ts';

describe('the edit distance', () => {
  it.each([
    ['', '', 0],
    ['a', '', 1],
    ['host', 'hots', 1],
    ['host', 'hst', 1],
    ['host', 'hoost', 1],
    ['host', 'hoxt', 1],
    ['kitten', 'sitting', 3],
  ])('from %j to %j is %i', (one, other, distance) => {
    expect(editDistance(one, other)).toBe(distance);
  });

  it('is the same both ways, and 0 only for the same word', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (one, other) => {
        expect(editDistance(one, other)).toBe(editDistance(other, one));
        expect(editDistance(one, other) === 0).toBe(one === other);
        expect(editDistance(one, other)).toBeLessThanOrEqual(Math.max(one.length, other.length));
      }),
    );
  });
});

describe('nearest', () => {
  it('is the first of the nearest words, in small letters or capitals', () => {
    expect(nearest('HOTS', ['port', 'host', 'hose'])).toBe('host');
  });

  it('is the only word that begins so, where none is near', () => {
    expect(nearest('pass', ['password-file', 'host'])).toBe('password-file');
    expect(nearest('retry', ['retry-delay-x', 'retry-max-time'])).toBeUndefined();
  });

  it('is nothing for a word of one letter, or for one that is like no other', () => {
    expect(nearest('h', ['ho'])).toBeUndefined();
    expect(nearest('zzzz', ['host'])).toBeUndefined();
  });
});
