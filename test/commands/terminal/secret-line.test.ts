/** A line typed unseen. */
import { describe, expect, it } from 'vitest';
import { SecretLine } from '../../../src/commands/terminal/secret-line.ts';

describe('a line typed unseen', () => {
  it.each<[keys: string, typed: string, line: string, used: number]>([
    ['abc\r', 'line', 'abc', 4],
    ['abc\nnext', 'line', 'abc', 4],
    ['abc\u0004', 'line', 'abc', 4],
    ['\r', 'line', '', 1],
    ['abc\u0003d', 'interrupt', 'abc', 4],
    ['abc\u001cd', 'quit', 'abc', 4],
    ['abc\u007f\u0008d\r', 'line', 'ad', 7],
    ['\u007f\u007fa\r', 'line', 'a', 4],
    ['aé€😀\u007f\r', 'line', 'aé€', 12],
    ['aé€\u007f\r', 'line', 'aé', 8],
    ['aé\u007f\u007f\u007fb\r', 'line', 'b', 8],
    ['abc\u0015d\r', 'line', 'd', 6],
    ['one two \u0017\r', 'line', 'one ', 10],
    ['one two  \u0017x\r', 'line', 'one x', 12],
    ['one\u0017\u0017x\r', 'line', 'x', 7],
    ['a\u0000b\u0001\u001b[A\r', 'line', 'ab\u0001\u001b[A', 8],
  ])('%j ends it: %s, with %j', (keys, typed, text, used) => {
    const line = new SecretLine();
    expect(line.type(Buffer.from(keys))).toEqual({ typed, used });
    expect(line.take().toString()).toBe(text);
    // Nothing of it is left.
    expect(line.take()).toHaveLength(0);
  });

  it('goes on over any number of reads', () => {
    const line = new SecretLine();
    for (const keys of ['a', '\u00e9', '', 'b\u007f']) expect(line.type(Buffer.from(keys))).toBeUndefined();
    expect(line.type(Buffer.from('c\r'))).toEqual({ typed: 'line', used: 2 });
    expect(line.take().toString()).toBe('aéc');
  });

  it('keeps a little more than a password may have, and no more', () => {
    const line = new SecretLine();
    line.type(Buffer.alloc(100_000, 'x'));
    line.type(Buffer.from('\r'));
    expect(line.take()).toHaveLength(65_537);
  });
});
