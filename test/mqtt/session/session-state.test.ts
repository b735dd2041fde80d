/**
 * Covers src/mqtt/session/flows.ts, src/mqtt/session/input.ts, src/mqtt/session/output.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery, SessionEvent } from '../../../src/mqtt/session/events.ts';
import { Session } from '../../../src/mqtt/session/session.ts';
import type { Packet } from '../../../src/mqtt/types.ts';
import { plain } from '../wire.ts';
import { content, encodeAll, Harness, OPTIONS } from './harness.ts';

const VERSIONS = [3, 4, 5] as const;

describe('a new connection', () => {
  it('parses no byte of the old one', () => {
    const h = new Harness({ clean: false }).connect();
    h.session.publish(content(1));
    h.events();
    h.in('40 02 00');
    h.drop().resume();
    h.in('01 00');
    h.expectFailed(0x81);
    const half = new Harness({ clean: false }).connect().in('30 7f 00');
    half.drop().resume().in('d0 00');
    expect(half.types()).toEqual(['connected', 'connected']);
  });

  it('sends nothing that was meant for the old one', () => {
    const h = new Harness({ clean: false }).connect().in('32 {"t" 0001 {} "x"}');
    h.session.acknowledge(h.messages()[0]!.delivery);
    h.session.publish(content(0));
    h.drop();
    h.session.transportOpened(0);
    expect(h.sent()).toEqual(['connect']);
  });

  it('hears nothing while there is none', () => {
    const h = new Harness();
    h.in('30 {"t" {} "x"}').at(1e9);
    h.connect().drop();
    h.events();
    h.in('30 {"t" {} "x"}').at(1e9);
    expect(h.types()).toEqual([]);
    h.expectOut('');
  });
});

describe('idsAfter', () => {
  it.each(VERSIONS)('counts for a session of which this one knows nothing, version %i', (version) => {
    const h = new Harness({ version, clean: false, idsAfter: 0x1234 }).resume();
    h.events();
    h.session.publish(content(2));
    const id = `{"t" 1235${version === 5 ? ' {}' : ''} 'x'}`;
    h.expectOut(`34 ${id}`);
    h.drop().resume();
    h.expectOut(`3c ${id}`);
  });

  it.each([4, 5] as const)('does not count where the server has none, version %i', (version) => {
    const h = new Harness({ version, clean: false, idsAfter: 0x1234 }).connect();
    h.events();
    h.session.publish(content(2));
    h.expectOut(`34 {"t" 0001${version === 5 ? ' {}' : ''} 'x'}`);
  });

  it('wraps', () => {
    const h = new Harness({ clean: false, idsAfter: 65_535 }).resume();
    h.events();
    h.session.publish(content(2));
    h.expectOut(`34 {"t" 0001 {} 'x'}`);
  });
});

describe.each(VERSIONS)('v%i: chunks', (version) => {
  const publish = (qos: 0 | 1 | 2, packetId: number, size: number): Packet => ({
    type: 'publish',
    dup: false,
    retain: false,
    topic: 'a/b',
    qos,
    packetId,
    payload: Buffer.alloc(size, packetId),
    properties: version === 5 ? [{ name: 'user-property', value: ['k', 'v'] }] : [],
  });
  const ack = (type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp', packetId: number): Packet => ({
    type,
    packetId,
    code: 0,
    properties: [],
  });
  /** What comes before the consumer has finished the messages, and what comes after. */
  const parts = [
    encodeAll(
      [
        { type: 'connack', sessionPresent: false, code: 0, properties: [] },
        publish(0, 0, 0),
        publish(1, 7, 300),
        ack('puback', 1),
        ack('pubrec', 2),
        publish(2, 8, 5),
        { type: 'pingresp' },
        publish(2, 9, 20_000),
      ],
      version,
    ),
    encodeAll(
      [
        ack('pubrel', 8),
        ack('pubcomp', 2),
        publish(2, 8, 4),
        ack('pubrel', 10),
        { type: 'pingresp' },
        // The end: a client does not take this.
        { type: 'pingreq' },
        publish(0, 0, 1),
      ],
      version,
    ),
  ];

  /** An event as a short text. */
  function summary(event: SessionEvent): string {
    const payload = event.type === 'message' ? `, ${event.packet.payload.length} bytes` : '';
    return JSON.stringify(plain({ ...event, delivery: undefined })).replace(/bytes:[0-9a-f]*/g, '') + payload;
  }

  /** Everything that happens when the stream comes in these sizes. */
  function run(sizes: readonly number[]): { events: string[]; output: string } {
    const session = new Session({ ...OPTIONS, version, trace: true });
    session.publish(content(1));
    session.publish(content(2));
    session.transportOpened(0);
    const events: string[] = [];
    const output: Uint8Array[] = [];
    const deliveries: Delivery[] = [];
    const settle = (): void => {
      for (let event = session.takeEvent(); event !== undefined; event = session.takeEvent()) {
        events.push(summary(event));
        if (event.type === 'message') deliveries.push(event.delivery);
      }
      for (let out = session.takeOutput(0); out !== undefined; out = session.takeOutput(0))
        output.push(Uint8Array.from(out));
    };
    let turn = 0;
    for (const part of parts) {
      for (let start = 0; start < part.length; turn++) {
        const end = start + Math.max(1, sizes[turn % sizes.length] ?? 1);
        session.receive(Uint8Array.from(part.subarray(start, end)), 0);
        settle();
        start = end;
      }
      for (const delivery of deliveries.splice(0)) session.acknowledge(delivery);
      settle();
    }
    return { events, output: Buffer.concat(output).toString('hex') };
  }

  it('of any size give the same events and the same output', () => {
    const whole = run([1e9]);
    expect(whole.events.length).toBeGreaterThan(30);
    expect(run([1])).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        expect(run(sizes)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });
});
