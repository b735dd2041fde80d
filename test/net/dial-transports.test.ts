/**
 * The library's client over each stack, to one real broker, at each QoS and version: the laws that a fault of a transport
 * or a proxy could break. The other side of a message is a client over plain TCP, so each direction is checked alone.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AsyncClient } from '../../src/library/async-client.ts';
import { type Client, type ConnectOptions, connect, type Message } from '../../src/library/library.ts';
import type { Properties } from '../../src/mqtt/properties.ts';
import { Session } from '../../src/mqtt/session/session.ts';
import type { QoS } from '../../src/mqtt/types.ts';
import { dialer } from '../../src/net/dial.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { certificates } from '../support/certs.ts';
import { cleanUp } from '../support/cleanup.ts';
import { type Broker, describeWithMosquitto } from '../support/mosquitto.ts';
import { describeStacks, noise, PSK, type Stacks, startStacks, type Transport, type Way } from '../support/stacks.ts';
import { targetOf } from './rig.ts';

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
/** Longer than the write buffers of each layer. */
const LARGE = noise(1024 * 1024);
const MANY = 2000;

const USER = { username: 'jürgen', password: 'ge heim/ü' };

const VERSIONS = { 'MQTT 3.1.1': 4, 'MQTT 5': 5 } as const;
type Version = (typeof VERSIONS)[keyof typeof VERSIONS];

type Options = Pick<ConnectOptions, 'username' | 'password' | 'will' | 'properties'>;

const host = '127.0.0.1';

const named = (port: number) => ({ host: 'localhost', port, tls: { caFile: certificates().ca } });

const ENDS = {
  TCP: ({ port }) => ({ host, port }),
  unix: ({ unix }) => ({ unixPath: unix ?? '' }),
  WebSocket: ({ wsPort }) => ({ host, port: wsPort, webSocket: true }),
  TLS: ({ tlsPort }) => named(tlsPort),
  'WebSocket over TLS': ({ wssPort }) => ({ ...named(wssPort), webSocket: true }),
} as const satisfies Record<Exclude<Transport, 'TLS with a pre-shared key'>, (broker: Broker) => ConnectOptions>;

const IN_FLIGHT = 1000;
/** The client does not reconnect: a second connection would hide the fault of the first. */
const ONCE = { maxInflight: IN_FLIGHT, retry: { count: 0 } };

async function open({ broker, proxies }: Stacks, transport: Transport, way: Way, version: Version, options: Options) {
  const proxy = proxies[way];
  const client =
    transport === 'TLS with a pre-shared key'
      ? await openWithKey(
          dialer(targetOf({ port: broker.pskPort, proxy, tls: TLS_WITH_KEY }), SILENT),
          version,
          options,
        )
      : await connect({ ...ENDS[transport](broker), ...(proxy && { proxy }), version, ...ONCE, ...options });
  cleanUp(() => client.abort());
  return client;
}

const SILENT = { step: () => {}, passphrase: async () => undefined };
const TLS_WITH_KEY = {
  psk: { identity: PSK.identity, key: Buffer.from(PSK.key, 'hex') },
  systemCa: false,
  keyInEngine: false,
  checkHost: false,
};

/** Does the same as connect(), which has no option for a pre-shared key. */
async function openWithKey(dial: ReturnType<typeof dialer>, version: Version, options: Options): Promise<Client> {
  const { will, password, properties = [] } = options;
  const session = new Session({
    ...{ version, clientId: '', clean: true, keepAlive: 60, maxInflight: IN_FLIGHT, trace: false },
    ...{ properties, disconnectProperties: [], username: options.username },
    password: password === undefined ? undefined : Buffer.from(password),
    will: will && { qos: 0, retain: false, properties: [], ...will },
  });
  const parts = { session, version, dial, clock: systemClock, retry: () => undefined, connectTimeout: 30_000 };
  const client = new AsyncClient(parts, false, {});
  await client.open();
  return client;
}

async function take(messages: AsyncIterable<Message>, count: number): Promise<Message[]> {
  const taken: Message[] = [];
  for await (const message of messages) if (taken.push(message) === count) break;
  return taken;
}

/** The connections that a test of one stack can open. */
interface Here {
  /** A client over the stack. */
  open(options?: Options): Promise<Client>;
  /** One over TCP, without a proxy. */
  openPlain(): Promise<Client>;
}

let topics = 0;
const newTopic = (): string => `transports/ü/${++topics}`;

/** Has `from` publish to `to`, and resolves with the messages that arrived. */
async function carry(from: Client, to: Client, payloads: readonly Uint8Array[], qos: QoS, properties: Properties = []) {
  const topic = newTopic();
  const messages = to.subscribe(topic, { qos: 2 });
  await messages.granted;
  const published = payloads.map((payload) => from.publish(topic, payload, { qos, properties }));
  const [taken] = await Promise.all([take(messages, payloads.length), ...published]);
  expect(taken.map((message) => `${message.topic} ${message.qos}`)).toEqual(payloads.map(() => `${topic} ${qos}`));
  return taken;
}

/** Does the work from the stack to TCP, then from TCP to the stack. */
async function bothWays<T>(here: Here, work: (from: Client, to: Client) => Promise<T>): Promise<{ out: T; back: T }> {
  const [client, plain] = [await here.open(), await here.openPlain()];
  return { out: await work(client, plain), back: await work(plain, client) };
}

const both = <T>(value: T): { out: T; back: T } => ({ out: value, back: value });

/**
 * Gives the broker something to do while the tests of this group run: Mosquitto 2.0.11 reads, and writes 4 KiB, at a
 * WebSocket in each round of its loop, and makes ten rounds a second when no other connection wakes it.
 */
function keepAwake(openPlain: Here['openPlain']): void {
  let stop = async (): Promise<void> => {};

  beforeAll(async () => {
    const client = await openPlain();
    const rounds = (async () => {
      while (client.connected) await client.publish('transports/awake', '').catch(() => {});
    })();
    stop = async () => {
      client.abort();
      await rounds;
    };
  });

  afterAll(() => stop());
}

describeWithMosquitto('a client', () => {
  let stacks: Stacks;

  beforeAll(async () => {
    const quick = ['max_inflight_messages 0', 'max_queued_messages 0', 'set_tcp_nodelay true'];
    const extra = [...['none', 'information', 'warning', 'error'].map((type) => `log_type ${type}`), ...quick];
    stacks = await startStacks({ users: { [USER.username]: USER.password }, extra });
  });

  describeStacks((transport, way) => {
    describe(transport, () => {
      if (transport.startsWith('WebSocket')) keepAwake(() => open(stacks, 'TCP', 'directly', 5, {}));
      for (const [name, version] of Object.entries(VERSIONS)) {
        const here: Here = {
          open: (options = {}) => open(stacks, transport, way, version, options),
          openPlain: () => open(stacks, 'TCP', 'directly', version, {}),
        };
        describe(name, () => {
          lawsOfConnect(here, version);
          for (const qos of [0, 1, 2] as const) describe(`QoS ${qos}`, () => laws(here, qos, version));
        });
      }
    });
  });
});

function lawsOfConnect(here: Here, version: Version): void {
  test('the broker accepts the right user name and password, and refuses another password', async () => {
    const client = await here.open(USER);
    await client.publish(newTopic(), 'x');
    await client.end();
    const wrong = here.open({ ...USER, password: `${USER.password}.` });
    await expect(wrong).rejects.toMatchObject({ kind: 'refused', reason: version === 5 ? 0x87 : 5 });
  });
}

function laws(here: Here, qos: QoS, version: Version): void {
  test('carries text, every byte value and an empty message unchanged, both ways', async () => {
    const sent = [Buffer.from('Grüße, 世界'), EVERY_BYTE, Buffer.alloc(0), Buffer.from('x')];
    const came = await bothWays(here, async (from, to) =>
      (await carry(from, to, sent, qos)).map(({ payload }) => Buffer.from(payload)),
    );
    expect(came).toEqual(both(sent));
  });

  test('carries a mebibyte unchanged, both ways', async () => {
    const came = await bothWays(here, async (from, to) => {
      const [message] = await carry(from, to, [LARGE], qos);
      return LARGE.equals(message!.payload);
    });
    expect(came).toEqual(both(true));
  });

  test(`carries ${MANY} messages in order while as many come back`, async () => {
    const client = await here.open();
    const sent = Array.from({ length: MANY }, (_, i) => Buffer.from(`${i}`));
    const taken = await carry(client, client, sent, qos);
    expect(taken.findIndex(({ text }, i) => text !== `${i}`)).toBe(-1);
  });

  test('receives the messages that several filters and wildcards match, and no others', async () => {
    const [client, plain, topic] = [await here.open(), await here.openPlain(), newTopic()];
    const messages = client.subscribe([`${topic}/a`, `${topic}/+/x`, `${topic}/deep/#`], { qos: 2 });
    await messages.granted;
    const published = ['a', 'other', 'b/x', 'c/x/y', 'deep', 'deep/1/2', 'end/x'];
    for (const last of published) await plain.publish(`${topic}/${last}`, last, { qos });
    const taken = await take(messages, 5);
    expect(taken.map(({ text }) => text)).toEqual(['a', 'b/x', 'deep', 'deep/1/2', 'end/x']);
  });

  test('leaves a retained message for a later subscriber, and removes another with an empty one', async () => {
    const [client, topic] = [await here.open(), newTopic()];
    for (const last of ['kept', 'gone']) await client.publish(`${topic}/${last}`, last, { qos, retain: true });
    await client.publish(`${topic}/gone`, '', { qos, retain: true });
    await client.end();
    const later = await here.open();
    const messages = later.subscribe(`${topic}/#`, { qos: 2 });
    await messages.granted;
    await later.publish(`${topic}/live`, 'live', { qos, retain: true });
    const taken = await take(messages, 2);
    expect(taken.map(({ text, retain }) => ({ text, retain }))).toEqual([
      { text: 'kept', retain: true },
      { text: 'live', retain: false },
    ]);
  });

  test('end() resolves once the broker has read every message, and the will is not published', async () => {
    const [topic, willTopic, plain] = [newTopic(), newTopic(), await here.openPlain()];
    const client = await here.open({ will: { topic: willTopic, payload: Buffer.from('died'), qos, retain: true } });
    const published = [LARGE, 'last'].map((payload) => client.publish(topic, payload, { qos, retain: true }));
    await client.end();
    // A message that the broker reads after this subscription arrives without the retain flag.
    const [last] = await take(plain.subscribe(topic, { qos: 2 }), 1);
    await Promise.all(published);
    expect({ text: last!.text, retain: last!.retain }).toEqual({ text: 'last', retain: true });
    const wills = plain.subscribe(willTopic, { qos: 2 });
    await wills.granted;
    await plain.publish(willTopic, 'alive', { qos });
    expect((await take(wills, 1)).map(({ text }) => text)).toEqual(['alive']);
  });

  test('the broker publishes the will when the connection is dropped without DISCONNECT', async () => {
    const [topic, plain] = [newTopic(), await here.openPlain()];
    const wills = plain.subscribe(topic, { qos: 2 });
    await wills.granted;
    const will = { topic, payload: EVERY_BYTE, qos, retain: true };
    const client = await here.open({ will });
    client.abort();
    const seen = ({ payload, retain, ...message }: Message) => ({
      payload: Buffer.from(payload),
      retain,
      qos: message.qos,
    });
    expect((await take(wills, 1)).map(seen)).toEqual([{ payload: EVERY_BYTE, qos, retain: false }]);
    const later = await here.open();
    expect((await take(later.subscribe(topic, { qos: 2 }), 1)).map(seen)).toEqual([
      { payload: EVERY_BYTE, qos, retain: true },
    ]);
  });

  if (version !== 5) return;

  test('carries the properties of a message, both ways', async () => {
    const properties: Properties = [
      { name: 'content-type', value: 'text/plain; charset=utf-8' },
      { name: 'correlation-data', value: EVERY_BYTE },
      { name: 'user-property', value: ['ключ', 'значение'] },
      { name: 'user-property', value: ['long', 'x'.repeat(60_000)] },
    ];
    const came = await bothWays(here, async (from, to) => {
      const [message] = await carry(from, to, [EVERY_BYTE], qos, properties);
      return message!.properties.map(({ name, value }) => [name, value instanceof Uint8Array ? [...value] : value]);
    });
    expect(came).toEqual(
      both(properties.map(({ name, value }) => [name, value instanceof Uint8Array ? [...value] : value])),
    );
  });
}
