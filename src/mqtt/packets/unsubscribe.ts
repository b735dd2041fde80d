/** How UNSUBSCRIBE and UNSUBACK are encoded [MQTT 5, 3.10 and 3.11]. */
import { checkCodeCount } from '../count-limits.ts';
import { malformed, protocolError } from '../packet-error.ts';
import { NO_PROPERTIES } from '../properties.ts';
import type { Reader } from '../reader.ts';
import { isReasonOf } from '../reasons.ts';
import { isTopicFilter } from '../topic.ts';
import type { ProtocolVersion, UnsubackPacket, UnsubscribePacket } from '../types.ts';
import type { Writer } from '../writer.ts';
import { decodeProperties, encodeProperties } from './properties.ts';

export function encodeUnsubscribe(writer: Writer, packet: UnsubscribePacket, version: ProtocolVersion): void {
  writer.packetId(packet.packetId);
  if (version === 5) encodeProperties(writer, packet.properties);
  for (const filter of packet.filters) writer.text(filter);
}

export function decodeUnsubscribe(reader: Reader, version: ProtocolVersion): UnsubscribePacket {
  const packetId = reader.packetId();
  const properties = version === 5 ? decodeProperties(reader, 'unsubscribe') : NO_PROPERTIES;
  const filters: string[] = [];
  while (reader.left > 0) {
    const filter = reader.text();
    if (!isTopicFilter(filter)) protocolError('topic filter is not valid [MQTT-4.7.1-1]', 0x8f);
    filters.push(filter);
  }
  if (filters.length === 0) protocolError('UNSUBSCRIBE without a topic filter [MQTT-3.10.3-2]');
  return { type: 'unsubscribe', packetId, filters, properties };
}

export function encodeUnsuback(writer: Writer, packet: UnsubackPacket, version: ProtocolVersion): void {
  writer.packetId(packet.packetId);
  if (version !== 5) return;
  encodeProperties(writer, packet.properties);
  for (const code of packet.codes) writer.u8(code);
}

export function decodeUnsuback(reader: Reader, version: ProtocolVersion): UnsubackPacket {
  const packetId = reader.packetId();
  if (version !== 5) return { type: 'unsuback', packetId, codes: [], properties: NO_PROPERTIES };
  const properties = decodeProperties(reader, 'unsuback');
  checkCodeCount('UNSUBACK', reader.left);
  const codes = [...reader.rest()];
  for (const code of codes)
    if (!isReasonOf('unsuback', code)) protocolError(`UNSUBACK with reason code ${code} [MQTT-3.11.3-2]`);
  if (codes.length === 0) malformed('UNSUBACK without a reason code [MQTT 5, 3.11.3]');
  return { type: 'unsuback', packetId, codes, properties };
}
