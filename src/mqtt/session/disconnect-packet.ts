/** Which DISCONNECT ends a connection, after a clean close or an error of the broker. */
import { PacketError } from '../packet-error.ts';
import type { Properties } from '../properties.ts';
import { isReasonOf } from '../reasons.ts';
import type { DisconnectPacket } from '../types.ts';
import type { SessionOutput } from './output.ts';

/** Properties that may be omitted because they only explain. */
const WORDS: ReadonlySet<string> = new Set(['reason-string', 'user-property']);

/**
 * Omits reason string and user properties when they make the packet too large for the broker [MQTT-3.14.2-3, 3.14.2-4].
 * A broker closes the connection over a packet that is too large, and publishes the will message.
 */
export function sendDisconnect(output: SessionOutput, code: number, properties: Properties): void {
  if (output.send({ type: 'disconnect', code, properties }, output.limit)) return;
  output.send({ type: 'disconnect', code, properties: properties.filter(({ name }) => !WORDS.has(name)) });
}

/** Replaces codes such as 0x84 with 0x82, because a client may not send them in DISCONNECT [MQTT-3.14.2-1]. */
export function complaint(error: PacketError | 'no-connack' | 'no-pingresp'): DisconnectPacket {
  const said = error instanceof PacketError ? error.code : 0x80;
  return { type: 'disconnect', code: isReasonOf('disconnect', said) ? said : 0x82, properties: [] };
}
