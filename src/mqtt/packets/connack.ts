/** How CONNACK is encoded [MQTT 5, 3.2; MQTT 3.1.1, 3.2]. */
import { malformed, protocolError } from '../packet-error.ts';
import { NO_PROPERTIES } from '../properties.ts';
import type { Reader } from '../reader.ts';
import { isReasonOf } from '../reasons.ts';
import type { ConnackPacket, ProtocolVersion } from '../types.ts';
import type { Writer } from '../writer.ts';
import { decodeProperties, encodeProperties } from './properties.ts';

export function encodeConnack(writer: Writer, packet: ConnackPacket, version: ProtocolVersion): void {
  writer.u8(packet.sessionPresent ? 1 : 0);
  writer.u8(packet.code);
  if (version === 5) encodeProperties(writer, packet.properties);
}

export function decodeConnack(reader: Reader, version: ProtocolVersion): ConnackPacket {
  const flags = reader.u8();
  const code = reader.u8();
  // MQTT 3.1 leaves the first byte unused and its value undefined.
  if (version !== 3 && flags > 1) malformed(`CONNACK with flags ${flags} [MQTT-3.2.2-1]`);
  // A broker without MQTT 5 answers a CONNECT of version 5 in the form of MQTT 3; code 1 is "unacceptable protocol version".
  if (version === 5 && reader.left === 0 && code === 1)
    return { type: 'connack', sessionPresent: false, code: 0x84, properties: NO_PROPERTIES };
  const properties = version === 5 ? decodeProperties(reader, 'connack') : NO_PROPERTIES;
  if (version === 5 && !isReasonOf('connack', code)) protocolError(`CONNACK with reason code ${code} [MQTT-3.2.2-8]`);
  const sessionPresent = version !== 3 && flags === 1;
  if (sessionPresent && code !== 0) protocolError('CONNACK refuses and has session present set [MQTT-3.2.2-6]');
  return { type: 'connack', sessionPresent, code, properties };
}
