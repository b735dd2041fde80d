/**
 * How DISCONNECT and AUTH are encoded: both omit code 0 without properties [MQTT 5, 3.14 and 3.15]. Only DISCONNECT may
 * end after the reason code [MQTT 5, 3.14.2.2.1]; the property section of AUTH is not optional.
 */
import { protocolError } from '../packet-error.ts';
import { NO_PROPERTIES } from '../properties.ts';
import type { Reader } from '../reader.ts';
import { isReasonOf } from '../reasons.ts';
import type { ClosingPacket, ProtocolVersion } from '../types.ts';
import type { Writer } from '../writer.ts';
import { decodeProperties, encodeProperties } from './properties.ts';

export function encodeClosing(writer: Writer, packet: ClosingPacket, version: ProtocolVersion): void {
  if (version !== 5 || (packet.code === 0 && packet.properties.length === 0)) return;
  writer.u8(packet.code);
  if (packet.type === 'auth' || packet.properties.length > 0) encodeProperties(writer, packet.properties);
}

export function decodeClosing<T extends ClosingPacket['type']>(
  reader: Reader,
  type: T,
  version: ProtocolVersion,
): ClosingPacket<T> {
  let code = 0;
  let properties = NO_PROPERTIES;
  if (version === 5 && reader.left > 0) {
    code = reader.u8();
    if (!isReasonOf(type, code)) protocolError(`${type.toUpperCase()} with reason code ${code} [MQTT 5, 2.4]`);
    if (type === 'auth' || reader.left > 0) properties = decodeProperties(reader, type);
  }
  return { type, code, properties };
}
