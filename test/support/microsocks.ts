// Debian's SOCKS5 proxy, each with a port of its own.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'vitest';
import { cleanUp } from './cleanup.ts';
import { findProgram } from './mosquitto.ts';
import { launch } from './run.ts';
import { freePort } from './tmp.ts';

export interface Microsocks {
  port: number;
}

/** Requires the user name and password, if given. */
export async function startMicrosocks(login?: { username: string; password: string }): Promise<Microsocks> {
  const program = findProgram('microsocks');
  if (!program) throw new Error('microsocks was not found: use describeWithMicrosocks');
  const port = await freePort();
  const credentials = login ? ['-u', login.username, '-P', login.password] : [];
  const running = launch(program, ['-i', '127.0.0.1', '-p', `${port}`, ...credentials]);
  cleanUp(() => running.kill('SIGKILL'));
  for (let attempt = 1; !(await listens(port)); attempt++) {
    if (running.child.exitCode !== null || attempt === 1000) throw new Error(`microsocks: ${running.stderr()}`);
    await sleep(50);
  }
  return { port };
}

/** describe() for tests that need microsocks: skipped, with the reason, if it is missing, but failing under CI. */
export function describeWithMicrosocks(name: string, body: () => void): void {
  if (findProgram('microsocks')) {
    describe(name, body);
  } else if (process.env['CI'] === 'true') {
    describe(name, () => {
      test('needs microsocks', () => {
        throw new Error('microsocks was not found, and CI=true demands it');
      });
    });
  } else {
    console.warn(`SKIPPED: ${name}: microsocks was not found`);
    describe.skip(`${name} [skipped: no microsocks]`, body);
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
