/**
 * Which properties MQTT 5 has, one row per property [MQTT 5, 2.2.2.2]. The codec, `-D`, JSON output and the
 * documentation all read this table; the TypeScript type of a property's value follows from its row.
 */
import { printable } from '../util/printable.ts';

interface Values {
  byte: number;
  u16: number;
  u32: number;
  varint: number;
  string: string;
  binary: Uint8Array;
  pair: readonly [key: string, value: string];
}

interface PropertyEntry {
  readonly id: number;
  readonly name: string;
  readonly type: keyof Values;
  readonly places: readonly PropertyPlace[];
  /** Smallest and largest value that the standard allows, where the type alone allows more. */
  readonly min?: number;
  readonly max?: number;
  /** The reason code for a value outside this range, if it differs from Protocol Error (0x82). */
  readonly code?: number;
  /** Whether the string must be a topic name. */
  readonly topicName?: true;
  /** Packets that may carry the property more than once. */
  readonly repeats?: readonly PropertyPlace[];
}

// biome-ignore format: a list of names reads best as lines
const EVERYWHERE = [
  'connect', 'connack', 'publish', 'will', 'puback', 'pubrec', 'pubrel', 'pubcomp',
  'subscribe', 'suback', 'unsubscribe', 'unsuback', 'disconnect', 'auth',
] as const;

/** Where a property may appear: a packet, or the will message inside CONNECT. */
export type PropertyPlace = (typeof EVERYWHERE)[number];

// biome-ignore format: a list of names reads best as lines
const WITH_REASON = [
  'connack', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'suback', 'unsuback', 'disconnect', 'auth',
] as const satisfies readonly PropertyPlace[];

// biome-ignore format: one row a line
export const PROPERTIES = [
  { id: 0x01, name: 'payload-format-indicator', type: 'byte', max: 1, places: ['publish', 'will'] },
  { id: 0x02, name: 'message-expiry-interval', type: 'u32', places: ['publish', 'will'] },
  { id: 0x03, name: 'content-type', type: 'string', places: ['publish', 'will'] },
  { id: 0x08, name: 'response-topic', type: 'string', topicName: true, places: ['publish', 'will'] },
  { id: 0x09, name: 'correlation-data', type: 'binary', places: ['publish', 'will'] },
  { id: 0x0b, name: 'subscription-identifier', type: 'varint', min: 1, places: ['publish', 'subscribe'], repeats: ['publish'] },
  { id: 0x11, name: 'session-expiry-interval', type: 'u32', places: ['connect', 'connack', 'disconnect'] },
  { id: 0x12, name: 'assigned-client-identifier', type: 'string', places: ['connack'] },
  { id: 0x13, name: 'server-keep-alive', type: 'u16', places: ['connack'] },
  { id: 0x15, name: 'authentication-method', type: 'string', places: ['connect', 'connack', 'auth'] },
  { id: 0x16, name: 'authentication-data', type: 'binary', places: ['connect', 'connack', 'auth'] },
  { id: 0x17, name: 'request-problem-information', type: 'byte', max: 1, places: ['connect'] },
  { id: 0x18, name: 'will-delay-interval', type: 'u32', places: ['will'] },
  { id: 0x19, name: 'request-response-information', type: 'byte', max: 1, places: ['connect'] },
  { id: 0x1a, name: 'response-information', type: 'string', places: ['connack'] },
  { id: 0x1c, name: 'server-reference', type: 'string', places: ['connack', 'disconnect'] },
  { id: 0x1f, name: 'reason-string', type: 'string', places: WITH_REASON },
  { id: 0x21, name: 'receive-maximum', type: 'u16', min: 1, places: ['connect', 'connack'] },
  { id: 0x22, name: 'topic-alias-maximum', type: 'u16', places: ['connect', 'connack'] },
  { id: 0x23, name: 'topic-alias', type: 'u16', min: 1, code: 0x94, places: ['publish'] },
  { id: 0x24, name: 'maximum-qos', type: 'byte', max: 1, places: ['connack'] },
  { id: 0x25, name: 'retain-available', type: 'byte', max: 1, places: ['connack'] },
  { id: 0x26, name: 'user-property', type: 'pair', places: EVERYWHERE, repeats: EVERYWHERE },
  { id: 0x27, name: 'maximum-packet-size', type: 'u32', min: 1, places: ['connect', 'connack'] },
  { id: 0x28, name: 'wildcard-subscription-available', type: 'byte', max: 1, places: ['connack'] },
  { id: 0x29, name: 'subscription-identifier-available', type: 'byte', max: 1, places: ['connack'] },
  { id: 0x2a, name: 'shared-subscription-available', type: 'byte', max: 1, places: ['connack'] },
] as const satisfies readonly PropertyEntry[];

type PropertyRowUnion = (typeof PROPERTIES)[number];
export type PropertyName = PropertyRowUnion['name'];
export type PropertyType = keyof Values;
export type PropertyRow = PropertyEntry & { readonly name: PropertyName };

/** The type of the value that a property of this name has. */
export type PropertyValue<N extends PropertyName> = Values[Extract<PropertyRowUnion, { name: N }>['type']];

export type Property = { [N in PropertyName]: { readonly name: N; readonly value: PropertyValue<N> } }[PropertyName];

/** Properties in wire order. Empty for MQTT 3. */
export type Properties = readonly Property[];

export const NO_PROPERTIES: Properties = Object.freeze([]);

const byId: (PropertyRow | undefined)[] = [];
const byName = new Map<string, PropertyRow>();
for (const row of PROPERTIES as readonly PropertyRow[]) {
  byId[row.id] = row;
  byName.set(row.name, row);
}

export function propertyById(id: number): PropertyRow | undefined {
  return byId[id];
}

/** The row of a name in lower case, or undefined. */
export function propertyByName(name: string): PropertyRow | undefined {
  return byName.get(name);
}

/** The value of the first property of this name, or undefined. */
export function property<N extends PropertyName>(properties: Properties, name: N): PropertyValue<N> | undefined {
  // An entry of this name has a value of this type by the definition of Property; the compiler cannot invert that.
  return properties.find((entry) => entry.name === name)?.value as PropertyValue<N> | undefined;
}

/** The broker's reason string with control characters made printable, because the broker may put any text into it. */
export const reasonString = (properties: Properties): string | undefined => shown(properties, 'reason-string');

/** The other broker that this broker refers to [MQTT 5, 4.11], made printable in the same way. */
export const serverReference = (properties: Properties): string | undefined => shown(properties, 'server-reference');

function shown(properties: Properties, name: 'reason-string' | 'server-reference'): string | undefined {
  const text = property(properties, name);
  return text === undefined ? undefined : printable(text);
}

/** Approximate bytes of memory for a value, without the property object that holds it. */
export function valueBytes(value: Property['value']): number {
  if (typeof value === 'number') return 0;
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : value[0].length + value[1].length;
}

/** A copy to keep: received binary values are views of memory that the next read overwrites. */
export function ownProperties(properties: Properties): Properties {
  if (!properties.some(({ name }) => name === 'correlation-data')) return properties;
  return properties.map((entry) =>
    entry.name === 'correlation-data' ? { ...entry, value: new Uint8Array(entry.value) } : entry,
  );
}
