/**
 * Covers src/client/linger.ts, src/client/quiet.ts.
 */
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { bytes } from '../mqtt/notation.ts';
import { content } from '../mqtt/session/harness.ts';
import type { FakeStream } from '../support/pair.ts';
import { settle } from '../support/virtual-clock.ts';
import { acknowledge, CONNACK, Rig } from './rig.ts';

const LOST = new Failure('connection-lost');
const MESSAGE = '32 {"t" 0001 {} "x"}';

const filter = {
  filter: 'a',
  qos: 1,
  noLocal: false,
  retainAsPublished: false,
  retainHandling: 0,
} as const;

/** The client of a rig has subscribed: the server may be sending, and its close is waited for. */
async function subscribed(rig: Rig): Promise<FakeStream> {
  const stream = await rig.connect();
  rig.client.subscribe([filter], []);
  await settle();
  stream.feed(bytes('90 {0001 {} 01}'));
  stream.take();
  rig.expectLog('connected', 'subscribed');
  return stream;
}

describe('end() behind QoS 0', () => {
  it('asks first: DISCONNECT follows PINGRESP, and then nothing is waited for', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    rig.client.publish(content(0));
    rig.client.end();
    rig.client.end();
    expect(rig.client.canPublish(0)).toBe(false);
    expect(stream.calls).toEqual([]);
    await settle();
    expect(Rig.sent(stream)).toEqual(['publish 0', 'pingreq']);
    expect(rig.client.hasUnread).toBe(true);
    expect(stream.calls).toEqual([]);
    stream.feed(bytes('d0 00'));
    expect(Rig.sent(stream)).toEqual(['disconnect']);
    expect(rig.client.hasUnread).toBe(false);
    expect(stream.calls).toEqual(['end at once']);
    rig.expectLog('connected', 'published');
    stream.handlers.ended?.();
    rig.expectLog('ended');
    expect(stream.calls).toEqual(['end at once', 'destroy']);
    expect(rig.clock.size).toBe(0);
  });

  it('carries its reason behind the question', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    rig.client.publish(content(0));
    rig.client.end(4);
    await settle();
    stream.take();
    stream.feed(bytes('d0 00'));
    expect(stream.take().toString('hex')).toBe('e00104');
  });

  it.each([
    ['ends it in order', undefined],
    ['breaks', LOST],
  ])('is a failure when the connection %s before PINGRESP', async (_, failure) => {
    const rig = new Rig();
    const stream = await rig.connect();
    rig.client.publish(content(0));
    rig.client.end();
    await settle();
    stream.handlers.closed(failure);
    rig.expectLog('connected', 'published', 'ended connection-lost');
    expect(rig.client.hasUnread).toBe(true);
  });

  it.each([
    ['ends in order', undefined],
    ['breaks', LOST],
  ])('is none when the connection %s after PINGRESP', async (_, failure) => {
    const rig = new Rig();
    const stream = await rig.connect();
    rig.client.publish(content(0));
    rig.client.end();
    await settle();
    stream.feed(bytes('d0 00'));
    stream.handlers.closed(failure);
    rig.expectLog('connected', 'published', 'ended');
  });

  it('counts what was sent by slices too', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    const slices = { bytes: Buffer.from('a'), bounds: Uint32Array.of(0, 1), count: 1 };
    expect(rig.client.publishSlices(content(0), slices)).toBe(1);
    rig.client.end();
    await settle();
    expect(Rig.sent(stream)).toEqual(['publish 0', 'pingreq']);
  });

  it('gives a server that does not answer as long as the keepalive, and 30 s at most', async () => {
    for (const [keepAlive, limit] of [
      [5, 5000],
      [0, 30_000],
      [60, 30_000],
    ] as const) {
      const rig = new Rig({ session: { keepAlive } });
      const stream = await rig.connect();
      rig.client.publish(content(0));
      rig.client.end();
      await rig.clock.run(limit - 1);
      expect(rig.log).not.toContain('failed');
      await rig.clock.run(limit);
      rig.expectLog('connected', 'published', 'failed', 'ended keepalive');
      expect(stream.calls).toEqual(['end', 'destroy']);
    }
  });

  it('gives it more time while bytes of ours still move', async () => {
    const rig = new Rig({ session: { keepAlive: 0 } });
    const stream = await rig.connect();
    // The system has all of it, the other side nothing yet.
    stream.taken = 3_000_000;
    stream.got = 0;
    rig.client.publish(content(0));
    rig.client.end();
    for (let round = 1; round <= 10; round++) {
      stream.got = round * 300_000;
      await rig.clock.run(round * 30_000);
      rig.log.length = 0;
    }
    await rig.clock.run(329_999);
    rig.expectLog();
    await rig.clock.run(330_000);
    rig.expectLog('failed', 'ended keepalive');
  });

  it('sends no PINGREQ when `asks` is false', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    rig.client.publish(content(0));
    rig.client.end(0, false);
    await settle();
    expect(Rig.sent(stream)).toEqual(['publish 0', 'disconnect']);
    stream.handlers.closed(undefined);
    rig.expectLog('connected', 'published', 'ended connection-lost');
  });

  it('that was lost on an earlier connection sends no PINGREQ', async () => {
    const rig = new Rig({ retry: () => 0 });
    const stream = await rig.connect();
    rig.client.publish(content(0));
    await settle();
    stream.handlers.closed(LOST);
    expect(rig.client.hasUnread).toBe(true);
    await rig.clock.run(1);
    const next = await rig.connect();
    expect(rig.client.hasUnread).toBe(false);
    rig.client.end();
    await settle();
    expect(Rig.sent(next)).toEqual(['disconnect']);
  });
});

describe('end()', () => {
  it('sends DISCONNECT after everything that is queued, and waits for nothing when nothing is owed', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    rig.client.end();
    await settle();
    expect(Rig.sent(stream)).toEqual(['disconnect']);
    expect(stream.calls).toEqual(['end at once']);
    stream.handlers.ended?.();
    rig.expectLog('connected', 'ended');
    expect(rig.clock.size).toBe(0);
  });

  it('with messages on their way does not take the end of our side for theirs', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    rig.client.publish(content(1));
    rig.client.end();
    await settle();
    expect(Rig.sent(stream)).toEqual(['publish 1', 'disconnect']);
    stream.handlers.ended?.();
    rig.expectLog('connected');
    stream.handlers.closed(undefined);
    rig.expectLog('ended');
  });

  it('with a subscription waits for the peer', async () => {
    const rig = new Rig();
    const stream = await subscribed(rig);
    rig.client.end();
    await settle();
    expect(stream.calls).toEqual(['end']);
    stream.handlers.ended?.();
    rig.expectLog();
    stream.handlers.closed(undefined);
    rig.expectLog('ended');
  });

  it('carries its reason', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    rig.client.end(4);
    await settle();
    expect(stream.take().toString('hex')).toBe('e00104');
  });

  it.each([
    ['breaks', (stream: { buffered: number }) => void stream, LOST, 'ended connection-lost'],
    [
      'is closed with bytes unwritten',
      (stream: { buffered: number }) => {
        stream.buffered = 1;
      },
      undefined,
      'ended connection-lost',
    ],
  ])('with a subscription is a failure when the connection %s', async (_, prepare, failure, line) => {
    const rig = new Rig();
    const stream = await subscribed(rig);
    rig.client.end();
    await settle();
    prepare(stream);
    stream.handlers.closed(failure);
    rig.expectLog(line);
  });

  it('does not wait longer than 5 s for a server that never closes; in order when all was taken', async () => {
    const rig = new Rig();
    const stream = await subscribed(rig);
    rig.client.end();
    await rig.clock.run(4999);
    rig.expectLog();
    await rig.clock.run(5000);
    rig.expectLog('ended');
    expect(stream.calls).toEqual(['end', 'destroy']);
    expect(rig.clock.size).toBe(0);
  });

  it('nor for one that does not take the last bytes: that is a failure', async () => {
    const rig = new Rig();
    const stream = await subscribed(rig);
    stream.buffered = 100;
    stream.got = 0;
    rig.client.end();
    await rig.clock.run(5000);
    rig.expectLog('ended connection-lost');
    expect(stream.calls).toEqual(['end', 'destroy']);
  });

  it('but 5 s from the last of them that moved', async () => {
    const rig = new Rig();
    const stream = await subscribed(rig);
    stream.buffered = 100;
    stream.taken = 1_000_000;
    rig.client.end();
    for (let round = 1; round <= 10; round++) {
      stream.got = 90_000 * round;
      await rig.clock.run(round * 5000);
    }
    await rig.clock.run(54_999);
    rig.expectLog();
    await rig.clock.run(55_000);
    rig.expectLog('ended connection-lost');
  });

  it('takes up reading, so that the close can be seen', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    rig.client.setReading(false);
    rig.client.end();
    expect(stream.paused).toBe(false);
  });

  it('while dialing gives the attempt up and is in order', async () => {
    const rig = new Rig();
    rig.client.connect();
    rig.client.end();
    rig.expectLog('ended');
    expect(rig.attempt.cancelled).toBe(true);
    rig.attempt.reject(new Failure('connect'));
    await rig.clock.run();
    rig.expectLog();
  });

  it('that meets a dial which succeeds in spite of it drops that connection', async () => {
    const rig = new Rig();
    rig.client.connect();
    rig.client.end();
    const stream = await rig.open();
    expect(stream.calls).toEqual(['destroy']);
    expect(stream.written).toEqual([]);
    rig.expectLog('ended');
  });

  it('while waiting to connect again makes no further attempt', async () => {
    const rig = new Rig({ retry: () => 1000 });
    const stream = await rig.connect();
    stream.handlers.closed(LOST);
    rig.client.end();
    rig.expectLog('connected', 'down connection-lost 1000', 'ended');
    expect(rig.clock.next).toBeUndefined();
    await rig.clock.run(10_000);
    expect(rig.attempts).toHaveLength(1);
  });

  it('before CONNACK says DISCONNECT too', async () => {
    const rig = new Rig();
    const stream = await rig.open();
    rig.client.end();
    await settle();
    expect(Rig.sent(stream)).toEqual(['connect', 'disconnect']);
    expect(stream.calls).toEqual(['end at once']);
    stream.handlers.closed(undefined);
    rig.expectLog('ended');
  });

  it('before CONNACK does not wait for a server that says nothing', async () => {
    const rig = new Rig();
    const stream = await rig.open();
    rig.client.end();
    await rig.clock.run(rig.clock.now());
    rig.expectLog('ended');
    expect(stream.calls).toEqual(['end at once', 'destroy']);
    expect(rig.clock.size).toBe(0);
  });

  it('in a handler of an event ends after that turn, and reports the remaining events', async () => {
    const rig = new Rig({
      event: (event, { client }) => {
        if (event.type === 'published') client.end();
      },
    });
    const stream = await rig.connect();
    rig.client.publish(content(1));
    rig.client.publish(content(1));
    await settle();
    stream.take();
    stream.feed(bytes('40 {0001} 40 {0002}'));
    expect(Rig.sent(stream)).toEqual(['disconnect']);
    expect(stream.calls).toEqual(['end at once']);
    rig.expectLog('connected', 'published', 'published');
  });

  it('in settled ends after that turn', async () => {
    let ending = false;
    const rig = new Rig({
      settled: ({ client }) => {
        if (ending) client.end();
      },
    });
    const stream = await rig.connect();
    ending = true;
    stream.feed(bytes('d0 00'));
    expect(Rig.sent(stream)).toEqual(['disconnect']);
    expect(stream.calls).toEqual(['end at once']);
  });

  it('in settled of the turn in which the connection broke is reported once', async () => {
    let ending = false;
    const rig = new Rig({
      retry: () => 0,
      settled: ({ client }) => {
        if (ending) client.end();
      },
    });
    const stream = await rig.connect();
    ending = true;
    stream.handlers.closed(LOST);
    rig.expectLog('connected', 'ended');
    await rig.clock.run(100_000);
    rig.expectLog();
    expect(rig.attempts).toHaveLength(1);
  });

  it('in down is reported once and stops the next attempt', async () => {
    const rig = new Rig({ retry: () => 10, down: ({ client }) => client.end() });
    const stream = await rig.connect();
    stream.handlers.closed(LOST);
    await rig.clock.run(100_000);
    rig.expectLog('connected', 'down connection-lost 10', 'ended');
    expect(rig.attempts).toHaveLength(1);
  });

  it('after a failure of the broker reports that failure', async () => {
    const rig = new Rig({
      event: (event, { client }) => {
        if (event.type === 'published') client.end();
      },
    });
    const stream = await rig.connect();
    rig.client.publish(content(1));
    await settle();
    stream.feed(bytes('40 {0001} c0 00'));
    stream.handlers.closed(undefined);
    rig.expectLog('connected', 'published', 'failed', 'ended protocol');
  });

  it('after the last attempt failed says nothing more', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    stream.handlers.closed(LOST);
    rig.client.end();
    rig.client.setReading(false);
    rig.client.publish(content(0));
    await rig.clock.run(1_000_000);
    rig.expectLog('connected', 'down connection-lost');
  });
});

describe('a connection that ends', () => {
  it.each([
    ['refused', '20 {00 87 {}}', 'refused'],
    ['ended by the server', `${CONNACK} e0 {8b}`, 'not-connected'],
    ['with a protocol error', `${CONNACK} c0 00`, 'protocol'],
    ['with a malformed packet', `${CONNACK} 00 00`, 'malformed'],
  ])(
    '%s is closed by the client, and the reported reason is its own, not that of the transport',
    async (_, notation, kind) => {
      const rig = new Rig();
      const stream = await rig.open();
      stream.feed(bytes(notation));
      expect(stream.calls).toEqual(['end']);
      stream.handlers.closed(LOST);
      expect(rig.log.at(-1)).toBe(`down ${kind}`);
      expect(rig.clock.size).toBe(0);
    },
  );

  it('is dropped after half a second when the server does not close it, and the reason stays', async () => {
    const rig = new Rig({ retry: ({ attempt }) => attempt * 100 });
    const stream = await rig.open();
    stream.feed(bytes(`${CONNACK} c0 00`));
    await rig.clock.run(499);
    rig.expectLog('connected', 'failed');
    await rig.clock.run(500);
    rig.expectLog('down protocol 100');
    expect(stream.calls).toEqual(['end', 'destroy']);
    await rig.clock.run(600);
    const next = await rig.connect();
    next.handlers.closed(LOST);
    rig.expectLog('connected', 'down connection-lost 200');
  });

  it('without PINGRESP fails as keepalive', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    await rig.clock.run(90_000);
    stream.handlers.closed(undefined);
    rig.expectLog('connected', 'failed', 'down keepalive');
  });

  it('without CONNACK fails as keepalive', async () => {
    const rig = new Rig();
    const stream = await rig.open();
    await rig.clock.run(60_000);
    expect(stream.calls).toEqual(['end', 'destroy']);
    rig.expectLog('failed', 'down keepalive');
  });
});

describe('abandon()', () => {
  const expectSilence = async (rig: Rig): Promise<void> => {
    rig.log.length = 0;
    const { settledCount } = rig;
    rig.client.publish(content(1));
    rig.client.subscribe([filter], []);
    rig.client.setReading(false);
    rig.client.setReading(true);
    rig.client.end();
    rig.client.abandon();
    await rig.clock.run(1_000_000);
    rig.expectLog();
    expect(rig.settledCount).toBe(settledCount);
    expect(rig.clock.size).toBe(0);
  };

  it('calls no handler afterwards and leaves no alarm behind: connected', async () => {
    const rig = new Rig({ retry: () => 0 });
    const stream = await rig.connect();
    rig.client.publish(content(1));
    rig.client.abandon();
    expect(stream.calls).toEqual(['destroy']);
    stream.handlers.data(bytes(MESSAGE));
    stream.handlers.drain();
    await expectSilence(rig);
    expect(stream.written).toEqual([]);
    expect(rig.attempts).toHaveLength(1);
  });

  it('while dialing, also when the dial fails or succeeds after it', async () => {
    const failing = new Rig({ retry: () => 0 });
    failing.client.connect();
    failing.client.abandon();
    failing.attempt.reject(new Failure('connect'));
    await expectSilence(failing);
    expect(failing.attempts).toHaveLength(1);
    const succeeding = new Rig();
    succeeding.client.connect();
    succeeding.client.abandon();
    const stream = await succeeding.open();
    await expectSilence(succeeding);
    expect(stream.destroyed).toBe(true);
  });

  it('while waiting to connect again', async () => {
    const rig = new Rig({ retry: () => 10 });
    const stream = await rig.connect();
    stream.handlers.closed(LOST);
    rig.client.abandon();
    await expectSilence(rig);
    expect(rig.attempts).toHaveLength(1);
  });

  it('in the middle of a turn: neither the remaining events nor settled are reported, and nothing is written', async () => {
    const rig = new Rig({
      event: (event, { client }) => {
        if (event.type === 'message') {
          acknowledge(event, client);
          client.abandon();
        }
      },
    });
    const stream = await rig.connect();
    const before = rig.settledCount;
    stream.feed(bytes(`${MESSAGE} 32 {"t" 0002 {} "x"}`));
    rig.expectLog('connected', 'message');
    expect(rig.settledCount).toBe(before);
    expect(stream.written).toEqual([]);
    await expectSilence(rig);
  });

  it('in settled of the turn in which the connection broke: no down', async () => {
    let gone = false;
    const rig = new Rig({
      retry: () => 0,
      settled: ({ client }) => {
        if (gone) client.abandon();
      },
    });
    const stream = await rig.connect();
    gone = true;
    stream.handlers.closed(LOST);
    rig.expectLog('connected');
    await expectSilence(rig);
  });

  it('while lingering', async () => {
    const rig = new Rig();
    await rig.connect();
    rig.client.end();
    await settle();
    rig.client.abandon();
    await expectSilence(rig);
  });

  it('lets a delivery be acknowledged without effect', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    stream.feed(bytes(MESSAGE));
    rig.client.abandon();
    for (const event of rig.events) acknowledge(event, rig.client);
    await settle();
    expect(stream.written).toEqual([]);
  });
});

describe('flowsEnded()', () => {
  it('resolves at once when nothing is on its way, and without a connection', async () => {
    const rig = new Rig();
    await expect(rig.client.flowsEnded()).resolves.toBeUndefined();
    await rig.connect();
    await expect(rig.client.flowsEnded()).resolves.toBeUndefined();
  });

  it('waits for the acknowledgement of what we publish', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    let ended = false;
    rig.client.publish(content(1));
    void rig.client.flowsEnded().then(() => {
      ended = true;
    });
    await settle();
    expect(ended).toBe(false);
    stream.handlers.data(bytes('40 {0001}'));
    await settle();
    expect(ended).toBe(true);
  });

  it('waits for PUBREL of a message at QoS 2 that the consumer has, and not of one that it has not', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    stream.handlers.data(bytes('34 {"t" 0001 {} "x"} 34 {"t" 0002 {} "x"}'));
    const [first] = rig.events.filter((event) => event.type === 'message');
    rig.client.acknowledge(first!.delivery);
    let ended = false;
    void rig.client.flowsEnded().then(() => {
      ended = true;
    });
    await settle();
    expect(ended).toBe(false);
    stream.handlers.data(bytes('62 {0001}'));
    await settle();
    expect(ended).toBe(true);
  });

  it('resolves when the connection breaks', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    rig.client.publish(content(1));
    const ended = rig.client.flowsEnded();
    stream.handlers.closed(LOST);
    await expect(ended).resolves.toBeUndefined();
  });
});
