/**
 * Covers src/cli/values/format.ts.
 */
import { describe, expect, it } from 'vitest';
import { usage } from '../../../src/cli/complaint.ts';
import { readFormat } from '../../../src/cli/values/format.ts';
import {
  bytes,
  choice,
  decimal,
  integer,
  type Kind,
  NEVER_EXPIRES,
  sessionExpiry,
  text,
  topicFilter,
  topicName,
} from '../../../src/cli/values/kinds.ts';
import { textWord } from '../../../src/cli/words/words.ts';

const read = <T>(kind: Kind<T>, word: string): T => kind.read(textWord(word), '-z');
const bad = (typed: string) => usage(`bad ${typed}`);

describe('integer', () => {
  const kind = integer({ min: -3, max: 300, bad });

  it.each([
    ['0', 0],
    ['-3', -3],
    ['300', 300],
    ['007', 7],
    ['+5', 5],
    ['-0', 0],
    ['      12', 12],
    ['\t12 \r', 12],
  ])("reads '%s'", (word, number) => {
    expect(read(kind, word)).toBe(number);
  });

  it.each([
    '',
    ' ',
    '-4',
    '301',
    '1 2',
    '- 1',
    '\u00a01',
    '1e2',
    '1.0',
    '0x1',
    '12x',
    '-',
    '∞',
    '99999999999999999999',
  ])("refuses '%s'", (word) => {
    expect(() => read(kind, word)).toThrow(`bad ${word}`);
  });
});

describe('decimal', () => {
  const kind = decimal({ min: 0.5, max: 10, bad });

  it.each([
    ['0.5', 0.5],
    ['.75', 0.75],
    ['1.', 1],
    ['10', 10],
    ['1e0', 1],
    ['  1.5', 1.5],
    ['1.5 ', 1.5],
  ])("reads '%s'", (word, number) => {
    expect(read(kind, word)).toBe(number);
  });

  it.each(['', ' ', '.', 'x', '1 .5', '0.49', '10.1', 'inf', 'nan', '1s', '1,5', '1e999'])("refuses '%s'", (word) => {
    expect(() => read(kind, word)).toThrow(`bad ${word}`);
  });
});

describe('-x', () => {
  it.each([
    ['0', 0],
    ['60', 60],
    ['0x10', 16],
    ['0XfF', 255],
    ['010', 8],
    ['00', 0],
    [' +5', 5],
    ['-0', 0],
    ['4294967295', NEVER_EXPIRES],
    ['0xffffffff', NEVER_EXPIRES],
    ['-1', NEVER_EXPIRES],
    ['-0x1', NEVER_EXPIRES],
    ['∞', NEVER_EXPIRES],
  ])("reads '%s' in the notation of C", (word, number) => {
    expect(read(sessionExpiry(), word)).toBe(number);
  });

  it.each(['', 'x', '5x', '0x', '08', '1.5', '5 ', '--', '+'])("refuses '%s' as not a number", (word) => {
    expect(() => read(sessionExpiry(), word)).toThrow('Error: session-expiry-interval not a number.');
  });

  it.each(['-2', '4294967296', '99999999999999999999', '-99999999999999999999'])(
    "refuses '%s' as out of range",
    (word) => {
      expect(() => read(sessionExpiry(), word)).toThrow('Error: session-expiry-interval out of range.');
    },
  );
});

describe('choice', () => {
  const kind = choice({ a: 1, b: 2 }, bad);

  it('takes the words as they are written, and no names of object methods', () => {
    expect(read(kind, 'b')).toBe(2);
    for (const word of ['B', '', 'c', 'toString', '__proto__']) expect(() => read(kind, word)).toThrow(`bad ${word}`);
  });
});

describe('text and bytes', () => {
  it('may be empty', () => {
    expect(read(text(), '')).toBe('');
    expect(read(bytes(), '')).toHaveLength(0);
  });

  it('refuse control characters only where the text goes into a packet', () => {
    expect(read(text(), 'a\u0001')).toBe('a\u0001');
    expect(() => read(text({ plain: true }), 'a\u0001')).toThrow('Error: Malformed UTF-8 in -z argument.');
  });

  it('count bytes, not characters', () => {
    expect(read(text({ maxBytes: 4 }), 'éé')).toBe('éé');
    expect(() => read(text({ maxBytes: 3 }), 'éé')).toThrow(
      expect.objectContaining({
        message: 'Error: The value of -z is too long.',
        hint: 'It has 4 bytes; the limit is 3.',
      }),
    );
    expect(() => read(bytes(3), 'éé')).toThrow('Error: The value of -z is longer than 3 bytes.');
  });
});

describe('topicName', () => {
  const kind = topicName('will');
  const invalid = (topic: string) => `Error: Invalid will topic '${topic}', does it contain '+' or '#'?`;

  it.each(['a', '/', '//a', '-m', ' ', '$SYS/x', '\ufeff', 'é', '/'.repeat(200)])("takes '%s'", (topic) => {
    expect(read(kind, topic)).toBe(topic);
  });

  it.each(['', '+', 'a#', 'a/+/b', '/'.repeat(201)])("refuses '%s'", (topic) => {
    expect(() => read(kind, topic)).toThrow(invalid(topic));
  });

  it.each(['\u0001', 'a\n', '\u007f', '\u0080', '\ud800', '\ufdd0', '\uffff', '\u{1fffe}'])(
    'refuses %j as malformed',
    (topic) => {
      expect(() => read(kind, topic)).toThrow('Error: Malformed UTF-8 in -z argument.');
    },
  );

  it('has 65,535 bytes at most', () => {
    expect(read(kind, 'a'.repeat(65_535))).toHaveLength(65_535);
    expect(() => read(kind, 'a'.repeat(65_536))).toThrow('Error: Invalid will topic');
    expect(() => read(kind, 'a'.repeat(65_537))).toThrow('Error: Malformed UTF-8');
  });
});

it.each([
  ['', 'The topic is empty.'],
  ['a'.repeat(65_536), 'The topic is longer than 65535 bytes.'],
  ['a'.repeat(65_537), 'The topic is longer than 65535 bytes.'],
  ['/'.repeat(201), 'The topic has more than 200 slashes.'],
  ['a#', undefined],
])('an invalid topic gets a hint if its wildcards are right: %#', (topic, hint) => {
  for (const kind of [topicName('publish'), topicFilter('subscription')])
    expect(() => read(kind, topic)).toThrow(expect.objectContaining({ hint }));
});

describe('topicFilter', () => {
  it.each(['a', '#', '+', '+/+/#', 'a/+/b', '$share/g/a', '$share/g'])("takes '%s'", (filter) => {
    expect(read(topicFilter('filter'), filter)).toBe(filter);
  });

  it.each(['', 'a#', '#/a', '++', 'a+/b', '/'.repeat(201)])("refuses '%s'", (filter) => {
    expect(() => read(topicFilter('unsubscribe'), filter)).toThrow(
      `Error: Invalid unsubscribe topic '${filter}', are all '+' and '#' wildcards correct?`,
    );
  });
});

describe('-F', () => {
  it.each(['', 'text', '%t %p', '%-010.2:x', '@Y@@', '\\n', 'é'])("takes '%s'", (typed) => {
    expect(readFormat(Buffer.from(typed))).toMatchObject({ usesTime: typed.startsWith('@') });
  });

  it.each([
    ['%', 'Error: Incomplete format specifier.'],
    ['@', 'Error: Incomplete format specifier.'],
    ['%5.', 'Error: Incomplete format specifier.'],
    ['%Z', "Error: Invalid format specifier 'Z'."],
    ['\\', 'Error: Incomplete escape specifier.'],
    ['\\x41', "Error: Invalid escape specifier 'x'."],
  ])("refuses '%s'", (typed, text) => {
    expect(() => readFormat(Buffer.from(typed))).toThrow(usage(text));
  });

  it('need not be UTF-8', () => {
    expect(() => readFormat(Buffer.from([0x25, 0x74, 0xff]))).not.toThrow();
  });
});
