/** The CONNECT that a connection begins with, and what has to come of it. */
import { protocolError } from '../packet-error.ts';
import { property } from '../properties.ts';
import type { AuthPacket, ConnectPacket, Properties } from '../types.ts';
import type { SessionOptions } from './options.ts';
import { CONNACK_WAIT, type Millis } from './timers.ts';

/** `known`: a server has taken us in before, so that it may have a session of ours. */
export function connectPacket(options: SessionOptions, clientId: string, known: boolean): ConnectPacket {
  const { version, keepAlive, username, password, will, properties } = options;
  const clean = isClean(options, known);
  return { type: 'connect', version, clientId, clean, keepAlive, username, password, will, properties };
}

/** Once a server keeps a session for us (MQTT 5, with an expiry), starting clean again would throw messages away. */
export function isClean({ version, clean, properties }: SessionOptions, known: boolean): boolean {
  const kept = version === 5 && known && (property(properties, 'session-expiry-interval') ?? 0) > 0;
  return clean && !kept;
}

/** How long to wait for CONNACK. */
export function connackLimit({ keepAlive }: SessionOptions): Millis {
  return Math.min(keepAlive * 1000 || CONNACK_WAIT, CONNACK_WAIT);
}

/** Throws a PacketError when the server speaks of a method that CONNECT, with these properties, did not name. */
export function checkAuth(packet: AuthPacket, properties: Properties): void {
  const method = property(properties, 'authentication-method');
  if (method === undefined) protocolError('AUTH although we named no authentication method [MQTT-4.12.0-6]');
  if (property(packet.properties, 'authentication-method') !== method)
    protocolError('AUTH with another authentication method [MQTT-4.12.0-5]');
}
