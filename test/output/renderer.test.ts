/** What renderers are made with. */
import { describe, expect, it } from 'vitest';
import { lastOnly, putText } from '../../src/output/renderer.ts';
import { gather } from './render.ts';

describe('text', () => {
  it.each([
    '',
    'a',
    'x'.repeat(24),
    'x'.repeat(25),
    'é',
    'abcé',
    '😀'.repeat(12),
    `${'x'.repeat(23)}é`,
    'é'.repeat(30),
  ])('%s is put as UTF-8', (text) => {
    expect(gather((output) => putText(output, text)).toString()).toBe(text);
  });
});

describe('a memory for the last value', () => {
  it('makes it anew only when the key changes', () => {
    const keys: number[] = [];
    const twice = lastOnly((key: number) => {
      keys.push(key);
      return key * 2;
    });
    expect([1, 1, 2, 2, 1, 0].map(twice)).toEqual([2, 2, 4, 4, 2, 0]);
    expect(keys).toEqual([1, 2, 1, 0]);
  });
});
