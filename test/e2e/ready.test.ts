// Scripts that go on when tssub has its subscriptions, with the shell as a user would write it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { commandLine, run, start } from '../support/run.ts';
import { freePort, tempDir } from '../support/tmp.ts';
import { at, mosquittoPlace } from './broker.ts';

/** The words of a program, for a script: "$sub" would be one word. */
const words = (program: string, args: readonly string[]): string =>
  commandLine(program, args)
    .map((word) => `'${word}'`)
    .join(' ');

const shell = (script: string) => run('/bin/sh', ['-c', script], { cwd: tempDir() });

describeWithMosquitto('a script that waits for --ready', () => {
  test.each([
    ['a file', '', '--ready r', 'until [ -e r ]; do sleep 0.02; done; cat r'],
    [
      'a file of an earlier run',
      // A second link, so that the new file cannot have its number.
      'echo ready > r; ln r old',
      '--ready r',
      'until [ -e r ] && ! [ r -ef old ]; do sleep 0.02; done; cat r',
    ],
    ['a pipe', 'mkfifo r', '--ready r', 'cat r'],
    ['a pipe, with a command for each message', 'mkfifo r', "-q 1 --ready r --exec 'cat; echo'", 'cat r'],
    ['a pipe that it opened before', 'mkfifo r; exec 3<>r', '--ready-fd 3', 'read line <&3; echo "$line"'],
    ['a descriptor of a file', ': > r', '--ready-fd 3 3> r', 'until [ -s r ]; do sleep 0.02; done; cat r'],
  ])('loses no message, by %s', async (_, before, options, wait) => {
    const { args } = await mosquittoPlace();
    const sub = words('tssub', [...args, '-t', 'a', '-C', '1']);
    const pub = words('tspub', [...args, '-t', 'a', '-m', 'x']);
    const { stdout, stderr } = await shell(`${before}\n${sub} ${options} &\n${wait}\n${pub}\nwait "$!"; echo "$?"`);
    expect([stdout.toString(), stderr]).toEqual(['ready\nx\n0\n', '']);
  });

  test('goes on when the broker is not there: the pipe ends', async () => {
    const sub = words('tssub', [...at(await freePort()), '-t', 'a']);
    const { stdout } = await shell(
      `mkfifo r; ${sub} --ready r --quiet & read line < r; echo "$?"; wait "$!"; echo "$?"`,
    );
    expect(stdout.toString()).toBe('1\n1\n');
  });

  test('tssub works and ends where the pipe has no reader', async () => {
    const { args } = await mosquittoPlace();
    const sub = words('tssub', [...args, '-t', 'a', '-E', '--ready', 'r']);
    const { stdout, stderr } = await shell(`mkfifo r; ${sub}; echo "$?"`);
    expect([stdout.toString(), stderr]).toEqual(['0\n', '']);
  });

  test.each(['SIGHUP', 'SIGQUIT', 'SIGINT', 'SIGTERM'] as const)('its file is gone after %s', async (signal) => {
    const { args } = await mosquittoPlace();
    const path = join(tempDir(), 'ready');
    const running = start('tssub', [...args, '-d', '-t', 'a', '--ready', path]);
    // Written behind the file.
    await running.waitForStdout('Subscribed');
    expect(existsSync(path)).toBe(true);
    const { status, signal: by } = await running.kill(signal);
    const ends = signal === 'SIGINT' || signal === 'SIGTERM';
    expect([ends ? status : by, existsSync(path)]).toEqual([ends ? 0 : signal, false]);
  });

  test('no descriptor of the runtime is taken for one of the caller', async () => {
    const numbers = Array.from({ length: 22 }, (_, i) => i + 3);
    const { stdout, stderr } = await shell(
      numbers.map((fd) => `${words('tssub', [...at(1), '-t', 'a', '--ready-fd', `${fd}`])}; echo "$?"`).join('\n'),
    );
    expect(stdout.toString()).toBe('1\n'.repeat(22));
    expect(stderr.replace(/open for reading only|not open/g, '')).toBe(
      numbers.map((fd) => `Error: Unable to use descriptor ${fd} for --ready-fd: it is .\n`).join(''),
    );
  });
});
