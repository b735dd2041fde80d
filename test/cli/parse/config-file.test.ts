/** The text of an options file, cut into words. */
import { describe, expect, it } from 'vitest';
import { fileLines } from '../../../src/cli/parse/config-file.ts';

const lines = (text: string | Uint8Array) =>
  fileLines(typeof text === 'string' ? Buffer.from(text) : text, 'pub').map(({ number, words }) => [
    number,
    ...words.map((word) => word.text),
  ]);

describe('a line', () => {
  it.each([
    ['-r', ['-r']],
    ['-t a', ['-t', 'a']],
    ['--topic a', ['--topic', 'a']],
    ['  -t a', ['-t', 'a']],
    ['\t-t a', ['-t', 'a']],
    [' \t -t a', ['-t', 'a']],
    ['\ufeff-t a', ['-t', 'a']],
    ['-m \ufeffa', ['-m', '\ufeffa']],
    ['-t  a ', ['-t', ' a ']],
    ['-m two  words', ['-m', 'two  words']],
    ['-t a # x', ['-t', 'a # x']],
    ['-m "a b"', ['-m', '"a b"']],
    ['-m a\\n$HOME', ['-m', 'a\\n$HOME']],
    ['-m -5', ['-m', '-5']],
    ['-d -r', ['-d', '-r']],
    ['-r -q 1', ['-r', '-q 1']],
    ['-q', ['-q']],
    ['-q ', ['-q']],
    ['-q  ', ['-q', ' ']],
    ['-t\ta', ['-t\ta']],
    ['--host=h', ['--host=h']],
    ['topic a', ['topic', 'a']],
    ['-m\r', ['-m']],
    ['-m x\r\r', ['-m', 'x']],
    ['-m \r x', ['-m', '\r x']],
    ['-m é', ['-m', 'é']],
  ])("'%s' has the words %j", (line, words) => {
    expect(lines(line)).toEqual([[1, ...words]]);
    expect(lines(`${line}\n`)).toEqual([[1, ...words]]);
  });

  it.each([
    ['-D publish content-type text', ['-D', 'publish', 'content-type', 'text']],
    ['--property publish content-type  a b ', ['--property', 'publish', 'content-type', ' a b ']],
    ['-D  publish   content-type text', ['-D', 'publish', 'content-type', 'text']],
    ['-D publish user-property key a b', ['-D', 'publish', 'user-property', 'key', 'a b']],
    ['-D publish User-Property key value', ['-D', 'publish', 'User-Property', 'key', 'value']],
    ['-D publish user-property key', ['-D', 'publish', 'user-property', 'key']],
    ['-D publish content-type', ['-D', 'publish', 'content-type']],
    ['-D publish', ['-D', 'publish']],
    ['-D', ['-D']],
    ['-D ', ['-D']],
  ])("'%s' with a property has the words %j", (line, words) => {
    expect(lines(line)).toEqual([[1, ...words]]);
  });

  it.each(['', '\n', '\r\n', '   ', '# -t a', '#', ' # x', '\t#-r', '\ufeff# x', '-o other', '-o'])(
    "'%j' says nothing",
    (line) => {
      expect(lines(line)).toEqual([]);
    },
  );

  it('has any length', () => {
    const long = 'x'.repeat(100_000);
    expect(lines(`-m ${long}\n-r\n`)).toEqual([
      [1, '-m', long],
      [2, '-r'],
    ]);
  });

  it('keeps bytes that are not UTF-8, and NUL', () => {
    const [line] = fileLines(Buffer.from([0x2d, 0x6d, 0x20, 0x61, 0xff, 0x00, 0x62]), 'pub');
    expect(Buffer.from(line!.words[1]!.bytes)).toEqual(Buffer.from([0x61, 0xff, 0x00, 0x62]));
    expect(line!.words[1]!.wellFormed).toBe(false);
  });
});

describe('the lines of a file', () => {
  it('have the numbers that an editor shows', () => {
    expect(lines('# one\n\n-t a\r\n  \n-r\n#\n-q 1')).toEqual([
      [3, '-t', 'a'],
      [5, '-r'],
      [7, '-q', '1'],
    ]);
  });
});
