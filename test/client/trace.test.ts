import { describe, expect, it } from 'vitest';
import { traceLines } from '../../src/client/trace.ts';
import type { Packet, Subscription } from '../../src/mqtt/types.ts';

const ack = <T extends 'puback' | 'pubrec' | 'pubrel' | 'pubcomp'>(type: T, code = 0) => ({
  type,
  packetId: 7,
  code,
  properties: [],
});
const publish = (rest: object = {}): Packet => ({
  type: 'publish',
  dup: false,
  qos: 1,
  retain: false,
  topic: 'a/b',
  packetId: 7,
  payload: Buffer.from('hello'),
  properties: [],
  ...rest,
});
const subscription = (filter: string, rest: Partial<Subscription> = {}): Subscription => ({
  filter,
  qos: 1,
  noLocal: false,
  retainAsPublished: false,
  retainHandling: 0,
  ...rest,
});
const connect: Packet = { type: 'connect', version: 5, clientId: 'c', clean: true, keepAlive: 60, properties: [] };

const SENT: readonly [Packet, ...string[]][] = [
  [connect, 'CONNECT'],
  [publish(), "PUBLISH (d0, q1, r0, m7, 'a/b', ... (5 bytes))"],
  [publish({ dup: true, qos: 2, retain: true }), "PUBLISH (d1, q2, r1, m7, 'a/b', ... (5 bytes))"],
  [publish({ topic: '', payload: Buffer.of() }), "PUBLISH (d0, q1, r0, m7, '(null)', ... (0 bytes))"],
  [ack('puback'), 'PUBACK (m7, rc0)'],
  [ack('pubrec', 0x10), 'PUBREC (m7, rc16)'],
  [ack('pubrel', 0x92), 'PUBREL (m7)'],
  [ack('pubcomp'), 'PUBCOMP (m7)'],
  [
    {
      type: 'subscribe',
      packetId: 7,
      subscriptions: [subscription('a/#'), subscription('b', { qos: 2, noLocal: true, retainHandling: 2 })],
      properties: [],
    },
    'SUBSCRIBE (Mid: 7, Topic: a/#, QoS: 1, Options: 0x00)',
    'SUBSCRIBE (Mid: 7, Topic: b, QoS: 2, Options: 0x24)',
  ],
  [
    { type: 'unsubscribe', packetId: 7, filters: ['a', 'b'], properties: [] },
    'UNSUBSCRIBE (Mid: 7, Topic: a)',
    'UNSUBSCRIBE (Mid: 7, Topic: b)',
  ],
  [{ type: 'pingreq' }, 'PINGREQ'],
  [{ type: 'disconnect', code: 4, properties: [] }, 'DISCONNECT'],
  [{ type: 'auth', code: 0x18, properties: [] }, 'AUTH'],
];

const RECEIVED: readonly [Packet, string][] = [
  [{ type: 'connack', sessionPresent: true, code: 0, properties: [] }, 'CONNACK (0)'],
  [{ type: 'connack', sessionPresent: false, code: 135, properties: [] }, 'CONNACK (135)'],
  [publish(), "PUBLISH (d0, q1, r0, m7, 'a/b', ... (5 bytes))"],
  [publish({ qos: 0, packetId: 0 }), "PUBLISH (d0, q0, r0, m0, 'a/b', ... (5 bytes))"],
  [ack('puback', 0x87), 'PUBACK (Mid: 7, RC:135)'],
  [ack('pubrec'), 'PUBREC (Mid: 7)'],
  [ack('pubrel'), 'PUBREL (Mid: 7)'],
  [ack('pubcomp'), 'PUBCOMP (Mid: 7, RC:0)'],
  [{ type: 'suback', packetId: 7, codes: [0], properties: [] }, 'SUBACK'],
  [{ type: 'unsuback', packetId: 7, codes: [], properties: [] }, 'UNSUBACK'],
  [{ type: 'pingresp' }, 'PINGRESP'],
  [{ type: 'auth', code: 0x18, properties: [] }, 'AUTH'],
];

describe('the line of -d', () => {
  it.each(SENT)('for a packet sent: %j', (packet, ...lines) => {
    expect(traceLines({ type: 'trace', direction: 'sent', packet }, 'me', 5)).toEqual(
      lines.map((line) => `Client me sending ${line}`),
    );
  });

  it.each(RECEIVED)('for a packet received: %j', (packet, line) => {
    expect(traceLines({ type: 'trace', direction: 'received', packet }, 'me', 5)).toEqual([
      `Client me received ${line}`,
    ]);
  });

  it('for DISCONNECT of the server has no client in it', () => {
    const packet = { type: 'disconnect', code: 139, properties: [] } as const;
    expect(traceLines({ type: 'trace', direction: 'received', packet }, 'me', 5)).toEqual([
      'Received DISCONNECT (139)',
    ]);
  });

  it('shows the number that a QoS 0 message counts as', () => {
    const packet = publish({ qos: 0, packetId: 0 });
    expect(traceLines({ type: 'trace', direction: 'sent', packet, mid: 3 }, 'me', 4)).toEqual([
      "Client me sending PUBLISH (d0, q0, r0, m3, 'a/b', ... (5 bytes))",
    ]);
  });

  it('says (null) while the client has no identifier', () => {
    expect(traceLines({ type: 'trace', direction: 'sent', packet: connect }, '', 5)).toEqual([
      'Client (null) sending CONNECT',
    ]);
  });

  it('shows no options in MQTT 3', () => {
    const subscriptions = [subscription('a', { noLocal: true, retainHandling: 2 })];
    const packet = { type: 'subscribe', packetId: 1, subscriptions, properties: [] } as const;
    expect(traceLines({ type: 'trace', direction: 'sent', packet }, 'me', 4)).toEqual([
      'Client me sending SUBSCRIBE (Mid: 1, Topic: a, QoS: 1, Options: 0x00)',
    ]);
  });

  it('has been written down for every packet type that there is', () => {
    const types = new Set([...SENT, ...RECEIVED].map(([packet]) => packet.type));
    expect(types.size).toBe(15);
  });
});
