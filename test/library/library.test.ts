// The package as a library, against the real broker.
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { connect, Failure } from '../../src/library/library.ts';
import { certificates } from '../support/certs.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { freePort } from '../support/tmp.ts';
import { open, reasonOf, take } from './library-rig.ts';

describeWithMosquitto('connect()', () => {
  test.each([3, 4, 5] as const)(
    'version %i: publishes at each QoS, and the messages come by for await',
    async (version) => {
      const client = await open(await startMosquitto(), { version, clientId: `v${version}` });
      const messages = client.subscribe('a/+', { qos: 2 });
      expect(await messages.granted).toEqual([2]);
      for (const qos of [0, 1, 2] as const)
        expect(await client.publish(`a/${qos}`, `at ${qos}`, { qos })).toMatchObject({ code: 0 });
      const taken = await take(messages, 3);
      expect(taken.map(({ topic, text, qos }) => `${topic} ${text} ${qos}`)).toEqual([
        'a/0 at 0 0',
        'a/1 at 1 1',
        'a/2 at 2 2',
      ]);
      await client.end();
      expect(await client.closed).toBeUndefined();
    },
  );

  test('bytes, retain and properties arrive as they were', async () => {
    const client = await open(await startMosquitto());
    const properties = [
      { name: 'content-type', value: 'x' },
      { name: 'user-property', value: ['k', 'v'] },
    ] as const;
    await client.publish('a', new Uint8Array([0, 255, 128]), { retain: true, properties });
    const [message] = await take(client.subscribe('a'), 1);
    expect(message).toMatchObject({ payload: new Uint8Array([0, 255, 128]), retain: true, properties });
    await client.end();
  });

  test('what is refused, or cannot be sent, rejects with a Failure that says why', async () => {
    const broker = await startMosquitto({ users: { me: 'secret' }, anonymous: false });
    const refused = await reasonOf(open(broker, { username: 'me', password: 'wrong' }));
    expect(refused).toBeInstanceOf(Failure);
    expect(refused).toMatchObject({ kind: 'refused', message: expect.stringContaining('Not authorized') });
    expect(JSON.stringify(refused)).not.toContain('wrong');
    const gone = await reasonOf(connect({ host: '127.0.0.1', port: await freePort() }));
    expect(gone).toMatchObject({ kind: 'connect', code: 'ECONNREFUSED' });
    const client = await open(broker, { username: 'me', password: 'secret' });
    expect(await reasonOf(client.publish('a/#', 'x'))).toMatchObject({ kind: 'invalid-input' });
    expect(() => client.subscribe('a/#/b')).toThrow(Failure);
    await client.end();
    expect(await reasonOf(client.publish('a', 'x'))).toMatchObject({ kind: 'not-connected' });
    expect(() => client.subscribe('a')).toThrow(Failure);
  });

  test('a kept session: what was not acknowledged comes again, what was does not', async () => {
    const broker = await startMosquitto();
    const session = { clientId: 'keeper', keepSession: true };
    const first = await open(broker, session);
    const messages = first.subscribe('a', { acknowledge: 'manual' });
    await messages.granted;
    for (const payload of ['one', 'two', 'three']) await first.publish('a', payload);
    for await (const message of messages) {
      if (message.text === 'two') break;
      message.acknowledge();
      message.acknowledge();
    }
    await first.end();
    // They come before this run has subscribed, and wait for it.
    const second = await open(broker, session);
    await sleep(100);
    expect((await take(second.subscribe('a'), 2)).map(({ text }) => text)).toEqual(['two', 'three']);
    await second.end();
    // The second loop asked for `three`, which acknowledged `two`; it was left with `three`.
    const third = await open(broker, session);
    expect((await take(third.subscribe('a'), 1)).map(({ text }) => text)).toEqual(['three']);
    await third.end();
  });

  test('loops side by side over one subscription: each acknowledges what it was handed, not what another works on', async () => {
    const broker = await startMosquitto();
    const session = { clientId: 'keeper', keepSession: true };
    const first = await open(broker, session);
    const messages = first.subscribe('a');
    await messages.granted;
    const slow = messages[Symbol.asyncIterator]();
    const quick = messages[Symbol.asyncIterator]();
    for (const payload of ['one', 'two', 'three']) await first.publish('a', payload);
    const taken = [await slow.next(), await quick.next(), await quick.next()];
    expect(taken.map(({ value }) => value?.text)).toEqual(['one', 'two', 'three']);
    await first.end();
    const second = await open(broker, session);
    expect((await take(second.subscribe('a'), 1)).map(({ text }) => text)).toEqual(['one']);
    await second.end();
  });

  test('next() asked for several times at once: all that it gave is acknowledged when it is asked again', async () => {
    const broker = await startMosquitto();
    const session = { clientId: 'keeper', keepSession: true };
    const first = await open(broker, session);
    const messages = first.subscribe('a');
    await messages.granted;
    const both = Promise.all([messages.next(), messages.next()]);
    for (const payload of ['one', 'two', 'three']) await first.publish('a', payload);
    expect((await both).map(({ value }) => value?.text)).toEqual(['one', 'two']);
    expect((await messages.next()).value?.text).toBe('three');
    await first.end();
    const second = await open(broker, session);
    expect((await take(second.subscribe('a'), 1)).map(({ text }) => text)).toEqual(['three']);
    await second.end();
  });

  test('after the broker restarts the subscription stands again, and publishes in between arrive', async () => {
    const broker = await startMosquitto();
    const interruptions: string[] = [];
    let resumed = (): void => {};
    const again = new Promise<void>((resolve) => {
      resumed = resolve;
    });
    const client = await open(broker, {
      retry: { delay: 50 },
      onInterrupted: (failure) => interruptions.push(failure.kind),
      onResumed: () => resumed(),
    });
    const messages = client.subscribe('a');
    await messages.granted;
    await broker.restart();
    await again;
    await client.publish('a', 'x');
    expect((await take(messages, 1)).map(({ text }) => text)).toEqual(['x']);
    expect(interruptions[0]).toBe('connection-lost');
    await client.end();
  });

  test('more messages than may wait do not keep a publish from being acknowledged', async () => {
    const client = await open(await startMosquitto({ extra: ['max_queued_messages 0'] }));
    const messages = client.subscribe('a', { qos: 0 });
    await messages.granted;
    const count = 5000;
    for (let i = 0; i < count; i++) void client.publish('a', `${i}`, { qos: 0 });
    await client.publish('b', 'x');
    let next = 0;
    for await (const message of messages) {
      expect(message.text).toBe(`${next++}`);
      if (next % 1000 === 0) await client.publish('b', 'x');
      if (next === count) break;
    }
    await client.end();
  });

  test('`granted` rejects when no answer comes any more, also when the loop was left before', async () => {
    const broker = await startMosquitto();
    const aborted = AbortSignal.abort(new Error('not wanted'));
    const client = await open(broker);
    await expect(client.subscribe('a', { signal: aborted }).granted).rejects.toThrow('not wanted');
    const ended = client.subscribe('a');
    const end = client.end();
    await expect(ended.granted).rejects.toThrow('before the subscription to a was acknowledged');
    expect(await ended.next()).toEqual({ done: true, value: undefined });
    await end;
    const second = await open(broker);
    const left = second.subscribe('a');
    await left.return();
    second.abort();
    await expect(left.granted).rejects.toThrow('The connection was given up');
  });

  test('what no packet can hold rejects with a Failure at once, and the connection goes on', async () => {
    const client = await open(await startMosquitto(), { maxInflight: 1 });
    const long = 'x'.repeat(70_000);
    // The types do not bind a program in JavaScript.
    const of = (...properties: unknown[]): object => ({ properties });
    const publishes: [topic: unknown, payload: unknown, options?: object][] = [
      [5, 'x'],
      ['a\ud800', 'x'],
      ['a', undefined],
      ['a', 5],
      ['a', new ArrayBuffer(1)],
      ['a', 'x', { qos: 3 }],
      ['a', 'x', { qos: '1' }],
      ['a', 'x', of({ name: 'nope', value: 1 })],
      ['a', 'x', of({ name: 'session-expiry-interval', value: 1 })],
      ['a', 'x', of({ name: 'message-expiry-interval', value: -1 })],
      ['a', 'x', of({ name: 'topic-alias', value: 0 })],
      ['a', 'x', of({ name: 'subscription-identifier', value: 1 })],
      ['a', 'x', of({ name: 'content-type', value: long })],
      ['a', 'x', of({ name: 'content-type', value: 'x' }, { name: 'content-type', value: 'y' })],
      ['a', 'x', of({ name: 'correlation-data', value: 'x' })],
      ['a', 'x', of({ name: 'response-topic', value: 'a/+' })],
      ['a', 'x', of({ name: 'user-property', value: 'x' })],
    ];
    const last = client.publish('a', 'first');
    for (const [topic, payload, options] of publishes)
      expect(await reasonOf(client.publish(topic as string, payload as string, options))).toBeInstanceOf(Failure);
    for (const options of [{ qos: 3 }, { retainHandling: 3 }, of({ name: 'subscription-identifier', value: 0 })])
      expect(() => client.subscribe('a', options as object)).toThrow(Failure);
    await last;
    await client.publish('a', 'last');
    await client.end();
  });

  test.each([
    ['port', { port: 99_999 }],
    ['version', { version: 9 }],
    ['keepAlive', { keepAlive: 99_999 }],
    ['maxInflight', { maxInflight: 0 }],
    ['clientId', { clientId: 'x'.repeat(70_000) }],
    ['username', { username: 'a\0' }],
    ['password', { username: 'u', password: 'secret'.repeat(20_000) }],
    ['password', { version: 4, password: 'secret' }],
    ['session-expiry-interval', { clientId: 'x', keepSession: true, sessionExpiry: -1 }],
    ['topic of the will', { will: { topic: 'a/+', payload: new Uint8Array() } }],
    ['payload of the will', { will: { topic: 'a', payload: 'text' } }],
  ])('connect() rejects with a Failure for a %s that CONNECT cannot hold', async (what, options) => {
    const failure = await reasonOf(connect({ host: '127.0.0.1', port: 1, ...(options as object) }));
    expect(failure).toMatchObject({ kind: 'invalid-input', message: expect.stringContaining(what) });
    expect(String(failure)).not.toContain('secret');
  });

  test('two subscriptions get what both take; unsubscribe() ends one', async () => {
    const client = await open(await startMosquitto(), { version: 4 });
    const [narrow, wide] = [client.subscribe('a/b'), client.subscribe('#')];
    await Promise.all([narrow.granted, wide.granted]);
    await client.publish('a/b', 'x');
    expect((await narrow.next()).value).toMatchObject({ text: 'x' });
    expect((await wide.next()).value).toMatchObject({ text: 'x' });
    await narrow.unsubscribe();
    expect(await narrow.next()).toEqual({ done: true, value: undefined });
    await client.end();
  });

  test('an AbortSignal ends a loop, a wait, an attempt and the connection', async () => {
    const broker = await startMosquitto();
    const [all, loop] = [new AbortController(), new AbortController()];
    const client = await open(broker, { signal: all.signal });
    const messages = client.subscribe('a', { signal: loop.signal });
    const left = take(messages, 1);
    loop.abort();
    expect(await left).toEqual([]);
    const why = new Error('enough');
    expect(await reasonOf(client.publish('a', 'x', { signal: AbortSignal.abort(why) }))).toBe(why);
    const other = reasonOf(take(client.subscribe('b'), 1));
    all.abort(why);
    expect(await client.closed).toMatchObject({ kind: 'not-connected' });
    expect(await other).toMatchObject({ kind: 'not-connected' });
    expect(await reasonOf(connect({ signal: AbortSignal.abort(why) }))).toBe(why);
    await broker.waitForLog(/disconnected|closed/);
  });
});

describeWithMosquitto('one AbortSignal for everything', () => {
  test('has one listener at most, and none when nothing waits for it', async () => {
    const broker = await startMosquitto();
    const { signal } = new AbortController();
    const listeners = (): number => getEventListeners(signal, 'abort').length;
    const clients = await Promise.all([1, 2].map(() => open(broker, { signal })));
    for (const client of clients) {
      const messages = [1, 2, 3].map((i) => client.subscribe(`a/${i}`, { signal }));
      await Promise.all(messages.map(({ granted }) => granted));
      await Promise.all([1, 2, 3].map((i) => client.publish(`a/${i}`, 'x', { signal })));
      expect(listeners()).toBe(1);
      for (const each of messages) await take(each, 1);
    }
    for (const client of clients) await client.end();
    expect(listeners()).toBe(0);
  });
});

describeWithMosquitto('connect() with TLS', () => {
  test('verifies the certificate, over WebSocket too', async () => {
    const { server, ca } = certificates();
    const broker = await startMosquitto({ tls: server, websockets: true });
    for (const more of [{ port: broker.tlsPort }, { port: broker.wssPort, webSocket: true }] as const) {
      const client = await connect({ host: 'localhost', tls: { caFile: ca }, ...more });
      expect(await client.publish('a', 'x')).toMatchObject({ code: expect.any(Number) });
      await client.end();
      expect(await reasonOf(connect({ host: 'localhost', tls: true, ...more }))).toMatchObject({ kind: 'tls' });
    }
  });
});
