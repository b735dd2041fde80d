/** Several checks over one connection. */
import { describe, expect, it } from 'vitest';
import { Board } from '../../src/check/board.ts';
import type { BeginCheck } from '../../src/check/link.ts';
import { type Verdict, verdict } from '../../src/check/result.ts';
import { OK } from '../../src/check/status.ts';
import type { SessionEvent } from '../../src/mqtt/session/events.ts';
import type { ConnackPacket } from '../../src/mqtt/types.ts';

const CONNACK: ConnackPacket = { type: 'connack', sessionPresent: false, code: 0, properties: [] };

function bench(checks: readonly BeginCheck[]) {
  const wire: string[] = [];
  const outcomes: (string | undefined)[] = [];
  let token = 0;
  let isOver = false;
  const board = new Board({
    wire: {
      clientId: 'me',
      publish: ({ topic }) => {
        wire.push(`PUBLISH ${topic}`);
        return ++token;
      },
      subscribe: ([subscription]) => {
        wire.push(`SUBSCRIBE ${subscription!.filter}`);
        return ++token;
      },
      acknowledge: ({ packetId }) => void wire.push(`PUBACK ${packetId}`),
      ping: () => void wire.push('PINGREQ'),
    },
    clock: { now: () => 0, callAt: () => () => {} },
    version: 5,
    keepAlive: 60,
    wallTime: () => 0,
    token: () => 'token',
    over: () => {
      isOver = true;
    },
  });
  const expiring = checks.map((check, i) =>
    board.add(check, ({ text }) => {
      outcomes[i] = text;
    }),
  );
  const expire = (without: () => Verdict): void => expiring.forEach((one) => void one(without));
  const message = (topic: string, packetId = 0): void =>
    board.event({
      type: 'message',
      packet: {
        type: 'publish',
        topic,
        payload: new Uint8Array(0),
        qos: 0,
        retain: false,
        dup: false,
        packetId,
        properties: [],
      },
      delivery: { packetId, qos: 0 },
    } as SessionEvent);
  return { board, wire, outcomes, message, expire, isOver: () => isOver };
}

const done = (text: string): Verdict => verdict(OK, text);
const listening =
  (filter: string): BeginCheck =>
  (link, finish) => {
    link.subscribe(filter, 0, ({ code }) => code >= 128 && finish(done(`refused ${code}`)));
    return { message: ({ topic }) => finish(done(topic)), expired: () => done('expired') };
  };
const asking =
  (name: string): BeginCheck =>
  (link, finish) => {
    link.ping(() => finish(done(name)));
    return { expired: () => done('expired') };
  };

describe('a board', () => {
  it('hands a message to the checks that have subscribed to it, and acknowledges it', () => {
    const { board, outcomes, message, wire, isOver } = bench([listening('a/#'), listening('b/#'), listening('+/1')]);
    board.connected(CONNACK, new Map(), 1);
    message('a/1', 7);
    expect(outcomes).toEqual(['a/1', undefined, 'a/1']);
    expect(wire).toContain('PUBACK 7');
    expect(isOver()).toBe(false);
    message('b/x');
    expect(isOver()).toBe(true);
  });

  it('hands SUBACK to the check that asked', () => {
    const { board, outcomes } = bench([listening('a'), listening('b')]);
    board.connected(CONNACK, new Map(), 1);
    board.event({ type: 'subscribed', token: 2, packetId: 2, codes: [135], reason: undefined });
    expect(outcomes).toEqual([undefined, 'refused 135']);
  });

  it('answers a PINGREQ only with the PINGRESP to one that was sent after the question', () => {
    const { board, outcomes, wire } = bench([asking('first'), asking('second')]);
    board.connected(CONNACK, new Map(), 1);
    expect(wire).toEqual(['PINGREQ']);
    board.event({ type: 'pong' });
    expect(outcomes).toEqual(['first']);
    board.event({ type: 'pong' });
    expect(outcomes).toEqual(['first', 'second']);
  });

  it('gives every check a verdict when its time is over, and when the connection fails', () => {
    const one = bench([listening('a')]);
    one.expire(() => done('never began'));
    expect(one.outcomes).toEqual(['never began']);
    const two = bench([listening('a'), listening('b')]);
    two.board.connected(CONNACK, new Map(), 1);
    two.message('a');
    two.expire(() => done('never began'));
    expect(two.outcomes).toEqual(['a', 'expired']);
    const three = bench([listening('a')]);
    three.board.connected(CONNACK, new Map(), 1);
    three.board.fail(done('lost'));
    expect([three.outcomes, three.isOver()]).toEqual([['lost'], true]);
  });
});
