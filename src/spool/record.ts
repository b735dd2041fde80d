/** Encodes a message as the body of a record, and decodes it. Properties include their names, so the format needs no table. */

import type { PublishContent } from '../mqtt/packets/publish.ts';
import type { Properties, Property } from '../mqtt/properties.ts';
import type { QoS } from '../mqtt/types.ts';
import type { Millis } from '../util/millis.ts';
import { isWellFormed } from '../util/utf8.ts';
import { type Frame, lastFrame, type Piece, pieces, type ReadAt } from './frame.ts';

export interface StoredMessage extends PublishContent {
  /** Counts up from 1 over the life of a spool, in the order of sending. */
  readonly id: number;
  /** Time of acceptance: milliseconds since 1970. */
  readonly acceptedAt: Millis;
  /** Bytes in the spool. */
  readonly size: number;
}

const RETAIN = 4;
const FIXED_BYTES = 6 + 6 + 1 + 2 + 4;

/** The body in two parts, without a copy of the payload. */
export function messageParts(message: PublishContent, id: number, acceptedAt: Millis): [Buffer, Uint8Array] {
  const { payload, qos, retain } = message;
  const topic = Buffer.from(message.topic);
  if (topic.length > 0xffff) throw new TypeError('a topic of more than 65535 bytes');
  const properties = encodeProperties(message.properties);
  const head = Buffer.allocUnsafe(FIXED_BYTES + topic.length + properties.length);
  let at = head.writeUIntLE(id, 0, 6);
  at = head.writeUIntLE(Math.max(0, Math.trunc(acceptedAt)), at, 6);
  at = head.writeUInt8(qos | (retain ? RETAIN : 0), at);
  at = head.writeUInt16LE(topic.length, at);
  at = head.writeUInt32LE(properties.length, at);
  head.set(topic, at);
  head.set(properties, at + topic.length);
  return [head, payload];
}

/**
 * Everything in a segment in order, like pieces(). A complete record without a message of a known form (such as of a
 * newer version) counts as damage: it is set aside and reported.
 */
export function* records(data: Buffer, segment: number, base: number): Generator<Piece> {
  for (const piece of pieces(data, segment, base))
    if (piece.kind === 'damage' || isMessage(piece.body, segment)) yield piece;
    else yield { kind: 'damage', start: piece.start, end: piece.end, torn: false };
}

/** As lastFrame(); undefined also when the record holds no message. */
export function lastRecord(read: ReadAt, size: number, segment: number): Frame | undefined {
  const frame = lastFrame(read, size, segment);
  return frame !== undefined && isMessage(frame.body, segment) ? frame : undefined;
}

function isMessage(body: Buffer, segment: number): boolean {
  if (body.length < FIXED_BYTES || !belongs(idOf(body), segment)) return false;
  const topicEnd = FIXED_BYTES + body.readUInt16LE(13);
  const end = topicEnd + body.readUInt32LE(15);
  if (topicEnd === FIXED_BYTES || end > body.length || body.readUInt8(12) > (RETAIN | 2)) return false;
  if ((body.readUInt8(12) & 3) === 3 || !isWellFormed(body, FIXED_BYTES, topicEnd)) return false;
  if (topicEnd === end) return true;
  try {
    decodeProperties(body.subarray(topicEnd, end));
    return true;
  } catch (error) {
    // RangeError: a length points outside the record.
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}

/**
 * How many identifiers a segment may span. An import has at most half as many messages. With a much higher number in a
 * record, all between would count as lost messages.
 */
const SEGMENT_SPAN = 2 ** 25;

/** Whether a message with this identifier may be in the segment. */
export const belongs = (id: number, segment: number): boolean => id >= segment && id < segment + SEGMENT_SPAN;

/** Reads only the identifier. */
export const idOf = (body: Buffer): number => body.readUIntLE(0, 6);

/** The payload is a view of the record. */
export function decodeMessage({ start, end, body }: Frame): StoredMessage {
  const flags = body.readUInt8(12);
  const topicEnd = FIXED_BYTES + body.readUInt16LE(13);
  const propertiesEnd = topicEnd + body.readUInt32LE(15);
  return {
    id: idOf(body),
    acceptedAt: body.readUIntLE(6, 6),
    size: end - start,
    topic: body.toString('utf8', FIXED_BYTES, topicEnd),
    qos: (flags & 3) as QoS,
    retain: (flags & RETAIN) !== 0,
    properties: decodeProperties(body.subarray(topicEnd, propertiesEnd)),
    payload: body.subarray(propertiesEnd),
  };
}

const TYPES = { number: 0, text: 1, binary: 2, pair: 3 } as const;

function encodeProperties(properties: Properties): Buffer {
  const parts: Uint8Array[] = [];
  const put = (name: string, type: keyof typeof TYPES, ...values: readonly Uint8Array[]): void => {
    parts.push(Buffer.from([name.length, TYPES[type]]), Buffer.from(name, 'latin1'));
    for (const value of values) parts.push(...(type === 'number' ? [value] : [u32(value.length), value]));
  };
  for (const { name, value } of properties)
    if (typeof value === 'number') put(name, 'number', u32(value));
    else if (typeof value === 'string') put(name, 'text', Buffer.from(value));
    else if (value instanceof Uint8Array) put(name, 'binary', value);
    else put(name, 'pair', ...value.map((text) => Buffer.from(text)));
  return Buffer.concat(parts);
}

function u32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const NONE: Properties = Object.freeze([]);

function decodeProperties(data: Buffer): Properties {
  if (data.length === 0) return NONE;
  const found: Property[] = [];
  let at = 0;
  const sized = (): Buffer => {
    const start = at + 4;
    at = start + data.readUInt32LE(at);
    if (at > data.length) throw new RangeError('a length that leads out of the properties');
    return data.subarray(start, at);
  };
  while (at < data.length) {
    const [length, type] = [data[at]!, data[at + 1]!];
    const name = data.toString('latin1', at + 2, at + 2 + length);
    at += 2 + length;
    let value: Property['value'];
    if (type === TYPES.number) {
      value = data.readUInt32LE(at);
      at += 4;
    } else if (type === TYPES.text) value = sized().toString();
    else if (type === TYPES.binary) value = sized();
    else if (type === TYPES.pair) value = [sized().toString(), sized().toString()];
    else throw new RangeError('an unknown type');
    found.push({ name, value } as Property);
  }
  return found;
}
