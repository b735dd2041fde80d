/** The DISCONNECT that ends a connection: in order, or because of what the server does. */
import { PacketError } from '../packet-error.ts';
import type { Properties } from '../properties.ts';
import { isReasonOf } from '../reasons.ts';
import type { DisconnectPacket } from '../types.ts';
import type { SessionOutput } from './output.ts';

/** What may be left out: it only explains. */
const WORDS: ReadonlySet<string> = new Set(['reason-string', 'user-property']);

/**
 * Without reason string and user properties where the server would not take them for their size [MQTT-3.14.2-3, 3.14.2-4]:
 * it would end the connection over them, and publish the Will.
 */
export function sendDisconnect(output: SessionOutput, code: number, properties: Properties): void {
  if (output.send({ type: 'disconnect', code, properties }, output.limit)) return;
  output.send({ type: 'disconnect', code, properties: properties.filter(({ name }) => !WORDS.has(name)) });
}

/** Not 0x8d (Keep Alive timeout) nor 0x84: a client may not say them [MQTT-3.14.2-1]. */
export function complaint(error: PacketError | 'no-connack' | 'no-pingresp'): DisconnectPacket {
  const said = error instanceof PacketError ? error.code : 0x80;
  return { type: 'disconnect', code: isReasonOf('disconnect', said) ? said : 0x82, properties: [] };
}
