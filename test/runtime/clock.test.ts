// The real clock.
import { createConnection, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/runtime/clock.ts';
import { settle } from '../support/virtual-clock.ts';

/** Blocks for `wait` milliseconds, as when the process is stopped. */
const standStill = (wait: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);

it('reports a time that passed while the process was stopped after the data that had arrived', async () => {
  const log: string[] = [];
  const server = createServer((socket) => socket.end('x')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  // Connected, and with the byte on its way, but not reading.
  const socket = createConnection({ port, host: '127.0.0.1' }).pause();
  await new Promise((resolve) => server.once('connection', resolve));
  await new Promise((resolve) => (socket.readyState === 'open' ? resolve(undefined) : socket.once('connect', resolve)));
  const rung = new Promise<void>((resolve) => {
    systemClock.callAt(systemClock.now() + 1, () => {
      log.push('alarm');
      resolve();
    });
  });
  socket.on('data', () => log.push('data')).resume();
  standStill(300);
  await rung;
  expect(log).toEqual(['data', 'alarm']);
  socket.destroy();
  server.close();
});

it('that is cancelled reports nothing, late or not', async () => {
  const log: string[] = [];
  const callOff = systemClock.callAt(systemClock.now() + 1, () => log.push('alarm'));
  let late = false;
  systemClock.callAt(systemClock.now() + 1, () => {
    late = true;
  });
  standStill(300);
  await settle();
  callOff();
  while (!late) await settle();
  await settle();
  expect(log).toEqual([]);
});
