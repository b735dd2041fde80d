/**
 * How many properties and reason codes of one packet become objects. Two bytes on the wire become more than a hundred
 * in memory. A packet with more is scanned in place, without creating objects, and rejected (decision 24).
 */
import { protocolError } from './packet-error.ts';
import { propertyById } from './properties.ts';
import { QUOTA_EXCEEDED } from './reasons.ts';
import type { Excess } from './types.ts';

export const MOST_PROPERTIES = 65_535;
/** Most bytes that the properties of one packet may have: checking more would block the event loop for too long. */
export const MOST_PROPERTY_BYTES = 16 * 1024 * 1024;

/** Most reason codes in a SUBACK or UNSUBACK: each answers one filter of the request, and options files may have many filters. */
const MOST_CODES = 1024 * 1024;

/** The count, the bytes and the limits, for a message about such a packet. */
export function excessText({ count, bytes }: Pick<Excess, 'count' | 'bytes'>): string {
  const number = `${count}${bytes > MOST_PROPERTY_BYTES ? ' or more' : ''}`;
  return `${number} properties (${bytes} bytes); the limit is ${MOST_PROPERTIES} properties and ${MOST_PROPERTY_BYTES} bytes`;
}

/** The excess in data[start, end). Undefined when the properties are within the limits, or are malformed before the byte limit. */
export function findExcess(data: Uint8Array, start: number, end: number): Excess | undefined {
  const bytes = end - start;
  const last = Math.min(end, start + MOST_PROPERTY_BYTES);
  let count = 0;
  let topicAlias: number | undefined;
  for (let pos = start; pos < last; ) {
    // Every property identifier in use has one byte.
    const row = propertyById(data[pos++]!);
    if (row === undefined) break;
    count++;
    switch (row.type) {
      case 'byte':
        pos += 1;
        break;
      case 'u16':
        if (row.name === 'topic-alias') topicAlias ??= u16(data, pos);
        pos += 2;
        break;
      case 'u32':
        pos += 4;
        break;
      case 'varint':
        while (pos < last && data[pos]! >= 0x80) pos++;
        pos++;
        break;
      case 'pair':
        pos += 2 + u16(data, pos);
        pos += 2 + u16(data, pos);
        break;
      default:
        pos += 2 + u16(data, pos);
    }
  }
  return count > MOST_PROPERTIES || bytes > MOST_PROPERTY_BYTES ? { count, bytes, topicAlias } : undefined;
}

/** Throws a PacketError for more codes than any request of this client has filters. */
export function checkCodeCount(packet: 'SUBACK' | 'UNSUBACK', count: number): void {
  if (count > MOST_CODES) protocolError(`${packet} with ${count} codes; the limit is ${MOST_CODES}`, QUOTA_EXCEEDED);
}

function u16(data: Uint8Array, pos: number): number {
  return ((data[pos] ?? 0) << 8) | (data[pos + 1] ?? 0);
}
