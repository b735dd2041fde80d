/**
 * The sentences about failures of the lower layers for users of the command line, with the names of options in them.
 * Loaded after a failure.
 */
import type { Advice, Failure, Remedy } from '../errors.ts';
import { property } from '../mqtt/properties.ts';
import type { SessionOptions } from '../mqtt/session/options.ts';
import type { ProtocolVersion } from '../mqtt/types.ts';
import { printable } from '../util/printable.ts';

type RemedyOf<Code extends Remedy['code']> = Extract<Remedy, { readonly code: Code }>;

/** A hint, or a function that makes one from the advice of the lower layer. */
type Hint<Code extends Remedy['code']> = string | ((advice: string, remedy: RemedyOf<Code>) => string);

/** A hint alone, or a function that changes the message of the lower layer. A missing part leaves that part as it is. */
type Words<Code extends Remedy['code']> =
  | Hint<Code>
  | { readonly hint?: Hint<Code>; readonly message: (message: string, remedy: RemedyOf<Code>) => string };

/** The advice with more to it: `more` goes on in the sentence, or begins another one after a space. */
const and =
  (more: string) =>
  (advice: string): string =>
    advice.replace(/\.$/, more);

const CHECK_A = and('. Check -A.');
const TRUST = 'trust it with --cafile or --capath';

const WORDS: { readonly [Code in Remedy['code']]: Words<Code> } = {
  'nothing-listens': (_, { host, port, what }) =>
    `Nothing listens on ${host} port ${port}. Start the ${what}, or check ${what === 'proxy' ? '--proxy' : '-h and -p'}.`,
  'local-address': CHECK_A,
  'name-of-other-family': (_, { name, from, family }) =>
    `The name '${name}' is unknown, or has no ${family} address, which -A ${from} needs.`,
  'address-of-other-family': (_, { host, from, family }) =>
    `${host} cannot be reached from ${from}. Give -A an ${family} address of this machine, or omit it.`,
  'srv-of-address': (_, { host }) => `${host} is an address, but SRV records (-S) need a name.`,
  'srv-missing': (_, { name }) => `There are no SRV records for ${name}. Omit -S, or ask the operator of the domain.`,
  'host-elsewhere': and('. Connect to it with -h HOST and -p PORT.'),

  'proxy-credentials': (_, { kind }) =>
    `Check the user name and password in --proxy ${kind}://USER:PASSWORD@HOST:PORT.`,
  'proxy-kind': (advice, { kind }) =>
    `${advice} For ${kind === 'http' ? 'an HTTP' : 'a SOCKS5'} proxy, use --proxy ${kind}://HOST:PORT.`,

  'client-certificate': {
    message: (message) => `${message} (--cert, --key)`,
    hint: 'Use --cert with a certificate that the broker accepts, and --key with its private key.',
  },
  'other-client-certificate': and(' with --cert.'),
  'client-certificate-ca':
    'Use a certificate from a CA that the broker trusts. The --cert file may hold intermediates too.',
  'certificate-and-key': 'Check whether --cert and --key are swapped.',
  'tls-version': 'TLS 1.2 and 1.3 are allowed unless --tls-version or --ciphers leaves only one of them.',
  'tls-ciphers': 'Compare --ciphers and --tls-version with what the broker allows.',
  'tls-alpn': {
    message: (message) => message.replace('the requested application protocol (ALPN)', 'the protocol in --tls-alpn'),
    hint: 'Use a protocol that the broker offers, or omit --tls-alpn.',
  },

  'trust-certificate': 'If you expect this certificate, add it to the --cafile file.',
  'trust-newer-ca': 'The CA may have a new key. Use its newer certificate for --cafile.',
  'trust-ca': (_, { issuer }) => `The CA is ${issuer}. If you expect it, ${TRUST}.`,
  'trust-ca-or-intermediate': (_, { issuer }) =>
    `The CA is ${issuer}. If it is a root that you expect, ${TRUST}. If it is an intermediate, the server must send it.`,
  'intermediate-missing': (_, { issuer }) =>
    `The server must send the intermediate certificate after its own. If ${issuer} is a root, ${TRUST}.`,
  'name-in-certificate': 'Connect by a name in the certificate (-h), or issue one for this name.',
  'name-for-address': (advice) => advice.replace('in the certificate', 'in the certificate (-h)'),
  'weak-key': (_, { cure, level }) => `${cure}, or allow this one: --ciphers 'DEFAULT@SECLEVEL=${level}'.`,

  'psk-unavailable': { message: (message) => message.replace('A pre-shared key', '--psk') },
  'psk-version': {
    message: (message) =>
      message.replace('a pre-shared key', '--psk').replace('the requested version', '--tls-version tlsv1.3'),
  },
  'psk-length': {
    message: (message) =>
      message
        .replace('the identity of the pre-shared key', 'the --psk-identity')
        .replace('the pre-shared key', 'the key of --psk'),
  },
  'psk-key': {
    message: (message) => message.replace('a pre-shared key', '--psk'),
    hint: 'Compare --psk, in hexadecimal, with the key that the broker has for this --psk-identity.',
  },
  'psk-identity': {
    message: (message) => message.replace('this identity of a pre-shared key', 'this --psk-identity'),
  },
  'engine-unavailable': { message: (message) => message.replace('An OpenSSL engine', '--tls-engine') },

  'speaks-tls': and('. Use --cafile FILE or --tls-use-os-certs.'),
  'speaks-http': and('. For MQTT over WebSocket, use --ws.'),
  'websocket-tls': 'Use TLS: --cafile FILE, --tls-use-os-certs or a wss:// URL.',
  'websocket-none': and('. For plain MQTT, omit --ws.'),
  'websocket-path': (_, { doubt }) => `Try another --ws-path: ${doubt}.`,
  'websocket-header': (_, { name, fault }) => `The header '${name}' of --ws-header ${fault}.`,
  'websocket-credentials': (_, { given }) =>
    given
      ? 'The server rejected the credentials in --ws-header, or the path.'
      : "The server requires credentials, such as --ws-header 'Authorization: …'.",
  'websocket-gateway': and(', or use --retry COUNT.'),

  'packet-size': 'Raise --max-packet-size, or omit it.',
  'client-id-of-its-own': 'Give each client its own client ID with -i, or omit -i.',

  'spool-limit': {
    message: (message, { limit }) => `${message} (--spool-max-${limit})`,
    hint: 'Send what is queued with --flush, or raise the limit.',
  },
  'password-file-missing': 'Use -c to create the file.',
  'password-file-exists': 'Use --force to replace the file, or omit -c to add the user to it.',
};

const wordsFor = <Code extends Remedy['code']>({ code }: RemedyOf<Code>): Words<Code> => WORDS[code as Code];

/** A message of a lower layer, with the options that concern it. */
export function messageFor(message: string, remedy: Remedy | undefined): string {
  const words = remedy && wordsFor(remedy);
  return typeof words === 'object' ? words.message(message, remedy!) : message;
}

/** The hint for a failure: which option to change, and how. */
export function hintFor({ advice, remedy }: Advice): string | undefined {
  const words = remedy && wordsFor(remedy);
  const hint = typeof words === 'object' ? words.hint : words;
  return typeof hint === 'function' ? hint(advice ?? '', remedy!) : (hint ?? advice);
}

/** The same failure, worded for a user of the options. */
export const worded = (failure: Failure): Failure =>
  failure.remedy === undefined
    ? failure
    : failure.with(messageFor(failure.message, failure.remedy), { advice: hintFor(failure) });

const OTHER_VERSION: Readonly<Record<ProtocolVersion, string>> = {
  3: 'The broker does not support MQTT 3.1. Try -V 311.',
  4: 'The broker does not support MQTT 3.1.1. Try -V 5 or -V 31.',
  5: 'The broker does not support MQTT 5. Try -V 311.',
};

const CREDENTIALS = 'Check the user name (-u) and the password (-P or --password-file).';
const IDENTIFIER = 'The broker rejects this client ID. Use another one with -i.';
const LATER = 'Try again later, or use --retry COUNT.';
const WILL = 'The broker rejects this will message. Check --will-topic, --will-qos and --will-retain.';

type ConnackWords = string | ((session: SessionOptions) => string);

const notAllowed: ConnackWords = ({ username }) =>
  username === undefined
    ? 'The broker requires a user name and a password. Use -u with -P or --password-file.'
    : 'This user may not connect, or the user name (-u) or password (-P, --password-file) is wrong.';

/** By the return code of MQTT 3 [MQTT 3.1.1, 3.2.2.3]. */
const V3: Readonly<Record<number, ConnackWords>> = {
  1: ({ version }) => OTHER_VERSION[version],
  2: IDENTIFIER,
  3: LATER,
  4: CREDENTIALS,
  5: notAllowed,
};

/** By the reason code of MQTT 5 [MQTT 5, 3.2.2.2]. */
const V5: Readonly<Record<number, ConnackWords>> = {
  132: OTHER_VERSION[5],
  133: IDENTIFIER,
  134: CREDENTIALS,
  135: notAllowed,
  136: LATER,
  137: LATER,
  138: 'The broker has banned this client by its client ID, user name or address.',
  140: 'The broker does not support this method. Check -D connect authentication-method.',
  144: WILL,
  149: 'CONNECT is too large for the broker. Shorten the will message or the user properties.',
  151: LATER,
  153: WILL,
  154: WILL,
  155: WILL,
  156: 'The broker redirects clients. Ask its operator for the other host (-h).',
  157: 'The broker has moved. Ask its operator for the new host (-h).',
  159: LATER,
};

const NO_REASON = 'The broker gives no reason. Its log may have one.';

/** By the reason code of PUBACK and PUBREC [MQTT 5, 3.4.2.1]. */
const PUBLISH: Readonly<Record<number, string | ((topic: string) => string)>> = {
  128: NO_REASON,
  131: NO_REASON,
  135: (topic) => `The access rules of the broker do not allow publishing to ${topic}.`,
  144: (topic) => `The broker does not accept ${topic}. Publish to another topic.`,
  149: 'The message is larger than the broker accepts. Send less, or raise its limit.',
  151: 'The broker has reached a limit. Try again later, or raise its limit.',
  153: 'The payload is not text in UTF-8. Check -D publish payload-format-indicator.',
};

/** What to do about a message that the broker rejected. `topic`: of the message, if one is known. */
export function publishAdvice(code: number, hasReason: boolean, topic?: string): string | undefined {
  const advice = PUBLISH[code];
  if (hasReason && advice === NO_REASON) return undefined;
  return typeof advice === 'function' ? advice(topic === undefined ? 'the topic' : `'${printable(topic)}'`) : advice;
}

/** The layers below the connection, as far as hints depend on them. */
export interface Way {
  readonly tls?: { readonly certFile?: string | undefined } | undefined;
  readonly webSocket?: unknown;
}

/** A CONNACK with some properties may be larger. */
const SMALL_PACKET = 100;

/** `answered`: CONNACK was received on this connection. Returns undefined when there is nothing to add to the failure. */
export function mqttAdvice(failure: Failure, session: SessionOptions, way: Way, answered: boolean): string | undefined {
  if (failure.kind === 'refused') {
    const advice = (session.version === 5 ? V5 : V3)[failure.reason ?? 0];
    return typeof advice === 'function' ? advice(session) : advice;
  }
  if (answered) return undefined;
  const most = property(session.properties, 'maximum-packet-size') ?? session.maxPacketBytes;
  if (session.version === 5 && failure.kind === 'connection-lost' && most !== undefined && most < SMALL_PACKET)
    return `No CONNACK arrived. It may be larger than the ${most} bytes of --max-packet-size. Raise it, or omit it.`;
  return failure.kind === 'connection-lost' || failure.kind === 'keepalive'
    ? `No CONNACK arrived. ${doubts(way)}`
    : undefined;
}

/** What the port may need instead of what it got. Each layer below MQTT has been answered: those are not in doubt. */
export function doubts({ tls, webSocket }: Way): string {
  const another = 'another MQTT version (-V).';
  if (webSocket !== undefined) return `The broker may need ${another}`;
  const first =
    tls === undefined ? 'TLS (--cafile), ' : tls.certFile === undefined ? 'a client certificate (--cert), ' : '';
  return `The port may need ${first}WebSocket (--ws) or ${another}`;
}
