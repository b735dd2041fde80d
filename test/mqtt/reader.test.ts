/**
 * Covers src/mqtt/property-rules.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketError } from '../../src/mqtt/packet-error.ts';
import { decodeProperties } from '../../src/mqtt/packets/properties.ts';
import { NO_PROPERTIES } from '../../src/mqtt/properties.ts';
import { Reader } from '../../src/mqtt/reader.ts';
import { topic } from './arbitraries.ts';
import { bytes, varint } from './notation.ts';

function on(data: Buffer): Reader {
  const reader = new Reader();
  reader.open(data, 0, data.length);
  return reader;
}

describe('numbers', () => {
  it('are in big-endian order [MQTT 5, 1.5.2] [MQTT 5, 1.5.3]', () => {
    const reader = on(bytes('01 0203 fffefdfc'));
    expect([reader.u8(), reader.u16(), reader.u32(), reader.left]).toEqual([1, 0x0203, 0xfffefdfc, 0]);
  });

  it('of variable length are read back as they were written [MQTT 5, 1.5.5]', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 268_435_455 })), (value) => {
        const reader = on(varint(value));
        expect(reader.varint()).toBe(value);
        expect(reader.left).toBe(0);
      }),
    );
  });

  it.each([
    [0, '00'],
    [127, '7f'],
    [128, '8001'],
    [16_383, 'ff7f'],
    [16_384, '808001'],
    [2_097_151, 'ffff7f'],
    [2_097_152, '80808001'],
    [268_435_455, 'ffffff7f'],
  ])('of variable length: %i is %s [MQTT 5, 1.5.5, table 1-1]', (value, hex) => {
    expect(on(bytes(hex)).varint()).toBe(value);
    expect(varint(value)).toEqual(bytes(hex));
  });
});

describe('the end', () => {
  it.each([
    ['u8', (reader: Reader) => reader.u8()],
    ['u16', (reader: Reader) => reader.u16()],
    ['u32', (reader: Reader) => reader.u32()],
    ['varint', (reader: Reader) => reader.varint()],
    ['text', (reader: Reader) => reader.text()],
    ['binary', (reader: Reader) => reader.binary()],
    ['topic', (reader: Reader) => reader.topic()],
    ['properties', (reader: Reader) => decodeProperties(reader, 'publish')],
  ])('of the packet stops %s, though bytes follow in the chunk', (_name, read) => {
    const reader = new Reader();
    reader.open(bytes('80 80 80 00 00 00 00 00 00'), 0, 1);
    expect(() => {
      read(reader);
      reader.u8();
    }).toThrow(PacketError);
  });

  it('of a property section does not stop what follows it', () => {
    const reader = on(bytes('{01 01} 07'));
    expect(decodeProperties(reader, 'publish')).toEqual([{ name: 'payload-format-indicator', value: 1 }]);
    expect(reader.u8()).toBe(7);
  });
});

describe('values', () => {
  it('that are binary are views, not copies', () => {
    const data = bytes('0002 0102');
    expect(on(data).binary().buffer).toBe(data.buffer);
  });

  it('of an empty property section are the one empty list', () => {
    expect(decodeProperties(on(bytes('00')), 'connack')).toBe(NO_PROPERTIES);
  });
});

describe('topics', () => {
  const read = (reader: Reader, text: string): string => {
    const data = bytes(`"${text}"`);
    reader.open(data, 0, data.length);
    const found = reader.topic();
    data.fill(0x78);
    return found;
  };

  it('are remembered by their bytes, never taken for one another', () => {
    fc.assert(
      fc.property(
        fc.array(
          topic.filter((text) => !text.includes('"')),
          { minLength: 1, maxLength: 20 },
        ),
        (topics) => {
          const reader = new Reader();
          for (const text of [...topics, ...topics]) expect(read(reader, text)).toBe(text);
        },
      ),
    );
  });

  it('are right when there are more of them than are remembered, of every length', () => {
    const reader = new Reader();
    const ofAnyLength = Array.from({ length: 2000 }, (_, i) => `${'x'.repeat(i % 300)}${i}`);
    const ofOneLength = Array.from({ length: 2000 }, (_, i) => `room/${1000 + i}`);
    const topics = [...ofAnyLength, ...ofOneLength];
    for (let round = 0; round < 2; round++) for (const text of topics) expect(read(reader, text)).toBe(text);
  });

  it('are refused every time, not only the first [MQTT-3.3.2-2]', () => {
    const reader = new Reader();
    for (let i = 0; i < 3; i++) expect(() => read(reader, 'a/#')).toThrow(PacketError);
    expect(read(reader, 'a/b')).toBe('a/b');
  });

  it('of the greatest length are taken [MQTT-4.7.3-3]', () => {
    const text = '\u00e9'.repeat(32_767);
    expect(read(new Reader(), `${text}x`)).toBe(`${text}x`);
  });
});
