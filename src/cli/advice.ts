/**
 * The sentences about failures of the lower layers for users of the command line, with the names of options in them.
 * Loaded after a failure.
 */
import type { Advice, Failure, Remedy } from '../errors.ts';
import type { SessionOptions } from '../mqtt/session/options.ts';
import type { ProtocolVersion } from '../mqtt/types.ts';

type RemedyOf<Code extends Remedy['code']> = Extract<Remedy, { readonly code: Code }>;

/** A hint, or a function that makes one from the advice of the lower layer. */
type Hint<Code extends Remedy['code']> = string | ((advice: string, remedy: RemedyOf<Code>) => string);

/** A hint alone, or a function that changes the message of the lower layer. A missing part leaves that part as it is. */
type Words<Code extends Remedy['code']> =
  | Hint<Code>
  | { readonly hint?: Hint<Code>; readonly message: (message: string, remedy: RemedyOf<Code>) => string };

const SEE_A = (advice: string): string => `${advice}: see -A`;
const TRUST = 'trust it with --cafile or --capath';

const WORDS: { readonly [Code in Remedy['code']]: Words<Code> } = {
  'local-address': SEE_A,
  'name-of-other-family': (_, { name, from, family }) =>
    `the name ${name} is not known, or has no ${family} address, which -A ${from} needs: see -A`,
  'address-of-other-family': (_, { host, from, family }) =>
    `${host} cannot be reached from ${from}: give -A an ${family} address of this machine, or leave it out`,
  'srv-of-address': (_, { host }) => `${host} is an address: SRV records (-S) belong to names`,
  'srv-missing': (_, { name }) => `there are no SRV records for ${name}: leave out -S, or ask who runs the domain`,
  'host-elsewhere': (advice) => `${advice} (-h HOST, -p PORT)`,

  'proxy-credentials': (_, { kind }) => `check user name and password: --proxy ${kind}://USER:PASSWORD@HOST:PORT`,
  'proxy-kind': (advice, { kind }) =>
    `${advice} ${kind === 'http' ? 'an HTTP' : 'a SOCKS5'} proxy is --proxy ${kind}://HOST:PORT`,

  'client-certificate': {
    message: (message) => `${message} (--cert, --key)`,
    hint: 'name a certificate that the server accepts with --cert, and its private key with --key',
  },
  'other-client-certificate': (advice) => `${advice} with --cert`,
  'client-certificate-ca':
    'use a certificate of a CA that the server trusts; the file of --cert may hold intermediates too',
  'certificate-and-key': 'are --cert and --key swapped?',
  'tls-version': 'TLS 1.2 and 1.3 are allowed unless --tls-version or --ciphers leaves only one of them',
  'tls-ciphers': 'compare --ciphers and --tls-version with what the server allows',
  'tls-alpn': {
    message: (message) =>
      message.replace('the application protocol asked for (ALPN)', 'the protocol asked for with --tls-alpn'),
    hint: 'ask for a protocol that the server offers, or leave --tls-alpn out',
  },

  'trust-certificate': 'if it is the right one, put the certificate itself into the file of --cafile',
  'trust-newer-ca': 'the CA may have a new key by now: take its newer certificate for --cafile',
  'trust-ca': (_, { issuer }) => `that CA is ${issuer}: if it is the right one, ${TRUST}`,
  'trust-ca-or-intermediate': (_, { issuer }) =>
    `that CA is ${issuer}: if it is the right one, ${TRUST}; if it is an intermediate, the server should send its certificate`,
  'intermediate-missing': (_, { issuer }) =>
    `the server should send the intermediate certificate after its own; if ${issuer} is a root, ${TRUST}`,
  'name-in-certificate': 'connect by a name that is in the certificate (-h), or have one made for this name',
  'name-for-address': (advice) => `${advice} (-h)`,
  'weak-key': (_, { cure, level }) => `${cure}, or allow this one: --ciphers 'DEFAULT@SECLEVEL=${level}'.`,

  'psk-unavailable': { message: (message) => message.replace('A pre-shared key', '--psk') },
  'psk-version': {
    message: (message) =>
      message.replace('a pre-shared key', '--psk').replace('the version asked for', '--tls-version tlsv1.3'),
  },
  'psk-length': {
    message: (message) =>
      message
        .replace('the identity of the pre-shared key', 'the --psk-identity')
        .replace('the pre-shared key', 'the key of --psk'),
  },
  'psk-key': {
    message: (message) => message.replace('a pre-shared key', '--psk'),
    hint: 'compare --psk, in hexadecimal, with the key that the server has for this --psk-identity',
  },
  'psk-identity': {
    message: (message) => message.replace('this identity of a pre-shared key', 'this --psk-identity'),
  },
  'engine-unavailable': { message: (message) => message.replace('An OpenSSL engine', '--tls-engine') },

  'speaks-tls': (advice) => `${advice}: use --cafile FILE, or --tls-use-os-certs`,
  'speaks-http': (advice) => `${advice}: MQTT over WebSocket is --ws`,
  'websocket-tls': (advice) => `${advice}: --cafile or --tls-use-os-certs, or wss://`,
  'websocket-none': (advice) => `${advice} for plain MQTT leave out --ws`,
  'websocket-path': (_, { doubt }) => `try --ws-path: ${doubt}`,
  'websocket-header': (_, { name, fault }) => `the header "${name}" of --ws-header ${fault}`,
  'websocket-credentials': "the server wants credentials: --ws-header 'Authorization: …'?",
  'websocket-gateway': (advice) => `${advice} (--retry N)`,

  'packet-size': 'Raise --max-packet-size, or leave it out.',
  'client-id-of-its-own': 'Give each client a client ID of its own with -i, or leave -i out.',

  'spool-limit': { message: (message, { limit }) => `${message} (--spool-max-${limit})` },
  'password-file-exists': 'Use --force to replace the file, or leave -c out to add the user to it.',
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
  3: 'the server does not speak MQTT 3.1: try -V 311',
  4: 'the server does not speak MQTT 3.1.1: try -V 5 or -V 31',
  5: 'the server does not speak MQTT 5: try -V 311',
};

const CREDENTIALS = 'the user name or the password is wrong (-u, -P, --password-file), not the client identifier';
const IDENTIFIER = 'the client identifier is refused (-i), not the user name or the password';
const LATER = 'the server asks to come back later (--retry N)';
const WILL = 'the server does not take this Will (--will-qos, --will-retain, --will-topic)';

type ConnackWords = string | ((session: SessionOptions) => string);

const notAllowed: ConnackWords = ({ username }) =>
  username === undefined
    ? 'the server wants a user name and a password: -u, -P or --password-file'
    : 'this user may not connect, or user name or password are wrong (-u, -P, --password-file)';

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

/** The layers below the connection, as far as hints depend on them. */
export interface Way {
  readonly tls?: { readonly certFile?: string | undefined } | undefined;
  readonly webSocket?: unknown;
}

/** `answered`: CONNACK was received on this connection. Returns undefined when there is nothing to add to the failure. */
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

/** Other protocols that the port may expect. The layers below MQTT have responded, so they are not in doubt. */
export function doubts({ tls, webSocket }: Way): string {
  const version = 'another MQTT version (-V)';
  if (webSocket !== undefined) return `does it speak ${version}?`;
  if (tls === undefined) return `does this port speak TLS (--cafile), WebSocket (--ws) or ${version}?`;
  const others = `speak WebSocket (--ws) or ${version}?`;
  return tls.certFile === undefined
    ? `does this port want a client certificate (--cert, --key), or ${others}`
    : `does this port ${others}`;
}
