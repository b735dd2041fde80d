/** Lines of `--checks`, cut into words as a shell does it. */
import { expect, it } from 'vitest';
import { wordsOf } from '../../src/cli/check-line.ts';

it.each([
  ['up', ['up']],
  ['  a   b\t', ['a', 'b']],
  [`value -t 'home/# x'`, ['value', '-t', 'home/# x']],
  [`"a \\"b\\"" c`, ['a "b"', 'c']],
  [`a'b'"c"d`, ['abcd']],
  [`'' ""`, ['', '']],
  [`a\\ b`, ['a b']],
  [`$HOME *`, ['$HOME', '*']],
])('%s', (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

it.each([`'a`, `"a`, `a'`, `a\\`])('%s: a quote is not closed', (text) => {
  expect(wordsOf(text)).toBeUndefined();
});
