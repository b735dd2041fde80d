/**
 * Covers src/mqtt/packet-error.ts, src/mqtt/types.ts.
 */
import { describe, expect, it } from 'vitest';
import { PacketError } from '../../src/mqtt/packet-error.ts';
import type { ProtocolVersion } from '../../src/mqtt/types.ts';
import propertyTable from '../fixtures/properties.json' with { type: 'json' };
import reasonTable from '../fixtures/reason-codes.json' with { type: 'json' };
import { bytes } from './notation.ts';
import { REJECTED_ROWS } from './rejected-rows.ts';
import { carrier, PLACES, sampleValues } from './templates.ts';
import { decode } from './wire.ts';

const EXPANDED = REJECTED_ROWS.flatMap((row) => row.versions.map((version) => ({ ...row, version })));

/** Expects the bytes to be refused, however they are cut. More bytes follow, so that none is missing. */
function expectRefusal(wire: Buffer, version: ProtocolVersion, kind: string, code: number): void {
  const stream = Buffer.concat([wire, bytes('c0 00')]);
  for (const sizes of [[stream.length], [1], [2, 1, 3]]) {
    const { packets, error } = decode(stream, version, sizes);
    expect(packets).toEqual([]);
    expect(error).toBeInstanceOf(PacketError);
    const { kind: actualKind, code: actualCode } = error as PacketError;
    expect({ kind: actualKind, code: actualCode }).toEqual({ kind, code });
  }
}

describe('what no peer may send', () => {
  it.each(EXPANDED)('v$version: $name: $bytes', ({ version, bytes: notation, kind, code }) => {
    expectRefusal(bytes(notation), version, kind, code ?? (kind === 'malformed' ? 0x81 : 0x82));
  });
});

describe('properties in a place that is not theirs are malformed [MQTT 5, 2.2.2.2]', () => {
  it.each(propertyTable)('$name', (row) => {
    const allowed = row.packets.map((place) => place.toLowerCase());
    for (const place of PLACES.filter((name) => !allowed.includes(name)))
      expectRefusal(bytes(carrier(place, sampleValues(row)[0]!.wire)), 5, 'malformed', 0x81);
  });
});

describe('properties that stand twice are a protocol error [MQTT 5, 2.2.2.2]', () => {
  it.each(propertyTable.filter((row) => row.repeatable === false))('$name', (row) => {
    const [first, second] = sampleValues(row).map((sample) => sample.wire) as [string, string?];
    for (const place of row.packets.map((name) => name.toLowerCase()))
      expectRefusal(bytes(carrier(place, `${first} ${second ?? first}`)), 5, 'protocol', 0x82);
  });
});

/** Mosquitto sends it although the standard does not list it. */
const isBeyond = (name: string, code: number): boolean => code === 149 && /^PUB(?:ACK|REC)$/.test(name);

describe('reason codes that a packet does not have are a protocol error', () => {
  it.each([
    ['CONNACK', 'MQTT-3.2.2-8', (code: string) => `20 {00 ${code} {}}`],
    ['PUBACK', 'MQTT-3.4.2-1', (code: string) => `40 {0001 ${code}}`],
    ['PUBREC', 'MQTT-3.5.2-1', (code: string) => `50 {0001 ${code}}`],
    ['PUBREL', 'MQTT-3.6.2-1', (code: string) => `62 {0001 ${code} {}}`],
    ['PUBCOMP', 'MQTT-3.7.2-1', (code: string) => `70 {0001 ${code}}`],
    ['SUBACK', 'MQTT-3.9.3-2', (code: string) => `90 {0001 {} 00 ${code}}`],
    ['UNSUBACK', 'MQTT-3.11.3-2', (code: string) => `b0 {0001 {} 00 ${code}}`],
    ['DISCONNECT', 'MQTT-3.14.2-1', (code: string) => `e0 {${code}}`],
    ['AUTH', 'MQTT-3.15.2-1', (code: string) => `f0 {${code} {}}`],
  ] as const)('in %s [%s]', (name, _clause, packet) => {
    const known = reasonTable.v5_reason_codes
      .filter((row) => row.packets.some((entry) => entry.split(' ')[0] === name))
      .map((row) => row.code);
    expect(known.length).toBeGreaterThan(1);
    for (let code = 0; code < 256; code++) {
      const wire = bytes(packet(code.toString(16).padStart(2, '0')));
      if (known.includes(code) || isBeyond(name, code)) expect(decode(wire, 5).error).toBeUndefined();
      else expectRefusal(wire, 5, 'protocol', 0x82);
    }
  });
});
