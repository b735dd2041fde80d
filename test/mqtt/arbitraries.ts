/** Arbitrary packets: everything that a peer may send, so everything that must survive the way there and back. */
import fc from 'fast-check';
import {
  PROPERTIES,
  type Properties,
  type Property,
  type PropertyPlace,
  type PropertyRow,
} from '../../src/mqtt/properties.ts';
import { REASONS } from '../../src/mqtt/reasons.ts';
import { isSharedFilter } from '../../src/mqtt/topic.ts';
import {
  type AckPacket,
  type ConnectPacket,
  MAX_PACKET_ID,
  MAX_REMAINING_LENGTH,
  type Packet,
  type PacketType,
  type ProtocolVersion,
  type QoS,
  type Subscription,
  type Will,
} from '../../src/mqtt/types.ts';

export const VERSIONS = [3, 4, 5] as const satisfies readonly ProtocolVersion[];
export const version = fc.constantFrom(...VERSIONS);

export const text = fc
  .oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 20 }))
  .filter((value) => !value.includes('\0'));
const key = fc.oneof(text, fc.constantFrom('a', 'b', '__proto__', 'constructor', '1'));
export const topic = text.map((value) => value.replaceAll(/[+#]/g, '')).filter((value) => value !== '');
const level = fc.oneof({ weight: 3, arbitrary: topic.map((value) => value.replaceAll('/', '')) }, fc.constant('+'));
export const filter = fc
  .tuple(fc.array(level, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.boolean())
  .map(([levels, all, shared]) => `${shared ? '$share/g/' : ''}${levels.join('/')}${all ? '/#' : ''}`)
  .filter((value) => value !== '');
export const binary = fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value));
const packetId = fc.integer({ min: 1, max: MAX_PACKET_ID });
export const qos = fc.constantFrom<QoS>(0, 1, 2);

function numberUpTo(row: PropertyRow, highest: number): fc.Arbitrary<number> {
  const [min, max] = [row.min ?? 0, row.max ?? highest];
  return fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }));
}

function valueFor(row: PropertyRow): fc.Arbitrary<Property['value']> {
  switch (row.type) {
    case 'byte':
      return numberUpTo(row, 0xff);
    case 'u16':
      return numberUpTo(row, 0xffff);
    case 'u32':
      return numberUpTo(row, 0xffffffff);
    case 'varint':
      return numberUpTo(row, MAX_REMAINING_LENGTH);
    case 'string':
      return row.topicName ? topic : text;
    case 'binary':
      return binary;
    case 'pair':
      return fc.tuple(key, text);
  }
}

/** Some of the properties of a place, in any order. */
export function properties(place: PropertyPlace): fc.Arbitrary<Properties> {
  const rows = (PROPERTIES as readonly PropertyRow[]).filter((row) => row.places.includes(place));
  const entry = fc
    .constantFrom(...rows)
    .chain((row) => valueFor(row).map((value) => ({ name: row.name, value }) as Property));
  return fc.array(entry, { maxLength: 6 }).map((entries) => {
    const seen = new Set<string>();
    return entries.filter(({ name }) => {
      const repeats = rows.find((row) => row.name === name)!.repeats?.includes(place);
      return repeats || (!seen.has(name) && seen.add(name));
    });
  });
}

function propertiesOf(place: PropertyPlace, protocol: ProtocolVersion): fc.Arbitrary<Properties> {
  return protocol === 5 ? properties(place) : fc.constant([]);
}

function codeOf(type: PacketType): fc.Arbitrary<number> {
  return fc.constantFrom(...REASONS.filter((row) => row.packets.includes(type)).map((row) => row.code));
}

function connect(protocol: ProtocolVersion): fc.Arbitrary<ConnectPacket> {
  const will: fc.Arbitrary<Will> = fc.record({
    topic,
    payload: binary,
    qos,
    retain: fc.boolean(),
    properties: propertiesOf('will', protocol),
  });
  return fc
    .record({
      type: fc.constant('connect' as const),
      version: fc.constant(protocol),
      clientId: text,
      clean: fc.boolean(),
      keepAlive: fc.integer({ min: 0, max: 0xffff }),
      username: fc.option(text, { nil: undefined }),
      password: fc.option(binary, { nil: undefined }),
      will: fc.option(will, { nil: undefined }),
      properties: propertiesOf('connect', protocol),
    })
    .map((packet) => (protocol !== 5 && packet.username === undefined ? { ...packet, password: undefined } : packet));
}

function subscription(protocol: ProtocolVersion): fc.Arbitrary<Subscription> {
  const off = fc.constant(false);
  return fc
    .record({
      filter,
      qos,
      noLocal: protocol === 5 ? fc.boolean() : off,
      retainAsPublished: protocol === 5 ? fc.boolean() : off,
      retainHandling: protocol === 5 ? fc.constantFrom(0, 1, 2) : fc.constant(0 as const),
    })
    .map((entry) => ({ ...entry, noLocal: entry.noLocal && !isSharedFilter(entry.filter) }));
}

function ack(type: AckPacket['type'], protocol: ProtocolVersion): fc.Arbitrary<Packet> {
  return fc.record({
    type: fc.constant(type),
    packetId,
    code: protocol === 5 ? codeOf(type) : fc.constant(0),
    properties: propertiesOf(type, protocol),
  }) as fc.Arbitrary<Packet>;
}

function publish(protocol: ProtocolVersion): fc.Arbitrary<Packet> {
  return fc
    .record({
      type: fc.constant('publish' as const),
      dup: fc.boolean(),
      qos,
      retain: fc.boolean(),
      topic: fc.oneof({ weight: 5, arbitrary: topic }, fc.constant('')),
      packetId,
      payload: binary,
      properties: propertiesOf('publish', protocol),
    })
    .map((packet) => {
      const alias = packet.properties.some((entry) => entry.name === 'topic-alias');
      return {
        ...packet,
        dup: packet.dup && packet.qos > 0,
        packetId: packet.qos > 0 ? packet.packetId : 0,
        topic: packet.topic === '' && !alias ? 't' : packet.topic,
      };
    });
}

/** A packet of the given version, one arbitrary a type. */
export function packetsByType(protocol: ProtocolVersion): Partial<Record<PacketType, fc.Arbitrary<Packet>>> {
  const five = protocol === 5;
  const closing = (type: 'disconnect' | 'auth'): fc.Arbitrary<Packet> =>
    fc.record({
      type: fc.constant(type),
      code: five ? codeOf(type) : fc.constant(0),
      properties: propertiesOf(type, protocol),
    });
  const codes = (type: 'suback' | 'unsuback'): fc.Arbitrary<number[]> =>
    fc.array(five ? codeOf(type) : fc.constantFrom(0, 1, 2, 0x80), { minLength: 1, maxLength: 5 });
  return {
    connect: connect(protocol),
    connack: fc
      .record({
        type: fc.constant('connack' as const),
        sessionPresent: protocol === 3 ? fc.constant(false) : fc.boolean(),
        code: five ? codeOf('connack') : fc.integer({ min: 0, max: 255 }),
        properties: propertiesOf('connack', protocol),
      })
      .map((packet) => ({ ...packet, sessionPresent: packet.sessionPresent && packet.code === 0 })),
    publish: publish(protocol),
    puback: ack('puback', protocol),
    pubrec: ack('pubrec', protocol),
    pubrel: ack('pubrel', protocol),
    pubcomp: ack('pubcomp', protocol),
    subscribe: fc.record({
      type: fc.constant('subscribe' as const),
      packetId,
      subscriptions: fc.array(subscription(protocol), { minLength: 1, maxLength: 4 }),
      properties: propertiesOf('subscribe', protocol),
    }),
    suback: fc.record({
      type: fc.constant('suback' as const),
      packetId,
      codes: codes('suback'),
      properties: propertiesOf('suback', protocol),
    }),
    unsubscribe: fc.record({
      type: fc.constant('unsubscribe' as const),
      packetId,
      filters: fc.array(filter, { minLength: 1, maxLength: 4 }),
      properties: propertiesOf('unsubscribe', protocol),
    }),
    unsuback: fc.record({
      type: fc.constant('unsuback' as const),
      packetId,
      codes: five ? codes('unsuback') : fc.constant([]),
      properties: propertiesOf('unsuback', protocol),
    }),
    pingreq: fc.constant({ type: 'pingreq' } as const),
    pingresp: fc.constant({ type: 'pingresp' } as const),
    disconnect: closing('disconnect'),
    ...(five ? { auth: closing('auth') } : {}),
  };
}

export function packet(protocol: ProtocolVersion): fc.Arbitrary<Packet> {
  return fc.oneof(...Object.values(packetsByType(protocol)));
}

/** A version and some packets of it. */
export const stream = version.chain((protocol) =>
  fc.record({ version: fc.constant(protocol), packets: fc.array(packet(protocol), { minLength: 1, maxLength: 8 }) }),
);

/** How a stream is cut: sizes of chunks, taken in turn. */
export const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 });
