import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PROPERTIES, type Property } from '../../src/mqtt/index.ts';
import { decodeMessage, encodeMessage, idOf } from '../../src/spool/record.ts';

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
      expect(decodeMessage(body, 99)).toEqual({ ...one, id: number, acceptedAt: at, size: 99 });
    }),
  );
});
