/** The subscriptions of a run: when they are asked for, and what their answers mean. */
import { describe, expect, it } from 'vitest';
import type { SubPlan } from '../../../src/cli/plan/types.ts';
import { Run } from '../../../src/commands/run.ts';
import { SubscriptionSet } from '../../../src/commands/sub/wanted.ts';
import { plan as planFrom } from '../../cli/support.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const DENIED = 0x87;

function rig(...argv: string[]) {
  const plan = planFrom('sub', ...argv) as SubPlan;
  const log: string[] = [];
  let tokens = 0;
  const stderr = (text: string | Uint8Array): void => void log.push(String(text).trimEnd());
  const run = new Run(plan, { clock: new VirtualClock(), onSignal: () => () => {}, stderr });
  const wanted = new SubscriptionSet(plan, {
    client: {
      subscribe: (subscriptions) => {
        log.push(`SUBSCRIBE ${subscriptions.map(({ filter }) => filter).join(' ')}`);
        return ++tokens;
      },
      unsubscribe: (filters) => {
        log.push(`UNSUBSCRIBE ${filters.join(' ')}`);
        return ++tokens;
      },
    },
    run,
    debug: (line) => log.push(line.trimEnd()),
    granted: () => log.push('granted'),
    leave: (status) => log.push(`leave ${status}`),
  });
  const subscribed = (...codes: number[]): void =>
    wanted.subscribed({ type: 'subscribed', token: 1, packetId: 1, codes, reason: undefined });
  const unsubscribed = (token: number, code = 0): void =>
    wanted.unsubscribed({ type: 'unsubscribed', token, codes: [code] });
  const said = (): string[] => log.splice(0);
  return { wanted, run, subscribed, unsubscribed, said };
}

describe('a connection', () => {
  it('has all topics asked for in one packet, and each -U in its own', () => {
    const { wanted, said } = rig('-t', 'a', '-t', 'b', '-U', 'x', '-U', 'y');
    wanted.connected(false, false);
    expect(said()).toEqual(['SUBSCRIBE a b', 'UNSUBSCRIBE x', 'UNSUBSCRIBE y']);
  });

  it.each([
    ['has kept the session', true, []],
    ['has lost it', false, ['Warning: The broker lost the session; messages it held may be missing.', 'SUBSCRIBE a']],
  ])('again, with a server that %s', (_, present, told) => {
    const { wanted, subscribed, said } = rig('-t', 'a', '-c', '-i', 'me');
    wanted.connected(false, false);
    subscribed(0);
    said();
    wanted.connected(present, false);
    expect(said()).toEqual(told);
  });

  it('again without a session that is kept asks again, and says nothing', () => {
    const { wanted, subscribed, said } = rig('-t', 'a');
    wanted.connected(false, false);
    subscribed(0);
    said();
    wanted.connected(false, false);
    expect(said()).toEqual(['SUBSCRIBE a']);
  });

  it('again before the answer asks nothing: the session itself repeats the request', () => {
    const { wanted, said } = rig('-t', 'a');
    wanted.connected(false, false);
    said();
    wanted.connected(false, false);
    expect(said()).toEqual([]);
  });

  it('at the end of the run asks nothing', () => {
    const { wanted, said } = rig('-t', 'a', '-U', 'x');
    wanted.connected(false, true);
    expect(said()).toEqual([]);
  });
});

describe('an answer', () => {
  it.each([
    ['all granted', [0, 1], ['granted']],
    ['one refused', [0, DENIED], ["Warning: Subscription to 'b' was denied: Not authorized."]],
    [
      'all refused',
      [DENIED, 0x80],
      [
        'All subscription requests were denied.\nHint: Check the access rules of the broker. With -V 5, brokers give the reason.',
        `leave ${DENIED}`,
      ],
    ],
  ])('with %s', (_, codes, told) => {
    const { wanted, subscribed, said } = rig('-t', 'a', '-t', 'b');
    wanted.connected(false, false);
    said();
    expect(wanted.isAnswered).toBe(false);
    subscribed(...codes);
    expect(said()).toEqual(told);
    expect(wanted.isAnswered).toBe(true);
  });

  it('ends the run with -E, with the code of a refusal', () => {
    const [good, bad] = [rig('-t', 'a', '-E'), rig('-t', 'a', '-t', 'b', '-E')];
    good.subscribed(0);
    expect(good.said()).toEqual(['granted', 'leave 0']);
    bad.subscribed(0, DENIED);
    expect(bad.said().at(-1)).toBe(`leave ${DENIED}`);
  });

  it('that refuses one ends the run with --ready: a process that waits for it must not wait forever', () => {
    const { subscribed, said } = rig('-t', 'a', '-t', 'b', '--ready', 'file');
    subscribed(0, DENIED);
    expect(said().at(-1)).toBe(`leave ${DENIED}`);
  });

  it('has a line with -d, which -E and others do not change', () => {
    const { subscribed, said } = rig('-t', 'a', '-d');
    subscribed(1);
    expect(said()).toEqual(['Subscribed (mid: 1): 1', 'granted']);
  });

  it('to -U is waited for; a refusal is a warning', () => {
    const { wanted, run, subscribed, unsubscribed, said } = rig('-t', 'a', '-U', 'x');
    wanted.connected(false, false);
    subscribed(0);
    expect(wanted.isAnswered).toBe(false);
    said();
    unsubscribed(2, DENIED);
    expect(said()).toEqual(["Warning: Unsubscribing from 'x' was denied: Not authorized."]);
    expect(wanted.isAnswered).toBe(true);
    expect(run.status).toBe(0);
  });

  it('to -U does not end a run with -E that has a topic: its SUBACK does', () => {
    const { wanted, subscribed, unsubscribed, said } = rig('-t', 'a', '-U', 'x', '-E');
    wanted.connected(false, false);
    said();
    unsubscribed(2);
    expect(said()).toEqual([]);
    subscribed(0);
    expect(said()).toEqual(['granted', 'leave 0']);
  });

  it('to the last -U ends a run with -E and no topic, and a refusal of any is its status', () => {
    const { wanted, run, unsubscribed, said } = rig('-U', 'x', '-U', 'y', '-E');
    wanted.connected(false, false);
    said();
    unsubscribed(1, DENIED);
    expect(said()).toHaveLength(1);
    unsubscribed(2);
    expect(said()).toEqual(['leave 0']);
    expect(run.status).toBe(DENIED);
  });
});
