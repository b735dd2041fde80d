/** How PUBACK, PUBREC, PUBREL and PUBCOMP are encoded: they share one layout [MQTT 5, 3.4 to 3.7]. */
import { protocolError } from '../packet-error.ts';
import { NO_PROPERTIES } from '../properties.ts';
import type { Reader } from '../reader.ts';
import { isAcceptedReason } from '../reasons.ts';
import type { AckPacket, AckType, ProtocolVersion } from '../types.ts';
import type { Writer } from '../writer.ts';
import { headerOf } from './header.ts';
import { decodeProperties, encodeProperties } from './properties.ts';

/** Omits the properties when there are none, and the reason code too when it is 0 [MQTT 5, 3.4.2.1]. */
export function encodeAck(writer: Writer, packet: AckPacket, version: ProtocolVersion): void {
  writer.packetId(packet.packetId);
  if (version !== 5 || (packet.code === 0 && packet.properties.length === 0)) return;
  writer.u8(packet.code);
  if (packet.properties.length > 0) encodeProperties(writer, packet.properties);
}

/** Writes an acknowledgement without properties; before MQTT 5 it has no reason code. Adds its size to `writer.answerBytes`. */
export function encodeAnswer(
  writer: Writer,
  type: AckType,
  packetId: number,
  code: number,
  version: ProtocolVersion,
): void {
  const withCode = code !== 0 && version === 5;
  writer.u8(headerOf(type));
  writer.u8(withCode ? 3 : 2);
  writer.u16(packetId);
  if (withCode) writer.u8(code);
  writer.answerBytes += withCode ? 5 : 4;
}

export function decodeAck<T extends AckType>(reader: Reader, type: T, version: ProtocolVersion): AckPacket<T> {
  const packetId = reader.packetId();
  if (version !== 5 || reader.left === 0) return { type, packetId, code: 0, properties: NO_PROPERTIES };
  const code = reader.u8();
  if (!isAcceptedReason(type, code)) protocolError(`${type.toUpperCase()} with reason code ${code} [MQTT 5, 2.4]`);
  return { type, packetId, code, properties: reader.left > 0 ? decodeProperties(reader, type) : NO_PROPERTIES };
}
