// A program that is stopped (SIGSTOP) for longer than it would wait, and continued.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test as one } from 'vitest';
import { type FakeConnection, fakeServer } from '../support/fake-server.ts';
import { type Running, start } from '../support/run.ts';
import { at, ended, outcome } from './broker.ts';
import { grant, packetIdOf, publishPacket, V3 } from './scripted-server.ts';

/** They wait for time limits most of the time, so several do it at once. */
const test = one.concurrent;

const PATIENT = 120_000;
/** Seconds; CONNACK is not waited for any longer. */
const KEEPALIVE = 10;

/** Has the program stopped when CONNECT has come, and answers; it is continued when the time for the answer is over. */
async function acceptStopped(connection: FakeConnection, program: Promise<Running>): Promise<void> {
  await connection.readPacket();
  const { child } = await program;
  child.kill('SIGSTOP');
  await connection.send('20 02 0000');
  await sleep((KEEPALIVE + 1) * 1000);
  child.kill('SIGCONT');
}

test.for([
  ['tspub', ['-q', '1', '-m', 'x'], ended(0)],
  ['tssub', ['-C', '1'], ended(0, 'x\n')],
] as const)('%s hears the CONNACK that came while it was stopped', { timeout: PATIENT }, async ([name, args, end]) => {
  let started = (_: Running): void => {};
  const program = new Promise<Running>((resolve) => {
    started = resolve;
  });
  const { port, connections } = await fakeServer(async (connection) => {
    await acceptStopped(connection, program);
    if (name === 'tssub') {
      await grant(connection, false);
      await connection.send(publishPacket('a', 'x'));
    } else {
      await connection.send(Buffer.from([0x40, 2, ...packetIdOf(await connection.readPacket())]));
    }
  });
  const running = start(name, [...at(port), ...V3, '-t', 'a', '-k', `${KEEPALIVE}`, ...args]);
  started(running);
  expect(outcome(await running.exited)).toEqual(end);
  expect(connections).toHaveLength(1);
});
