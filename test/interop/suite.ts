/** What our programs and another client say to each other over a real broker: call interoperates() with that client. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Broker, describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { run, start } from '../support/run.ts';

export type Version = '31' | '311' | '5';

export interface Message {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly properties: MessageProperties;
}

/** By the names that `-D` has for them. */
export interface MessageProperties {
  readonly 'payload-format-indicator'?: number;
  readonly 'message-expiry-interval'?: number;
  readonly 'content-type'?: string;
  readonly 'response-topic'?: string;
  readonly 'correlation-data'?: Buffer;
  readonly 'user-property'?: readonly (readonly [string, string])[];
  readonly 'topic-alias'?: number;
  readonly 'subscription-identifier'?: number;
}

export interface Peer {
  /** Resolves when all of them are delivered as their QoS demands. */
  publish(port: number, version: Version, messages: readonly Message[]): Promise<void>;
  /** Resolves when the subscription stands. In MQTT 5 it has the identifier 7. */
  subscribe(port: number, version: Version, filter: string, qos: number, count: number): Promise<Subscriber>;
}

interface Subscriber {
  /** Resolves when it has got as many as it was told. */
  readonly messages: Promise<Message[]>;
}

const QOS = [0, 1, 2] as const;

const PAYLOADS: Readonly<Record<string, Buffer>> = {
  text: Buffer.from('Grüße, 世界\n'),
  binary: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  empty: Buffer.alloc(0),
  long: Buffer.alloc(70_000, 'long '),
};

const EXPIRY = 100_000;

const PROPERTIES: readonly MessageProperties[] = [
  { 'payload-format-indicator': 1 },
  { 'message-expiry-interval': EXPIRY },
  { 'content-type': 'text/plain; charset=utf-8' },
  { 'response-topic': 'answer/hier/ü' },
  { 'correlation-data': Buffer.from('request 7') },
  { 'user-property': [['key', 'value']] },
  {
    'payload-format-indicator': 0,
    'content-type': 'c',
    'response-topic': 'r',
    'correlation-data': Buffer.from('d'),
    'user-property': [
      ['key', 'first'],
      ['key', 'second'],
      ['ключ', 'значение'],
    ],
  },
];

let topics = 0;

export function interoperates(versions: readonly Version[], peer: Peer): void {
  describeWithMosquitto('messages go both ways', () => {
    let broker: Broker;
    beforeAll(async () => {
      broker = await startMosquitto();
    });
    const newTopic = (): string => `interop/${++topics}`;
    const place = (version: Version): string[] => ['-h', '127.0.0.1', '-p', `${broker.port}`, '-V', version];

    /** By our programs. */
    async function publish(version: Version, { topic, payload, qos, retain, properties }: Message): Promise<void> {
      const options = [...(retain ? ['-r'] : []), ...wordsFor(properties)];
      const words = [...place(version), '-t', topic, '-q', `${qos}`, ...options];
      const from = payload.length === 0 ? { words: ['-n'], stdin: {} } : { words: ['-s'], stdin: { stdin: payload } };
      const { status, stderr } = await run('tspub', [...words, ...from.words], from.stdin);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }

    async function subscribe(version: Version, filter: string, qos: number, count: number): Promise<Subscriber> {
      const id = `tssub${++topics}`;
      const identifier = version === '5' ? ['-D', 'subscribe', 'subscription-identifier', '7'] : [];
      const words = [...place(version), '-i', id, '-t', filter, '-q', `${qos}`, '-C', `${count}`, ...identifier];
      const running = start('tssub', [...words, '-F', '%j %x']);
      await Promise.race([
        broker.waitForLog(`Sending SUBACK to ${id}\n`),
        running.exited.then(({ stderr }) => Promise.reject(new Error(stderr))),
      ]);
      const messages = running.exited.then(({ status, stdout, stderr }) => {
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
        return stdout.toString().trimEnd().split('\n').map(readLine);
      });
      return { messages };
    }

    describe.each(versions)('MQTT %s', (version) => {
      const more: MessageProperties = version === '5' ? { 'subscription-identifier': 7 } : {};

      describe.each(QOS)('QoS %i', (qos) => {
        const messages = (retain: boolean): Message[] => {
          const topic = newTopic();
          return Object.entries(PAYLOADS)
            .filter(([name, payload]) => (qos === 1 ? !retain || payload.length > 0 : name === 'binary'))
            .map(([name, payload]) => ({ topic: `${topic}/${name}`, payload, qos, retain, properties: {} }));
        };
        const filterOf = ([first]: readonly Message[]): string =>
          `${first!.topic.slice(0, first!.topic.lastIndexOf('/'))}/#`;
        const arrived = (sent: readonly Message[]): Message[] =>
          sent.map((message) => ({ ...message, properties: more }));

        it('from tspub', async () => {
          const sent = messages(false);
          const got = await peer.subscribe(broker.port, version, filterOf(sent), 2, sent.length);
          for (const message of sent) await publish(version, message);
          expect(await got.messages).toEqual(arrived(sent));
        });

        it('to tssub', async () => {
          const sent = messages(false);
          const got = await subscribe(version, filterOf(sent), 2, sent.length);
          await peer.publish(broker.port, version, sent);
          expect(await got.messages).toEqual(arrived(sent));
        });

        it('retained, from tspub', async () => {
          const sent = messages(true);
          for (const message of sent) await publish(version, message);
          const got = await peer.subscribe(broker.port, version, filterOf(sent), 2, sent.length);
          expect(byTopic(await got.messages)).toEqual(byTopic(arrived(sent)));
        });

        it('retained, to tssub', async () => {
          const sent = messages(true);
          await peer.publish(broker.port, version, sent);
          const got = await subscribe(version, filterOf(sent), 2, sent.length);
          expect(byTopic(await got.messages)).toEqual(byTopic(arrived(sent)));
        });
      });

      it('with a lower QoS of the subscription', async () => {
        const topic = newTopic();
        const sent = QOS.map(
          (qos): Message => ({ topic, payload: Buffer.from(`${qos}`), qos, retain: false, properties: {} }),
        );
        const wanted = sent.map((message) => ({ ...message, qos: Math.min(message.qos, 1), properties: more }));
        const [theirs, ours] = [
          await peer.subscribe(broker.port, version, topic, 1, 6),
          await subscribe(version, topic, 1, 6),
        ];
        for (const message of sent) await publish(version, message);
        await peer.publish(broker.port, version, sent);
        expect(await theirs.messages).toEqual([...wanted, ...wanted]);
        expect(await ours.messages).toEqual([...wanted, ...wanted]);
      });

      if (version !== '5') return;

      const withProperties = (retain: boolean): Message[] => {
        const topic = newTopic();
        return PROPERTIES.map((properties, n) => ({
          topic: `${topic}/${n}`,
          payload: Buffer.from(`${n}`),
          qos: 1,
          retain,
          properties,
        }));
      };
      const arrived = (sent: readonly Message[]): Message[] =>
        sent.map((message) => ({ ...message, properties: { ...message.properties, ...more } }));

      it.each([false, true])('with properties, from tspub (retained: %s)', async (retain) => {
        const sent = withProperties(retain);
        const filter = `${sent[0]!.topic.slice(0, -1)}#`;
        const listen = () => peer.subscribe(broker.port, version, filter, 2, sent.length);
        const early = retain ? undefined : await listen();
        for (const message of sent) await publish(version, message);
        expect(byTopic(inTime(await (early ?? (await listen())).messages))).toEqual(byTopic(arrived(sent)));
      });

      it.each([false, true])('with properties, to tssub (retained: %s)', async (retain) => {
        const sent = withProperties(retain);
        const filter = `${sent[0]!.topic.slice(0, -1)}#`;
        const listen = () => subscribe(version, filter, 2, sent.length);
        const early = retain ? undefined : await listen();
        await peer.publish(broker.port, version, sent);
        expect(byTopic(inTime(await (early ?? (await listen())).messages))).toEqual(byTopic(arrived(sent)));
      });

      it('with a topic alias', async () => {
        const topic = newTopic();
        const message: Message = {
          topic,
          payload: Buffer.from('short'),
          qos: 1,
          retain: false,
          properties: { 'topic-alias': 3 },
        };
        const wanted = [1, 2].map(() => ({ ...message, properties: more }));
        const [theirs, ours] = [
          await peer.subscribe(broker.port, version, topic, 2, 4),
          await subscribe(version, topic, 2, 4),
        ];
        const words = [...place(version), '-t', topic, '-q', '1', '-m', 'short', '--repeat', '2'];
        expect((await run('tspub', [...words, ...wordsFor(message.properties)])).status).toBe(0);
        await peer.publish(broker.port, version, [message, message]);
        expect(await theirs.messages).toEqual([...wanted, ...wanted]);
        expect(await ours.messages).toEqual([...wanted, ...wanted]);
      });
    });
  });
}

/** The words of `-D publish` for these. */
function wordsFor(properties: MessageProperties): string[] {
  return Object.entries(properties).flatMap(([name, value]) =>
    Array.isArray(value)
      ? (value as [string, string][]).flatMap((pair) => ['-D', 'publish', name, ...pair])
      : ['-D', 'publish', name, `${value}`],
  );
}

/** A line of `%j %x`. */
function readLine(line: string): Message {
  const cut = line.lastIndexOf(' ');
  const told = JSON.parse(line.slice(0, cut)) as {
    readonly topic: string;
    readonly qos: 0 | 1 | 2;
    readonly retain: boolean;
    readonly properties?: Readonly<Record<string, unknown>>;
  };
  const { 'user-properties': pairs, 'correlation-data': data, ...rest } = told.properties ?? {};
  return {
    topic: told.topic,
    payload: Buffer.from(line.slice(cut + 1), 'hex'),
    qos: told.qos,
    retain: told.retain,
    properties: {
      ...rest,
      ...(data === undefined ? {} : { 'correlation-data': Buffer.from(data as string) }),
      ...(pairs === undefined
        ? {}
        : { 'user-property': (pairs as Record<string, string>[]).flatMap((pair) => Object.entries(pair)) }),
    },
  };
}

const byTopic = (messages: readonly Message[]): Message[] => messages.toSorted((a, b) => (a.topic < b.topic ? -1 : 1));

/** The broker takes off the seconds that a message waited. */
function inTime(messages: readonly Message[]): Message[] {
  return messages.map((message) => {
    const left = message.properties['message-expiry-interval'];
    if (left === undefined) return message;
    const passed = EXPIRY - left;
    expect(passed >= 0 && passed < 60, `${passed} s`).toBe(true);
    return { ...message, properties: { ...message.properties, 'message-expiry-interval': EXPIRY } };
  });
}
