/** The properties of a message as tssub writes them in JSON, read back with the checks that `-D publish` has. */

import { type Properties, type Property, propertyByName } from '../../mqtt/properties.ts';
import { isTopicName } from '../../mqtt/topic.ts';
import { hasUtf8Form } from '../../util/utf8.ts';
import type { Refuse } from './record.ts';

/** Strings and binary data have a length field of two bytes [MQTT 5, 1.5.4, 1.5.6]. */
const MAX_FIELD_BYTES = 65_535;
const LIMITS: Readonly<Record<string, number>> = { byte: 0xff, u16: 0xffff, u32: 0xffff_ffff };
const BASE64 = '_base64';

/** Of one connection, not of the message: a client may not send the first [MQTT-3.3.4-6], and the second means nothing elsewhere. */
const LEFT_OUT: ReadonlySet<string> = new Set(['subscription-identifier', 'topic-alias']);

/** In the order of the members. Throws what `refuse` makes of the first that is wrong; a name that is not known is wrong too. */
export function readProperties(value: unknown, refuse: Refuse): Properties {
  if (!isObject(value)) throw refuse('properties is not an object');
  const properties: Property[] = [];
  for (const [member, content] of Object.entries(value)) {
    if (LEFT_OUT.has(member)) continue;
    if (member === 'user-properties') properties.push(...userProperties(content, refuse));
    // The text of binary data, or the null in its place.
    else if (!Object.hasOwn(value, member + BASE64)) properties.push(readProperty(member, content, refuse));
  }
  return properties;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function userProperties(value: unknown, refuse: Refuse): Property[] {
  if (!Array.isArray(value) || !value.every(isObject)) throw refuse('user-properties is not an array of objects');
  return value.flatMap((entry) =>
    Object.entries(entry).map(([key, content]): Property => {
      const name = 'user-property';
      return { name, value: [textOf(key, name, refuse), textOf(content, name, refuse)] };
    }),
  );
}

function readProperty(member: string, value: unknown, refuse: Refuse): Property {
  const inBase64 = member.endsWith(BASE64);
  const name = inBase64 ? member.slice(0, -BASE64.length) : member;
  const row = propertyByName(name);
  const fits = row?.type === 'binary' || !inBase64;
  if (row === undefined || !row.places.includes('publish') || row.type === 'pair' || !fits)
    throw refuse(`a message has no property '${member}'`);
  return { name: row.name, value: read() } as Property;

  function read(): string | number | Uint8Array {
    if (inBase64) return withinField(fromBase64(value, member, refuse), name, refuse);
    if (row!.type === 'binary') return withinField(Buffer.from(wellFormed(value, name, refuse)), name, refuse);
    if (row!.type === 'string') {
      const text = textOf(value, name, refuse);
      if (row!.topicName && !isTopicName(text)) throw refuse(`${name} must be a topic without '+' and '#'`); // [MQTT-3.3.2-14]
      return text;
    }
    const { min = 0, max = LIMITS[row!.type]! } = row!;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value + 0;
    throw refuse(`${name} must be a whole number from ${min} to ${max}`);
  }
}

function wellFormed(value: unknown, name: string, refuse: Refuse): string {
  if (typeof value !== 'string' || !hasUtf8Form(value)) throw refuse(`${name} is not well-formed text`);
  return value;
}

/** Text as MQTT has it, without U+0000 [MQTT-1.5.4-2]. */
function textOf(value: unknown, name: string, refuse: Refuse): string {
  const text = wellFormed(value, name, refuse);
  if (text.includes('\0')) throw refuse(`${name} is not well-formed text`);
  if (Buffer.byteLength(text) > MAX_FIELD_BYTES) throw refuse(`${name} is too long`);
  return text;
}

function withinField(bytes: Uint8Array, name: string, refuse: Refuse): Uint8Array {
  if (bytes.length > MAX_FIELD_BYTES) throw refuse(`${name} is too long`);
  return bytes;
}

/** Only what an encoder would write: the decoder itself skips what it does not know. */
export function fromBase64(value: unknown, member: string, refuse: Refuse): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
  if (bytes === undefined || bytes.toString('base64') !== value) throw refuse(`${member} is not Base64`);
  return bytes;
}
