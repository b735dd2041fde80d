/**
 * Whether what a program hands in can be sent at all. The encoder throws a TypeError for what no packet can hold, and may
 * do so much later, when nobody is there to catch it: after the connection stands, or when the window has room.
 */
import { Failure } from '../errors.ts';
import { type Properties, type PropertyPlace, type PropertyType, propertyByName } from '../mqtt/properties.ts';
import { isTopicName } from '../mqtt/topic.ts';
import { hasUtf8Form } from '../util/utf8.ts';

/** Of text and binary data [MQTT 5, 1.5.4, 1.5.6]. */
const MOST_BYTES = 0xffff;
const MOST: Readonly<Partial<Record<PropertyType, number>>> = {
  byte: 0xff,
  u16: 0xffff,
  u32: 0xffff_ffff,
  varint: 0xfff_ffff,
};

export const invalid = (message: string): Failure => new Failure('invalid-input', { message });

/** `value`: whatever came; the types do not bind a program in JavaScript. Throws a Failure. */
export function mustBeInteger(what: string, value: unknown, min: number, max: number): void {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    throw invalid(`${what} must be a whole number from ${min} to ${max}`);
}

/** `value`: a number of milliseconds, or Infinity. Throws a Failure. */
export function mustBeTime(what: string, value: unknown): void {
  if (!(typeof value === 'number' && value >= 0)) throw invalid(`${what} must be a number of milliseconds`);
}

export function mustBeText(what: string, value: unknown): void {
  if (!isText(value)) throw invalid(`${what} must be text of at most ${MOST_BYTES} bytes, without U+0000`);
}

export function mustBeBinary(what: string, value: unknown): void {
  if (!isBinary(value)) throw invalid(`${what} must be a Uint8Array of at most ${MOST_BYTES} bytes`);
}

export function mustBeProperties(place: PropertyPlace, properties: Properties): void {
  const seen = new Set<string>();
  for (const { name, value } of properties) {
    const row = propertyByName(name);
    const about = `The property ${name} of ${place}`;
    // [MQTT-3.3.4-6]
    if (place === 'publish' && name === 'subscription-identifier')
      throw invalid(`${about} is set by the server, and by no client`);
    if (row === undefined || !row.places.includes(place)) throw invalid(`There is no property "${name}" of ${place}`);
    if (seen.has(name) && row.repeats?.includes(place) !== true) throw invalid(`${about} stands twice`);
    seen.add(name);
    const most = MOST[row.type];
    if (most !== undefined) mustBeInteger(about, value, row.min ?? 0, row.max ?? most);
    else if (row.type === 'binary') mustBeBinary(about, value);
    else if (row.type === 'string') mustBeText(about, value);
    else if (!Array.isArray(value) || value.length !== 2 || !value.every(isText))
      throw invalid(`${about} must be a pair of texts of at most ${MOST_BYTES} bytes, without U+0000`);
    if (row.topicName && !isTopicName(String(value))) throw invalid(`${about} must be a topic without '+' and '#'`);
  }
}

/** The bytes to send. */
export function payloadBytes(topic: string, payload: unknown): Uint8Array {
  if (typeof payload !== 'string' && !(payload instanceof Uint8Array))
    throw invalid(`The payload for ${topic} must be a string or a Uint8Array`);
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && hasUtf8Form(value) && !value.includes('\0') && Buffer.byteLength(value) <= MOST_BYTES;

const isBinary = (value: unknown): value is Uint8Array => value instanceof Uint8Array && value.length <= MOST_BYTES;
