/** How PUBLISH is encoded [MQTT 5, 3.3; MQTT 3.1.1, 3.3]. This code avoids calls and objects, because throughput depends on it. */
import { protocolError } from '../packet-error.ts';
import { NO_PROPERTIES, type Properties, property } from '../properties.ts';
import type { Reader } from '../reader.ts';
import { type Excess, MAX_REMAINING_LENGTH, type ProtocolVersion, type PublishPacket, type QoS } from '../types.ts';
import { BY_REFERENCE_BYTES, varintSize, type Writer } from '../writer.ts';
import { decodeProperties, encodeProperties, propertiesSize, skipExcess } from './properties.ts';

const PUBLISH = 0x30;
const DUP = 0x08;
const RETAIN = 0x01;

/** The fields of a PUBLISH without DUP and packet identifier, which the session sets. */
export type PublishContent = Pick<PublishPacket, 'topic' | 'payload' | 'qos' | 'retain' | 'properties'>;

/** Payloads in one block of memory, such as the lines of a chunk of input. */
export interface Slices {
  readonly bytes: Uint8Array;
  /** Start and end offset of each payload, alternating. */
  readonly bounds: Uint32Array;
  readonly count: number;
}

/**
 * Writes a PUBLISH at QoS 0 without properties for each slice, and returns how many it wrote. It stops at a packet of
 * more than `limit` bytes, and at a slice that is too long to be copied.
 */
export function encodeSlices(
  writer: Writer,
  { topic, retain }: Pick<PublishContent, 'topic' | 'retain'>,
  { bytes, bounds, count }: Slices,
  version: ProtocolVersion,
  limit: number,
): number {
  const header = PUBLISH | (retain ? RETAIN : 0);
  const topicBytes = writer.topicBytes(topic);
  // Every payload has the same prefix: the topic and, in MQTT 5, a property length of 0.
  const before = Buffer.alloc(2 + topicBytes.length + (version === 5 ? 1 : 0));
  before.writeUInt16BE(topicBytes.length);
  before.set(topicBytes, 2);
  for (let i = 0; i < count; i++) {
    const start = bounds[2 * i]!;
    const end = bounds[2 * i + 1]!;
    const remaining = before.length + end - start;
    if (end - start >= BY_REFERENCE_BYTES || 1 + varintSize(remaining) + remaining > limit) return i;
    writer.packet(header, before, bytes, start, end);
  }
  return count;
}

/** The remaining length of the packet in bytes; above MAX_REMAINING_LENGTH, MQTT cannot express the packet. */
export function publishLength(
  { topic, payload, qos, properties }: Omit<PublishContent, 'retain'>,
  version: ProtocolVersion,
): number {
  const propertyBytes = propertiesSize(properties);
  const own = version === 5 ? varintSize(propertyBytes) + propertyBytes : 0;
  return 2 + Buffer.byteLength(topic) + (qos > 0 ? 2 : 0) + own + payload.length;
}

/**
 * Writes a PUBLISH and returns its size in bytes. Writes nothing and returns 0 when it would exceed `limit` or
 * MAX_REMAINING_LENGTH. The topic may be empty if a topic alias replaces it.
 */
export function encodePublish(
  writer: Writer,
  content: PublishContent,
  packetId: number,
  dup: boolean,
  version: ProtocolVersion,
  limit: number,
): number {
  const { payload, qos, properties } = content;
  const topicBytes = writer.topicBytes(content.topic);
  let remaining = 2 + topicBytes.length + payload.length;
  if (qos > 0) remaining += 2;
  let propertyBytes = 0;
  if (version === 5) {
    if (properties.length > 0) propertyBytes = propertiesSize(properties);
    remaining += varintSize(propertyBytes) + propertyBytes;
  }
  const size = 1 + varintSize(remaining) + remaining;
  if (remaining > MAX_REMAINING_LENGTH || size > limit) return 0;
  writer.mark();
  writer.u8(PUBLISH | (dup ? DUP : 0) | (qos << 1) | (content.retain ? RETAIN : 0));
  writer.varint(remaining);
  writer.binary(topicBytes);
  if (qos > 0) writer.packetId(packetId);
  if (version === 5) {
    if (propertyBytes === 0) writer.u8(0);
    else encodeProperties(writer, properties);
  }
  writer.settle();
  writer.payload(payload);
  return size;
}

export function decodePublish(reader: Reader, header: number, version: ProtocolVersion): PublishPacket {
  const qos = ((header >> 1) & 3) as QoS;
  const topic = reader.topic();
  const packetId = qos > 0 ? reader.packetId() : 0;
  const excess = version === 5 ? skipExcess(reader) : undefined;
  const properties =
    excess !== undefined ? aliasOf(excess) : version === 5 ? decodeProperties(reader, 'publish') : NO_PROPERTIES;
  if (topic === '' && (version !== 5 || property(properties, 'topic-alias') === undefined))
    protocolError('PUBLISH without a topic and without a topic alias [MQTT-4.7.3-1] [MQTT 5, 3.3.2.1]');
  const payload = reader.rest();
  const packet: PublishPacket = {
    type: 'publish',
    dup: (header & DUP) !== 0,
    qos,
    retain: (header & RETAIN) !== 0,
    topic,
    packetId,
    payload,
    properties,
  };
  return excess === undefined ? packet : { ...packet, excess };
}

/** Keeps the alias: this message needs its topic, and later messages may name only the alias. */
function aliasOf({ topicAlias }: Excess): Properties {
  return topicAlias === undefined ? NO_PROPERTIES : [{ name: 'topic-alias', value: topicAlias }];
}
