/**
 * Covers src/mqtt/packets/header.ts, src/mqtt/packets/properties.ts.
 */
import { describe, expect, it } from 'vitest';
import { HEADERS } from '../../src/mqtt/packets/header.ts';
import type { ProtocolVersion } from '../../src/mqtt/types.ts';
import propertyTable from '../fixtures/properties.json' with { type: 'json' };
import { CODEC_ROWS } from './codec-rows.ts';
import { bytes } from './notation.ts';
import { carrier, PLACES, sampleValues } from './templates.ts';
import { decode, decodeByteByByte, decodeOne, encode, plain } from './wire.ts';

const EXPANDED = CODEC_ROWS.flatMap((row) => row.versions.map((version) => ({ ...row, version })));

/** A PINGREQ behind the packet shows that the packet ends where it should. */
const FOLLOWER = bytes('c0 00');

describe.each(EXPANDED)('v$version: $name', ({ version, packet, bytes: notation, accepted }) => {
  const wire = bytes(notation);
  const expected = { packets: [plain(packet), { type: 'pingreq' }], error: undefined };

  it('is decoded whole', () => {
    expect(decode(Buffer.concat([wire, FOLLOWER]), version)).toEqual(expected);
  });

  it('is decoded byte by byte', () => {
    expect(decodeByteByByte(Buffer.concat([wire, FOLLOWER]), version)).toEqual(expected);
  });

  it('is encoded', () => {
    expect(encode(packet, version).toString('hex')).toBe(wire.toString('hex'));
  });

  it('is encoded again from what was decoded', () => {
    expect(encode(decodeOne(wire, version), version).toString('hex')).toBe(wire.toString('hex'));
  });

  it.each(accepted ?? [])('is accepted as %s too', (other) => {
    expect(decode(Buffer.concat([bytes(other), FOLLOWER]), version)).toEqual(expected);
    expect(decodeByteByByte(Buffer.concat([bytes(other), FOLLOWER]), version)).toEqual(expected);
  });
});

describe('the table of packets', () => {
  it.each([3, 4, 5] as const)('has a row for every packet type of version %i', (version) => {
    const types = HEADERS.map((row) => row.type).filter((type) => type !== 'auth' || version === 5);
    const seen = new Set(EXPANDED.filter((row) => row.version === version).map((row) => row.packet.type));
    expect([...seen].sort()).toEqual([...types].sort());
  });

  it('has names of its own', () => {
    expect(new Set(CODEC_ROWS.map((row) => row.name)).size).toBe(CODEC_ROWS.length);
  });
});

describe('every property in every place that the standard names [MQTT 5, 2.2.2.2]', () => {
  const version: ProtocolVersion = 5;
  const cases = propertyTable.flatMap((row) => row.packets.map((place) => ({ row, place: place.toLowerCase() })));

  it('is 27 properties in 64 places', () => {
    expect(propertyTable).toHaveLength(27);
    expect(cases).toHaveLength(64);
  });

  it.each(cases)('$row.name in $place, at its smallest and largest', ({ row, place }) => {
    for (const sample of sampleValues(row)) {
      const wire = bytes(carrier(place, sample.wire));
      const { packets, error } = decode(wire, version);
      expect(error).toBeUndefined();
      expect(JSON.stringify(packets[0])).toContain(JSON.stringify({ name: row.name, value: plain(sample.value) }));
      expect(decodeByteByByte(wire, version)).toEqual({ packets, error });
      expect(encode(decodeOne(wire, version), version).toString('hex')).toBe(wire.toString('hex'));
    }
  });

  it('covers the places of the table', () => {
    expect([...new Set(cases.map((entry) => entry.place))].sort()).toEqual([...PLACES].sort());
  });
});
