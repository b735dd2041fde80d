/** When --drain ends: after silence and the broker's response that it has no more messages. */
import { expect, test } from 'vitest';
import { Drain } from '../../../src/commands/sub/drain.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

function rig() {
  const clock = new VirtualClock();
  const state = { idle: true, log: [] as string[] };
  const drain = new Drain({
    clock,
    quiet: 500,
    isIdle: () => state.idle,
    ping: () => state.log.push(`ping ${clock.now()}`),
    drained: () => state.log.push(`drained ${clock.now()}`),
  });
  const waitUntil = (at: number): void => clock.runTo(at);
  return { drain, state, waitUntil };
}

test('silence alone is not the end: the server is asked, and its answer is', () => {
  const { drain, state, waitUntil } = rig();
  drain.touch();
  waitUntil(400);
  drain.touch();
  waitUntil(10_000);
  expect(state.log).toEqual(['ping 900']);
  drain.pong();
  expect(state.log).toHaveLength(2);
});

test('a message before the answer restarts the silence', () => {
  const { drain, state, waitUntil } = rig();
  drain.touch();
  waitUntil(500);
  drain.touch();
  drain.pong();
  expect(state.log).toEqual(['ping 500']);
  waitUntil(1000);
  drain.pong();
  expect(state.log).toEqual(['ping 500', 'ping 1000', 'drained 1000']);
});

test('an unhandled message is not silence', () => {
  const { drain, state, waitUntil } = rig();
  state.idle = false;
  drain.touch();
  waitUntil(5000);
  expect(state.log).toEqual([]);
  state.idle = true;
  drain.touch();
  waitUntil(6000);
  expect(state.log).toEqual(['ping 5500']);
});

test('an answer of the keepalive, and one of a connection that is gone, end nothing', () => {
  const { drain, state, waitUntil } = rig();
  drain.pong();
  drain.touch();
  waitUntil(500);
  drain.stop();
  drain.pong();
  waitUntil(5000);
  expect(state.log).toEqual(['ping 500']);
});

test('an answer while a message is unhandled is not the end', () => {
  const { drain, state, waitUntil } = rig();
  drain.touch();
  waitUntil(500);
  state.idle = false;
  drain.pong();
  expect(state.log).toEqual(['ping 500']);
});
