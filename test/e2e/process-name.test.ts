// Watchdogs and init scripts find the programs by their own name, not by that of the runtime.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fakeServer } from '../support/fake-server.ts';
import { at, start } from '../support/run.ts';
import { accept } from './scripted-server.ts';

/** A program that waits for a server. */
async function waiting(program: 'tspub' | 'tssub' | 'tsrr', ...words: string[]) {
  let connected = (): void => {};
  const isConnected = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const { port } = await fakeServer(async (connection) => {
    await accept(connection);
    connected();
    await connection.closed;
  });
  const running = start(program, [...at(port), '-t', 'a', ...words]);
  await isConnected;
  return running;
}

describe.skipIf(process.platform !== 'linux')('a running program', () => {
  test.each([['tspub', '-q', '1', '-m', 'x'], ['tssub'], ['tsrr', '-e', 'b', '-m', 'x']] as const)(
    '%s has its own name in /proc/PID/comm, and its arguments in the argument list',
    async (program, ...words) => {
      const { child } = await waiting(program, ...words);
      expect(readFileSync(`/proc/${child.pid}/comm`, 'utf8')).toBe(`${program}\n`);
      expect(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')).toContain('\0-t\0a\0');
    },
  );

  test.each([
    ['pgrep', '-x', 'tssub'],
    ['ps', '-C', 'tssub', '-o', 'pid='],
  ])('is found by %s %s', async (finder, ...words) => {
    const { child } = await waiting('tssub');
    const { error, stdout } = spawnSync(finder, words, { encoding: 'utf8' });
    // Not every system has all of them.
    if (error !== undefined) return;
    expect(stdout.split(/\s+/)).toContain(`${child.pid}`);
  });

  test('is ended by pkill -x', async () => {
    const running = await waiting('tssub', '-i', 'pkill-test');
    const { error } = spawnSync('pkill', ['-TERM', '-x', '-P', `${process.pid}`, 'tssub']);
    if (error !== undefined) running.child.kill('SIGTERM');
    expect((await running.exited).status).toBe(0);
  });
});
