/** What to change when a server does not take us in: one line, by what it said or did not say. */
import type { Failure } from '../errors.ts';
import type { SessionOptions } from '../mqtt/session/options.ts';
import type { ProtocolVersion } from '../mqtt/types.ts';

const TLS_ALERT = 0x15;
const TLS_MAJOR = 0x03;

/** What the first bytes of a server say of it when they are not MQTT. */
export function strangerAdvice(bytes: Uint8Array): string | undefined {
  // A TLS server answers what is not a ClientHello with an alert in plain text [RFC 8446, 6].
  if (bytes[0] === TLS_ALERT && (bytes[1] ?? TLS_MAJOR) === TLS_MAJOR)
    return 'this port speaks TLS: use --cafile FILE, or --tls-use-os-certs';
  if (Buffer.from(bytes.subarray(0, 5)).toString('latin1') === 'HTTP/')
    return 'this port speaks HTTP: MQTT over WebSocket is --ws';
  return undefined;
}

const OTHER_VERSION: Readonly<Record<ProtocolVersion, string>> = {
  3: 'the server does not speak MQTT 3.1: try -V 311',
  4: 'the server does not speak MQTT 3.1.1: try -V 5 or -V 31',
  5: 'the server does not speak MQTT 5: try -V 311',
};

const CREDENTIALS = 'the user name or the password is wrong (-u, -P, --password-file), not the client identifier';
const IDENTIFIER = 'the client identifier is refused (-i), not the user name or the password';
const LATER = 'the server asks to come back later (--retry N)';
const WILL = 'the server does not take this Will (--will-qos, --will-retain, --will-topic)';

type Advice = string | ((session: SessionOptions) => string);

const notAllowed: Advice = ({ username }) =>
  username === undefined
    ? 'the server wants a user name and a password: -u, -P or --password-file'
    : 'this user may not connect, or user name or password are wrong (-u, -P, --password-file)';

/** By the return code of MQTT 3 [MQTT 3.1.1, 3.2.2.3]. */
const V3: Readonly<Record<number, Advice>> = {
  1: ({ version }) => OTHER_VERSION[version],
  2: IDENTIFIER,
  3: LATER,
  4: CREDENTIALS,
  5: notAllowed,
};

/** By the reason code of MQTT 5 [MQTT 5, 3.2.2.2]. */
const V5: Readonly<Record<number, Advice>> = {
  132: OTHER_VERSION[5],
  133: IDENTIFIER,
  134: CREDENTIALS,
  135: notAllowed,
  136: LATER,
  137: LATER,
  138: 'the server has banned this client, by its identifier, user name or address',
  140: 'the server does not know this method: -D connect authentication-method',
  144: WILL,
  149: 'CONNECT is larger than the server takes (Will, user properties)',
  151: LATER,
  153: WILL,
  154: WILL,
  155: WILL,
  156: 'the server sends us elsewhere: ask its operator for the other host (-h)',
  157: 'the server has moved: ask its operator for the new host (-h)',
  159: LATER,
};

/** What the connection runs over, as far as it matters here. */
export interface Way {
  readonly tls?: { readonly certFile?: string | undefined } | undefined;
  readonly webSocket?: unknown;
}

/** `answered`: CONNACK had come on this connection. Undefined: there is nothing to add to the failure itself. */
export function mqttAdvice(failure: Failure, session: SessionOptions, way: Way, answered: boolean): string | undefined {
  if (failure.kind === 'refused') {
    const advice = (session.version === 5 ? V5 : V3)[failure.reason ?? 0];
    return typeof advice === 'function' ? advice(session) : advice;
  }
  if (answered) return undefined;
  if (failure.kind === 'connection-lost') return `the server closed before CONNACK: ${doubts(way)}`;
  if (failure.kind === 'keepalive') return `the server does not answer CONNECT: ${doubts(way)}`;
  return undefined;
}

/** What the port may want in place of what it got. Each layer below MQTT has been answered: those are not in doubt. */
export function doubts({ tls, webSocket }: Way): string {
  const version = 'another MQTT version (-V)';
  if (webSocket !== undefined) return `does it speak ${version}?`;
  if (tls === undefined) return `does this port speak TLS (--cafile), WebSocket (--ws) or ${version}?`;
  const others = `speak WebSocket (--ws) or ${version}?`;
  return tls.certFile === undefined
    ? `does this port want a client certificate (--cert, --key), or ${others}`
    : `does this port ${others}`;
}
