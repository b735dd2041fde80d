/** PUBACK, PUBREC, PUBREL and PUBCOMP: one layout [MQTT 5, 3.4 to 3.7]. */
import { protocolError } from '../packet-error.ts';
import type { Reader } from '../reader.ts';
import { isReasonOf } from '../reasons.ts';
import { type AckPacket, NO_PROPERTIES, type ProtocolVersion } from '../types.ts';
import type { Writer } from '../writer.ts';
import { headerOf } from './header.ts';

export type AckType = AckPacket['type'];

/** Reason code and properties are left out when there is nothing to say [MQTT 5, 3.4.2.1]. */
export function encodeAck(writer: Writer, packet: AckPacket, version: ProtocolVersion): void {
  writer.packetId(packet.packetId);
  if (version !== 5 || (packet.code === 0 && packet.properties.length === 0)) return;
  writer.u8(packet.code);
  if (packet.properties.length > 0) writer.properties(packet.properties);
}

/** The four bytes of an acknowledgement that has nothing to add: by far the most frequent form. */
export function encodeShortAck(writer: Writer, type: AckType, packetId: number): void {
  writer.u8(headerOf(type));
  writer.u8(2);
  writer.u16(packetId);
}

export function decodeAck<T extends AckType>(reader: Reader, type: T, version: ProtocolVersion): AckPacket<T> {
  const packetId = reader.packetId();
  if (version !== 5 || reader.left === 0) return { type, packetId, code: 0, properties: NO_PROPERTIES };
  const code = reader.u8();
  if (!isReasonOf(type, code)) protocolError(`${type.toUpperCase()} with reason code ${code} [MQTT 5, 2.4]`);
  return { type, packetId, code, properties: reader.left > 0 ? reader.properties(type) : NO_PROPERTIES };
}
