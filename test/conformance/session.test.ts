/**
 * The normative statements of both standards that bind a client, as sequences: what the client is told to do, the bytes
 * that then leave it, the bytes that come, the events that it tells. Nothing may leave or be told beyond what is written.
 */
import { describe, expect, it } from 'vitest';
import type { Properties } from '../../src/mqtt/properties.ts';
import type { Delivery } from '../../src/mqtt/session/events.ts';
import type { QoS, Will } from '../../src/mqtt/types.ts';
import { bytes } from '../mqtt/notation.ts';
import { content, Harness } from '../mqtt/session/harness.ts';
import { plain } from '../mqtt/wire.ts';
import v4 from './mqtt-3.1.1.json' with { type: 'json' };
import v5 from './mqtt-5.json' with { type: 'json' };

interface Sequence {
  readonly clause: string;
  readonly name: string;
  readonly options?: {
    readonly clean?: boolean;
    readonly clientId?: string;
    readonly keepAlive?: number;
    readonly username?: string;
    readonly password?: string;
    readonly properties?: Properties;
    readonly will?: {
      readonly topic: string;
      readonly payload: string;
      readonly qos: QoS;
      readonly retain: boolean;
      readonly properties?: Properties;
    };
  };
  readonly steps: readonly (readonly [verb: string, argument?: unknown])[];
}

interface PublishArgument {
  readonly qos: QoS;
  readonly retain?: boolean;
  readonly properties?: Properties;
}

type Step = (harness: Harness, argument: unknown, run: Run) => void;

/** What a run has seen: events not yet expected, and messages by number. */
interface Run {
  readonly events: unknown[];
  readonly deliveries: Delivery[];
}

const connack = (harness: Harness, present: string): string =>
  harness.options.version === 5 ? `20 {${present} 00 {}}` : `20 {${present} 00}`;

/** CONNECT and CONNACK without a look at them. */
function connect(harness: Harness, notation: string, run: Run): void {
  harness.session.transportOpened(harness.now);
  harness.raw();
  harness.in(notation);
  collect(harness, run);
  expect(run.events.splice(0)).toMatchObject([{ type: 'connected' }]);
}

const STEPS: Readonly<Record<string, Step>> = {
  open: ({ session, now }) => session.transportOpened(now),
  close: ({ session }) => session.transportClosed(),
  connect: (harness, argument, run) => connect(harness, (argument as string) ?? connack(harness, '00'), run),
  resume: (harness, _, run) => connect(harness, connack(harness, '01'), run),
  at: (harness, argument) => void harness.at(argument as number),
  publish: ({ session }, argument) => {
    const { qos, ...rest } = argument as PublishArgument;
    session.publish(content(qos, rest));
  },
  subscribe: ({ session }, argument) => {
    const options = { qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
    session.subscribe(
      (argument as string[]).map((filter) => ({ filter, ...options })),
      [],
    );
  },
  unsubscribe: ({ session }, argument) => void session.unsubscribe(argument as string[], []),
  acknowledge: ({ session }, argument, { deliveries }) => session.acknowledge(deliveries[argument as number]!),
  disconnect: ({ session }, argument) => session.disconnect(argument as number | undefined),
  out: (harness, argument) => void harness.expectOut(argument as string),
  events: (_, argument, { events }) => {
    const expected = (argument as unknown[]).map((event) => (typeof event === 'string' ? { type: event } : event));
    expect(events.splice(0)).toMatchObject(expected);
  },
};

function collect(harness: Harness, { events, deliveries }: Run): void {
  for (const event of harness.events()) {
    if (event.type === 'message') deliveries.push(event.delivery);
    // A PacketError is an object with a code; its text is not part of the standard.
    events.push(event.type === 'failed' && typeof event.error !== 'string' ? event : plain(event));
  }
}

function play({ options = {}, steps }: Sequence, version: 4 | 5, feed: (harness: Harness, wire: Buffer) => void): void {
  const { will, password, ...rest } = options;
  const harness = new Harness({
    version,
    ...rest,
    ...(password === undefined ? {} : { password: Buffer.from(password) }),
    ...(will === undefined
      ? {}
      : { will: { properties: [], ...will, payload: Buffer.from(will.payload) } satisfies Will }),
  });
  const run: Run = { events: [], deliveries: [] };
  steps.forEach(([verb, argument], i) => {
    try {
      if (verb === 'in') feed(harness, bytes(argument as string));
      else if (STEPS[verb] === undefined) throw new Error('unknown verb');
      else STEPS[verb](harness, argument, run);
      collect(harness, run);
    } catch (error) {
      if (error instanceof Error) error.message = `step ${i + 1}, ${verb}: ${error.message}`;
      throw error;
    }
  });
  expect(harness.out()).toBe('');
  expect(run.events).toEqual([]);
}

const whole = (harness: Harness, wire: Buffer): void => harness.session.receive(wire, harness.now);

function byteByByte(harness: Harness, wire: Buffer): void {
  for (const byte of wire) harness.session.receive(Uint8Array.of(byte), harness.now);
}

describe.each([
  ['MQTT 3.1.1', 4, v4 as unknown as Sequence[]],
  ['MQTT 5', 5, v5 as unknown as Sequence[]],
] as const)('%s', (_, version, sequences) => {
  it.each(sequences.map((sequence) => [`[${sequence.clause}] ${sequence.name}`, sequence] as const))(
    '%s',
    (_, sequence) => {
      play(sequence, version, whole);
      play(sequence, version, byteByByte);
    },
  );

  it('has names of its own', () => {
    const names = sequences.map(({ clause, name }) => `${clause} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
