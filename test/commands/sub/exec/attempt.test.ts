/**
 * One attempt of a command: how it ends, by itself or by force.
 * Covers src/runtime/children.ts.
 */
import { expect, test } from 'vitest';
import { startAttempt } from '../../../../src/commands/sub/exec/attempt.ts';
import type { ChildEvents } from '../../../../src/runtime/children.ts';
import { settle, VirtualClock } from '../../../support/virtual-clock.ts';

function rig(timeout?: number) {
  const clock = new VirtualClock();
  const log: string[] = [];
  let events: ChildEvents | undefined;
  const run = startAttempt(
    { command: 'c', env: {}, stdin: Buffer.from('x') },
    {
      start: (_, given) => {
        events = given;
        return { signal: (name) => log.push(`${name} ${clock.now()}`), setReading: () => {} };
      },
      clock,
      timeout,
      stdout: (lines) => log.push(`out ${Buffer.from(lines)}`),
      stderr: (lines) => log.push(`err ${Buffer.from(lines)}`),
    },
  );
  void run.outcome.then((problem) => log.push(`end ${problem} ${clock.now()}`));
  return { run, child: events!, clock, log };
}

test('a command that ends with 0 in its time is all well, and its last lines are out before', async () => {
  const { child, clock, log } = rig(1000);
  child.stdout(Buffer.from('half'));
  child.exited(undefined);
  child.closed(undefined);
  await clock.run(10_000);
  expect(log).toEqual(['out half\n', 'end undefined 0']);
  expect(clock.size).toBe(0);
});

test('what holds the output after the command has ended is waited for a second, and its lines still go on', async () => {
  const { child, clock, log } = rig();
  child.exited('exit status 1');
  await clock.run(10_000);
  expect(log).toEqual(['end exit status 1 1000']);
  child.stdout(Buffer.from('later\n'));
  child.closed('exit status 1');
  await settle();
  expect(log).toEqual(['end exit status 1 1000', 'out later\n']);
});

test('after its time a command gets SIGTERM, 5 s later SIGKILL; it has failed whatever its exit status', async () => {
  const { child, clock, log } = rig(1000);
  await clock.run(5999);
  expect(log).toEqual(['SIGTERM 1000']);
  await clock.run(6000);
  child.exited(undefined);
  child.closed(undefined);
  await settle();
  expect(log).toEqual(['SIGTERM 1000', 'SIGKILL 6000', 'end still running after 1 s 6000']);
});

test('a command that ends at SIGTERM, but leaves some of its group, has that killed too', async () => {
  const { child, clock, log } = rig(1000);
  await clock.run(1000);
  child.exited('killed by SIGTERM');
  await clock.run(6000);
  expect(log).toEqual(['SIGTERM 1000', 'SIGKILL 6000']);
});

test('what even SIGKILL does not reach is given up 5 s later', async () => {
  const { clock, log } = rig(1000);
  await clock.run(60_000);
  expect(log).toEqual(['SIGTERM 1000', 'SIGKILL 6000', 'end still running after 1 s 11000']);
});

test('a command that cannot be started has failed', async () => {
  const { child, clock, log } = rig(1000);
  child.closed('it could not be started: E2BIG');
  await clock.run(60_000);
  expect(log).toEqual(['end it could not be started: E2BIG 0']);
});

test('what a command wrote before it ended is not given up while its reader is slow', async () => {
  const { run, child, clock, log } = rig();
  run.setReading(false);
  child.exited(undefined);
  await clock.run(10_000);
  run.setReading(true);
  child.stdout(Buffer.from('rest\n'));
  run.setReading(false);
  await clock.run(20_000);
  expect(log).toEqual(['out rest\n']);
  run.setReading(true);
  child.closed(undefined);
  await settle();
  expect(log).toEqual(['out rest\n', 'end undefined 20000']);
  expect(clock.size).toBe(0);
});

test('a last line without its end is out before the command counts as ended, though its output is still held', async () => {
  const { child, clock, log } = rig();
  child.stdout(Buffer.from('half'));
  child.exited(undefined);
  await clock.run(10_000);
  expect(log).toEqual(['out half\n', 'end undefined 1000']);
});
