/** `--password-file`: what is read, and which messages unusable files cause. */
import { describe, expect, it } from 'vitest';
import { type CommandLine, readCommandLine } from '../../../src/cli/command-line.ts';
import type { SubPlan } from '../../../src/cli/plan/types.ts';
import type { FileRead } from '../../../src/runtime/io.ts';
import { stderrOf } from '../support.ts';

const LINE = { pid: 1, random: () => 0, version: '1', runtime: '' } satisfies Partial<CommandLine>;

const planOf = (file: FileRead, ...argv: string[]) =>
  readCommandLine('sub', {
    ...LINE,
    argv: ['-t', 'a', '-u', 'me', '--password-file', 'f', ...argv],
    readSecretFile: (path, most) => {
      expect(path).toBe('f');
      return 'reason' in file ? file : { ...file, bytes: file.bytes.subarray(0, most + 1) };
    },
  }) as SubPlan;
const passwordIn = (content: string | Uint8Array) =>
  Buffer.from(planOf({ bytes: Buffer.from(content) }).session.password!).toString('latin1');

describe('--password-file', () => {
  it.each([
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['secret\n\n', 'secret\n'],
    ['secret\r', 'secret\r'],
    ['\nsecret', '\nsecret'],
    [' a b ', ' a b '],
    ['a\nb\n', 'a\nb'],
    ['a\0b', 'a\0b'],
  ])('%j is the password %j', (content, password) => {
    expect(passwordIn(content)).toBe(password);
  });

  it('takes any bytes, up to 65,535 of them', () => {
    expect(passwordIn(Uint8Array.of(0xff, 0xfe))).toBe('\xff\xfe');
    for (const end of ['', '\n', '\r\n']) expect(passwordIn('x'.repeat(65_535) + end)).toHaveLength(65_535);
  });

  it.each([
    ['', 'is empty'],
    ['\n', 'is empty'],
    ['\r\n', 'is empty'],
  ])('refuses %j', (content, reason) => {
    expect(stderrOf(() => passwordIn(content))).toBe(`Error: The password file "f" ${reason}.\n`);
  });

  it.each(['x'.repeat(65_536), `${'x'.repeat(65_536)}\n`, `${'x'.repeat(65_535)}\r\ny`, 'x'.repeat(1_000_000)])(
    'refuses what is longer, whatever its length',
    (content) => {
      expect(stderrOf(() => passwordIn(content))).toBe('Error: The password in file "f" is longer than 65535 bytes.\n');
    },
  );

  it('reports why it cannot be read, but not with --quiet', () => {
    const reason = 'Permission denied';
    expect(stderrOf(() => planOf({ reason }))).toBe('Error: Unable to read password file "f": Permission denied.\n');
    expect(stderrOf(() => planOf({ reason }, '--quiet'))).toBe('');
  });

  it.each([
    [0o600, undefined],
    [0o400, undefined],
    [0o622, undefined],
    [0o640, '0640'],
    [0o100604, '0604'],
    [0o644, '0644'],
    [undefined, undefined],
  ])('of mode %o gets the warning %s', (mode, shown) => {
    expect(planOf({ bytes: Buffer.from('x'), mode }).warnings).toEqual(
      shown === undefined
        ? []
        : [`Warning: Other users can read the password file "f" (mode ${shown}): run chmod 600 f`],
    );
  });

  it.each([[['-P', 'x']], [['--pw', 'x']]])('is refused together with %s', (argv) => {
    const told = `Error: -P and --password-file argument cannot be used together.\n\n\nUse 'tssub --help' to see usage.\n`;
    expect(stderrOf(() => planOf({ bytes: Buffer.from('y') }, ...argv))).toBe(told);
    expect(stderrOf(() => readCommandLine('sub', { ...LINE, argv: [...argv, '--password-file', 'f'] }))).toBe(told);
  });

  it('and a password in a URL: the last one counts', () => {
    expect(planOf({ bytes: Buffer.from('y') }, '-L', 'mqtt://u:url@h/t').session.password).toEqual(Buffer.from('url'));
    const after = readCommandLine('sub', {
      ...LINE,
      argv: ['-L', 'mqtt://u:url@h/t', '--password-file', 'f'],
      readSecretFile: () => ({ bytes: Buffer.from('y') }),
    });
    expect(after).toMatchObject({ session: { username: 'u', password: Buffer.from('y') } });
  });

  it('is a password: before MQTT 5 it needs a user name', () => {
    const argv = ['-t', 'a', '--password-file', 'f'];
    expect(stderrOf(() => readCommandLine('sub', { ...LINE, argv }))).toBe(
      'Error: Problem setting username and/or password.\nHint: Add the user name with -u. Before MQTT 5 (-V 5), a password needs one.\n',
    );
  });

  it('- is not standard input', () => {
    expect(stderrOf(() => readCommandLine('sub', { ...LINE, argv: ['--password-file', '-'] }))).toBe(
      "Error: --password-file - is not a file: use /dev/stdin for standard input, or ./- for a file.\n\nUse 'tssub --help' to see usage.\n",
    );
  });

  it.each([['-l'], ['-s'], ['-f', '/dev/stdin'], ['-f', '/proc/self/fd/0']])(
    '/dev/stdin is not both the password and the message of %s %s',
    (...source) => {
      const argv = ['-t', 'a', '-u', 'me', ...source, '--password-file', '/dev/stdin'];
      expect(stderrOf(() => readCommandLine('pub', { ...LINE, argv }))).toBe(
        "Error: Standard input cannot be both the password and the message.\n\nUse 'tspub --help' to see usage.\n",
      );
    },
  );

  it('is read only when all else is well', () => {
    const argv = ['-t', 'a', '--password-file', 'f', '-u', 'me', '--insecure'];
    const readSecretFile = (): FileRead => {
      throw new Error('was read');
    };
    expect(stderrOf(() => readCommandLine('sub', { ...LINE, argv, readSecretFile }))).toContain('--insecure needs TLS');
  });
});
