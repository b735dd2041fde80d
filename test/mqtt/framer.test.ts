import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Framer } from '../../src/mqtt/framer.ts';
import { PacketError } from '../../src/mqtt/packet-error.ts';
import { MAX_REMAINING_LENGTH } from '../../src/mqtt/types.ts';
import { cuts, stream } from './arbitraries.ts';
import { bytes, varint } from './notation.ts';
import { decode, encode, plain } from './wire.ts';

/** Headers and bodies of everything in the chunks. */
function frames(framer: Framer, ...chunks: Uint8Array[]): string[] {
  const found: string[] = [];
  for (const chunk of chunks) {
    framer.push(chunk);
    while (framer.next())
      found.push(`${framer.header.toString(16)} ${framer.data.toString('hex', framer.start, framer.end)}`);
  }
  return found;
}

describe('the framer', () => {
  it('finds the same packets however the stream is cut', () => {
    fc.assert(
      fc.property(stream, cuts, ({ version, packets }, sizes) => {
        const wire = Buffer.concat(packets.map((packet) => encode(packet, version)));
        const expected = { packets: packets.map(plain), error: undefined };
        expect(decode(wire, version, sizes)).toEqual(expected);
        expect(decode(wire, version, [wire.length])).toEqual(expected);
        expect(decode(wire, version, [1])).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('finds a long packet that was read to its space, and copies nothing of it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        const payload = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 253));
        const wire = Buffer.concat([
          bytes('d0 00 30'),
          varint(payload.length + 3),
          bytes('"t"'),
          payload,
          bytes('d0 00'),
        ]);
        const framer = new Framer(4);
        const headers: number[] = [];
        let body: Buffer | undefined;
        for (let at = 0, i = 0; at < wire.length; i++) {
          const size = sizes[i % sizes.length]!;
          const { space } = framer;
          if (space !== undefined) {
            // As a socket does: not more than there is room for.
            const read = wire.copy(space, 0, at, Math.min(at + size, at + space.length));
            framer.push(space.subarray(0, read));
            at += read;
          } else {
            framer.push(wire.subarray(at, at + size));
            at += size;
          }
          while (framer.next()) {
            headers.push(framer.header);
            if (framer.header === 0x30) body = framer.data.subarray(framer.start, framer.end);
          }
        }
        expect(headers).toEqual([0xd0, 0x30, 0xd0]);
        expect(body?.subarray(3).equals(payload)).toBe(true);
      }),
    );
  });

  it('has space only within a long packet', () => {
    const framer = new Framer(4);
    expect(framer.space).toBeUndefined();
    framer.push(Buffer.concat([bytes('30'), varint(100_000)]));
    expect(framer.next()).toBe(false);
    expect(framer.space?.length).toBe(100_000);
    framer.push(Buffer.alloc(50_000));
    framer.next();
    // Not worth it for so little.
    expect(framer.space).toBeUndefined();
  });

  it('takes for read in place what was, and nothing else', () => {
    const rest = 70_000;
    const begun = (): Framer => {
      const framer = new Framer(4);
      framer.push(Buffer.concat([bytes('30'), varint(rest + 3), bytes('"t"')]));
      expect(framer.next()).toBe(false);
      return framer;
    };
    const inPlace = begun();
    const chunk = Buffer.from(inPlace.space!.buffer, inPlace.space!.byteOffset, rest).fill('x');
    // Not to be copied onto itself.
    chunk.copy = () => {
      throw new Error('copied');
    };
    inPlace.push(chunk);
    expect(inPlace.next()).toBe(true);
    // Other memory, at the same offset by chance.
    const other = begun();
    other.push(new Uint8Array(rest + 3).fill(0x78).subarray(3));
    expect(other.next()).toBe(true);
    for (const { data, start, end } of [inPlace, other])
      expect(data.subarray(start, end)).toEqual(Buffer.concat([bytes('"t"'), Buffer.alloc(rest, 'x')]));
  });

  it('looks at a packet within its chunk in place and copies none of it', () => {
    const chunk = bytes('d0 00 30 {"t" 01 02} d0 00');
    const framer = new Framer(4);
    framer.push(chunk);
    framer.next();
    expect(framer.next()).toBe(true);
    expect(framer.data).toBe(chunk);
    expect(chunk.toString('hex', framer.start, framer.end)).toBe('0001740102');
  });

  it('copies a packet that spans chunks into memory of exactly its size', () => {
    const framer = new Framer(4);
    framer.push(bytes("30 05 00 01 't'"));
    expect(framer.next()).toBe(false);
    framer.push(bytes('01 02 d0 00'));
    expect(framer.next()).toBe(true);
    expect(framer.data.buffer.byteLength).toBe(5);
    expect(framer.next()).toBe(true);
    expect(framer.header).toBe(0xd0);
    expect(framer.next()).toBe(false);
  });

  it('gives each spanning packet memory of its own, so that views of the one before stay as they are', () => {
    const framer = new Framer(4);
    const views: Buffer[] = [];
    for (const chunk of ['30 05 "t"', "'12' 30 05", '"t"', "'34'"].map(bytes)) {
      framer.push(chunk);
      while (framer.next()) views.push(framer.data.subarray(framer.start, framer.end));
      chunk.fill(0xa5);
    }
    expect(views.map((view) => view.toString('latin1', 3))).toEqual(['12', '34']);
  });

  it('takes empty chunks and views of a larger memory', () => {
    const memory = Uint8Array.from([1, 2, 0xd0, 0x00, 3]);
    const empty = new Uint8Array(0);
    expect(frames(new Framer(5), empty, memory.subarray(2, 3), empty, memory.subarray(3, 4), empty)).toEqual(['d0 ']);
  });

  it.each([0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152])(
    'knows a packet of remaining length %i [MQTT 5, 1.5.5]',
    (length) => {
      const body = Buffer.alloc(length, 0x5a);
      const wire = Buffer.concat([Buffer.from([0x30]), varint(length), body, bytes('d0 00')]);
      for (const size of [wire.length, 65_536, Math.ceil(wire.length / 2)]) {
        const framer = new Framer(4);
        const chunks: Buffer[] = [];
        for (let i = 0; i < wire.length; i += size) chunks.push(wire.subarray(i, i + size));
        let count = 0;
        for (const chunk of chunks) {
          framer.push(chunk);
          while (framer.next()) {
            if (count++ > 0) continue;
            expect(framer.end - framer.start).toBe(length);
            expect(framer.data.subarray(framer.start, framer.end).equals(body)).toBe(true);
          }
        }
        expect(count).toBe(2);
      }
    },
  );

  it('refuses a packet above the limit at its header, before there is memory for it [MQTT-3.1.2-24]', () => {
    const before = process.memoryUsage().arrayBuffers;
    const framer = new Framer(5, 1000);
    framer.push(bytes('30 ff ff ff 7f'));
    let error: unknown;
    try {
      framer.next();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(PacketError);
    expect(error).toMatchObject({ kind: 'protocol', code: 0x95 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it('asks for no memory before the length is complete', () => {
    const framer = new Framer(5);
    const before = process.memoryUsage().arrayBuffers;
    expect(frames(framer, bytes('30 ff'), bytes('ff'), bytes('ff'))).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it.each([
    [127, 129],
    [128, 131],
    [16_384, 16_388],
    [MAX_REMAINING_LENGTH, MAX_REMAINING_LENGTH + 5],
  ])('counts the header into the size: remaining length %i is %i bytes [MQTT 5, 3.1.2.11.4]', (length, size) => {
    const header = Buffer.concat([Buffer.from([0x30]), varint(length)]);
    expect(() => frames(new Framer(5, size - 1), header)).toThrow(/maximum packet size/);
    // Not MAX_REMAINING_LENGTH: a quarter of a gigabyte is a lot to ask for in a test.
    if (length < 1_000_000) expect(frames(new Framer(5, size), header)).toEqual([]);
  });

  it('refuses a first byte before it asks for a length', () => {
    expect(() => frames(new Framer(5), bytes('00'))).toThrow(PacketError);
    expect(() => frames(new Framer(4), bytes('f0'))).toThrow(PacketError);
  });
});
