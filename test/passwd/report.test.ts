/** What brokers will make of a file, and what its fields say. */
import { describe, expect, it } from 'vitest';
import { checkContent, listUsers } from '../../src/passwd/report.ts';
import { parseField } from '../../src/passwd/schemes.ts';

const SALT = Buffer.alloc(12, 1).toString('base64');
const HASH = Buffer.alloc(64, 2).toString('base64');
const GOOD = `$7$101$${SALT}$${HASH}`;

/** As `line user: text (brokers)`. */
const problemsOf = (file: string | Buffer, brokers?: Parameters<typeof checkContent>[1]): string[] =>
  checkContent(Buffer.from(file as string), brokers).problems.map(
    ({ line, user, text, brokers: told }) => `${line} ${user}: ${text} (${told.join(', ')})`,
  );

describe('a check', () => {
  it.each<[file: string, problems: string[]]>([
    ['', []],
    [`a:${GOOD}\n`, []],
    [`# a:b\n\n  \na:${GOOD}`, []],
    ['::\n', ['1 undefined: a line without a user name (2.0, 2.1)']],
    [`a:${GOOD}\nb\0:${GOOD}\n`, ['2 b\\u0000: a NUL byte: brokers drop the line (2.0, 2.1)']],
    [`${'u'.repeat(65_535)}:${GOOD}\n`, []],
    [`a:${GOOD}\nb:${GOOD}\na:${GOOD}\n`, ['3 a: the same user as in line 1 (2.1)']],
    [`\ufeffa:${GOOD}\n`, ['1 \\ufeffa: a byte order mark, which becomes part of the name (2.0, 2.1)']],
    [`b:${GOOD}\n\ufeffa:${GOOD}\n`, []],
    ...['$6$damaged', '$7$101$abc$def', '$7$'].map((hash): [string, string[]] => [
      `a:${hash}\n`,
      ['1 a: a damaged hash: wrong length, bad base64 or bad number of iterations (2.0, 2.1)'],
    ]),
  ])('of %j finds: %j', (file, problems) => {
    expect(problemsOf(file).map((line) => line.replace(/u{100,}/, 'u…'))).toEqual(problems);
  });

  it('finds fields that are too long', () => {
    expect(problemsOf(`${'u'.repeat(65_536)}:${GOOD}\n`)).toEqual([
      expect.stringMatching(/^1 u+.*: a user name of more than 65535 bytes \(2\.0, 2\.1\)$/),
    ]);
    expect(problemsOf(`a:${'h'.repeat(65_536)}\n`)).toEqual(['1 a: a hash of more than 65535 bytes (2.0, 2.1)']);
    expect(problemsOf(`a:${'h'.repeat(65_535)}\n`)).not.toEqual(['1 a: a hash of more than 65535 bytes (2.0, 2.1)']);
  });

  it('finds a last line that brokers pass over: as long as what they read at once, without a line end', () => {
    const lineOf = (length: number): string => `${'u'.repeat(length - GOOD.length - 1)}:${GOOD}`;
    for (const [length, found] of [
      [254, false],
      [255, true],
      [256, false],
      [1255, true],
      [2255, true],
      [2256, false],
    ] as const) {
      const text = `a last line of ${length} bytes without a newline: brokers skip it (2.0, 2.1)`;
      expect(problemsOf(lineOf(length))).toEqual(found ? [expect.stringContaining(text)] : []);
      expect(problemsOf(`${lineOf(length)}\n`)).toEqual([]);
    }
  });

  it('asks for the brokers that are asked for, and counts the entries', () => {
    const file = `a:${GOOD}\na:${GOOD}\n#\nb:plain\n`;
    expect(problemsOf(file, ['2.0']).some((line) => line.includes('the same user'))).toBe(false);
    expect(problemsOf(file, ['2.1']).filter((line) => line.includes('the same user'))).toHaveLength(1);
    expect(checkContent(Buffer.from(file)).entries).toBe(3);
  });
});

it('a list has each user with how the password is stored', () => {
  const file = Buffer.from(`# x\na:${GOOD}\n:${GOOD}\nb\u202e:plain\nc:$6$${SALT}$${HASH}\n`);
  expect([...listUsers(file)]).toMatchObject([
    { line: 2, user: 'a', iterations: 101, saltLength: 12, acceptedBy: ['2.0', '2.1'] },
    { line: 4, user: 'b\\u202e', iterations: undefined, saltLength: undefined },
    { line: 5, user: 'c', iterations: undefined, saltLength: 12 },
  ]);
});

describe('a field', () => {
  const argon2 = (costs: string, salt = 'AAAAAAAAAAA', hash = 'AAAAAA'): string =>
    `$argon2id$v=19$${costs}$${salt}$${hash}`;

  it.each<[field: string, stored: object | undefined]>([
    [GOOD, { scheme: 'sha512-pbkdf2', iterations: 101 }],
    [`$6$${SALT}$${HASH}`, { scheme: 'sha512' }],
    [`6$$${SALT}$${HASH}$more`, { scheme: 'sha512' }],
    [`$5$${SALT}$${HASH}`, undefined],
    [`$7$0$${SALT}$${HASH}`, undefined],
    [`$7$-5$${SALT}$${HASH}`, undefined],
    [`$7$x$${SALT}$${HASH}`, undefined],
    [`$7$ +12x$${SALT}$${HASH}`, { iterations: 12 }],
    [`$7$4294967301$${SALT}$${HASH}`, { iterations: 5 }],
    [`$7$2147483648$${SALT}$${HASH}`, undefined],
    [`$7$9223372036854775807$${SALT}$${HASH}`, undefined],
    [`$7$-99999999999999999999$${SALT}$${HASH}`, undefined],
    [`$7$-4294967295$${SALT}$${HASH}`, { iterations: 1 }],
    [`$7$101$${SALT}$${Buffer.alloc(63).toString('base64')}`, undefined],
    [`$7$101$${SALT}`, undefined],
    [argon2('m=8,t=1,p=1'), { scheme: 'argon2id', argon2: { memory: 8, passes: 1, lanes: 1 } }],
    [argon2('m=16,t=3,p=2'), { argon2: { memory: 16, passes: 3, lanes: 2 } }],
    [argon2('m=15,t=1,p=2'), undefined],
    [argon2('m=7,t=1,p=1'), undefined],
    [argon2('m=8,t=0,p=1'), undefined],
    [argon2('m=8,t=1,p=0'), undefined],
    [argon2('t=1,m=8,p=1'), undefined],
    [argon2('m=8,t=1,p=1', 'AAAAAAAAAA'), undefined],
    [argon2('m=8,t=1,p=1', 'AAAAAAAAAAA', 'AAAA'), undefined],
    [`$argon2id$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAA`, undefined],
    ['', undefined],
    ['plain', undefined],
  ])('%s says what it says', (field, stored) => {
    if (stored === undefined) expect(parseField(field)).toBeUndefined();
    else expect(parseField(field)).toMatchObject(stored);
  });
});
