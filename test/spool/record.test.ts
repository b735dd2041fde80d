import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PROPERTIES, type Property } from '../../src/mqtt/properties.ts';
import { encodeFrame, HEADER } from '../../src/spool/frame.ts';
import { decodeMessage, idOf, lastRecord, messageParts, records } from '../../src/spool/record.ts';

const encodeMessage = (...of: Parameters<typeof messageParts>): Buffer => Buffer.concat(messageParts(...of));

const text = fc.string({ unit: 'grapheme' });
const VALUES = {
  byte: fc.integer({ min: 0, max: 1 }),
  u16: fc.integer({ min: 1, max: 0xffff }),
  u32: fc.integer({ min: 0, max: 0xffff_ffff }),
  varint: fc.integer({ min: 1, max: 0xfff_ffff }),
  string: text,
  binary: fc.uint8Array({ maxLength: 70 }).map((bytes) => Buffer.from(bytes)),
  pair: fc.tuple(text, text),
};
const properties = fc.array(
  fc.constantFrom(...PROPERTIES).chain(({ name, type }) => VALUES[type].map((value) => ({ name, value }) as Property)),
);

it('a message comes out as it went in, with every property', () => {
  const message = fc.record({
    topic: text,
    payload: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    qos: fc.constantFrom(0, 1, 2),
    retain: fc.boolean(),
    properties,
  });
  const id = fc.integer({ min: 1, max: 2 ** 48 - 1 });
  fc.assert(
    fc.property(message, id, id, (one, number, at) => {
      const body = encodeMessage(one, number, at);
      expect(idOf(body)).toBe(number);
      expect(decodeMessage({ kind: 'frame', start: 8, end: 107, body })).toEqual({
        ...one,
        id: number,
        acceptedAt: at,
        size: 99,
      });
    }),
  );
});

/** Whether a frame with this body, whose checksum is right, is taken for a message: from the front, and from the end. */
function isTaken(body: Buffer): boolean[] {
  const segment = 1;
  const frame = encodeFrame(body, segment, HEADER.length);
  const file = Buffer.concat([HEADER, frame]);
  const fromEnd = lastRecord((offset, length) => file.subarray(offset, offset + length), file.length, segment);
  return [[...records(frame, segment, HEADER.length)].some(({ kind }) => kind === 'frame'), fromEnd !== undefined];
}

const MESSAGE = encodeMessage(
  { topic: 'a', payload: Buffer.from('x'), qos: 1, retain: false, properties: [{ name: 'topic-alias', value: 1 }] },
  1,
  0,
);

it('a body that is a message is one, whichever end is read first', () => {
  expect(isTaken(MESSAGE)).toEqual([true, true]);
});

it.each<[string, (body: Buffer) => unknown]>([
  ['has no topic', (body) => body.writeUInt16LE(0, 13)],
  ['has a topic longer than itself', (body) => body.writeUInt16LE(0xffff, 13)],
  ['has more properties than bytes', (body) => body.writeUInt32LE(0x7fff_ffff, 15)],
  ['has QoS 3', (body) => body.writeUInt8(3, 12)],
  ['has flags that were not set', (body) => body.writeUInt8(0x80, 12)],
  ['has a topic that is not UTF-8', (body) => body.writeUInt8(0xff, body.indexOf('a'))],
  ['has the identifier of another file', (body) => body.writeUIntLE(2 ** 47, 0, 6)],
])('a body that %s is damage', (_, spoil) => {
  const body = Buffer.from(MESSAGE);
  spoil(body);
  expect(isTaken(body)).toEqual([false, false]);
});

it.each<[string, Buffer]>([
  [
    'no topic, and no properties',
    encodeMessage({ topic: '', payload: Buffer.alloc(9), qos: 0, retain: false, properties: [] }, 1, 0),
  ],
  ['properties that would end one byte behind it', MESSAGE.subarray(0, -1)],
])('a body with %s is damage', (_, body) => {
  const longer = Buffer.from(body);
  if (longer.readUInt32LE(15) > 0) longer.writeUInt32LE(longer.readUInt32LE(15) + 1, 15);
  expect(isTaken(longer)).toEqual([false, false]);
});

it('a body that is too short to be a message is damage', () => {
  expect(isTaken(MESSAGE.subarray(0, 10))).toEqual([false, false]);
});
