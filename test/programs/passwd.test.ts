/** tspasswd at a terminal that the test plays, and what a full disk or a signal makes of it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { computesLong } from '../../src/passwd/schemes.ts';
import { tempDir } from '../support/tmp.ts';
import { runTool } from '../support/tools.ts';

const newFile = (): string => join(tempDir(), 'pw');
const users = (file: string): string[] =>
  readFileSync(file, 'latin1')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(':')[0]!);
const verified = async (file: string, user: string, password: string): Promise<number> =>
  (await runTool('tspasswd', ['--verify', '-b', file, user, password])).status;

describe('a password that is typed', () => {
  it('is asked for twice, unseen, and stored', async () => {
    const file = newFile();
    const { status, stdout, stderr, shown } = await runTool('tspasswd', ['-c', file, 'rajan'], {
      typed: ['geh', 'eim\r', 'geheim\r'],
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(`${stdout}${shown}`).not.toContain('geheim');
    expect(shown).toContain('Password: ');
    expect(shown).toContain('Reenter password: ');
    expect([users(file), await verified(file, 'rajan', 'geheim'), await verified(file, 'rajan', 'other')]).toEqual([
      ['rajan'],
      0,
      1,
    ]);
  });

  it.each([
    ['twice in two ways', ['one\r', 'two\r'], 2, 'Error: Passwords do not match.\n'],
    ['as nothing', ['\r'], 1, /^Error: Empty password/],
    ['to the end of the terminal', [], 1, /^Error: Empty password/],
  ] as const)('%s leaves no file', async (_, typed, status, says) => {
    const file = newFile();
    const outcome = await runTool('tspasswd', ['-c', file, 'rajan'], { typed });
    expect(outcome.status).toBe(status);
    if (typeof says === 'string') expect(outcome.stderr).toBe(says);
    else expect(outcome.stderr).toMatch(says);
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['Ctrl-C', '\u0003', 130],
    ['Ctrl-\\', '\u001c', 131],
  ])('with %s at the prompt ends with its signal and changes nothing', async (_, key, status) => {
    const file = newFile();
    writeFileSync(file, 'anna:x\n');
    const outcome = await runTool('tspasswd', [file, 'rajan'], { typed: ['abc', key] });
    expect([outcome.status, readFileSync(file, 'latin1')]).toEqual([status, 'anna:x\n']);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('and never comes, with %s, ends with %i and changes nothing', async (signal, status) => {
    const file = newFile();
    writeFileSync(file, 'anna:x\n');
    const outcome = await runTool('tspasswd', [file, 'rajan'], { typed: ['abc'], signal });
    expect([outcome.status, readFileSync(file, 'latin1')]).toEqual([status, 'anna:x\n']);
  });
});

describe('SIGTERM', () => {
  it('at a prompt is no end at once: the terminal must get its echo back first', async () => {
    const outcome = await runTool('tspasswd', ['-c', newFile(), 'rajan'], { typed: ['abc'], signal: 'SIGTERM' });
    expect([outcome.status, outcome.endedBy]).toEqual([143, []]);
  });

  it('while a password is hashed that takes its time ends the process by itself, and changes nothing', async () => {
    const file = newFile();
    writeFileSync(file, 'anna:x\n');
    const words = ['-I', '1000001', '-b', file, 'rajan', 'x'];
    const outcome = await runTool('tspasswd', words, { signalAtWork: 'SIGTERM' });
    const content = readFileSync(file, 'latin1');
    expect([outcome.status, outcome.endedBy, content]).toEqual([143, ['SIGTERM'], 'anna:x\n']);
    // Here the process goes on, and so does its thread: no other test is to meet it.
    await vi.waitUntil(() => !computesLong(), { timeout: 30_000, interval: 10 });
  });
});

describe('a password from a pipe', () => {
  it('is read twice, with the prompts on standard output as mosquitto_passwd has them', async () => {
    const file = newFile();
    const { status, stdout } = await runTool('tspasswd', ['-c', file, 'rajan'], { stdin: 'geheim\ngeheim\n' });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/Password: \nReenter password: \n/)]);
    expect(await verified(file, 'rajan', 'geheim')).toBe(0);
  });

  it('is one line for --verify', async () => {
    const file = newFile();
    await runTool('tspasswd', ['-b', '-c', file, 'rajan', 'geheim']);
    expect((await runTool('tspasswd', ['--verify', file, 'rajan'], { stdin: 'geheim\n' })).status).toBe(0);
    expect((await runTool('tspasswd', ['--verify', file, 'rajan'], { stdin: 'wrong\n' })).status).toBe(1);
  });
});

describe('a file', () => {
  it.each([
    ['--hash sha512-pbkdf2', /^rajan:\$7\$/],
    ['-H sha512', /^rajan:\$6\$/],
    ['-H sha512-pbkdf2 -I 2', /^rajan:\$7\$2\$/],
  ])('has the hash that %s asks for', async (words, form) => {
    const file = newFile();
    const { status, stderr } = await runTool('tspasswd', [
      ...words.replace('--hash', '-H').split(' '),
      '-b',
      '-c',
      file,
      'rajan',
      'x',
    ]);
    expect([status, stderr]).toEqual([0, '']);
    expect(readFileSync(file, 'latin1')).toMatch(form);
    expect(await verified(file, 'rajan', 'x')).toBe(0);
  });

  it('keeps what it has beside the user that is added, changed or deleted', async () => {
    const file = newFile();
    writeFileSync(file, '# users\n\nanna:x\n');
    expect((await runTool('tspasswd', ['-b', file, 'rajan', 'one'])).status).toBe(0);
    expect((await runTool('tspasswd', ['-b', file, 'rajan', 'two'])).status).toBe(0);
    expect([users(file), await verified(file, 'rajan', 'two')]).toEqual([['# users', '', 'anna', 'rajan'], 0]);
    expect((await runTool('tspasswd', ['-D', file, 'rajan'])).status).toBe(0);
    expect(readFileSync(file, 'latin1')).toBe('# users\n\nanna:x\n');
    expect(await runTool('tspasswd', ['-D', file, 'ra\u202ejan'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Warning: User ra\\u202ejan not found in password file.\n'),
    });
    expect(readFileSync(file, 'latin1')).toBe('# users\n\nanna:x\n');
  });

  it('is printed in place of being written with -, and a full disk there is said', async () => {
    const printed = await runTool('tspasswd', ['-c', '-b', '-', 'rajan', 'x']);
    expect([printed.status, printed.stdout]).toEqual([0, expect.stringMatching(/^rajan:\$7\$/)]);
    const full = await runTool('tspasswd', ['-c', '-b', '-', 'rajan', 'x'], { full: { room: 3, errno: 'ENOSPC' } });
    expect(full.status).not.toBe(0);
    expect(full.stderr).toContain('No space left on device');
    const gone = await runTool('tspasswd', ['--help'], { full: { room: 0, errno: 'EPIPE' } });
    expect([gone.status, gone.stderr]).toEqual([141, '']);
  });

  it.each([['--help'], ['--help', 'all'], ['--version'], ['--completion', 'bash']])(
    '%s %s is text, and 0',
    async (...words) => {
      const { status, stdout, stderr } = await runTool('tspasswd', words);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toContain('tspasswd');
    },
  );
});
