/** Packets with more in them than is made into objects. */
import { describe, expect, test } from 'vitest';
import { findExcess, MOST_PROPERTIES, MOST_PROPERTY_BYTES } from '../../src/mqtt/count-limits.ts';
import type { PublishPacket } from '../../src/mqtt/types.ts';
import { bytes } from './notation.ts';
import { decodeOne } from './wire.ts';

/** User properties with an empty name and value: five bytes each, the most objects for the fewest bytes. */
const empties = (count: number): Buffer => {
  const properties = Buffer.alloc(count * 5);
  for (let i = 0; i < count; i++) properties[i * 5] = 0x26;
  return properties;
};

/** Subscription identifiers: two bytes each. */
const identifiers = (count: number): Buffer => Buffer.alloc(count * 2, '0b01', 'hex');

function varint(value: number): Buffer {
  const out: number[] = [];
  for (let left = value; ; left >>>= 7) {
    if (left < 0x80) return Buffer.from([...out, left]);
    out.push((left & 0x7f) | 0x80);
  }
}

function withLength(...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(body.length), body]);
}

/** PUBLISH at QoS 1 on `t` with the payload `x`. */
const publish = (properties: Buffer, topic = '"t"'): Buffer =>
  Buffer.concat([bytes('32'), withLength(bytes(`${topic} 0007`), withLength(properties), bytes("'x'"))]);

const decoded = (packet: Buffer): PublishPacket => decodeOne(packet, 5) as PublishPacket;

describe('the properties of a PUBLISH', () => {
  test.each([
    ['user properties', empties],
    ['subscription identifiers', identifiers],
  ])('are all there up to the limit, and above it none is made: %s', (_, make) => {
    const most = decoded(publish(make(MOST_PROPERTIES)));
    expect(most.properties).toHaveLength(MOST_PROPERTIES);
    expect(most).not.toHaveProperty('excess');
    const more = decoded(publish(make(MOST_PROPERTIES + 1)));
    expect(more).toMatchObject({ topic: 't', qos: 1, packetId: 7, properties: [] });
    expect(more.excess).toMatchObject({ count: MOST_PROPERTIES + 1, bytes: make(MOST_PROPERTIES + 1).length });
    expect(Buffer.from(more.payload).toString()).toBe('x');
  });

  test('are too many in bytes, few as they are', () => {
    const long = Buffer.concat([bytes('26 0000 ffff'), Buffer.alloc(0xffff, 'v')]);
    const many = Buffer.concat(Array(Math.ceil(MOST_PROPERTY_BYTES / long.length)).fill(long));
    expect(decoded(publish(many)).excess).toMatchObject({ bytes: many.length });
    expect(decoded(publish(many.subarray(0, -long.length)))).not.toHaveProperty('excess');
  });

  test('leave the topic alias that is among them, so that the message has its topic', () => {
    const aliased = Buffer.concat([empties(70_000), bytes('23 0003')]);
    expect(decoded(publish(aliased, '""')).properties).toEqual([{ name: 'topic-alias', value: 3 }]);
  });

  test('are malformed as soon as one is, however many follow', () => {
    const bad = Buffer.concat([bytes('ff'), empties(70_000)]);
    expect(() => decoded(publish(bad))).toThrow('property identifier');
  });
});

test('every property is stepped over by its own size', () => {
  const one = bytes(
    '01 00  02 00000001  03 "c"  08 "r"  09 0002 ffff  0b ff7f  11 00000001  21 0001  22 0001  23 0005  26 "k" "v"  2a 01',
  );
  const many = Buffer.concat([one, empties(MOST_PROPERTIES)]);
  expect(findExcess(many, 0, many.length)).toEqual({
    count: 12 + MOST_PROPERTIES,
    bytes: many.length,
    topicAlias: 5,
  });
});

test.each([
  ['CONNACK', '20', '00 00', ''],
  ['PUBACK', '40', '0001 00', ''],
  ['SUBACK', '90', '0001', '00'],
  ['UNSUBACK', 'b0', '0001', '00'],
  ['DISCONNECT', 'e0', '00', ''],
  ['AUTH', 'f0', '18', ''],
])(
  '%s with too many properties is a protocol error with the reason that a quota is exceeded',
  (_, type, before, after) => {
    const packet = Buffer.concat([
      bytes(type),
      withLength(bytes(before), withLength(empties(MOST_PROPERTIES + 1)), bytes(after)),
    ]);
    expect(() => decodeOne(packet, 5)).toThrow(expect.objectContaining({ kind: 'protocol', code: 0x97 }));
  },
);

test.each([
  ['SUBACK', '90', 5, '0001 00'],
  ['SUBACK', '90', 4, '0001'],
  ['UNSUBACK', 'b0', 5, '0001 00'],
] as const)('%s (%s) of version %i with millions of codes is a protocol error', (_, type, version, before) => {
  const packet = Buffer.concat([bytes(type), withLength(bytes(before), Buffer.alloc(2_000_000))]);
  expect(() => decodeOne(packet, version)).toThrow(expect.objectContaining({ kind: 'protocol', code: 0x97 }));
});
