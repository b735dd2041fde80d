/** One message, sent once or again and again: when the next one goes out, when it is over, and what is left. */
import { describe, expect, it } from 'vitest';
import type { PubPlan } from '../../../src/cli/plan/types.ts';
import { OneMessage } from '../../../src/commands/pub/message-source.ts';
import type { QoS } from '../../../src/mqtt/types.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** A source that has started, and how it sees the connection. */
function started(repeat: number, qos: QoS, repeatDelay = 0, payload = Buffer.from('x')) {
  const clock = new VirtualClock();
  const plan = { topic: 't', qos, retain: false, properties: [], repeat, repeatDelay } as unknown as PubPlan;
  const source = new OneMessage(plan, payload, clock);
  const state = { source, clock, sent: 0, isOpen: true };
  void source.start({
    canSend: () => state.isOpen,
    send: () => void state.sent++,
    keep: () => {},
    unreadable: () => false,
  });
  return state;
}

async function left({ source }: ReturnType<typeof started>): Promise<number> {
  let count = 0;
  for await (const records of source.rest()) count += [...records].length;
  return count;
}

describe('one message', () => {
  it('is over when it is sent', async () => {
    const once = started(1, 1);
    expect([once.sent, once.source.isOver, await left(once)]).toEqual([1, true, 0]);
    once.source.settled();
    expect(once.sent).toBe(1);
  });

  it('that is repeated goes out again with each outcome, and is over with the last', async () => {
    const run = started(3, 1);
    const seen: (readonly [sent: number, isOver: boolean, left: number])[] = [];
    for (let i = 0; i < 4; i++) {
      seen.push([run.sent, run.source.isOver, await left(run)]);
      run.source.settled();
    }
    expect(seen).toEqual([
      [1, false, 2],
      [2, false, 1],
      [3, false, 0],
      [3, true, 0],
    ]);
  });

  it('that is repeated after a delay waits for it, and no more are sent once it is stopped', async () => {
    const run = started(3, 1, 500);
    run.source.settled();
    expect(run.sent).toBe(1);
    run.clock.runTo(500);
    expect(run.sent).toBe(2);
    run.source.settled();
    run.source.stop();
    run.clock.runTo(1000);
    expect([run.sent, run.source.isOver, await left(run)]).toEqual([2, true, 1]);
  });

  it('at QoS 0 lets others have a turn after 256 KiB', () => {
    const run = started(10, 0, 0, Buffer.alloc(100_000));
    for (let i = 0; i < 3; i++) run.source.settled();
    expect(run.sent).toBe(3);
    run.clock.runTo(0);
    expect(run.sent).toBe(4);
  });

  it('at QoS 0 waits for the connection, and goes on once', () => {
    const run = started(3, 0);
    run.isOpen = false;
    run.source.settled();
    run.source.resume();
    expect(run.sent).toBe(1);
    run.isOpen = true;
    run.source.resume();
    run.source.resume();
    expect(run.sent).toBe(2);
  });
});
