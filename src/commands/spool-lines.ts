/** A message from a line of JSON, in the form that `tssub -F %j` prints and `tsspool export` too. */
import { Failure } from '../errors.ts';
import { isTopicName, MAX_REMAINING_LENGTH, type Property, propertyByName, type QoS } from '../mqtt/index.ts';
import type { Draft } from '../spool/append.ts';
import { hasUtf8Form } from '../util/utf8.ts';

const problem = (text: string): Failure => new Failure('invalid-input', { message: text });

/** Throws a Failure that says what is wrong with the line. */
export function messageOf(line: string): Draft {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw problem('it is not JSON');
  }
  if (!isObject(value)) throw problem('it is not a JSON object');
  const { topic, qos = 0, retain = false, tst, properties = {} } = value as Record<string, unknown>;
  if (typeof topic !== 'string' || !isTopicName(topic) || !hasUtf8Form(topic))
    throw problem('"topic" must be a topic without wildcards');
  if (qos !== 0 && qos !== 1 && qos !== 2) throw problem('"qos" must be 0, 1 or 2');
  if (typeof retain !== 'boolean' && retain !== 0 && retain !== 1) throw problem('"retain" must be true or false');
  if (!isObject(properties)) throw problem('"properties" must be an object');
  const acceptedAt = tst === undefined ? undefined : timeOf(tst);
  return {
    topic,
    payload: payloadOf(value),
    qos: qos satisfies QoS,
    retain: Boolean(retain),
    properties: propertiesOf(properties),
    ...(acceptedAt !== undefined && { acceptedAt }),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function payloadOf({ payload = null, payload_base64: encoded }: Record<string, unknown>): Buffer {
  let bytes: Buffer;
  if (encoded !== undefined) bytes = base64('payload_base64', encoded);
  else if (payload === null) bytes = Buffer.alloc(0);
  else if (typeof payload === 'string') bytes = Buffer.from(payload);
  else throw problem('"payload" must be a string or null');
  if (bytes.length > MAX_REMAINING_LENGTH) throw problem(`"payload" is longer than ${MAX_REMAINING_LENGTH} bytes`);
  return bytes;
}

function base64(name: string, text: unknown): Buffer {
  const bytes = Buffer.from(typeof text === 'string' ? text : '', 'base64');
  if (bytes.toString('base64') !== text) throw problem(`"${name}" must be base64`);
  return bytes;
}

/** `2026-11-20T23:02:44.123456+0100`; the digits after the third are left out. */
function timeOf(text: unknown): number {
  const [, time, digits = '', zone] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)$/.exec(typeof text === 'string' ? text : '') ??
    [];
  const shown = zone?.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const at = Date.parse(`${time}.${digits.slice(0, 3).padEnd(3, '0')}${shown}`);
  if (!(at >= 0)) throw problem('"tst" must be a time such as 2026-11-20T23:02:44.123456+0100');
  return at;
}

function propertiesOf(values: Record<string, unknown>): Property[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (name === 'user-properties') return userProperties(value);
    const row = propertyByName(name.replace(/_base64$/, ''));
    if (row === undefined || !row.places.includes('publish')) throw problem(`"${name}" is no property of a message`);
    // Beside a value in base64 stands null for those who look for the plain name.
    if (value === null && `${name}_base64` in values) return [];
    // They belong to the connection that it came by.
    if (row.name === 'topic-alias' || row.name === 'subscription-identifier') return [];
    return [{ name: row.name, value: checkedValue(name, row, value) } as Property];
  });
}

function checkedValue(
  name: string,
  { type, min = 0, max }: NonNullable<ReturnType<typeof propertyByName>>,
  value: unknown,
): string | number | Buffer {
  if (type === 'string' || type === 'binary') {
    if (type === 'binary' && name.endsWith('_base64')) return short(name, base64(name, value));
    if (typeof value !== 'string' || !hasUtf8Form(value)) throw problem(`"${name}" must be a string`);
    const bytes = short(name, Buffer.from(value));
    return type === 'binary' ? bytes : value;
  }
  const most = max ?? 0xffff_ffff;
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > most)
    throw problem(`"${name}" must be a whole number from ${min} to ${most}`);
  return value as number;
}

/** Objects of one member, in the order of the message. */
function userProperties(value: unknown): Property[] {
  const pairs = Array.isArray(value) ? value.map((entry) => (isObject(entry) ? Object.entries(entry) : [])) : undefined;
  if (pairs === undefined) throw problem('"user-properties" must be a list of objects');
  return pairs.flat().map(([key, text]) => {
    if (typeof text !== 'string' || !hasUtf8Form(key) || !hasUtf8Form(text))
      throw problem('"user-properties" must be a list of objects with a string each');
    short('user-properties', Buffer.from(key));
    short('user-properties', Buffer.from(text));
    return { name: 'user-property', value: [key, text] } as const;
  });
}

const LONGEST_FIELD = 65_535;

function short(name: string, bytes: Buffer): Buffer {
  if (bytes.length > LONGEST_FIELD) throw problem(`"${name}" is longer than ${LONGEST_FIELD} bytes`);
  return bytes;
}
