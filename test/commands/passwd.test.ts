/** The forms of tspasswd that mosquitto_passwd does not have, and what those that it has do beyond it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileOf, tempDir } from '../support/tmp.ts';
import { runTool } from '../support/tools.ts';

const SEED =
  'rajan:$6$dtMF49Z2e8YSrYEY$1nAtPhU4V+d8dj/3glka5H7VrQBf/IZ2WFhJDQI5CGpbK6soFrwk0cciOf0pioSvkTsiZ9rD24pOZTPpYxq1Kg==\n';
const CRYPT =
  'carl:$6$NaCl4u01$nApSLEUh8pOUItPpU/vU.GDjlE4ZHEn5RoaiRnHLIGqiF8ylLYLBnn1p.kQFbi582WO.MiCza3mRNMIb2mCHE0\n';

async function passwd(args: string[], stdin = ''): Promise<{ status: number; stdout: string; stderr: string }> {
  const { status, stdout, stderr } = await runTool('tspasswd', args, { stdin });
  return { status, stdout, stderr };
}

describe('an option that does not exist', () => {
  it.each([
    ['--password=geheim', "Error: Unknown option '--password=…'.\n"],
    ['--pwgeheim', "Error: Unknown option '--pw…'.\n"],
    ['--chekc', "Error: Unknown option '--chekc'. Did you mean --check? A file of that name is ./--chekc.\n"],
  ])('%s is told without a secret', async (word, stderr) => {
    expect(await passwd([word, 'users'])).toEqual({ status: 1, stdout: '', stderr });
  });
});

describe('--check', () => {
  it('finds nothing in a good file', async () => {
    const file = fileOf(`# comment\n${SEED}`);
    expect(await passwd(['--check', file])).toEqual({
      status: 0,
      stdout: `${file}: no problem in 1 entries\n`,
      stderr: '',
    });
  });

  it('names line, user, reason and broker', async () => {
    const file = fileOf(`# comment\n${SEED}${CRYPT}bob:secret\n${SEED}:x\n`);
    const { status, stdout } = await passwd(['--check', file]);
    expect(status).toBe(1);
    expect(stdout.replaceAll(file, 'pw')).toBe(
      [
        'pw:3: user carl: a crypt(3) hash: $6$ has another meaning there (refused by broker 2.0, 2.1)',
        'pw:4: user bob: a plain text password (refused by broker 2.0, 2.1)',
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

  it('--upgrade stores a right password anew and leaves a wrong one alone', async () => {
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

describe('-c --force', () => {
  it('replaces a file that exists', async () => {
    const file = fileOf(SEED);
    expect((await passwd(['-c', '-b', file, 'u', 'p'])).stderr).toMatch(/File exists\.\n$/);
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
    [['-c', 'f', 'u', 'p'], 'Too many words. A password on the command line needs -b.'],
  ])('%j', async (args, message) => {
    expect(await passwd(args)).toEqual({ status: 1, stdout: '', stderr: `Error: ${message}\n` });
  });
});
