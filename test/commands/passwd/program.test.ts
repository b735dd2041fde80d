/**
 * The forms of tspasswd that mosquitto_passwd does not have, and what those that it has do beyond it.
 * Covers src/commands/passwd/password.ts, src/commands/passwd/read.ts, src/commands/passwd/write.ts,
 * src/commands/terminal/stdout.ts, src/passwd/broker-user.ts.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileOf, tempDir } from '../../support/tmp.ts';
import { runTool } from '../../support/tools.ts';

const SEED =
  'rajan:$6$dtMF49Z2e8YSrYEY$1nAtPhU4V+d8dj/3glka5H7VrQBf/IZ2WFhJDQI5CGpbK6soFrwk0cciOf0pioSvkTsiZ9rD24pOZTPpYxq1Kg==\n';
/** The password is secret, the salt has 64 bytes. */
const LONG_SALT =
  'u007:$7$1000$POadoVyhpqhFuLk2lv7Z5CCO+sI4FYgaCHQBKLCInHWAz9rVLEDoxgGR/LAWSIxv/+di93TiTYdzjG4bcuBeNQ==$nM5nZi8GrNW+noDw0feAHBiTb37JVPwmu5fWZ3iob8S5PyqA7pEzrecSykUgY8hVQPB5CtAfZ91gqVIwp/kx6w==\n';
const CRYPT =
  'carl:$6$NaCl4u01$nApSLEUh8pOUItPpU/vU.GDjlE4ZHEn5RoaiRnHLIGqiF8ylLYLBnn1p.kQFbi582WO.MiCza3mRNMIb2mCHE0\n';

async function passwd(args: string[], stdin = ''): Promise<{ status: number; stdout: string; stderr: string }> {
  const { status, stdout, stderr } = await runTool('tspasswd', args, { stdin });
  return { status, stdout, stderr };
}

describe('an option that does not exist', () => {
  it.each([
    ['--password=geheim', "Error: Unknown option '--password=…'.\nHint: Did you mean --password-file?\n"],
    ['--pwgeheim', "Error: Unknown option '--pw…'.\nHint: See tspasswd --help.\n"],
    [
      '--chekc',
      "Error: Unknown option '--chekc'.\nHint: Did you mean --check? For a file of that name, write ./--chekc.\n",
    ],
  ])('%s is told without a secret', async (word, stderr) => {
    expect(await passwd([word, 'users'])).toEqual({ status: 1, stdout: '', stderr });
  });
});

describe('--check', () => {
  it('finds nothing in a good file', async () => {
    const file = fileOf(`# comment\n${SEED}`);
    expect(await passwd(['--check', file])).toEqual({
      status: 0,
      stdout: `${file}: no problem in 1 entry\n`,
      stderr: '',
    });
  });

  it('names line, user, reason and broker', async () => {
    const file = fileOf(`# comment\n${SEED}${CRYPT}bob:secret\n${SEED}:x\n`);
    const { status, stdout } = await passwd(['--check', file]);
    expect(status).toBe(1);
    expect(stdout.replaceAll(file, 'pw')).toBe(
      [
        'pw:3: user carl: a crypt(3) hash, which brokers do not support (refused by broker 2.0, 2.1)',
        'pw:4: user bob: a plain-text password (refused by broker 2.0, 2.1)',
        'pw:5: user rajan: the same user as in line 2 (refused by broker 2.1)',
        'pw:6: a line without a user name (refused by broker 2.0, 2.1)',
        '',
      ].join('\n'),
    );
    expect(stdout).not.toContain('secret');
  });

  it('prints JSON, and asks for one broker only', async () => {
    const file = fileOf(SEED + SEED);
    const { status, stdout } = await passwd(['--check', '--json', file]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      file,
      entries: 2,
      problems: [{ line: 2, user: 'rajan', text: 'the same user as in line 1', brokers: ['2.1'] }],
    });
    expect((await passwd(['--check', '--broker', '2.0', file])).status).toBe(0);
  });
});

describe('--list', () => {
  it('names the iterations of a scheme that has them', async () => {
    expect((await passwd(['--list', fileOf(LONG_SALT)])).stdout).toBe(
      'u007\tsha512-pbkdf2\titerations 1000\tsalt 64\n',
    );
  });

  it('names users and schemes, never a hash', async () => {
    const file = fileOf(`${SEED}bob:secret\n`);
    expect((await passwd(['--list', file])).stdout).toBe('rajan\tsha512\tsalt 12\nbob\tplain\trefused\n');
    expect(JSON.parse((await passwd(['--list', file, '--json'])).stdout)).toMatchObject({
      users: [
        { line: 1, user: 'rajan', kind: 'sha512', saltLength: 12, acceptedBy: ['2.0', '2.1'] },
        { line: 2, user: 'bob', kind: 'plain', acceptedBy: [] },
      ],
    });
  });
});

describe('--verify', () => {
  it('of an entry that brokers refuse says so, and that --upgrade helps', async () => {
    const file = fileOf(CRYPT);
    expect(await passwd(['--verify', file, 'carl'], 'secret\n')).toEqual({
      status: 0,
      stdout: expect.stringContaining('Right password for user carl\n'),
      stderr:
        'Warning: Broker 2.0, 2.1 refuses this entry: a crypt(3) hash, which brokers do not support.\nHint: Use --upgrade to rehash the password.\n',
    });
    expect(readFileSync(file, 'utf8')).toBe(CRYPT);
  });

  it.each([
    ['a salt of 64 bytes, where one is asked for', LONG_SALT, 'u007', 'secret', ['--salt-length', '64'], true],
    ['a salt of 64 bytes, where one of 12 is asked for', LONG_SALT, 'u007', 'secret', [], false],
    ['fewer iterations than asked for', LONG_SALT, 'u007', 'secret', ['--salt-length', '64', '-I', '1001'], false],
    ['the scheme that is asked for', SEED, 'rajan', 'password123', ['-H', 'sha512'], true],
    ['another scheme', SEED, 'rajan', 'password123', [], false],
  ] as const)('--upgrade of an entry with %s leaves it or not', async (_, entry, user, password, words, isLeft) => {
    const file = fileOf(`${entry}bob:x`);
    const { status, stdout } = await passwd(['--verify', '--upgrade', ...words, file, user], `${password}\n`);
    expect([status, stdout.includes(`Updating password for user ${user}\n`)]).toEqual([0, !isLeft]);
    expect([readFileSync(file, 'utf8').startsWith(entry), readFileSync(file, 'utf8').endsWith('\nbob:x')]).toEqual([
      isLeft,
      true,
    ]);
  });

  it('--upgrade finds the entry in a last line without an end', async () => {
    const file = fileOf(CRYPT.trimEnd());
    expect((await passwd(['--verify', '--upgrade', file, 'carl'], 'secret\n')).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^carl:\$7\$1000\$\S+\n$/);
  });

  it('--upgrade of a user that stands in the file twice with two passwords changes neither, and is 2', async () => {
    const content = `${CRYPT}${SEED}${CRYPT.replace('NaCl4u01', 'NaCl4u02').replace('carl', 'rajan')}carl:plain\n${CRYPT}`;
    const file = fileOf(content);
    const { status, stderr } = await passwd(['--verify', '--upgrade', file, 'carl'], 'secret\n');
    expect([status, stderr]).toEqual([
      2,
      'Error: The entry of user carl was not rehashed: it was changed in the meantime, or another entry differs.\n',
    ]);
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it.each([
    ['a right password', 'rajan', 'password123\n', 0],
    ['a wrong one', 'rajan', 'password124\n', 1],
    ['an unknown user', 'nobody', 'password123\n', 1],
    ['a plain text entry', 'bob', 'secret\n', 2],
  ])('%s', async (_, user, stdin, status) => {
    const result = await passwd(['--verify', fileOf(`${SEED}bob:secret\n`), user], stdin);
    expect(result.status).toBe(status);
    expect(result.stderr).not.toContain(stdin.trim());
  });

  it('a file that is not there is neither right nor wrong', async () => {
    expect((await passwd(['--verify', join(tempDir(), 'no'), 'u'], 'x\n')).status).toBe(2);
  });

  it('--upgrade rehashes a right password and leaves a wrong one alone', async () => {
    const file = fileOf(`# top\n${CRYPT}${SEED}`);
    expect((await passwd(['--verify', '--upgrade', file, 'carl'], 'wrong\n')).status).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe(`# top\n${CRYPT}${SEED}`);
    expect((await passwd(['--verify', '--upgrade', file, 'carl'], 'secret\n')).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^# top\ncarl:\$7\$1000\$\S+\nrajan:/);
    expect(readFileSync(file, 'utf8').endsWith(SEED)).toBe(true);
    const upgraded = readFileSync(file, 'utf8');
    expect((await passwd(['--verify', '--upgrade', file, 'carl'], 'secret\n')).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(upgraded);
  });
});

describe('--password-file', () => {
  it.each(['word\n', 'word', 'word\r\n'])('takes one line: %j', async (content) => {
    const file = fileOf('');
    expect((await passwd(['--password-file', fileOf(content), file, 'u'])).status).toBe(0);
    expect((await passwd(['--verify', '-b', file, 'u', 'word'])).status).toBe(0);
    expect((await passwd(['--verify', '--password-file', '-', file, 'u'], content)).status).toBe(0);
  });

  it('refuses what is longer than a password can be, from a file and from standard input', async () => {
    const file = fileOf('');
    const long = 'x'.repeat(65_600);
    const path = fileOf(long);
    for (const [source, place] of [
      [path, path],
      ['-', 'standard input'],
    ] as const)
      expect(await passwd(['--password-file', source, file, 'u'], long)).toEqual({
        status: 1,
        stdout: '',
        stderr: `Error: The password in ${place} must be one line of at most 65535 bytes.\n`,
      });
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('that is missing is reported by its name', async () => {
    const path = join(tempDir(), 'no');
    expect(await passwd(['--password-file', path, fileOf(''), 'u'])).toEqual({
      status: 1,
      stdout: '',
      stderr: `Error: Unable to read ${path}. No such file or directory.\n`,
    });
  });

  it.each(['', '\n', 'a\nb\n', 'a\0b\n'])('refuses %j', async (content) => {
    const file = fileOf('');
    expect((await passwd(['--password-file', fileOf(content), file, 'u'])).status).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('');
  });
});

describe('-U', () => {
  it('keeps colons in passwords, and a second run changes nothing', async () => {
    const file = fileOf(`# c: d\n${SEED}u:one:two\nv::x\r\n${CRYPT}\nlast:z`);
    const first = await passwd(['-U', file]);
    expect(first).toMatchObject({ status: 0 });
    const after = readFileSync(file, 'utf8');
    expect(after.startsWith(`# c: d\n${SEED}u:$7$1000$`)).toBe(true);
    expect(after).toContain(CRYPT);
    for (const [user, password] of [
      ['u', 'one:two'],
      ['v', ':x'],
      ['last', 'z'],
    ] as const)
      expect((await passwd(['--verify', '-b', file, user, password])).status).toBe(0);
    await passwd(['-U', file]);
    expect(readFileSync(file, 'utf8')).toBe(after);
  });
});

describe('a user that stands in the file twice', () => {
  it('is updated in every line, and the lines are named', async () => {
    const file = fileOf('u:x\nbob:y\nu:z\n');
    const { status, stderr } = await passwd(['-b', file, 'u', 'p']);
    expect([status, stderr]).toEqual([
      0,
      'Warning: User u appears in lines 1, 3, and all were updated.\nHint: Delete all but one of these lines: brokers from 2.1 on refuse the file.\n',
    ]);
    const [first, bob, last] = readFileSync(file, 'utf8').split('\n');
    expect([first, bob, last]).toEqual([expect.stringMatching(/^u:\$7\$/), 'bob:y', first]);
  });

  it.each([
    ['without a colon', 'nocolon'],
    ['without a colon that looks like a comment', ' # comment'],
    ['without a name', ':x'],
    ['with a blank name', ' :x'],
    ['with a NUL', 'a:b\0c'],
  ])('of -U refuses a file with a line %s, and leaves it as it was', async (_, line) => {
    const content = `# comment\n\n  \nu:x\n${line}\nv:y\n`;
    const file = fileOf(content);
    expect(await passwd(['-U', file])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'Error: Corrupt password file at line 5.\n',
    });
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it.each([
    '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=',
    '{SSHA}1vrxPrh8BHlmmYPvCJyL0bWBkG5YMEEy',
    '$apr1$0dUqPTuR$kNmsKiHFSCxDGhB2nAhHP1',
    '$2y$05$abcdefghijklmnopqrstuuRXb0XbSfG8yYFQ6yG6oN0hXr2Qy2w1y',
    '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7',
    '$argon2i$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A',
    'PBKDF2$sha512$100000$7vO5AKXYpHjMNqNV$3sQ0kSoTpHuXdQmzNMf7UnMTEyGkVbvMBDqXs3EwDMQ=',
  ])('of -U leaves the hash of another program as it is, and says so: %s', async (hash) => {
    const content = `u:${hash}\n`;
    const file = fileOf(content);
    expect(await passwd(['-U', file])).toEqual({
      status: 0,
      stdout: '',
      stderr: 'Warning: Line 1: user u was not changed: a hash of a kind that brokers do not support.\n',
    });
    expect(readFileSync(file, 'utf8')).toBe(content);
    expect((await passwd(['--check', file])).status).not.toBe(0);
  });

  it('of which only the beginning is left is hashed by -U like a plain-text password, with a warning', async () => {
    const file = fileOf('u:$7$101$abc$def\n');
    expect((await passwd(['--list', file])).stdout).toBe('u\thash\trefused\n');
    const verified = await passwd(['--verify', '-b', file, 'u', 'x']);
    expect([verified.status, verified.stderr]).toEqual([
      2,
      'Error: The entry of user u cannot be verified: a damaged hash: wrong length, bad base64 or bad number of iterations.\n',
    ]);
    expect(await passwd(['-U', file])).toEqual({
      status: 0,
      stdout: '',
      stderr: 'Warning: Line 1: user u had a damaged hash, which was hashed like a plain-text password.\n',
    });
    expect((await passwd(['--verify', '-b', file, 'u', '$7$101$abc$def'])).status).toBe(0);
  });

  it('is hashed in every line by -U, which says so, and what it left as it is', async () => {
    const file = fileOf(`u:x\n${CRYPT}u:z\n`);
    expect(await passwd(['-U', file])).toEqual({
      status: 0,
      stdout: '',
      stderr:
        'Warning: Line 2: user carl was not changed: a crypt(3) hash, which brokers do not support.\n' +
        'Warning: Line 3: user u also appears in line 1.\n',
    });
  });
});

describe('-H argon2id', () => {
  const WARNING =
    'Warning: Only brokers built with Argon2 accept argon2id. Others from 2.1 on refuse the whole file.\n';

  it('warns that few brokers take it, and stores it', async () => {
    const file = fileOf('');
    const { status, stderr } = await passwd(['-H', 'argon2id', '-b', file, 'u', 'p']);
    expect([status, stderr]).toEqual([0, WARNING]);
    const content = readFileSync(file, 'utf8');
    expect(content).toMatch(/^u:\$argon2id\$v=19\$/);
    // It is as strong as a new one.
    expect((await passwd(['--verify', '--upgrade', '-H', 'argon2id', '-b', file, 'u', 'p'])).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it('of -U warns only where there is something to hash', async () => {
    expect((await passwd(['-U', '-H', 'argon2id', fileOf(SEED)])).stderr).toBe('');
    expect((await passwd(['-U', '-H', 'argon2id', fileOf('u:x\n')])).stderr).toBe(WARNING);
  });
});

describe('-c', () => {
  it('refuses a file that has something in it before it asks for a password, and names --force', async () => {
    const file = fileOf(SEED);
    const refused = {
      status: 1,
      stdout: '',
      stderr: `Error: Unable to open file ${file} for writing. File exists.\nHint: Use --force to replace the file, or omit -c to add the user to it.\n`,
    };
    // The terminal would show a prompt.
    expect(await passwd(['-c', file, 'u'])).toEqual(refused);
    expect(await passwd(['-c', '-b', file, 'u', 'p'])).toEqual(refused);
    expect(readFileSync(file, 'utf8')).toBe(SEED);
  });

  it('fills an empty file, and keeps its mode', async () => {
    const file = fileOf('', 'file', 0o640);
    expect((await passwd(['-c', '-b', file, 'u', 'p'])).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^u:\S+\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it('says that an empty file can be read by others, as it does for one with users', async () => {
    const file = fileOf('', 'file', 0o644);
    const { status, stderr } = await passwd(['-c', '-b', file, 'u', 'p']);
    expect([status, stderr]).toEqual([0, expect.stringContaining('has world readable permissions')]);
  });

  it('has no advice where nothing can be replaced', async () => {
    const folder = tempDir();
    expect(await passwd(['-c', folder, 'u'])).toEqual({
      status: 1,
      stdout: '',
      stderr: `Error: Unable to open file ${folder} for writing. File exists.\n`,
    });
  });

  it('fails before it asks for a password where there is no such folder', async () => {
    const file = join(tempDir(), 'no', 'file');
    expect(await passwd(['-c', file, 'u'])).toEqual({
      status: 1,
      stdout: '',
      stderr: `Error: Unable to open file ${file} for writing. No such file or directory.\n`,
    });
  });

  it('--force replaces a file that exists', async () => {
    const file = fileOf(SEED);
    expect((await passwd(['-c', '--force', '-b', file, 'u', 'p'])).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^u:\S+\n$/);
  });
});

describe('words that cannot be used', () => {
  it.each([
    [['--check', '-c', 'f'], '-c and --check cannot be used together.'],
    [['--json', 'f', 'u'], '--json needs --check or --list.'],
    [['-b', '--password-file', 'x', 'f', 'u', 'p'], '-b and --password-file cannot be used together.'],
    [['--salt-length', '16', 'f', 'u'], 'Salt length must be 12 or 64.'],
    [['-b', 'f', '#u', 'p'], "Username must not begin with '#': the line would be a comment."],
    [['-b', 'f', '', 'p'], 'Username must not be empty.'],
    [['-b', 'f', 'u', ''], 'Empty password.'],
    [
      ['-c', 'f', 'u', 'p'],
      'Too many words.\nHint: Use -b for a password on the command line: tspasswd -c -b FILE USER PASSWORD.',
    ],
  ])('%j', async (args, message) => {
    expect(await passwd(args)).toEqual({ status: 1, stdout: '', stderr: `Error: ${message}\n` });
  });
});
