/**
 * Covers src/client/alarm.ts, src/client/network-connection.ts.
 */
import { describe, expect, it } from 'vitest';
import { hintFor } from '../../src/cli/advice.ts';
import { isTransient, retryPolicy } from '../../src/client/reconnect.ts';
import { Failure } from '../../src/errors.ts';
import { bytes } from '../mqtt/notation.ts';
import { content } from '../mqtt/session/harness.ts';
import { ModelServer } from '../support/model-server.ts';
import { dialTo } from '../support/pair.ts';
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

describe('a turn', () => {
  it('is one write for everything that is published and acknowledged in it', async () => {
    const rig = new Rig({ event: (event, { client }) => acknowledge(event, client) });
    const stream = await rig.connect();
    for (let i = 0; i < 10; i++) rig.client.publish(content(i % 2 === 0 ? 0 : 1));
    rig.client.subscribe([filter], []);
    expect(stream.written).toHaveLength(0);
    await settle();
    expect(stream.written).toHaveLength(1);
    expect(Rig.sent(stream)).toHaveLength(11);
    stream.feed(bytes(`${MESSAGE} 32 {"t" 0002 {} "x"} 34 {"t" 0003 {} "x"}`));
    expect(stream.written).toHaveLength(1);
    expect(Rig.sent(stream)).toEqual(['puback 1', 'puback 2', 'pubrec 3']);
  });

  it('reports all its events before settled, and continues with the output that settled causes', async () => {
    let left = 3;
    const rig = new Rig({
      settled: ({ client }) => {
        if (left > 0 && client.canPublish(0)) {
          left--;
          client.publish(content(0));
        }
      },
    });
    const stream = await rig.open();
    expect(Rig.sent(stream)).toEqual(['connect']);
    stream.feed(bytes(CONNACK));
    expect(Rig.sent(stream)).toEqual(['publish 0', 'publish 0', 'publish 0']);
    rig.expectLog('connected', 'published', 'published', 'published');
    const before = rig.settledCount;
    await settle();
    expect(rig.settledCount).toBe(before);
  });

  it('comes once after many calls, also when another turn came first', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    const before = rig.settledCount;
    rig.client.publish(content(0));
    rig.client.publish(content(0));
    stream.feed(bytes('d0 00'));
    expect(stream.written).toHaveLength(1);
    await settle();
    expect(stream.written).toHaveLength(1);
    expect(rig.settledCount).toBe(before + 1);
  });

  it('writes what was published before the connection stood, after CONNACK', async () => {
    const rig = new Rig();
    const token = rig.client.publish(content(1));
    const stream = await rig.open();
    expect(Rig.sent(stream)).toEqual(['connect']);
    stream.feed(bytes(CONNACK));
    expect(Rig.sent(stream)).toEqual(['publish 1']);
    stream.feed(bytes('40 {0001}'));
    expect(rig.events.at(-1)).toMatchObject({ type: 'published', token, code: 0 });
    expect(await Promise.race([rig.client.flowsEnded().then(() => 'ended'), settle()])).toBe('ended');
  });
});

describe('back-pressure', () => {
  it('a write that returns false closes the window until drain', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    expect(rig.client.canPublish(0)).toBe(true);
    stream.takes = false;
    rig.client.publish(content(0));
    await settle();
    expect(rig.client.canPublish(0)).toBe(false);
    stream.takes = true;
    const before = rig.settledCount;
    stream.handlers.drain();
    expect(rig.client.canPublish(0)).toBe(true);
    expect(rig.settledCount).toBe(before + 1);
  });

  it('of one connection is not carried into the next', async () => {
    const rig = new Rig({ retry: () => 0 });
    const stream = await rig.connect();
    stream.takes = false;
    rig.client.publish(content(0));
    await settle();
    stream.handlers.closed(LOST);
    await rig.clock.run();
    await rig.connect();
    expect(rig.client.canPublish(0)).toBe(true);
  });

  it('setReading(false) pauses the stream while PINGREQ goes on, and no PINGRESP is missed', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    rig.client.setReading(false);
    rig.client.setReading(false);
    expect(stream.calls).toEqual(['pause']);
    stream.feed(bytes('d0 00'));
    await rig.clock.run(600_000);
    expect(Rig.sent(stream)).toEqual(Array.from({ length: 10 }, () => 'pingreq'));
    rig.expectLog('connected');
    rig.client.setReading(true);
    expect(stream.calls).toEqual(['pause', 'resume']);
    expect(stream.paused).toBe(false);
    await rig.clock.run(689_999);
    rig.expectLog();
    await rig.clock.run(690_000);
    rig.expectLog('failed', 'down keepalive');
  });

  it('a paused client reads CONNACK all the same when it comes back, and then pauses', async () => {
    const rig = new Rig({ retry: () => 0 });
    const first = await rig.connect();
    rig.client.setReading(false);
    first.handlers.closed(LOST);
    await rig.clock.run();
    const second = await rig.open();
    expect(second.paused).toBe(false);
    second.feed(bytes(CONNACK));
    expect(second.paused).toBe(true);
    rig.expectLog('connected', 'down connection-lost 0', 'connected');
    await rig.clock.run(rig.clock.now() + 1_000_000);
    rig.expectLog();
    rig.client.setReading(true);
    expect(second.paused).toBe(false);
  });

  it('paused before CONNACK it pauses after CONNACK', async () => {
    const rig = new Rig();
    const stream = await rig.open();
    rig.client.setReading(false);
    expect(stream.paused).toBe(false);
    stream.feed(bytes(CONNACK));
    expect(stream.paused).toBe(true);
  });
});

describe('coming back', () => {
  it('follows the policy: the number of failures in a row, from 1 again after a connection of use', async () => {
    const asked: string[] = [];
    const rig = new Rig({
      retry: ({ failure, everConnected, attempt }) => {
        asked.push(`${failure.kind} ${everConnected} ${attempt}`);
        return attempt * 1000;
      },
    });
    rig.client.connect();
    rig.attempt.reject(new Failure('connect'));
    await rig.clock.run(999);
    expect(rig.attempts).toHaveLength(1);
    await rig.clock.run(1000);
    rig.attempt.reject(new Failure('lookup'));
    await rig.clock.run(3000);
    expect(rig.attempts).toHaveLength(3);
    const stream = await rig.connect();
    rig.client.subscribe([filter], []);
    stream.feed(bytes(`90 {0001 {} 01} ${MESSAGE}`));
    stream.handlers.closed(LOST);
    await rig.clock.run(4000);
    rig.attempt.reject(new Failure('connect'));
    await settle();
    expect(asked).toEqual(['connect false 1', 'lookup false 2', 'connection-lost true 1', 'connect true 2']);
  });

  it('counts a server that takes us in and drops us at once as a row of failures, unless the connection stood for 30 s', async () => {
    const asked: string[] = [];
    const rig = new Rig({
      retry: ({ attempt, elapsed }) => {
        asked.push(`${attempt} after ${elapsed}`);
        return 1000;
      },
    });
    for (const standing of [0, 10_000, 29_999, 30_000, 0]) {
      const stream = await rig.connect();
      await rig.clock.run(rig.clock.now() + standing);
      stream.handlers.closed(LOST);
      await rig.clock.run(rig.clock.now() + 1000);
    }
    expect(asked).toEqual(['1 after 0', '2 after 11000', '3 after 41999', '1 after 0', '2 after 1000']);
  });

  it.each([
    ['in order, ten times', Array(10).fill(true), 'down not-connected'],
    ['in order nine times and then not', [...Array(9).fill(true), false], 'down connection-lost 1000'],
  ])('ends when the server takes us in and ends the connection %s', async (_, losses, last) => {
    const rig = new Rig({ session: { version: 4 }, retry: ({ failure }) => (isTransient(failure) ? 1000 : undefined) });
    for (const inOrder of losses) {
      const stream = await rig.connect('20 {00 00}');
      // Both of two clients that fight for a session get messages.
      stream.feed(bytes('30 {"t" "x"}'));
      stream.handlers.closed(inOrder ? undefined : LOST);
      await rig.clock.run(rig.clock.now() + 1000);
    }
    expect(rig.log.at(-1)).toBe(last);
  });

  it('gives up when the policy says so, and nothing rings afterwards', async () => {
    const rig = new Rig();
    rig.client.connect();
    rig.attempt.reject(new Failure('connect', { message: 'no' }));
    await settle();
    rig.expectLog('down connect');
    expect(rig.failures[0]?.message).toBe('no');
    expect(rig.clock.size).toBe(0);
    const connected = new Rig();
    const stream = await connected.connect();
    stream.handlers.closed(LOST);
    expect(connected.clock.size).toBe(0);
  });

  it('brings what was in flight to the server, over a link that breaks at any byte', async () => {
    for (const cut of [1, 14, 20, 25, 30, 33, 40]) {
      const server = new ModelServer({ version: 5 });
      const rig = new Rig({
        session: { clean: false, properties: [{ name: 'session-expiry-interval', value: 100 }] },
        retry: retryPolicy({}, 'always', () => 0),
        dial: (clock) => dialTo(server, clock, (attempt) => ({ latency: 5, ...(attempt === 2 ? { cutUp: cut } : {}) })),
        event: (event, { client }) => acknowledge(event, client),
      });
      rig.client.connect();
      await rig.clock.run(20);
      server.current?.write({ type: 'disconnect', code: 0x8b, properties: [] });
      server.send('c', content(2, { payload: Buffer.from('down') }));
      for (const qos of [1, 2, 2] as const) rig.client.publish(content(qos));
      await rig.clock.run(30_000);
      // The model speaks when it is spoken to; a subscription makes it.
      rig.client.subscribe([filter], []);
      await rig.clock.run(40_000);
      expect(server.violations).toEqual([]);
      expect(server.accepted.filter(({ qos }) => qos === 2)).toHaveLength(2);
      expect(rig.log.filter((line) => line === 'published')).toHaveLength(3);
      expect(rig.log.filter((line) => line === 'message')).toHaveLength(1);
      expect(server.unfinished('c')).toBe(0);
      rig.client.end();
      await rig.clock.run(50_000);
      expect(rig.log.at(-1)).toBe('ended');
    }
  });
});

describe('--connect-timeout', () => {
  const connectTimeout = 3000;

  it('ends an attempt that does not get as far as a connection', async () => {
    const rig = new Rig({ connectTimeout });
    rig.client.connect();
    await rig.clock.run(2999);
    rig.expectLog();
    await rig.clock.run(3000);
    rig.expectLog('down connect');
    expect(rig.attempt.cancelled).toBe(true);
    expect(rig.failures[0]).toMatchObject({ code: 'ETIMEDOUT', message: 'Connection timed out', status: 1 });
    expect(rig.clock.size).toBe(0);
  });

  it('ends an attempt whose CONNACK does not come', async () => {
    const rig = new Rig({ connectTimeout });
    const stream = await rig.open();
    await rig.clock.run(3000);
    expect(stream.calls).toEqual(['destroy']);
    stream.handlers.closed(LOST);
    rig.expectLog('down connect');
  });

  it('ends with CONNACK, and starts over with each attempt', async () => {
    const rig = new Rig({ connectTimeout, retry: () => 5000 });
    const stream = await rig.connect();
    await rig.clock.run(10_000);
    rig.expectLog('connected');
    stream.handlers.closed(LOST);
    await rig.clock.run(15_000);
    rig.expectLog('down connection-lost 5000');
    await rig.clock.run(17_999);
    rig.expectLog();
    await rig.clock.run(18_000);
    rig.expectLog('down connect 5000');
  });

  it('does not run while the user is asked for something', async () => {
    const rig = new Rig({ connectTimeout });
    rig.client.connect();
    rig.client.setAsking(true);
    await rig.clock.run(60_000);
    rig.expectLog();
    rig.client.setAsking(false);
    await rig.clock.run(62_999);
    rig.expectLog();
    await rig.clock.run(63_000);
    rig.expectLog('down connect');
  });
});

describe('a server that speaks something else', () => {
  it.each([
    ['a TLS alert', '15 03 03 00 02 02 46', 'This port speaks TLS. Use --cafile FILE or --tls-use-os-certs.'],
    ['HTTP', '"HTTP/1.1 400 Bad Request"', 'This port speaks HTTP. For MQTT over WebSocket, use --ws.'],
    ['neither', '"hello"', undefined],
  ])('%s', async (_, notation, advice) => {
    const rig = new Rig();
    const stream = await rig.open();
    stream.feed(notation.startsWith('"') ? Buffer.from(notation.slice(1, -1)) : bytes(notation));
    stream.handlers.closed(undefined);
    expect(hintFor(rig.failures[0] ?? {})).toBe(advice);
  });
});

describe('the alarm', () => {
  it('never rings later than the next deadline, and only one is set', async () => {
    const rig = new Rig();
    const stream = await rig.connect();
    const times: number[] = [0];
    const write = stream.write.bind(stream);
    stream.write = (chunk) => {
      times.push(rig.clock.now());
      return write(chunk);
    };
    let pings = 0;
    for (let now = 0; now < 1_000_000; now += 7000) {
      await rig.clock.run(now);
      expect(rig.clock.size).toBeLessThanOrEqual(1);
      // Now and then something else is sent, so that the deadline moves away.
      if (now % 91_000 === 0) rig.client.publish(content(0));
      await settle();
      const sent = Rig.sent(stream);
      if (sent.includes('pingreq')) {
        pings++;
        stream.feed(bytes('d0 00'));
      }
    }
    const gaps = times.slice(1).map((at, i) => at - times[i]!);
    expect(Math.max(...gaps)).toBe(60_000);
    expect(pings).toBeGreaterThan(10);
    expect(rig.log.every((line) => line === 'connected' || line === 'published')).toBe(true);
  });

  it('is moved forward when a deadline comes nearer', async () => {
    const rig = new Rig({ session: { keepAlive: 1000 } });
    const stream = await rig.connect('20 {00 00 {13 0002}}');
    await rig.clock.run(2000);
    expect(Rig.sent(stream)).toEqual(['pingreq']);
    await rig.clock.run(3000);
    rig.expectLog('connected', 'failed', 'down keepalive');
  });
});
