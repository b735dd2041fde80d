/** The codec as a session uses it: bytes through Framer, Reader and decodePacket, packets through Writer. */
import { decodePacket, encodePacket } from '../../src/mqtt/codec.ts';
import { Framer } from '../../src/mqtt/framer.ts';
import { Reader } from '../../src/mqtt/reader.ts';
import type { Packet, ProtocolVersion } from '../../src/mqtt/types.ts';
import { Writer } from '../../src/mqtt/writer.ts';

export interface Decoded {
  /** Made plain() as they came, since what they view may change. */
  readonly packets: unknown[];
  /** What was thrown, if anything. */
  readonly error: unknown;
}

/** Cuts the stream at the given sizes, over and over; each chunk is wiped after use. */
export function decode(
  stream: Uint8Array,
  version: ProtocolVersion,
  sizes: readonly number[] = [stream.length],
  maxPacketBytes?: number,
): Decoded {
  const framer = new Framer(version, maxPacketBytes);
  const reader = new Reader();
  const packets: unknown[] = [];
  try {
    for (let start = 0, turn = 0; start < stream.length; turn++) {
      const end = Math.min(stream.length, start + Math.max(1, sizes[turn % sizes.length] ?? 1));
      const chunk = Buffer.from(stream.subarray(start, end));
      framer.push(chunk);
      while (framer.next()) {
        reader.open(framer.data, framer.start, framer.end);
        packets.push(plain(decodePacket(reader, framer.header, version)));
      }
      chunk.fill(0xa5);
      start = end;
    }
  } catch (error) {
    return { packets, error };
  }
  return { packets, error: undefined };
}

export function decodeByteByByte(stream: Uint8Array, version: ProtocolVersion): Decoded {
  return decode(stream, version, [1]);
}

/** The one packet that the bytes are; throws what the codec throws. Its binary values are views of a copy. */
export function decodeOne(stream: Uint8Array, version: ProtocolVersion): Packet {
  const framer = new Framer(version);
  const reader = new Reader();
  framer.push(Buffer.from(stream));
  if (!framer.next()) throw new Error('the packet is not complete');
  reader.open(framer.data, framer.start, framer.end);
  const packet = decodePacket(reader, framer.header, version);
  if (framer.next()) throw new Error('a second packet follows');
  return packet;
}

export function encode(packet: Packet, version: ProtocolVersion): Buffer {
  const writer = new Writer();
  const size = encodePacket(writer, packet, version);
  const out = takeAll(writer);
  if (size !== out.length) throw new Error(`encodePacket says ${size} bytes and wrote ${out.length}`);
  return out;
}

export function takeAll(writer: Writer): Buffer {
  const chunks: Uint8Array[] = [];
  for (let chunk = writer.take(); chunk !== undefined; chunk = writer.take()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** A copy fit for comparison: bytes as `bytes:HEX`, fields that are undefined left out. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes:${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .map(([key, entry]) => [key, plain(entry)]),
  );
}
