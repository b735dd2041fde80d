/** The DISCONNECT that ends a session in order. */
import { encodePacket } from '../codec.ts';
import type { DisconnectPacket, Properties, ProtocolVersion } from '../types.ts';
import { Writer } from '../writer.ts';

/** What may be left out: it only explains. */
const WORDS: ReadonlySet<string> = new Set(['reason-string', 'user-property']);

/**
 * Without reason string and user properties where the server would not take them for their size [MQTT-3.14.2-3, 3.14.2-4]:
 * it would end the connection over them, and publish the Will. `limit`: the Maximum Packet Size of the server.
 */
export function disconnectPacket(
  code: number,
  properties: Properties,
  version: ProtocolVersion,
  limit = Number.POSITIVE_INFINITY,
): DisconnectPacket {
  const packet: DisconnectPacket = { type: 'disconnect', code, properties };
  if (limit === Number.POSITIVE_INFINITY || encodePacket(new Writer(), packet, version, limit) > 0) return packet;
  return { ...packet, properties: properties.filter(({ name }) => !WORDS.has(name)) };
}
