/**
 * Our codec against mqtt-packet, an independent one: what either writes the other reads to the same values, and where
 * the standard leaves one form only, the bytes are the same. Where mqtt-packet departs from the standard, or cannot say
 * what the standard can, a row of DEVIATIONS holds it, with the clause.
 */
import fc from 'fast-check';
import * as theirs from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { PROPERTIES, type Properties, type Property } from '../../src/mqtt/properties.ts';
import type { Packet, ProtocolVersion } from '../../src/mqtt/types.ts';
import { packetsByType, VERSIONS } from '../mqtt/arbitraries.ts';
import { bytes } from '../mqtt/notation.ts';
import { decode, decodeOne, encode, plain } from '../mqtt/wire.ts';

type Fields = Record<string, unknown>;

/** The names that are not simply ours in camel case. */
const NAMES: Record<string, string> = {
  'user-property': 'userProperties',
  'maximum-qos': 'maximumQoS',
  'subscription-identifier-available': 'subscriptionIdentifiersAvailable',
};

/** Properties that mqtt-packet has as booleans. */
const BOOLEANS: ReadonlySet<string> = new Set(
  PROPERTIES.filter((row) => row.type === 'byte' && row.name !== 'maximum-qos').map((row) => row.name),
);

function nameOf(name: string): string {
  return NAMES[name] ?? name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function toTheirProperties(properties: Properties): { properties?: Fields } {
  if (properties.length === 0) return {};
  const out: Fields = {};
  for (const entry of properties) {
    const name = nameOf(entry.name);
    if (entry.name === 'user-property') {
      const [key, value] = entry.value;
      out[name] ??= Object.create(null);
      const pairs = out[name] as Record<string, string | string[]>;
      pairs[key] = key in pairs ? [pairs[key]!, value].flat() : value;
    } else {
      const value = BOOLEANS.has(entry.name) ? entry.value === 1 : entry.value;
      out[name] = name in out ? [out[name], value].flat() : value;
    }
  }
  return { properties: out };
}

function toTheirs(packet: Packet, version: ProtocolVersion): Fields {
  const five = version === 5;
  const common = 'properties' in packet ? toTheirProperties(packet.properties) : {};
  switch (packet.type) {
    case 'connect':
      return {
        cmd: 'connect',
        protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
        protocolVersion: version,
        clean: packet.clean,
        keepalive: packet.keepAlive,
        clientId: packet.clientId,
        username: packet.username,
        password: packet.password,
        ...(packet.will && {
          will: {
            topic: packet.will.topic,
            payload: packet.will.payload,
            qos: packet.will.qos,
            retain: packet.will.retain,
            ...toTheirProperties(packet.will.properties),
          },
        }),
        ...common,
      };
    case 'connack':
      return {
        cmd: 'connack',
        sessionPresent: packet.sessionPresent,
        [five ? 'reasonCode' : 'returnCode']: packet.code,
        ...common,
      };
    case 'publish': {
      const { dup, qos, retain, topic, payload, packetId } = packet;
      return { cmd: 'publish', dup, qos, retain, topic, payload, ...(qos > 0 && { messageId: packetId }), ...common };
    }
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return { cmd: packet.type, messageId: packet.packetId, ...(five && { reasonCode: packet.code }), ...common };
    case 'subscribe':
      return {
        cmd: 'subscribe',
        messageId: packet.packetId,
        subscriptions: packet.subscriptions.map((entry) => ({
          topic: entry.filter,
          qos: entry.qos,
          ...(five && { nl: entry.noLocal, rap: entry.retainAsPublished, rh: entry.retainHandling }),
        })),
        ...common,
      };
    case 'suback':
      return { cmd: 'suback', messageId: packet.packetId, granted: packet.codes, ...common };
    case 'unsubscribe':
      return { cmd: 'unsubscribe', messageId: packet.packetId, unsubscriptions: packet.filters, ...common };
    case 'unsuback':
      return { cmd: 'unsuback', messageId: packet.packetId, ...(five && { granted: packet.codes }), ...common };
    case 'disconnect':
    case 'auth':
      return { cmd: packet.type, ...(five && { reasonCode: packet.code }), ...common };
    default:
      return { cmd: packet.type };
  }
}

/** The packets in the bytes as mqtt-packet sees them; throws what it reports. */
function parse(wire: Uint8Array, version: ProtocolVersion): Fields[] {
  const parser = theirs.parser({ protocolVersion: version });
  const found: Fields[] = [];
  let failure: Error | undefined;
  parser.on('packet', (packet: unknown) => found.push(packet as Fields));
  parser.on('error', (error: Error) => {
    failure ??= error;
  });
  parser.parse(Buffer.from(wire));
  if (failure !== undefined) throw failure;
  return found;
}

/** Only the fields that `expected` has: mqtt-packet fills every packet with defaults of PUBLISH and its own counters. */
function project(actual: Fields, expected: Fields): unknown {
  return plain(Object.fromEntries(Object.keys(expected).map((key) => [key, actual[key]])));
}

function generate(packet: Fields, version: ProtocolVersion): Buffer {
  return theirs.generate(packet as unknown as theirs.Packet, { protocolVersion: version });
}

/** What mqtt-packet can say: see DEVIATIONS for what it cannot. */
function within(packet: Packet): boolean {
  const lists = [
    'properties' in packet ? packet.properties : [],
    packet.type === 'connect' ? (packet.will?.properties ?? []) : [],
  ];
  return (
    lists.every(grouped) &&
    !(packet.type === 'auth' && packet.code === 0 && packet.properties.length === 0) &&
    !(packet.type === 'disconnect' && packet.code === 0x8c)
  );
}

/** Repeated properties next to each other, as they have to be in an object keyed by name, and no empty values. */
function grouped(properties: Properties): boolean {
  const keys = properties.map((entry) => (entry.name === 'user-property' ? `user:${entry.value[0]}` : entry.name));
  const groups = (list: string[]): string[] => list.filter((key, i) => key !== list[i - 1]);
  const distinct = (list: string[]): boolean => new Set(list).size === list.length;
  const allOfUser = groups(properties.map((entry) => entry.name));
  return (
    distinct(groups(keys)) &&
    distinct(allOfUser) &&
    properties.every((entry) => entry.name !== 'user-property' || isSafe(entry))
  );
}

/** Keys that look like an index move to the front of an object; empty values count as missing when the key comes again. */
function isSafe(entry: Extract<Property, { name: 'user-property' }>): boolean {
  const [key, value] = entry.value;
  return !/^\d+$/.test(key) && value !== '';
}

/** What mqtt-packet will not write, though it is right. */
function writable(packet: Packet): boolean {
  if (packet.type !== 'connect') return true;
  if (packet.password !== undefined && packet.username === undefined) return false;
  return packet.clientId !== '' || (packet.version >= 4 && packet.clean);
}

/** Whether the standard leaves a choice of forms, in which mqtt-packet takes the longer. */
function hasShortForm(packet: Packet, version: ProtocolVersion): boolean {
  if (version !== 5 || !('code' in packet) || packet.properties.length > 0) return false;
  return packet.type === 'disconnect' || (packet.type !== 'connack' && packet.type !== 'auth' && packet.code !== 0);
}

describe.each(VERSIONS)('version %i', (version) => {
  describe.each(Object.entries(packetsByType(version)))('%s', (_type, arbitrary) => {
    const packets = arbitrary!.filter(within);

    it('that we write is read by mqtt-packet to the same values', () => {
      fc.assert(
        fc.property(packets, (packet) => {
          const expected = toTheirs(packet, version);
          const parsed = parse(encode(packet, version), version);
          expect(parsed).toHaveLength(1);
          expect(project(parsed[0]!, expected)).toEqual(plain(expected));
        }),
      );
    });

    it('that mqtt-packet writes is read by us to the same values', () => {
      fc.assert(
        fc.property(packets.filter(writable), (packet) => {
          const wire = generate(toTheirs(packet, version), version);
          expect(plain(decodeOne(wire, version))).toEqual(plain(packet));
        }),
      );
    });

    it('has the same bytes from both where there is one form only', () => {
      fc.assert(
        fc.property(
          packets.filter((packet) => writable(packet) && !hasShortForm(packet, version)),
          (packet) => {
            const wire = generate(toTheirs(packet, version), version);
            expect(encode(packet, version).toString('hex')).toBe(wire.toString('hex'));
          },
        ),
      );
    });
  });
});

interface Deviation {
  readonly name: string;
  readonly version: ProtocolVersion;
  readonly bytes: string;
  /** What the standard says, and we. */
  readonly ours: 'refused' | Fields;
  /** What mqtt-packet makes of it. */
  readonly theirs: 'refused' | Fields;
}

const none: readonly Property[] = [];
const userProperties = (value: Fields): Fields => ({ properties: { userProperties: value } });

const DEVIATIONS: readonly Deviation[] = [
  {
    name: 'AUTH may be empty [MQTT 5, 3.15.2.1]',
    version: 5,
    bytes: 'f0 00',
    ours: { type: 'auth', code: 0, properties: none },
    theirs: 'refused',
  },
  {
    name: 'DISCONNECT may say that the authentication method is bad [MQTT 5, 2.4]',
    version: 5,
    bytes: 'e0 01 8c',
    ours: { type: 'disconnect', code: 0x8c, properties: none },
    theirs: 'refused',
  },
  {
    name: 'user properties keep their order across keys [MQTT-3.3.2-18]',
    version: 5,
    bytes: '40 {0001 00 {26 "b" "1" 26 "a" "2" 26 "b" "3"}}',
    ours: {
      properties: [
        { name: 'user-property', value: ['b', '1'] },
        { name: 'user-property', value: ['a', '2'] },
        { name: 'user-property', value: ['b', '3'] },
      ],
    },
    theirs: userProperties({ b: ['1', '3'], a: '2' }),
  },
  {
    name: 'a user property with an empty value stays when its key comes again [MQTT 5, 3.4.2.2.3]',
    version: 5,
    bytes: '40 {0001 00 {26 "a" "" 26 "a" "2"}}',
    ours: {
      properties: [
        { name: 'user-property', value: ['a', ''] },
        { name: 'user-property', value: ['a', '2'] },
      ],
    },
    theirs: userProperties({ a: '2' }),
  },
  {
    name: 'a string is well-formed UTF-8 [MQTT-1.5.4-1]',
    version: 4,
    bytes: '30 {0001 ff}',
    ours: 'refused',
    theirs: { topic: '\ufffd' },
  },
  {
    name: 'a string has no U+0000 [MQTT-1.5.4-2]',
    version: 4,
    bytes: '30 {0001 00}',
    ours: 'refused',
    theirs: { topic: '\0' },
  },
  {
    name: 'a topic has no wildcard [MQTT-3.3.2-2]',
    version: 4,
    bytes: '30 {"a/#"}',
    ours: 'refused',
    theirs: { topic: 'a/#' },
  },
  {
    name: 'a topic is not empty without an alias [MQTT-4.7.3-1]',
    version: 4,
    bytes: '30 {""}',
    ours: 'refused',
    theirs: { topic: '' },
  },
  {
    name: 'a packet identifier is not 0 [MQTT-2.2.1-3]',
    version: 4,
    bytes: '40 {0000}',
    ours: 'refused',
    theirs: { messageId: 0 },
  },
  {
    name: 'DUP is not set at QoS 0 [MQTT-3.3.1-2]',
    version: 4,
    bytes: '38 {"t"}',
    ours: 'refused',
    theirs: { dup: true, qos: 0 },
  },
  {
    name: 'a property stands once [MQTT 5, 3.3.2.3.4]',
    version: 5,
    bytes: '30 {"t" {23 0001 23 0002}}',
    ours: 'refused',
    theirs: { properties: { topicAlias: [1, 2] } },
  },
  {
    name: 'a property stands in its place only [MQTT 5, 2.2.2.2]',
    version: 5,
    bytes: '30 {"t" {13 0001}}',
    ours: 'refused',
    theirs: { properties: { serverKeepAlive: 1 } },
  },
  {
    name: 'a flag is 0 or 1 [MQTT 5, 3.2.2.3.5]',
    version: 5,
    bytes: '20 {00 00 {25 02}}',
    ours: 'refused',
    theirs: { properties: { retainAvailable: true } },
  },
  {
    name: 'CONNACK has a reason code of its own [MQTT-3.2.2-8]',
    version: 5,
    bytes: '20 {00 01 {}}',
    ours: 'refused',
    theirs: { reasonCode: 1 },
  },
  {
    name: 'CONNACK that refuses has no session present [MQTT-3.2.2-6]',
    version: 5,
    bytes: '20 {01 87 {}}',
    ours: 'refused',
    theirs: { sessionPresent: true, reasonCode: 0x87 },
  },
  {
    name: 'the remaining length has its shortest form [MQTT-1.5.5-1]',
    version: 5,
    bytes: 'd0 80 00',
    ours: 'refused',
    theirs: { cmd: 'pingresp' },
  },
  {
    name: 'a topic filter is valid [MQTT-4.7.1-1]',
    version: 4,
    bytes: '82 {0001 "a#" 00}',
    ours: 'refused',
    theirs: { subscriptions: [{ topic: 'a#', qos: 0 }] },
  },
];

describe('where mqtt-packet departs from the standard, we follow the standard', () => {
  it.each(DEVIATIONS)('v$version: $name', ({ version, bytes: notation, ours, theirs: expected }) => {
    const wire = bytes(notation);
    const { packets, error } = decode(wire, version);
    if (ours === 'refused') expect(error).toHaveProperty('name', 'PacketError');
    else expect(packets).toEqual([expect.objectContaining(plain(ours) as Fields)]);
    if (expected === 'refused') expect(() => parse(wire, version)).toThrow();
    else expect(project(parse(wire, version)[0]!, expected)).toEqual(plain(expected));
  });

  it('mqtt-packet writes no password without a user name, which 5.0 allows [MQTT 5, 3.1.2.9]', () => {
    const packet = { cmd: 'connect', protocolVersion: 5, clientId: 'c', password: Buffer.from('p') };
    expect(() => generate(packet, 5)).toThrow(/Username/);
  });

  it('mqtt-packet writes no empty client identifier with a session to keep, which 5.0 allows [MQTT-3.1.3-6]', () => {
    expect(() => generate({ cmd: 'connect', protocolVersion: 5, clientId: '', clean: false }, 5)).toThrow(/clientId/);
  });

  it.each([
    ['puback', { messageId: 1, reasonCode: 0x10 }, '40 {0001 10 {}}', '40 {0001 10}'],
    ['disconnect', { reasonCode: 0 }, 'e0 {00 {}}', 'e0 {}'],
    ['disconnect', { reasonCode: 4 }, 'e0 {04 {}}', 'e0 {04}'],
  ] as const)(
    '%s: mqtt-packet spells out what may be left out [MQTT 5, 3.4.2.2.1] [MQTT 5, 3.14.2.2.1]',
    (cmd, fields, long, short) => {
      expect(generate({ cmd, ...fields }, 5)).toEqual(bytes(long));
      expect(encode(decodeOne(bytes(long), 5), 5)).toEqual(bytes(short));
    },
  );
});
