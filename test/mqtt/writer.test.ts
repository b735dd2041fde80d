/**
 * Covers src/mqtt/packets/ack.ts, src/mqtt/packets/connack.ts, src/mqtt/packets/connect.ts,
 * src/mqtt/packets/disconnect.ts, src/mqtt/packets/subscribe.ts, src/mqtt/packets/unsubscribe.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePacket } from '../../src/mqtt/codec.ts';
import { encodePublish } from '../../src/mqtt/packets/publish.ts';
import type { Property } from '../../src/mqtt/properties.ts';
import { MAX_REMAINING_LENGTH, type Packet, type ProtocolVersion, type PublishPacket } from '../../src/mqtt/types.ts';
import { Writer } from '../../src/mqtt/writer.ts';
import { packet, stream } from './arbitraries.ts';
import { bytes } from './notation.ts';
import { decode, encode, plain, takeAll } from './wire.ts';

const NO_LIMIT = Number.POSITIVE_INFINITY;

function message(payload: Uint8Array, properties: readonly Property[] = []): PublishPacket {
  return { type: 'publish', dup: false, qos: 0, retain: false, topic: 't', packetId: 0, payload, properties };
}

describe('the writer', () => {
  it('encodes any packet so that it is decoded to the same value', () => {
    fc.assert(
      fc.property(stream, ({ version, packets }) => {
        const writer = new Writer();
        const sizes = packets.map((entry) => encodePacket(writer, entry, version));
        expect(writer.pending).toBe(sizes.reduce((sum, size) => sum + size, 0));
        expect(decode(takeAll(writer), version)).toEqual({ packets: packets.map(plain), error: undefined });
        expect(writer.pending).toBe(0);
      }),
      { numRuns: 400 },
    );
  });

  it('gathers the packets of one turn in one chunk', () => {
    const writer = new Writer();
    for (let i = 0; i < 100; i++) encodePacket(writer, { type: 'pingreq' }, 5);
    expect(writer.take()).toHaveLength(200);
    expect(writer.take()).toBeUndefined();
  });

  /** What is done to a writer: packets of any size, packets that fail, and chunks taken in between. */
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('packet' as const), packet: packet(5) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('publish' as const),
        // Around the sizes at which something changes: copying by hand, the first block, a block, by reference.
        bytes: fc.oneof(
          fc.integer({ min: 0, max: 200 }),
          fc.integer({ min: 8100, max: 8300 }),
          fc.integer({ min: 65_400, max: 65_700 }),
          fc.integer({ min: 0, max: 140_000 }),
        ),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('large' as const), bytes: fc.integer({ min: 0, max: 60_000 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('misuse' as const), bytes: fc.integer({ min: 0, max: 9000 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('limit' as const), bytes: fc.integer({ min: 0, max: 9000 }) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
  );

  it('hands out every byte once and in order, and never writes to it again', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const writer = new Writer();
        const handedOut: { chunk: Uint8Array; copy: Buffer }[] = [];
        let expected: Buffer[] = [];
        let waiting: Buffer[] = [];
        let fill = 0;

        const write = (entry: Packet): void => {
          expect(encodePacket(writer, entry, 5)).toBeGreaterThan(0);
          waiting.push(encode(entry, 5));
        };
        for (const entry of steps) {
          switch (entry.do) {
            case 'packet':
              write(entry.packet);
              break;
            case 'publish':
              write(message(Buffer.alloc(entry.bytes, ++fill)));
              break;
            case 'large':
              write({
                type: 'puback',
                packetId: 1,
                code: 0,
                properties: [
                  { name: 'reason-string', value: 'r'.repeat(entry.bytes) },
                  { name: 'user-property', value: ['k', 'v'.repeat(entry.bytes)] },
                ],
              });
              break;
            case 'misuse': {
              const properties: Property[] = [
                { name: 'user-property', value: ['k', 'v'.repeat(entry.bytes)] },
                { name: 'user-property', value: ['k', 'v'.repeat(65_536)] },
              ];
              expect(() => encodePacket(writer, message(Buffer.alloc(1), properties), 5)).toThrow(TypeError);
              expect(() => encodePacket(writer, { type: 'puback', packetId: 1, code: 0, properties }, 5)).toThrow(
                TypeError,
              );
              break;
            }
            case 'limit': {
              const properties: Property[] = [{ name: 'user-property', value: ['k', 'v'.repeat(entry.bytes)] }];
              expect(encodePacket(writer, message(Buffer.alloc(1), properties), 5, entry.bytes)).toBe(0);
              expect(encodePacket(writer, { type: 'puback', packetId: 1, code: 0, properties }, 5, entry.bytes)).toBe(
                0,
              );
              break;
            }
            case 'take':
              for (let chunk = writer.take(); chunk !== undefined; chunk = writer.take())
                handedOut.push({ chunk, copy: Buffer.from(chunk) });
              expected = [...expected, ...waiting];
              waiting = [];
              break;
            case 'clear':
              writer.clear();
              waiting = [];
              break;
          }
          expect(writer.pending).toBe(Buffer.concat(waiting).length);
        }
        for (let chunk = writer.take(); chunk !== undefined; chunk = writer.take())
          handedOut.push({ chunk, copy: Buffer.from(chunk) });
        expected = [...expected, ...waiting];

        expect(handedOut.every(({ chunk, copy }) => copy.equals(chunk))).toBe(true);
        expect(Buffer.concat(handedOut.map(({ chunk }) => chunk)).equals(Buffer.concat(expected))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('grows in the middle of an open packet', () => {
    const value = 'v'.repeat(65_535);
    const properties: Property[] = Array.from({ length: 10 }, (_, i) => ({
      name: 'user-property',
      value: [`${i}`, value],
    }));
    const packet: Packet = { type: 'disconnect', code: 4, properties };
    const writer = new Writer();
    encodePacket(writer, { type: 'pingreq' }, 5);
    encodePacket(writer, packet, 5);
    expect(decode(takeAll(writer), 5)).toEqual({ packets: [{ type: 'pingreq' }, plain(packet)], error: undefined });
  });

  it('hands out a long payload as it is, without a copy', () => {
    const payload = Buffer.alloc(64 * 1024, 7);
    const writer = new Writer();
    encodePacket(writer, { type: 'pingreq' }, 5);
    encodePacket(writer, message(payload), 5);
    encodePacket(writer, { type: 'pingresp' }, 5);
    const chunks = [writer.take(), writer.take(), writer.take(), writer.take()];
    expect(chunks[1]).toBe(payload);
    expect(chunks[3]).toBeUndefined();
    expect(Buffer.concat(chunks.slice(0, 3) as Uint8Array[])).toEqual(
      Buffer.concat([bytes('c0 00 30 84 80 04 "t" 00'), payload, bytes('d0 00')]),
    );
  });

  it('copies a short payload, so that the caller may change it', () => {
    const payload = Buffer.from('before');
    const writer = new Writer();
    encodePacket(writer, message(payload), 5);
    payload.write('after.');
    expect(takeAll(writer)).toEqual(bytes('30 {"t" {} \'before\'}'));
  });

  it('writes nothing and says 0 when a packet exceeds the limit', () => {
    const writer = new Writer();
    const ping: Packet = { type: 'pingreq' };
    encodePacket(writer, ping, 5);
    expect(encodePacket(writer, ping, 5, 1)).toBe(0);
    expect(encodePacket(writer, ping, 5, 2)).toBe(2);
    expect(encodePacket(writer, message(Buffer.alloc(120)), 4, 124)).toBe(0);
    expect(encodePacket(writer, message(Buffer.alloc(120)), 4, 125)).toBe(125);
    expect(encodePacket(writer, message(Buffer.alloc(125)), 4, 130)).toBe(0);
    expect(takeAll(writer)).toHaveLength(4 + 125);
  });

  it.each([4, 5] as const)(
    'writes a packet of the largest size and none above it, version %i [MQTT 5, 1.5.5]',
    (version) => {
      const extra = version === 5 ? 1 : 0;
      // Never touched, so the system never has to find this memory.
      const payload = Buffer.alloc(MAX_REMAINING_LENGTH - 3 - extra + 1);
      const writer = new Writer();
      expect(encodePublish(writer, message(payload), 0, false, version, NO_LIMIT)).toBe(0);
      expect(writer.pending).toBe(0);
      const fits = payload.subarray(1);
      expect(encodePublish(writer, message(fits), 0, false, version, NO_LIMIT)).toBe(MAX_REMAINING_LENGTH + 5);
      expect(writer.take()).toEqual(bytes(`30 ff ff ff 7f "t" ${version === 5 ? '00' : ''}`));
      expect(writer.take()).toBe(fits);
    },
  );

  it('remembers the last topic, and only that', () => {
    const writer = new Writer();
    const topics = ['a', 'a', 'b', '\u00e9', 'a', ''];
    for (const topic of topics) encodePacket(writer, { ...message(Buffer.alloc(0)), topic }, 4);
    expect(takeAll(writer)).toEqual(Buffer.concat(topics.map((topic) => bytes(`30 {"${topic}"}`))));
  });
});

describe('misuse of the writer is a TypeError, and leaves nothing behind', () => {
  const text = (value: string): Packet => ({
    type: 'puback',
    packetId: 1,
    code: 0,
    properties: [{ name: 'reason-string', value }],
  });
  const property = (entry: Property): Packet => ({
    type: 'connack',
    sessionPresent: false,
    code: 0,
    properties: [entry],
  });
  const cases: readonly (readonly [what: string, packet: Packet, version: ProtocolVersion])[] = [
    ['a string of 65,536 bytes [MQTT 5, 1.5.4]', text('x'.repeat(65_536)), 5],
    ['a string of 65,536 bytes in fewer characters [MQTT 5, 1.5.4]', text('\u00e9'.repeat(32_768)), 5],
    ['a string with a lone surrogate [MQTT-1.5.4-1]', text('a\ud83d'), 5],
    ['a string with surrogates the wrong way round [MQTT-1.5.4-1]', text('\ude00\ud83d'), 5],
    ['a string with U+0000 [MQTT-1.5.4-2]', text('a\0b'), 5],
    ['a topic of 65,536 bytes [MQTT-4.7.3-3]', { ...message(Buffer.alloc(1)), topic: 'x'.repeat(65_536) }, 4],
    ['a topic with a lone surrogate [MQTT-1.5.4-1]', { ...message(Buffer.alloc(1)), topic: '\udc00' }, 4],
    ['a topic with U+0000 [MQTT-4.7.3-2]', { ...message(Buffer.alloc(1)), topic: '\0' }, 4],
    [
      'binary data of 65,536 bytes [MQTT 5, 1.5.6]',
      property({ name: 'authentication-data', value: Buffer.alloc(65_536) }),
      5,
    ],
    ['a byte of 256', property({ name: 'maximum-qos', value: 256 }), 5],
    ['a byte of -1', property({ name: 'maximum-qos', value: -1 }), 5],
    ['a two byte integer of 65,536', property({ name: 'receive-maximum', value: 65_536 }), 5],
    ['a two byte integer that is none', property({ name: 'receive-maximum', value: 1.5 }), 5],
    ['a two byte integer that is not a number', property({ name: 'receive-maximum', value: Number.NaN }), 5],
    ['a four byte integer of 4,294,967,296', property({ name: 'maximum-packet-size', value: 2 ** 32 }), 5],
    ['a four byte integer that is none', property({ name: 'maximum-packet-size', value: 0.5 }), 5],
    [
      'a variable byte integer of 268,435,456',
      message(Buffer.alloc(1), [{ name: 'subscription-identifier', value: MAX_REMAINING_LENGTH + 1 }]),
      5,
    ],
    ['packet identifier 0 of PUBLISH [MQTT-2.2.1-3]', { ...message(Buffer.alloc(1)), qos: 1 }, 5],
    ['packet identifier 65,536 of PUBLISH', { ...message(Buffer.alloc(1)), qos: 1, packetId: 65_536 }, 4],
    ['packet identifier 0 of PUBACK [MQTT-2.2.1-3]', { type: 'puback', packetId: 0, code: 0, properties: [] }, 4],
    ['a name that no property has', property({ name: 'no-such-property' as 'maximum-qos', value: 1 }), 5],
    [
      'a keep alive of 65,536',
      { type: 'connect', version: 4, clientId: '', clean: true, keepAlive: 65_536, properties: [] },
      4,
    ],
  ];

  it.each(cases)('%s', (_what, packet, version) => {
    const writer = new Writer();
    encodePacket(writer, { type: 'pingreq' }, version);
    expect(() => encodePacket(writer, packet, version)).toThrow(TypeError);
    expect(writer.pending).toBe(2);
    expect(writer.take()).toEqual(bytes('c0 00'));
    expect(() => encodePacket(writer, packet, version)).toThrow(TypeError);
    encodePacket(writer, { type: 'pingresp' }, version);
    expect(takeAll(writer)).toEqual(bytes('d0 00'));
  });

  it('finish without begin', () => {
    expect(() => new Writer().finish(0xc0, NO_LIMIT)).toThrow(TypeError);
  });
});

describe('reuse', () => {
  const ping = (writer: Writer): Uint8Array => {
    encodePacket(writer, { type: 'pingreq' }, 4);
    return writer.take()!;
  };

  it('writes into the memory of what was taken, which until then is left alone', () => {
    const writer = new Writer();
    const first = ping(writer);
    const second = ping(writer);
    expect(second.byteOffset).not.toBe(first.byteOffset);
    writer.reuse();
    const third = ping(writer);
    expect([third.buffer, third.byteOffset]).toEqual([first.buffer, first.byteOffset]);
  });

  it('does nothing while bytes wait to be taken', () => {
    const writer = new Writer();
    const first = ping(writer);
    encodePacket(writer, { type: 'pingresp' }, 4);
    writer.reuse();
    const second = writer.take()!;
    expect(second).toEqual(bytes('d0 00'));
    expect(second.byteOffset).not.toBe(first.byteOffset);
  });

  it('does nothing while a packet is open', () => {
    const writer = new Writer();
    ping(writer);
    writer.begin();
    writer.u8(1);
    writer.reuse();
    writer.u8(2);
    expect(writer.finish(0x30, NO_LIMIT)).toBe(4);
    expect(takeAll(writer)).toEqual(bytes('30 02 01 02'));
  });
});
