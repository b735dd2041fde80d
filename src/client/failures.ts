/** What ended a connection, told by the session, as the Failure that a user hears of. */
import { Failure } from '../errors.ts';
import { excessText } from '../mqtt/count-limits.ts';
import { reasonString, serverReference } from '../mqtt/properties.ts';
import { connackText, PACKET_TOO_LARGE, QUOTA_EXCEEDED, reasonText } from '../mqtt/reasons.ts';
import type { SessionEvent } from '../mqtt/session/events.ts';
import type { Properties, ProtocolVersion } from '../mqtt/types.ts';
import { printable } from '../util/printable.ts';
import { SESSION_TAKEN_OVER, TWIN_ADVICE } from './connection-history.ts';

const LARGER_PACKETS = 'Raise --max-packet-size, or leave it out.';

type Ending = Extract<SessionEvent, { type: 'refused' | 'disconnected' | 'failed' }>;

function elsewhere(properties: Properties): string | undefined {
  const other = serverReference(properties);
  return other ? `the server sends us to ${other} (-h HOST, -p PORT)` : undefined;
}

/** Of a message that was received and cannot be handed out. */
export function discardOf({ topic, excess }: Extract<SessionEvent, { type: 'oversized' }>['packet']): Failure {
  return new Failure('packet-too-large', {
    message: `A message on "${printable(topic)}" was discarded: it has ${excessText(excess)}`,
    reason: QUOTA_EXCEEDED,
  });
}

/** `advice` is what there is to say of a server whose first bytes were not MQTT. */
export function failureOf(event: Ending, version: ProtocolVersion, advice?: string): Failure {
  switch (event.type) {
    case 'refused':
      // The exit status of a refused CONNACK is its code, which is never 0 here.
      return new Failure('refused', {
        message: connackText(event.packet.code, version),
        status: event.packet.code,
        reason: event.packet.code,
        advice: elsewhere(event.packet.properties),
      });
    case 'disconnected': {
      const { code, properties } = event.packet;
      const said = reasonString(properties);
      const reason = said ? `${reasonText(code)}: ${said}` : reasonText(code);
      return new Failure('not-connected', {
        message: `The client is not currently connected: the server ended the connection (${reason})`,
        reason: code,
        advice: elsewhere(properties) ?? (code === SESSION_TAKEN_OVER ? TWIN_ADVICE : undefined),
      });
    }
    case 'failed':
      if (event.error === 'no-connack')
        return new Failure('keepalive', { message: 'Keepalive exceeded: the server sent no CONNACK' });
      if (event.error === 'no-pingresp')
        return new Failure('keepalive', { message: 'Keepalive exceeded: the server sent no PINGRESP' });
      return event.error.kind === 'malformed'
        ? new Failure('malformed', {
            message: `Malformed packet: ${event.error.message}`,
            reason: event.error.code,
            advice,
          })
        : new Failure('protocol', {
            message: `A network protocol error occurred when communicating with the broker: ${event.error.message}`,
            reason: event.error.code,
            advice: event.error.code === PACKET_TOO_LARGE ? LARGER_PACKETS : advice,
          });
  }
}
