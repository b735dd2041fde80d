/**
 * What the calls of the client with promises write, wait for, and come to: a server in the hands of the test.
 * Covers src/library/answers.ts, src/library/open-subscriptions.ts.
 */
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/errors.ts';
import { AsyncClient } from '../../src/library/async-client.ts';
import type { SessionOptions } from '../../src/mqtt/session/options.ts';
import { Session } from '../../src/mqtt/session/session.ts';
import { CONNACK, Rig } from '../client/rig.ts';
import { bytes } from '../mqtt/notation.ts';
import { OPTIONS } from '../mqtt/session/harness.ts';
import { FakeStream } from '../support/pair.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

/** What becomes of a promise: `open`, what it gives, or `!` and the message it rejects with. */
class Fate<T> {
  value: T | string | undefined = 'open';
  constructor(promise: Promise<T>) {
    promise.then(
      (value) => {
        this.value = value;
      },
      (error: Error) => {
        this.value = `!${error.message}`;
      },
    );
  }
}

async function connected(session: Partial<SessionOptions> = {}) {
  const clock = new VirtualClock();
  const streams: FakeStream[] = [];
  const reported: string[] = [];
  const client = new AsyncClient(
    {
      session: new Session({ ...OPTIONS, ...session }),
      version: 5,
      clock,
      retry: () => 1000,
      dial: (handlers) => {
        streams.push(new FakeStream(handlers));
        return { opened: Promise.resolve(streams.at(-1)!), cancel: () => {} };
      },
    },
    session.clean === false,
    {
      onInterrupted: ({ kind }, wait) => reported.push(`interrupted ${kind} ${wait}`),
      onResumed: () => reported.push('resumed'),
      onDiscarded: ({ kind }) => reported.push(`discarded ${kind}`),
    },
  );
  const opening = new Fate(client.open());
  await settle();
  const rig = {
    client,
    clock,
    reported,
    closed: new Fate(client.closed),
    get stream() {
      return streams.at(-1)!;
    },
    /** The server says this; returns what was written since the last time, up to all that follows from it. */
    async says(notation: string): Promise<string[]> {
      rig.stream.feed(bytes(notation));
      return rig.sent();
    },
    async sent(): Promise<string[]> {
      await settle();
      return Rig.sent(rig.stream);
    },
    /** A broken connection, and the next one, which stands. */
    async again(connack = CONNACK): Promise<string[]> {
      rig.stream.destroy();
      await settle();
      await clock.run(clock.now() + 1000);
      rig.stream.take();
      return rig.says(connack);
    },
  };
  expect([opening.value, client.connected]).toEqual(['open', false]);
  await rig.says(CONNACK);
  expect([opening.value, client.connected, client.clientId]).toEqual([undefined, true, 'c']);
  return rig;
}

const fates = (...all: { value: unknown }[]): unknown[] => all.map(({ value }) => value);

describe('publish()', () => {
  it('at QoS 0 resolves when the message is on its way', async () => {
    const { client, sent } = await connected();
    const fate = new Fate(client.publish('a', 'x', { qos: 0, retain: true }));
    expect(await sent()).toEqual(['publish 0']);
    expect(fate.value).toEqual({ code: 0, reason: undefined });
  });

  it.each([
    ['40 {0001}', { code: 0, reason: undefined }],
    ['40 {0001 10 {1f "nobody"}}', { code: 16, reason: 'nobody' }],
    ['40 {0001 87 {1f "go"}}', '!The broker refused the message on a: Not authorized: go'],
    ['40 {0001 97 {}}', '!The broker refused the message on a: Quota exceeded'],
  ])('at QoS 1, with %s, comes to its answer', async (puback, outcome) => {
    const { client, sent, says } = await connected();
    const fate = new Fate(client.publish('a', 'x'));
    expect([await sent(), fate.value]).toEqual([['publish 1'], 'open']);
    await says(puback);
    expect(fate.value).toEqual(outcome);
  });

  it('at QoS 2 resolves with PUBCOMP', async () => {
    const { client, says } = await connected();
    const fate = new Fate(client.publish('a', 'x', { qos: 2 }));
    await settle();
    await says('50 {0001}');
    expect(fate.value).toBe('open');
    await says('70 {0001}');
    expect(fate.value).toEqual({ code: 0, reason: undefined });
  });

  it.each([[''], ['a/+'], ['#'], ['a\0'], ['a\ud800'], [5]])(
    'refuses the topic %j, and writes nothing',
    async (topic) => {
      const { client, sent } = await connected();
      const fate = new Fate(client.publish(topic as string, 'x'));
      expect(await sent()).toEqual([]);
      expect(fate.value).toBe(`!Invalid topic to publish to: "${topic}"`);
    },
  );

  it.each([
    [{ qos: 3 }, 'qos must be a whole number from 0 to 2'],
    [{ properties: [{ name: 'receive-maximum', value: 1 }] }, 'publish has no property "receive-maximum"'],
  ])('refuses %j', async (options, complaint) => {
    const { client, sent } = await connected();
    const fate = new Fate(client.publish('a', 'x', options as object));
    expect([await sent(), fate.value]).toEqual([[], `!${complaint}`]);
  });

  it('gives up waiting with its signal, and leaves nothing at it', async () => {
    const { client, sent, says } = await connected();
    const early = new Fate(client.publish('a', 'x', { signal: AbortSignal.abort(new Error('before')) }));
    expect([await sent(), early.value]).toEqual([[], '!before']);
    const control = new AbortController();
    const { signal } = control;
    const [answered, given] = [
      new Fate(client.publish('a', 'x', { signal })),
      new Fate(client.publish('b', 'y', { signal })),
    ];
    await settle();
    await says('40 {0001}');
    control.abort(new Error('meanwhile'));
    await settle();
    expect(fates(answered, given)).toEqual([{ code: 0, reason: undefined }, '!meanwhile']);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await says('40 {0002}');
    expect(client.connected).toBe(true);
  });
});

describe('subscribe()', () => {
  it.each<[filter: unknown, wrong: string]>([
    ['', ''],
    ['a#', 'a#'],
    ['a/#/b', 'a/#/b'],
    [[], ''],
    [['a', '+b', 'c#'], '+b'],
    ['a\ud800', 'a\ud800'],
    [[5], '5'],
  ])('refuses %j', async (filter, wrong) => {
    const { client, sent } = await connected();
    expect(() => client.subscribe(filter as string)).toThrow(
      expect.objectContaining({ kind: 'invalid-input', message: `Invalid filter to subscribe to: "${wrong}"` }),
    );
    expect(await sent()).toEqual([]);
  });

  it.each([
    [{ qos: 3 }, 'qos must be'],
    [{ retainHandling: 3 }, 'retainHandling must be'],
    [{ properties: [{ name: 'topic-alias', value: 1 }] }, 'has no property'],
  ])('refuses %j', async (options, complaint) => {
    const { client } = await connected();
    expect(() => client.subscribe('a', options as object)).toThrow(complaint);
  });

  it('asks for what the options say', async () => {
    const { client, stream, sent } = await connected();
    client.subscribe('a');
    client.subscribe(['b', 'c/+'], { qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 1 });
    await settle();
    expect(stream.take()).toEqual(bytes('82 {0001 {} "a" 01} 82 {0002 {} "b" 1e "c/+" 1e}'));
    expect(await sent()).toEqual([]);
  });

  it('asks for nothing with a signal that is aborted already', async () => {
    const { client, sent } = await connected();
    const subscription = client.subscribe('a', { signal: AbortSignal.abort(new Error('not wanted')) });
    const granted = new Fate(subscription.granted);
    expect(await sent()).toEqual([]);
    expect(granted.value).toBe('!not wanted');
    expect(await subscription.next()).toEqual({ done: true, value: undefined });
  });

  it.each([
    ['01 87', [1, 0x87], 'open'],
    [
      '87 80',
      '!The broker refused the subscription to a, b: Not authorized',
      '!The broker refused the subscription to a, b: Not authorized',
    ],
  ])('is refused when all filters are: codes %s', async (codes, granted, next) => {
    const { client, says } = await connected();
    const subscription = client.subscribe(['a', 'b']);
    const [grant, first] = [new Fate(subscription.granted), new Fate(subscription.next())];
    await settle();
    await says(`90 {0001 {} ${codes}}`);
    expect(fates(grant, first)).toEqual([granted, next]);
  });

  it('hands out messages as its loop takes them, and acknowledges one when the next is asked for', async () => {
    const { client, says, sent } = await connected();
    const subscription = client.subscribe('a/+');
    await settle();
    await says('90 {0001 {} 01}');
    expect(await says(`32 {"a/b" 0007 {} 'x'}  32 {"a/c" 0008 {} 'y'}`)).toEqual([]);
    expect((await subscription.next()).value?.topic).toBe('a/b');
    expect(await sent()).toEqual([]);
    expect((await subscription.next()).value?.topic).toBe('a/c');
    expect(await sent()).toEqual(['puback 7']);
  });

  it('shares a message that two take: both have to acknowledge it', async () => {
    const { client, says, sent } = await connected();
    const [one, two] = [client.subscribe('a/+'), client.subscribe('#')];
    await settle();
    await says(`90 {0001 {} 01} 90 {0002 {} 01} 32 {"a/b" 0007 {} 'x'}`);
    const messages = [(await one.next()).value!, (await two.next()).value!];
    messages[0]!.acknowledge();
    expect(await sent()).toEqual([]);
    messages[1]!.acknowledge();
    expect(await sent()).toEqual(['puback 7']);
  });

  it('acknowledges messages without a subscription, unless the session is kept: then they go to the next subscription', async () => {
    const message = '32 {"a" 0007 {} \'x\'}';
    expect(await (await connected()).says(message)).toEqual(['puback 7']);
    const { client, says } = await connected({ clean: false });
    expect(await says(message)).toEqual([]);
    expect((await client.subscribe('a').next()).value?.text).toBe('x');
  });
});

describe('the end of a subscription', () => {
  it('by unsubscribe() lets go what waits, and resolves when the server has agreed', async () => {
    const { client, says, sent } = await connected({ clean: false });
    const [one, two] = [client.subscribe(['a', 'b']), client.subscribe('b')];
    await settle();
    await says(`90 {0001 {} 01 01} 90 {0002 {} 01} 32 {"a" 0007 {} 'x'}`);
    const gone = new Fate(one.unsubscribe());
    expect([await sent(), gone.value]).toEqual([['puback 7', 'unsubscribe 3'], 'open']);
    await says('b0 {0003 {} 00}');
    expect(gone.value).toBeUndefined();
    // The other one has this filter as well.
    const again = new Fate(one.unsubscribe());
    expect([await sent(), again.value]).toEqual([[], undefined]);
    void two.unsubscribe();
    expect(await sent()).toEqual(['unsubscribe 4']);
  });

  it('leaves to the server filters that another subscription has as well', async () => {
    const { client, stream, says } = await connected();
    const one = client.subscribe(['a', 'b']);
    client.subscribe('b');
    await settle();
    await says('90 {0001 {} 01 01} 90 {0002 {} 01}');
    void one.unsubscribe();
    await settle();
    expect(stream.take()).toEqual(bytes('a2 {0003 {} "a"}'));
  });

  it('by leaving the loop sends UNSUBSCRIBE, unless the session is kept', async () => {
    for (const clean of [true, false]) {
      const { client, says, sent } = await connected({ clean });
      const subscription = client.subscribe('a');
      await settle();
      await says('90 {0001 {} 01}');
      await subscription.return();
      expect(await sent()).toEqual(clean ? ['unsubscribe 2'] : []);
      expect(await says('32 {"a" 0007 {} \'x\'}')).toEqual(clean ? ['puback 7'] : []);
    }
  });
});

describe('a connection that breaks', () => {
  it('is made again, and granted subscriptions are repeated if the broker has lost the session', async () => {
    for (const [connack, asked] of [
      [CONNACK, ['subscribe 4']],
      ['20 {01 00 {}}', []],
    ] as const) {
      const { client, reported, says, again, closed } = await connected({ clean: false });
      client.subscribe('a');
      await settle();
      await says('90 {0001 {} 01}');
      for (const refused of ['b', 'c']) {
        client.subscribe(refused).granted.catch(() => {});
        await settle();
        await says(`90 {000${refused === 'b' ? 2 : 3} {} 87}`);
      }
      const sent = await again(connack);
      expect(sent).toEqual(asked);
      expect([client.connected, reported, closed.value]).toEqual([
        true,
        ['interrupted connection-lost 1000', 'resumed'],
        'open',
      ]);
    }
  });

  it('sends again what was not acknowledged, and publish() resolves', async () => {
    const { client, says, again } = await connected();
    const fate = new Fate(client.publish('a', 'x'));
    await settle();
    expect(await again()).toEqual(['publish 1']);
    expect(fate.value).toBe('open');
    await says('40 {0001}');
    expect(fate.value).toEqual({ code: 0, reason: undefined });
  });

  it('may have lost what went out at QoS 0: end() says so', async () => {
    const rig = await connected();
    const { client, says, sent } = rig;
    await client.publish('a', 'x', { qos: 0 });
    await rig.again();
    const { stream } = rig;
    const end = new Fate(client.end());
    await sent();
    await says('d0 00');
    stream.handlers.closed(undefined);
    await settle();
    expect(end.value).toBe(
      '!The connection was lost before the broker confirmed that it read the messages sent at QoS 0',
    );
  });
});

describe('end()', () => {
  /** The server ends as it should after DISCONNECT. */
  const leave = async ({ stream }: { stream: FakeStream }): Promise<void> => {
    stream.handlers.closed(undefined);
    await settle();
  };

  it('waits for what was published, says goodbye, and takes nothing new', async () => {
    const rig = await connected();
    const { client, says, sent, closed } = rig;
    const published = new Fate(client.publish('a', 'x'));
    await settle();
    const end = new Fate(client.end());
    expect(await sent()).toEqual(['publish 1']);
    const late = new Fate(client.publish('b', 'y'));
    await settle();
    expect(late.value).toBe('!The connection is being ended');
    expect(() => client.subscribe('a')).toThrow('The connection is being ended');
    expect(await says('40 {0001}')).toEqual(['disconnect']);
    await leave(rig);
    expect(fates(published, end, closed)).toEqual([{ code: 0, reason: undefined }, undefined, undefined]);
    expect([client.connected, rig.clock.size]).toEqual([false, 0]);
    // Once more is as good.
    await client.end();
    expect(() => client.subscribe('a')).toThrow('The connection was ended');
  });

  it('asks whether what went out at QoS 0 was read, and takes no messages any more', async () => {
    const rig = await connected();
    const { client, says, sent } = rig;
    const subscription = client.subscribe('a');
    await settle();
    await says('90 {0001 {} 01}');
    await client.publish('a', 'x', { qos: 0 });
    const end = new Fate(client.end());
    expect(await sent()).toEqual(['publish 0', 'pingreq']);
    expect(await says('32 {"a" 0007 {} \'x\'}')).toEqual([]);
    expect(subscription.waiting).toBe(0);
    expect(await says('d0 00')).toEqual(['disconnect']);
    await leave(rig);
    expect(end.value).toBeUndefined();
    expect(await subscription.next()).toEqual({ done: true, value: undefined });
  });

  it('gives the server its time, and rejects what is open then', async () => {
    const rig = await connected();
    const { client, clock, closed } = rig;
    const published = new Fate(client.publish('a', 'x'));
    await settle();
    const end = new Fate(client.end({ timeout: 500 }));
    await clock.run(499);
    expect(end.value).toBe('open');
    await clock.run(500);
    const message = '!The broker did not answer within 500 ms of end(); messages may be lost';
    expect(fates(end, published)).toEqual([message, message]);
    expect(closed.value).toMatchObject({ kind: 'timeout' });
    expect(rig.stream.destroyed).toBe(true);
  });

  it('waits for 30 seconds by default', async () => {
    const { client, clock } = await connected();
    void client.publish('a', 'x').catch(() => {});
    await settle();
    const end = new Fate(client.end());
    await clock.run(29_999);
    expect(end.value).toBe('open');
    await clock.run(30_000);
    expect(end.value).toContain('within 30000 ms');
  });

  it.each([-1, Number.NaN, '5'])('refuses a timeout of %j', async (timeout) => {
    const { client, sent } = await connected();
    await expect(client.end({ timeout: timeout as number })).rejects.toThrow(
      'timeout must be a number of milliseconds',
    );
    expect([await sent(), client.connected]).toEqual([[], true]);
  });

  it('is over at once with its signal', async () => {
    const { client, stream, sent } = await connected();
    await expect(client.end({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
    expect([await sent(), client.connected]).toEqual([[], true]);
    const control = new AbortController();
    const published = new Fate(client.publish('a', 'x'));
    await settle();
    const end = new Fate(client.end({ signal: control.signal }));
    await settle();
    control.abort(new Error('meanwhile'));
    await settle();
    expect(fates(end, published)).toEqual(['!meanwhile', '!meanwhile']);
    expect([stream.destroyed, getEventListeners(control.signal, 'abort')]).toEqual([true, []]);
  });
});

describe('abort()', () => {
  it('drops the connection without a word, and everything open rejects with its reason', async () => {
    for (const [reason, message] of [
      [undefined, '!The connection was given up'],
      [new Error('enough'), '!enough'],
    ] as const) {
      const { client, stream, sent, closed } = await connected();
      const subscription = client.subscribe('a');
      const all = [new Fate(client.publish('a', 'x')), new Fate(subscription.granted), new Fate(subscription.next())];
      await sent();
      client.abort(...(reason === undefined ? [] : [reason]));
      expect([await sent(), stream.destroyed]).toEqual([[], true]);
      expect(fates(...all.slice(0, 1))).toEqual([message]);
      expect(all[2]!.value).toBe('!The connection was given up');
      expect((closed.value as unknown as Failure).message).toBe('The connection was given up');
      client.abort();
      await expect(client.publish('a', 'x')).rejects.toThrow('The connection was given up');
    }
  });

  it('rejects open()', async () => {
    const client = new AsyncClient(
      {
        ...{ session: new Session(OPTIONS), version: 5, clock: new VirtualClock(), retry: () => undefined },
        dial: () => ({ opened: new Promise(() => {}), cancel: () => {} }),
      },
      false,
      {},
    );
    const opening = new Fate(client.open());
    client.abort(new Error('enough'));
    await settle();
    expect(opening.value).toBe('!enough');
  });
});

it('a server that asks for authentication is left', async () => {
  const { client, says, closed } = await connected({
    properties: [{ name: 'authentication-method', value: 'm' }],
  });
  await says('f0 {18 {15 "m"}}');
  expect([client.connected, closed.value]).toMatchObject([false, { kind: 'auth' }]);
});
