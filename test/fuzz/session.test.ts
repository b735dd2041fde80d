// Invariant: over any link that breaks anywhere, every message arrives (at QoS 2 once, while the session is kept), first arrivals
// keep their order, every token has one outcome, no window is exceeded; and whatever a server sends, nothing is ever thrown.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePacket } from '../../src/mqtt/codec.ts';
import type { Property } from '../../src/mqtt/properties.ts';
import type { Delivery, SessionEvent } from '../../src/mqtt/session/events.ts';
import { Session } from '../../src/mqtt/session/session.ts';
import type { Packet, QoS } from '../../src/mqtt/types.ts';
import { Writer } from '../../src/mqtt/writer.ts';
import { ModelServer } from '../support/model-server.ts';
import { SessionPair } from '../support/pair.ts';
import { SECONDS, SEED, TIMEOUT } from './budget.ts';

console.log(`fuzz/session: FUZZ_SEED=${SEED} FUZZ_SECONDS=${SECONDS}`);

/**
 * Runs the property for its share of the time, but at least a given number of times, however slow the machine; the seed
 * stands in the name of the test and in what fast-check prints.
 */
function assertFor<T>(share: number, least: number, arbitrary: fc.Arbitrary<T>, check: (value: T) => void): void {
  const property = fc.property(arbitrary, check);
  fc.assert(property, { seed: SEED, numRuns: least });
  fc.assert(property, {
    seed: SEED,
    numRuns: 1_000_000,
    interruptAfterTimeLimit: SECONDS * share * 1000,
    markInterruptAsFailure: false,
  });
}

interface Scenario {
  readonly version: 3 | 4 | 5;
  readonly up: readonly QoS[];
  readonly down: readonly QoS[];
  readonly maxInflight: number;
  /** The receive maximum of the server, by connection. */
  readonly serverMaxima: readonly number[];
  readonly clientMaximum: number;
  /** Bytes until each connection breaks; the connection after the last of them holds. */
  readonly cuts: readonly { readonly up: number; readonly down: number }[];
  /** Whether the server still has the session, for each connection. */
  readonly kept: readonly boolean[];
  readonly latency: number;
  /** Chunk sizes, and how long the consumer takes for each message. */
  readonly chunks: readonly number[];
  readonly finishing: readonly number[];
}

const qos = fc.constantFrom<QoS>(1, 2);

const scenario = (kept: fc.Arbitrary<boolean>): fc.Arbitrary<Scenario> =>
  fc.record({
    version: fc.constantFrom(3, 4, 5),
    up: fc.array(qos, { maxLength: 30 }),
    down: fc.array(qos, { maxLength: 30 }),
    maxInflight: fc.integer({ min: 1, max: 12 }),
    serverMaxima: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
    clientMaximum: fc.integer({ min: 1, max: 12 }),
    cuts: fc.array(fc.record({ up: fc.integer({ min: 1, max: 400 }), down: fc.integer({ min: 1, max: 400 }) }), {
      maxLength: 12,
    }),
    kept: fc.array(kept, { minLength: 12, maxLength: 12 }),
    latency: fc.integer({ min: 0, max: 50 }),
    chunks: fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 8 }),
    finishing: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 8 }),
  });

interface Outcome {
  /** What arrived at the other side, in order, as the number of the message. */
  readonly up: number[];
  readonly down: number[];
  readonly outcomes: number[];
}

function play(s: Scenario): Outcome {
  const five = s.version === 5;
  const server = new ModelServer({
    version: s.version,
    properties: (connection) =>
      five ? [{ name: 'receive-maximum', value: s.serverMaxima[connection % s.serverMaxima.length]! }] : [],
    keeps: (connection) => s.kept[connection - 1] ?? true,
  });
  const down: number[] = [];
  const outcomes: number[] = [];
  let chunk = 0;
  let finished = 0;
  const pair: SessionPair = new SessionPair({
    server,
    session: {
      version: s.version,
      clientId: 'c',
      clean: false,
      keepAlive: 60,
      properties: five
        ? [
            { name: 'session-expiry-interval', value: 1000 },
            { name: 'receive-maximum', value: s.clientMaximum },
          ]
        : [],
      disconnectProperties: [],
      maxInflight: s.maxInflight,
      trace: false,
    },
    reconnect: 10,
    link: (attempt) => ({
      latency: s.latency,
      split: () => s.chunks[chunk++ % s.chunks.length]!,
      ...(s.cuts[attempt - 1] === undefined
        ? {}
        : { cutUp: s.cuts[attempt - 1]!.up, cutDown: s.cuts[attempt - 1]!.down }),
    }),
    event(event) {
      if (event.type === 'failed') throw new Error(`failed: ${event.error}`);
      if (event.type === 'published') outcomes.push(event.token, event.code);
      if (event.type !== 'message') return;
      const { delivery } = event;
      down.push(Number(Buffer.from(event.packet.payload).toString()));
      const { clock } = pair;
      clock.callAt(clock.now() + s.finishing[finished++ % s.finishing.length]!, () => {
        pair.session.acknowledge(delivery);
        pair.pump();
      });
    },
  });
  s.down.forEach(
    (level, i) =>
      void server.send('c', {
        topic: 'd',
        payload: Buffer.from(String(i)),
        qos: level,
        retain: false,
        properties: [],
      }),
  );
  pair.connect();
  // Like a program that obeys the window.
  let next = 0;
  for (let round = 0; round < 20_000; round++) {
    while (next < s.up.length && pair.session.canPublish(s.up[next]!)) {
      pair.session.publish({
        topic: 'u',
        payload: Buffer.from(String(next)),
        qos: s.up[next]!,
        retain: false,
        properties: [],
      });
      next++;
    }
    pair.pump();
    expect(pair.session.waiting).toBe(0);
    const isDone = outcomes.length === 2 * s.up.length && server.unfinished('c') === 0 && pair.session.isConnected;
    if (isDone) break;
    if (!pair.clock.advance() || round === 19_999) throw new Error('the flows have stopped');
  }
  expect(server.violations).toEqual([]);
  // When the server has lost a session and made another before a CONNACK arrived, no client can know that its half is void.
  if (s.kept.every((isKept) => isKept)) expect(pair.session.isQuiet).toBe(true);
  return { up: server.accepted.map(({ payload }) => Number(Buffer.from(payload).toString())), down, outcomes };
}

/** Each message at least once, and the first arrivals of each QoS in the order of sending. */
function expectDelivered(levels: readonly QoS[], arrived: readonly number[], exactlyOnce: boolean): void {
  for (const level of [1, 2] as const) {
    const wanted = levels.flatMap((of, i) => (of === level ? [i] : []));
    const came = arrived.filter((i) => levels[i] === level);
    expect([...new Set(came)]).toEqual(wanted);
    if (level === 2 && exactlyOnce) expect(came).toEqual(wanted);
  }
}

function expectOneOutcomeEach(count: number, outcomes: readonly number[]): void {
  const tokens = outcomes.filter((_, i) => i % 2 === 0);
  expect([...tokens].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  expect(outcomes.filter((_, i) => i % 2 === 1).every((code) => code === 0)).toBe(true);
}

describe(`FUZZ_SEED=${SEED} FUZZ_SECONDS=${SECONDS}`, () => {
  it(
    'a link that breaks at any byte, with the session kept',
    () => {
      assertFor(0.35, 6, scenario(fc.constant(true)), (s) => {
        const { up, down, outcomes } = play(s);
        expectDelivered(s.up, up, true);
        expectDelivered(s.down, down, true);
        expectOneOutcomeEach(s.up.length, outcomes);
      });
    },
    TIMEOUT,
  );

  it(
    'a link that breaks at any byte, to a server that loses sessions',
    () => {
      assertFor(0.25, 6, scenario(fc.boolean()), (s) => {
        // MQTT 3.1 has no way to say that the session is lost, so a client cannot compensate for it.
        if (s.version === 3) return;
        const { up, outcomes } = play(s);
        expectDelivered(s.up, up, false);
        expectOneOutcomeEach(s.up.length, outcomes);
      });
    },
    TIMEOUT,
  );

  it(
    'a hostile server: events, never an exception',
    () => {
      assertFor(0.4, 21, fc.tuple(fc.constantFrom(3, 4, 5), hostileStream), ([version, parts]) => {
        outlive(version as 3 | 4 | 5, parts);
      });
    },
    TIMEOUT,
  );
});

const packetId = fc.integer({ min: 1, max: 6 });
const code = fc.constantFrom(0, 0, 0, 0x10, 0x80, 0x87, 0x92, 0x97);
const text = fc.constantFrom('t', 'a/b', 'x'.repeat(200), '\u20ac');
const properties = fc.constantFrom<readonly Property[]>(
  [],
  [{ name: 'topic-alias', value: 1 }],
  [{ name: 'topic-alias', value: 9 }],
  [{ name: 'reason-string', value: 'because' }],
  [{ name: 'user-property', value: ['k', 'v'] }],
  [{ name: 'receive-maximum', value: 1 }],
  [{ name: 'maximum-packet-size', value: 10 }],
  [{ name: 'server-keep-alive', value: 1 }],
  [{ name: 'authentication-method', value: 'M' }],
);

const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    type: fc.constant('publish' as const),
    dup: fc.boolean(),
    qos: fc.constantFrom<QoS>(0, 1, 2),
    retain: fc.boolean(),
    topic: fc.oneof(text, fc.constant('')),
    packetId,
    payload: fc.uint8Array({ maxLength: 40 }),
    properties,
  }),
  fc.record({
    type: fc.constantFrom('puback' as const, 'pubrec' as const, 'pubrel' as const, 'pubcomp' as const),
    packetId,
    code,
    properties,
  }) as fc.Arbitrary<Packet>,
  fc.record({ type: fc.constant('connack' as const), sessionPresent: fc.boolean(), code, properties }),
  fc.record({
    type: fc.constantFrom('suback' as const, 'unsuback' as const),
    packetId,
    codes: fc.array(code, { maxLength: 3 }),
    properties,
  }),
  fc.record({ type: fc.constantFrom('pingresp' as const, 'pingreq' as const) }),
  fc.record({
    type: fc.constantFrom('disconnect' as const, 'auth' as const),
    code,
    properties,
  }) as fc.Arbitrary<Packet>,
);

type Part = Packet | Uint8Array | 'cut' | 'tick' | 'publish' | 'subscribe' | 'acknowledge' | 'pause' | 'read';

const hostileStream: fc.Arbitrary<readonly Part[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: packet },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }) },
    {
      weight: 8,
      arbitrary: fc.constantFrom('tick', 'publish', 'subscribe', 'acknowledge', 'acknowledge', 'pause', 'read'),
    },
    { weight: 1, arbitrary: fc.constant('cut' as const) },
  ) as fc.Arbitrary<Part>,
  { maxLength: 60 },
);

const CONNACK = { type: 'connack', sessionPresent: false, code: 0, properties: [] } as const;

function bytesOf(part: Packet | Uint8Array, version: 3 | 4 | 5): Uint8Array {
  if (part instanceof Uint8Array) return part;
  const writer = new Writer();
  encodePacket(writer, part, version);
  return Uint8Array.from(writer.take() ?? []);
}

/** Runs a session against a server that says anything. Throws when the session does, or breaks its own rules. */
function outlive(version: 3 | 4 | 5, parts: readonly Part[]): void {
  const session = new Session({
    version,
    clientId: 'c',
    clean: false,
    keepAlive: 10,
    properties:
      version === 5
        ? [
            { name: 'topic-alias-maximum', value: 3 },
            { name: 'receive-maximum', value: 3 },
            { name: 'session-expiry-interval', value: 9 },
          ]
        : [],
    disconnectProperties: [],
    maxInflight: 3,
    trace: false,
  });
  let now = 0;
  let tokens = 0;
  let published = 0;
  let settled = 0;
  let connections = 0;
  let isOver = false;
  const outcomes = new Map<number, number>();
  const deliveries: Delivery[] = [];
  const settle = (input: number): void => {
    let told = 0;
    for (let event: SessionEvent | undefined = session.takeEvent(); event; event = session.takeEvent()) {
      told++;
      if (isOver) throw new Error(`${event.type} after the end of the connection`);
      if (event.type === 'message') deliveries.push(event.delivery);
      if (event.type === 'failed' || event.type === 'refused' || event.type === 'disconnected') isOver = true;
      if (event.type === 'published') settled++;
      if (event.type === 'published' || event.type === 'subscribed') {
        const count = (outcomes.get(event.token) ?? 0) + 1;
        if (count > 1) throw new Error(`token ${event.token} has ${count} outcomes`);
        outcomes.set(event.token, count);
      }
    }
    let output = 0;
    for (let out = session.takeOutput(now); out !== undefined; out = session.takeOutput(now)) output += out.length;
    // Nothing that comes makes more of itself: an answer to each packet, and what waited for CONNACK or the window.
    if (input > 0 && (told > input + tokens || output > 3 * input + 400)) throw new Error('out of proportion');
  };
  const open = (): void => {
    session.transportOpened(now);
    isOver = false;
    settle(0);
    connections++;
    session.receive(bytesOf({ ...CONNACK, sessionPresent: version !== 3 && connections % 3 === 2 }, version), now);
    settle(0);
  };
  open();
  for (const part of parts) {
    if (part === 'cut' || (isOver && part !== 'tick')) {
      session.transportClosed();
      isOver = false;
      settle(0);
      open();
    } else if (part === 'tick') {
      now = session.nextDeadline() ?? now + 1000;
      session.tick(now);
    } else if (part === 'publish') {
      if (session.waiting < 20) {
        tokens++;
        published++;
        session.publish({
          topic: 't',
          payload: Buffer.from('x'),
          qos: (tokens % 3) as QoS,
          retain: false,
          properties: [],
        });
      }
    } else if (part === 'subscribe') {
      tokens++;
      session.subscribe([{ filter: 'a', qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 }], []);
    } else if (part === 'acknowledge') {
      const delivery = deliveries.splice(tokens % Math.max(1, deliveries.length), 1)[0];
      if (delivery !== undefined) session.acknowledge(delivery);
    } else if (part === 'pause' || part === 'read') {
      session.setReading(part === 'read', now);
    } else {
      const bytes = bytesOf(part, version);
      session.receive(bytes, now);
      settle(bytes.length + 1);
      continue;
    }
    settle(0);
    // Whatever was published waits, is in flight, or has its outcome.
    if (published - settled - session.waiting > 3) throw new Error('more in flight than we allow');
  }
}

describe('memory', () => {
  it.each([4, 5] as const)('v%i: does not grow with what a server sends', (version) => {
    const session = new Session({
      version,
      clientId: 'c',
      clean: false,
      keepAlive: 10,
      properties: [],
      disconnectProperties: [],
      maxInflight: 3,
      trace: false,
    });
    session.transportOpened(0);
    session.receive(bytesOf(CONNACK, version), 0);
    session.takeOutput(0);
    const wire = Buffer.alloc(8 * 70_000);
    for (const round of [0, 1, 2]) {
      let at = 0;
      for (let i = 1; i <= 65_535; i++) {
        // PUBLISH at QoS 2 that is never released, then unexpected PUBREC and PUBREL.
        const first =
          version === 5 ? [0x34, 6, 0, 1, 0x74, i >> 8, i & 255, 0] : [0x34, 5, 0, 1, 0x74, i >> 8, i & 255];
        for (const byte of first) wire[at++] = byte;
      }
      session.receive(Buffer.from(wire.subarray(0, at)), 0);
      for (let event = session.takeEvent(); event !== undefined; event = session.takeEvent())
        if (event.type === 'message') session.acknowledge(event.delivery);
      let output = 0;
      for (let out = session.takeOutput(0); out !== undefined; out = session.takeOutput(0)) output += out.length;
      // PUBREC for each.
      expect(output, `round ${round}`).toBe(4 * 65_535);
      expect(session.isQuiet).toBe(false);
      expect(session.hasWork).toBe(false);
    }
  });
});
