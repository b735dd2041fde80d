/**
 * The prompts on a real terminal: nothing typed is shown, and the terminal is left as it was on every way out.
 * Covers src/entry/small-main.ts, src/runtime/terminal.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryAt, linesOf, textAt } from '../../src/passwd/lines.ts';
import { matches, parseField } from '../../src/passwd/schemes.ts';
import { withoutBrokerHint } from '../support/hint.ts';
import { childEnv, commandLine, run } from '../support/run.ts';
import { hasPython } from '../support/terminal.ts';
import { tempDir } from '../support/tmp.ts';

interface Settings {
  readonly echo: boolean;
  readonly canonical: boolean;
}

interface Session {
  readonly shown: string;
  readonly status: number | null;
  readonly before: Settings;
  readonly meanwhile: Settings | null;
  readonly after: Settings;
}

type Step = readonly [wanted: string, keys: string];

if (!hasPython) console.warn('SKIPPED: the terminal tests of tspasswd: there is no python3 of 3.9 or later');

async function onTerminal(script: readonly Step[], args: readonly string[], env = {}): Promise<Session> {
  const driver = join(import.meta.dirname, 'passwd-terminal.py');
  const { stdout, stderr } = await run('python3', [driver, JSON.stringify(script), ...commandLine('tspasswd', args)], {
    env: { ...childEnv(), NO_COLOR: '1', ...env },
    timeoutMs: 70_000,
  });
  if (stdout.length === 0) throw new Error(stderr);
  const session = JSON.parse(stdout.toString()) as Session;
  return { ...session, shown: withoutBrokerHint(session.shown) };
}

async function isPassword(file: string, password: string): Promise<boolean> {
  const content = readFileSync(file);
  const [line] = linesOf(content);
  return matches(Buffer.from(password), parseField(textAt(content, entryAt(content, line!)!.hash))!);
}

const NORMAL: Settings = { echo: true, canonical: true };
const TWICE = 'Password: \r\nReenter password: \r\n';

describe.skipIf(!hasPython)('on a terminal', () => {
  it('a new password is asked for twice and not shown', async () => {
    const file = join(tempDir(), 'pw');
    const session = await onTerminal(
      [
        ['Password: ', 'geheim\r'],
        ['Reenter password: ', 'geheim\r'],
      ],
      ['-c', file, 'alice'],
    );
    expect(session).toEqual({
      shown: `${TWICE}Adding password for user alice\r\n`,
      status: 0,
      before: NORMAL,
      meanwhile: { echo: false, canonical: false },
      after: NORMAL,
    });
    expect(await isPassword(file, 'geheim')).toBe(true);
  });

  it.each([
    ['backspace', 'ab\x7fc\r', 'ac'],
    ['backspace over a character of several bytes', 'a\u2603\x7fb\r', 'ab'],
    ['Ctrl-H', 'ab\bc\r', 'ac'],
    ['Ctrl-U', 'wrong\x15right\r', 'right'],
    ['Ctrl-W', 'one two\x17three\r', 'one three'],
    ['Ctrl-D as the end', 'abc\x04', 'abc'],
    ['line feed as the end', 'abc\n', 'abc'],
  ])('the line can be edited: %s', async (_, keys, password) => {
    const file = join(tempDir(), 'pw');
    const session = await onTerminal(
      [
        ['Password: ', keys],
        ['Reenter password: ', `${password}\r`],
      ],
      ['-c', file, 'alice'],
    );
    expect(session.status).toBe(0);
    expect(await isPassword(file, password)).toBe(true);
  });

  it('both lines may be pasted at once', async () => {
    const file = join(tempDir(), 'pw');
    const session = await onTerminal([['Password: ', 'paste\rpaste\r']], ['-c', file, 'alice']);
    expect(session.shown).toBe(`${TWICE}Adding password for user alice\r\n`);
  });

  it.each([
    [
      'different answers',
      [
        ['Password: ', 'a\r'],
        ['Reenter password: ', 'b\r'],
      ],
      2,
      `${TWICE}Error: Passwords do not match.\r\n`,
    ],
    ['an empty answer', [['Password: ', '\r']], 1, 'Password: \r\nError: Empty password.\r\n'],
    ['Ctrl-C', [['Password: ', 'abc\x03']], 130, 'Password: \r\n'],
    [
      'Ctrl-C at the second prompt',
      [
        ['Password: ', 'abc\r'],
        ['Reenter password: ', '\x03'],
      ],
      130,
      TWICE,
    ],
    ['Ctrl-\\', [['Password: ', '\x1c']], 131, 'Password: \r\n'],
    ['SIGINT', [['Password: ', 'signal:2']], 130, 'Password: '],
    ['SIGTERM', [['Password: ', 'signal:15']], 143, 'Password: '],
    ['SIGHUP', [['Password: ', 'signal:1']], 129, 'Password: '],
    ['SIGQUIT', [['Password: ', 'signal:3']], 131, 'Password: '],
  ] satisfies [string, Step[], number, string][])(
    '%s leaves no file, and the terminal as it was',
    async (_, script, status, shown) => {
      const folder = tempDir();
      const session = await onTerminal(script, ['-c', join(folder, 'pw'), 'alice']);
      expect(session).toMatchObject({ status, shown, after: NORMAL, meanwhile: { echo: false } });
      expect(existsSync(join(folder, 'pw'))).toBe(false);
    },
  );

  it('the prompts stay out of standard output', async () => {
    const folder = tempDir();
    const out = join(folder, 'out');
    const session = await onTerminal(
      [
        ['Password: ', 'x\r'],
        ['Reenter password: ', 'x\r'],
      ],
      ['-c', '-', 'alice'],
      { PTY_STDOUT: out },
    );
    expect(session.shown).toBe(TWICE);
    expect(readFileSync(out, 'utf8')).toMatch(/^alice:\$7\$1000\$\S+\n$/);
  });

  it('--verify asks once', async () => {
    const file = join(tempDir(), 'pw');
    await run('tspasswd', ['-c', '-b', file, 'alice', 'secret']);
    const right = await onTerminal([['Password: ', 'secret\r']], ['--verify', file, 'alice']);
    expect(right).toMatchObject({ status: 0, shown: 'Password: \r\nRight password for user alice\r\n', after: NORMAL });
    const wrong = await onTerminal([['Password: ', 'other\r']], ['--verify', file, 'alice']);
    expect(wrong).toMatchObject({ status: 1, shown: 'Password: \r\nError: Wrong user or password: alice.\r\n' });
  });
});
