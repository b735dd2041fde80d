/** Which Failure describes the end of a connection, from an event of the session and the first bytes of the server. */
import { type Advice, Failure } from '../errors.ts';
import { excessText } from '../mqtt/count-limits.ts';
import { type Properties, reasonString, serverReference } from '../mqtt/properties.ts';
import { connackText, PACKET_TOO_LARGE, QUOTA_EXCEEDED, reasonText } from '../mqtt/reasons.ts';
import type { SessionEvent } from '../mqtt/session/events.ts';
import type { ProtocolVersion } from '../mqtt/types.ts';
import { printable } from '../util/printable.ts';
import { SESSION_TAKEN_OVER, TWIN_ADVICE } from './connection-history.ts';

const LARGER_PACKETS: Advice = { advice: 'Accept larger packets.', remedy: { code: 'packet-size' } };

type EndEvent = Extract<SessionEvent, { type: 'refused' | 'disconnected' | 'failed' }>;

function elsewhere(properties: Properties): Advice | undefined {
  const other = serverReference(properties);
  return other
    ? { advice: `The broker redirects clients to ${other}.`, remedy: { code: 'host-elsewhere' } }
    : undefined;
}

/** The failure for a received message that cannot be delivered. */
export function discardOf({ topic, excess }: Extract<SessionEvent, { type: 'oversized' }>['packet']): Failure {
  return new Failure('packet-too-large', {
    message: `A message on "${printable(topic)}" was discarded: it has ${excessText(excess)}`,
    reason: QUOTA_EXCEEDED,
  });
}

/** `advice` applies when the first bytes of the server were not MQTT. */
export function failureOf(event: EndEvent, version: ProtocolVersion, advice: Advice = {}): Failure {
  switch (event.type) {
    case 'refused':
      // For a refused CONNACK the exit status is its code, which is never 0 here.
      return new Failure('refused', {
        message: connackText(event.packet.code, version),
        status: event.packet.code,
        reason: event.packet.code,
        ...elsewhere(event.packet.properties),
      });
    case 'disconnected': {
      const { code, properties } = event.packet;
      const said = reasonString(properties);
      const reason = said ? `${reasonText(code)}: ${said}` : reasonText(code);
      return new Failure('not-connected', {
        message: `The client is not currently connected: the broker ended the connection (${reason})`,
        reason: code,
        ...(elsewhere(properties) ?? (code === SESSION_TAKEN_OVER ? TWIN_ADVICE : {})),
      });
    }
    case 'failed':
      if (event.error === 'no-connack')
        return new Failure('keepalive', { message: 'Keepalive exceeded: the broker sent no CONNACK' });
      if (event.error === 'no-pingresp')
        return new Failure('keepalive', { message: 'Keepalive exceeded: the broker sent no PINGRESP' });
      return event.error.kind === 'malformed'
        ? new Failure('malformed', {
            message: `Malformed packet: ${event.error.message}`,
            reason: event.error.code,
            ...advice,
          })
        : new Failure('protocol', {
            message: `A network protocol error occurred when communicating with the broker: ${event.error.message}`,
            reason: event.error.code,
            ...(event.error.code === PACKET_TOO_LARGE ? LARGER_PACKETS : advice),
          });
  }
}

const TLS_ALERT = 0x15;
const TLS_MAJOR = 0x03;

/** The advice for a server whose first bytes are not MQTT, or undefined. */
export function strangerAdvice(bytes: Uint8Array): Advice | undefined {
  // A TLS server answers plain text with an alert in plain text [RFC 8446, 6].
  if (bytes[0] === TLS_ALERT && (bytes[1] ?? TLS_MAJOR) === TLS_MAJOR)
    return { advice: 'This port speaks TLS.', remedy: { code: 'speaks-tls' } };
  if (Buffer.from(bytes.subarray(0, 5)).toString('latin1') === 'HTTP/')
    return { advice: 'This port speaks HTTP.', remedy: { code: 'speaks-http' } };
  return undefined;
}
