/** What renderers are made with. */
import { describe, expect, it } from 'vitest';
import { lastOnly, remembered } from '../../src/output/renderer.ts';
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
    expect(gather((output) => output.text(text)).toString()).toBe(text);
  });
});

describe('a memory for the last value', () => {
  it('makes it again only when the key changes', () => {
    const keys: number[] = [];
    const twice = lastOnly((key: number) => {
      keys.push(key);
      return key * 2;
    });
    expect([1, 1, 2, 2, 1, 0].map(twice)).toEqual([2, 2, 4, 4, 2, 0]);
    expect(keys).toEqual([1, 2, 1, 0]);
  });
});

describe('a memory for many values', () => {
  it('makes each once, as long as there are not too many', () => {
    let made = 0;
    const length = remembered((key) => {
      made++;
      return key.length;
    });
    expect(['a', 'bb', 'a', 'bb', ''].map(length)).toEqual([1, 2, 1, 2, 0]);
    expect(made).toBe(3);
  });

  it('does not grow without end, and is right all the same', () => {
    const same = remembered((key) => ({ key }));
    const first = same('0');
    for (let i = 0; i < 5000; i++) expect(same(`${i}`).key).toBe(`${i}`);
    expect(same('0')).not.toBe(first);
    expect(same('4999')).toBe(same('4999'));
  });
});
