/**
 * Which properties a packet may carry, with which values: the rules of the standard, as fault codes. The caller that
 * finds a fault writes the message for it.
 */
import { hasUtf8Form } from '../util/utf8.ts';
import type { Property, PropertyPlace, PropertyRow, PropertyType } from './properties.ts';
import { isTopicName } from './topic.ts';

/** Most bytes of a string or of binary data [MQTT 5, 1.5.4, 1.5.6]. */
export const MOST_FIELD_BYTES = 0xffff;

/** The largest number of each type. */
export const LARGEST = { byte: 0xff, u16: 0xffff, u32: 0xffff_ffff, varint: 0xfff_ffff } as const;

/**
 * `place`: the packet cannot have the property. `sender`: only brokers may send the property there. `type`: the value
 * has another type than the property. `length`: text or binary data of more than 65,535 bytes. `range`: a number that
 * the standard forbids. `topic`: not a valid topic name.
 */
export type PropertyFault = 'place' | 'sender' | 'type' | 'length' | 'range' | 'topic';

/** The fault of a property that the client is about to send, or undefined. Callers of the library may pass any value. */
export function fault(row: PropertyRow, place: PropertyPlace, value: unknown): PropertyFault | undefined {
  return placeFault(row, place) ?? typeFault(row.type, value) ?? valueFault(row, value as Property['value']);
}

/** The fault that depends only on the packet, not on the value. */
export function placeFault({ name, places }: PropertyRow, place: PropertyPlace): 'place' | 'sender' | undefined {
  if (place === 'publish' && name === 'subscription-identifier') return 'sender';
  return places.includes(place) ? undefined : 'place';
}

/** Whether the property may appear in the packet more than once. */
export const mayRepeat = ({ repeats }: PropertyRow, place: PropertyPlace): boolean => repeats?.includes(place) === true;

/** The smallest and the largest number that the property may have; undefined when its value is not a number. */
export function rangeOf({
  type,
  min = 0,
  max,
}: PropertyRow): { readonly min: number; readonly max: number } | undefined {
  return type in LARGEST ? { min, max: max ?? LARGEST[type as keyof typeof LARGEST] } : undefined;
}

/** The value must have the right type. */
export function valueFault(row: PropertyRow, value: Property['value']): 'range' | 'topic' | undefined {
  if (typeof value === 'number') return value < (row.min ?? 0) || value > (row.max ?? value) ? 'range' : undefined;
  return row.topicName && !isTopicName(value as string) ? 'topic' : undefined;
}

function typeFault(type: PropertyType, value: unknown): 'type' | 'length' | 'range' | undefined {
  switch (type) {
    case 'string':
      return textFault(value);
    case 'binary':
      if (!(value instanceof Uint8Array)) return 'type';
      return value.length > MOST_FIELD_BYTES ? 'length' : undefined;
    case 'pair':
      if (!Array.isArray(value) || value.length !== 2) return 'type';
      return textFault(value[0]) ?? textFault(value[1]);
    default:
      if (!Number.isInteger(value)) return 'type';
      return (value as number) < 0 || (value as number) > LARGEST[type] ? 'range' : undefined;
  }
}

/** Checks a string by the rules of MQTT: well-formed UTF-8 [MQTT-1.5.4-1], without U+0000 [MQTT-1.5.4-2]. */
export function textFault(value: unknown): 'type' | 'length' | undefined {
  if (typeof value !== 'string' || !hasUtf8Form(value) || value.includes('\0')) return 'type';
  return Buffer.byteLength(value) > MOST_FIELD_BYTES ? 'length' : undefined;
}
