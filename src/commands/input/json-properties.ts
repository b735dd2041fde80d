/** Reads the properties of a message from the JSON that tssub writes, with the same checks as `-D publish`. */
import { type Properties, type Property, type PropertyRow, propertyByName } from '../../mqtt/properties.ts';
import { fault, placeFault, rangeOf } from '../../mqtt/property-rules.ts';
import { hasUtf8Form } from '../../util/utf8.ts';
import type { Refuse } from './record.ts';

const BASE64 = '_base64';

/** Properties of a connection: a client must not send the first [MQTT-3.3.4-6]; the second has no meaning elsewhere. */
const LEFT_OUT: ReadonlySet<string> = new Set(['subscription-identifier', 'topic-alias']);

/** Returns the properties in the order of the members. Throws what `refuse` makes of an invalid or unknown one. */
export function readProperties(value: unknown, refuse: Refuse): Properties {
  if (!isObject(value)) throw refuse('properties is not an object');
  const properties: Property[] = [];
  for (const [member, content] of Object.entries(value)) {
    if (LEFT_OUT.has(member)) continue;
    if (member === 'user-properties') properties.push(...userProperties(content, refuse));
    // Skips the text form of binary data, or the null in its place.
    else if (!Object.hasOwn(value, member + BASE64)) properties.push(readProperty(member, content, refuse));
  }
  return properties;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function userProperties(value: unknown, refuse: Refuse): Property[] {
  if (!Array.isArray(value) || !value.every(isObject)) throw refuse('user-properties is not an array of objects');
  return value.flatMap((entry) =>
    Object.entries(entry).map((pair) => checked(propertyByName('user-property')!, pair, refuse)),
  );
}

function readProperty(member: string, value: unknown, refuse: Refuse): Property {
  const inBase64 = member.endsWith(BASE64);
  const name = inBase64 ? member.slice(0, -BASE64.length) : member;
  const row = propertyByName(name);
  const fits = row?.type === 'binary' || !inBase64;
  if (row === undefined || placeFault(row, 'publish') !== undefined || row.type === 'pair' || !fits)
    throw refuse(`a message has no property '${member}'`);
  if (inBase64) return checked(row, fromBase64(value, member, refuse), refuse);
  if (row.type === 'binary' && typeof value === 'string' && hasUtf8Form(value))
    return checked(row, Buffer.from(value), refuse);
  // Adding 0 turns -0 into 0.
  return checked(row, typeof value === 'number' ? value + 0 : value, refuse);
}

/** Returns the property when it may have this value. */
function checked(row: PropertyRow, value: unknown, refuse: Refuse): Property {
  const { name } = row;
  const wrong = fault(row, 'publish', value);
  if (wrong === undefined) return { name, value } as Property;
  const range = rangeOf(row);
  if (range !== undefined) throw refuse(`${name} must be a whole number from ${range.min} to ${range.max}`);
  if (wrong === 'topic') throw refuse(`${name} must be a topic without '+' and '#'`);
  throw refuse(wrong === 'length' ? `${name} is too long` : `${name} is not well-formed text`);
}

/** Accepts only what an encoder would write, because the decoder itself skips unknown characters. */
export function fromBase64(value: unknown, member: string, refuse: Refuse): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
  if (bytes === undefined || bytes.toString('base64') !== value) throw refuse(`${member} is not Base64`);
  return bytes;
}
