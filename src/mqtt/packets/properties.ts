/** How the property section of a packet is encoded: its length, then pairs of identifier and value [MQTT 5, 2.2.2]. */
import { excessText, findExcess } from '../count-limits.ts';
import { malformed, protocolError } from '../packet-error.ts';
import {
  NO_PROPERTIES,
  type Properties,
  type Property,
  type PropertyPlace,
  type PropertyRow,
  propertyById,
  propertyByName,
} from '../properties.ts';
import { mayRepeat, valueFault } from '../property-rules.ts';
import type { Reader } from '../reader.ts';
import { QUOTA_EXCEEDED } from '../reasons.ts';
import type { Excess } from '../types.ts';
import { varintSize, type Writer } from '../writer.ts';

export function encodeProperties(writer: Writer, properties: Properties): void {
  writer.varint(propertiesSize(properties));
  for (const entry of properties) encodeProperty(writer, entry);
}

function encodeProperty(writer: Writer, entry: Property): void {
  const row = propertyByName(entry.name)!;
  writer.u8(row.id);
  switch (row.type) {
    case 'byte':
      return writer.u8(entry.value as number);
    case 'u16':
      return writer.u16(entry.value as number);
    case 'u32':
      return writer.u32(entry.value as number);
    case 'varint':
      return writer.varint(entry.value as number);
    case 'string':
      return writer.text(entry.value as string);
    case 'binary':
      return writer.binary(entry.value as Uint8Array);
    case 'pair':
      for (const text of entry.value as readonly [string, string]) writer.text(text);
  }
}

/** Size of the properties in bytes, without the length field before them. */
export function propertiesSize(properties: Properties): number {
  let size = 0;
  for (const entry of properties) size += propertySize(entry);
  return size;
}

function propertySize(entry: Property): number {
  switch (propertyByName(entry.name)!.type) {
    case 'byte':
      return 2;
    case 'u16':
      return 3;
    case 'u32':
      return 5;
    case 'varint':
      return 1 + varintSize(entry.value as number);
    case 'string':
      return 3 + Buffer.byteLength(entry.value as string);
    case 'binary':
      return 3 + (entry.value as Uint8Array).length;
    case 'pair': {
      const [key, value] = entry.value as readonly [string, string];
      return 5 + Buffer.byteLength(key) + Buffer.byteLength(value);
    }
  }
}

/** Throws a PacketError for a property or value that the standard forbids in this place, and above the limits of count-limits.ts. */
export function decodeProperties(reader: Reader, place: PropertyPlace): Properties {
  if (reader.pos < reader.end && reader.data[reader.pos] === 0) {
    reader.pos++;
    return NO_PROPERTIES;
  }
  const excess = skipExcess(reader);
  if (excess !== undefined) protocolError(`${place.toUpperCase()} with ${excessText(excess)}`, QUOTA_EXCEEDED);
  const length = sectionLength(reader);
  const outerEnd = reader.end;
  reader.end = reader.pos + length;
  const properties: Property[] = [];
  while (reader.pos < reader.end) {
    const id = reader.varint();
    const row = propertyById(id);
    if (row === undefined) malformed(`property identifier ${id} is unknown [MQTT 5, 2.2.2.2]`);
    if (!row.places.includes(place))
      malformed(`property ${row.name} is not allowed in ${place.toUpperCase()} [MQTT 5, 2.2.2.2]`);
    if (!mayRepeat(row, place) && properties.some((known) => known.name === row.name))
      protocolError(`property ${row.name} stands twice in ${place.toUpperCase()}`);
    properties.push(decodeProperty(reader, row));
  }
  reader.end = outerEnd;
  return properties;
}

/** Skips a property section that exceeds the limits of count-limits.ts. Otherwise returns undefined and does not move. */
export function skipExcess(reader: Reader): Excess | undefined {
  const { data, pos } = reader;
  // A section above the limits has a length field of three or four bytes, so nearly every packet returns here.
  if (pos + 2 > reader.end || data[pos]! < 0x80 || data[pos + 1]! < 0x80) return undefined;
  const length = sectionLength(reader);
  const excess = findExcess(data, reader.pos, reader.pos + length);
  reader.pos = excess === undefined ? pos : reader.pos + length;
  return excess;
}

function sectionLength(reader: Reader): number {
  const length = reader.varint();
  if (reader.pos + length > reader.end) malformed('property length exceeds the packet');
  return length;
}

function decodeProperty(reader: Reader, row: PropertyRow): Property {
  const value = decodeValue(reader, row);
  const fault = valueFault(row, value);
  if (fault === 'range') protocolError(`value ${value} is out of range for ${row.name}`, row.code);
  if (fault === 'topic') protocolError(`${row.name} is not a topic name [MQTT-3.3.2-14]`, 0x90);
  // The row ties name and type together; the compiler cannot follow that through two unions.
  return { name: row.name, value } as Property;
}

function decodeValue(reader: Reader, { type }: PropertyRow): Property['value'] {
  switch (type) {
    case 'byte':
      return reader.u8();
    case 'u16':
      return reader.u16();
    case 'u32':
      return reader.u32();
    case 'varint':
      return reader.varint();
    case 'string':
      return reader.text();
    case 'binary':
      return reader.binary();
    case 'pair':
      return [reader.text(), reader.text()];
  }
}
