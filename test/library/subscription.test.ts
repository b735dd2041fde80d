/** A message on its way to the loops of a program. */
import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { Arrival, type Message, type SubscribeOptions, Subscription } from '../../src/library/subscription.ts';
import { bytes } from '../mqtt/notation.ts';
import { decodeOne } from '../mqtt/wire.ts';

test('a message has its own bytes, also those of its correlation data, when the next one is read to the same memory', () => {
  const packet = decodeOne(bytes('30 {"t" {09 0002 cccc} \'text\'}'), 5);
  if (packet.type !== 'publish') throw new Error('not a PUBLISH');
  const message = new Arrival(packet, () => {}).share();
  new Uint8Array(packet.payload.buffer).fill(0);
  expect(message.text).toBe('text');
  expect(message.properties).toEqual([{ name: 'correlation-data', value: new Uint8Array([0xcc, 0xcc]) }]);
});

describe('what waits for a loop', () => {
  const NOBODY = { taken: () => {}, left: () => {}, unsubscribe: async () => {} };
  const message = (bytes: number, properties: number): Message =>
    ({
      payload: new Uint8Array(bytes),
      topic: '',
      properties: Array(properties).fill({ name: 'user-property', value: ['k'.repeat(60), 'v'.repeat(60)] }),
      acknowledge: () => {},
    }) as unknown as Message;

  test.each([
    [0, 0, 1],
    [100, 3, 1],
    [64 * 1024, 0, 2],
    [64 * 1024 * 1024, 0, 1025],
    [0, 65_535, 248],
  ])('weighs by its memory: %i bytes and %i properties are %i short messages', async (bytes, properties, load) => {
    const subscription = new Subscription(['#'], {}, NOBODY);
    subscription.push(message(bytes, properties));
    subscription.push(message(0, 0));
    expect([subscription.waiting, subscription.load]).toEqual([2, load + 1]);
    await subscription.next();
    expect(subscription.load).toBe(1);
    expect(subscription.drain()).toHaveLength(1);
    expect(subscription.load).toBe(0);
  });
});

describe('a subscription', () => {
  const DONE = { done: true, value: undefined };

  /** With a log of the calls of its owner and its messages, in order. */
  function rig(options: SubscribeOptions = {}, filters: readonly string[] = ['#']) {
    const log: string[] = [];
    const subscription: Subscription = new Subscription(filters, options, {
      taken: () => void log.push('taken'),
      // With a signal that is aborted already, before the constructor has returned.
      left: () => void log.push('left'),
      unsubscribe: async (left) => void log.push(left === subscription ? 'unsubscribe' : 'unsubscribe another'),
    });
    const push = (text: string): void =>
      subscription.push({
        ...{ topic: 't', payload: Buffer.from(text), text, qos: 1, retain: false, dup: false, properties: [] },
        acknowledge: () => void log.push(`acknowledged ${text}`),
      });
    return { subscription, log, push, next: async () => (await subscription.next()).value?.text };
  }

  test('hands its messages out in order, to those who wait first, and acknowledges each when the next is asked for', async () => {
    const { subscription, log, push, next } = rig();
    const waiting = [next(), next()];
    push('a');
    push('b');
    push('c');
    expect(await Promise.all(waiting)).toEqual(['a', 'b']);
    expect([subscription.waiting, log]).toEqual([1, []]);
    expect(await next()).toBe('c');
    expect([subscription.waiting, log]).toEqual([0, ['acknowledged a', 'acknowledged b', 'taken']]);
  });

  test('acknowledges nothing by itself when that is asked for', async () => {
    const { log, push, next } = rig({ acknowledge: 'manual' });
    for (const text of ['a', 'b', 'c']) push(text);
    expect([await next(), await next(), await next()]).toEqual(['a', 'b', 'c']);
    expect(log).toEqual(['taken', 'taken', 'taken']);
  });

  test('shares its messages out among loops, each of which acknowledges its own', async () => {
    const { subscription, log, push } = rig();
    const loops = [subscription[Symbol.asyncIterator](), subscription[Symbol.asyncIterator]()];
    for (const text of ['a', 'b', 'c']) push(text);
    for (const loop of [...loops, loops[0]!]) await loop.next();
    expect(log).toEqual(['taken', 'taken', 'acknowledged a', 'taken']);
    expect(loops[0]![Symbol.asyncIterator]()).toBe(loops[0]);
  });

  const ends: readonly (readonly [
    how: string,
    end: (subscription: Subscription) => unknown,
    reported: readonly string[],
  ])[] = [
    ['unsubscribe()', (subscription) => subscription.unsubscribe(), ['unsubscribe']],
    ['a loop that is left', (subscription) => subscription[Symbol.asyncIterator]().return!(), ['left']],
    ['the end of the connection in order', (subscription) => subscription.fail(undefined), []],
  ];
  test.each(ends)('ends those who wait, and those who come later, with %s', async (_how, end, reported) => {
    const { subscription, log } = rig();
    const waiting = [subscription.next(), subscription[Symbol.asyncIterator]().next()];
    expect(subscription.takes('a')).toBe(true);
    await end(subscription);
    expect(await Promise.all([...waiting, subscription.next()])).toEqual([DONE, DONE, DONE]);
    expect([subscription.takes('a'), log]).toEqual([false, reported]);
    // Once is enough.
    expect(await subscription.return()).toEqual(DONE);
    expect(log).toEqual(reported);
  });

  test('gives what has come, and then fails, with the connection', async () => {
    const { subscription, push, next } = rig();
    push('a');
    const first = new Failure('keepalive');
    subscription.fail(first);
    subscription.fail(new Failure('tls'));
    expect(await next()).toBe('a');
    await expect(subscription.next()).rejects.toBe(first);
    await expect(subscription.granted).rejects.toBe(first);
    expect(subscription.takes('a')).toBe(false);
  });

  test('fails those who wait', async () => {
    const { subscription } = rig();
    const waiting = subscription.next();
    const failure = new Failure('keepalive');
    subscription.fail(failure);
    await expect(waiting).rejects.toBe(failure);
  });

  test('is granted with the answer of the server, or fails with it', async () => {
    const { subscription } = rig();
    subscription.grant([0, 0x87]);
    expect(await subscription.granted).toEqual([0, 0x87]);
    const refused = rig().subscription;
    const failure = new Failure('refused');
    refused.fail(failure);
    await expect(refused.granted).rejects.toBe(failure);
    await expect(refused.next()).rejects.toBe(failure);
    const lost = rig().subscription;
    lost.ungranted('gone');
    await expect(lost.granted).rejects.toBe('gone');
    expect(lost.takes('a')).toBe(true);
  });

  test('ends with its signal, and leaves nothing at it', async () => {
    for (const early of [true, false]) {
      const control = new AbortController();
      if (early) control.abort();
      const { subscription, log } = rig({ signal: control.signal });
      const waiting = subscription.next();
      control.abort();
      expect(await waiting).toEqual(DONE);
      expect(log).toEqual(['left']);
    }
    for (const end of ends.map(([, end]) => end)) {
      const { signal } = new AbortController();
      await end(rig({ signal }).subscription);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    }
  });

  test.each([
    [['a/+'], 'a/b', true],
    [['a/+'], 'a/b/c', false],
    [['x', 'a/#'], 'a/b/c', true],
    [['$share/group/a/+'], 'a/b', true],
    [['$share/group/a/+'], '$share/group/a/b', false],
  ])('of %j takes %s: %s', (filters, topic, takes) => {
    expect(rig({}, filters).subscription.takes(topic)).toBe(takes);
  });
});

test('a message for several subscriptions is acknowledged when all have done so, once', () => {
  const packet = decodeOne(bytes('33 {"t" 0005 {} \'text\'}'), 5);
  if (packet.type !== 'publish') throw new Error('not a PUBLISH');
  let count = 0;
  const arrival = new Arrival(packet, () => void count++);
  const shares = [arrival.share(), arrival.share()];
  for (const share of [shares[0]!, shares[0]!]) share.acknowledge();
  expect(count).toBe(0);
  for (const share of [shares[1]!, ...shares]) share.acknowledge();
  expect(count).toBe(1);
  expect(shares[0]).toMatchObject({ topic: 't', text: 'text', qos: 1, retain: true, dup: false, properties: [] });
});
