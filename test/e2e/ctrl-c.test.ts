// Ctrl-C at a terminal ends what a shell runs around our programs too: a program that a signal has ended dies of it.
// Covers src/entry/end.ts.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test as one } from 'vitest';
import { fakeServer } from '../support/fake-server.ts';
import { root } from '../support/root.ts';
import { commandLine, run, start } from '../support/run.ts';
import { describeOnTerminal } from '../support/terminal.ts';
import { tempDir } from '../support/tmp.ts';
import { at } from './broker.ts';
import { accept } from './scripted-server.ts';

const test = one.concurrent;

const has = (command: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const SHELLS = [['bash'], ['dash'], ['zsh', '-f'], ['busybox', 'sh']] as const;

interface Ended {
  readonly shown: string;
  readonly status: number | null;
  readonly left: number;
}

/** A server that accepts clients, prints each of their packets on the terminal, and answers no PUBLISH. */
async function deafServer(): Promise<number> {
  const { port } = await fakeServer(async (connection) => {
    await accept(connection);
    for (;;) await connection.readPacket();
  });
  return port;
}

/** What is typed is Ctrl-C, once the program has sent its message: with -d it says so. */
const interrupted = (...command: string[]): Promise<Ended> => interruptedAt('sending PUBLISH', ...command);

async function interruptedAt(ready: string, ...command: string[]): Promise<Ended> {
  const driver = join(root, 'test/e2e/ctrl-c.py');
  const { stdout, stderr } = await run('python3', [driver, ready, ...command]);
  if (stdout.length === 0) throw new Error(stderr);
  return JSON.parse(stdout.toString()) as Ended;
}

/** Words for a shell. */
const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');

const publishing = (port: number, ...more: string[]): string =>
  quoted(commandLine('tspub', [...at(port), '-t', 'a', '-q', '1', '-d', ...more]));

test.for([129, 130])('a reason code of %i is an exit status, and no process gets a signal for it', async (code) => {
  const { port } = await fakeServer(async (connection) => {
    await connection.readPacket();
    await connection.send(Buffer.from([0x20, 3, 0, code, 0]));
    await connection.close();
  });
  const { status, signal } = await run('tspub', [...at(port), '-V', 'mqttv5', '-t', 'a', '-m', 'x']);
  expect({ status, signal }).toEqual({ status: code, signal: null });
});

test('of two signals that differ, the program dies of the first', async () => {
  for (const signals of [
    ['SIGTERM', 'SIGINT'],
    ['SIGINT', 'SIGTERM'],
  ] as const) {
    const running = start('tspub', [...at(await deafServer()), '-t', 'a', '-q', '1', '-d', '-m', 'x']);
    await running.waitForStdout('sending PUBLISH');
    for (const signal of signals) running.child.kill(signal);
    expect((await running.exited).signal).toBeOneOf([...signals]);
  }
});

describeOnTerminal('Ctrl-C', () => {
  for (const [shell, ...options] of SHELLS)
    describe.skipIf(!has(shell))(`ends, in ${shell},`, () => {
      test.for([
        ['a loop', (line: string) => `for i in 1 2 3; do ${line}; done; echo after`],
        ['a loop that looks at the status', (line: string) => `while ! ${line}; do echo again; done; echo after`],
        ['a pipeline', (line: string) => `yes | ${line} -l; echo after`],
      ] as const)('%s around tspub', { timeout: 60_000 }, async ([name, script]) => {
        const line = publishing(await deafServer(), ...(name === 'a pipeline' ? [] : ['-m', 'x']));
        const { shown, status, left } = await interrupted(shell, ...options, '-c', script(line));
        expect(shown.match(/sending PUBLISH/g)?.length).toBeGreaterThan(0);
        expect([shown.match(/CONNACK/g)?.length, shown.includes('again'), left]).toEqual([1, false, 0]);
        // In an interactive shell the line is left; a shell with -c dies of it, and so says nothing after.
        expect([shown.includes('after'), status]).toEqual([false, 130]);
      });
    });

  test.for([['bash'], ['dash']] as const)('at a prompt ends, in %s, a loop around tspasswd', async ([shell]) => {
    const line = quoted(commandLine('tspasswd', ['-c', join(tempDir(), 'new'), 'me']));
    const script = `for i in 1 2 3; do ${line}; done; echo after`;
    const { shown, status, left } = await interruptedAt('Password: ', shell, '-c', script);
    expect([shown.match(/Password: /g)?.length, shown.includes('after'), status, left]).toEqual([1, false, 130, 0]);
  });

  test.for([
    ['timeout', (line: string[]) => ['timeout', '60', ...line]],
    ['timeout --foreground', (line: string[]) => ['timeout', '--foreground', '60', ...line]],
    ['xargs', (line: string[]) => ['sh', '-c', `echo x y z | xargs -n 1 ${quoted(line)} -m`]],
    ['env', (line: string[]) => ['env', 'A=b', ...line]],
  ] as const)('ends %s around tspub', { timeout: 60_000 }, async ([name, command]) => {
    const words = commandLine('tspub', [...at(await deafServer()), '-t', 'a', '-q', '1', '-d']);
    const { shown, left } = await interrupted(...command([...words, ...(name === 'xargs' ? [] : ['-m', 'x'])]));
    expect([shown.match(/sending PUBLISH/g)?.length, left]).toEqual([1, 0]);
  });
});
