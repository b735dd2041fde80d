/**
 * What can go wrong for a user, and what the process then returns: one row a failure.
 *
 * The numbers are Mosquitto's documented exit statuses (MOSQ_ERR_*), because scripts test for them; the texts are those
 * of the 2.1 clients, without the full stop of 2.0. A refused CONNACK returns its own code and has no row here.
 * Misuse by our own code is not a failure: it throws a TypeError and is a bug.
 */

export const FAILURES = {
  /** A word on the command line, in an options file or in the environment cannot be used. */
  usage: { status: 1, text: 'Invalid usage' },
  /** A file named by the user cannot be read or written. */
  file: { status: 1, text: 'File error' },
  /** The operating system refused the connection, or no route leads there. */
  connect: { status: 1, text: 'Connection failed' },
  lookup: { status: 1, text: 'Lookup error' },
  protocol: { status: 2, text: 'A network protocol error occurred when communicating with the broker' },
  'invalid-input': { status: 3, text: 'Invalid input' },
  'not-connected': { status: 4, text: 'The client is not currently connected' },
  refused: { status: 5, text: 'The connection was refused' },
  'connection-lost': { status: 7, text: 'The connection was lost' },
  tls: { status: 8, text: 'A TLS error occurred' },
  'payload-too-large': { status: 9, text: 'Payload too large' },
  'not-supported': { status: 10, text: 'This feature is not supported' },
  auth: { status: 11, text: 'Authorisation failed' },
  unknown: { status: 13, text: 'Unknown error' },
  system: { status: 14, text: 'System error' },
  proxy: { status: 16, text: 'Proxy error' },
  keepalive: { status: 19, text: 'Keepalive exceeded' },
  malformed: { status: 21, text: 'Malformed packet' },
  'qos-not-supported': { status: 24, text: 'Requested QoS not supported on server' },
  'packet-too-large': { status: 25, text: 'Packet larger than supported by the server' },
  timeout: { status: 27, text: 'Timed out' },
} as const satisfies Record<string, { readonly status: number; readonly text: string }>;

export type FailureKind = keyof typeof FAILURES;

type Nothing = Readonly<Record<never, never>>;

/** By the code of a remedy, what belongs into its sentence. */
interface RemedyData {
  // Reaching the host
  'local-address': Nothing;
  'name-of-other-family': { readonly name: string; readonly from: string; readonly family: string };
  'address-of-other-family': { readonly host: string; readonly from: string; readonly family: string };
  'srv-of-address': { readonly host: string };
  'srv-missing': { readonly name: string };
  'host-elsewhere': Nothing;
  // Proxies
  'proxy-credentials': { readonly kind: 'http' | 'socks5h' };
  'proxy-kind': { readonly kind: 'http' | 'socks5h' };
  // TLS: what the server does not accept of us
  'client-certificate': Nothing;
  'other-client-certificate': Nothing;
  'client-certificate-ca': Nothing;
  'certificate-and-key': Nothing;
  'tls-version': Nothing;
  'tls-ciphers': Nothing;
  'tls-alpn': Nothing;
  // TLS: what we do not accept of the server
  'trust-certificate': Nothing;
  'trust-newer-ca': Nothing;
  'trust-ca': { readonly issuer: string };
  'trust-ca-or-intermediate': { readonly issuer: string };
  'intermediate-missing': { readonly issuer: string };
  'name-in-certificate': Nothing;
  'name-for-address': Nothing;
  'weak-key': { readonly cure: string; readonly level: number };
  // TLS with a pre-shared key, or an engine
  'psk-unavailable': Nothing;
  'psk-version': Nothing;
  'psk-length': Nothing;
  'psk-key': Nothing;
  'psk-identity': Nothing;
  'engine-unavailable': Nothing;
  // Another protocol than the one asked for
  'speaks-tls': Nothing;
  'speaks-http': Nothing;
  'websocket-tls': Nothing;
  'websocket-none': Nothing;
  'websocket-path': { readonly doubt: string };
  'websocket-header': { readonly name: string; readonly fault: string };
  'websocket-credentials': Nothing;
  'websocket-gateway': Nothing;
  // MQTT
  'packet-size': Nothing;
  'client-id-of-its-own': Nothing;
  // Files
  'spool-limit': { readonly limit: 'bytes' | 'count' | 'age' };
  'password-file-exists': Nothing;
}

/** What to change, as a code with what belongs into the sentence, for programs that have words of their own. */
export type Remedy = {
  [Code in keyof RemedyData]: { readonly code: Code } & RemedyData[Code];
}[keyof RemedyData];

/** What to change, twice: for people and for programs. */
export interface Advice {
  /**
   * One line of help. Without `Hint: ` and without a line end; never a secret in it, and no option of a program: it is for
   * those too who `import 'tsmosq'`.
   */
  readonly advice?: string | undefined;
  /** Where there is more to say to somebody who has options, or settings of another kind: cli/advice.ts says it. */
  readonly remedy?: Remedy | undefined;
}

export interface FailureDetails extends Advice {
  /** The line for the user, without `Error: ` and without a line end. Default: the text of the kind. */
  readonly message?: string;
  /** Exit status, 1 to 255. Default: the status of the kind. */
  readonly status?: number;
  /** Machine-readable origin: an errno name such as `ECONNREFUSED`, or an OpenSSL code. */
  readonly code?: string;
  /** The MQTT reason or return code behind it, 0 to 255. */
  readonly reason?: number;
}

/**
 * Something went wrong that a user must hear of. Its stack is never printed. `message` and `advice` are sentences
 * for people. `remedy`, where there is one, says what to change to a program, which has settings of its own: its `code`
 * stands for the sentence, such as `trust-ca` or `client-certificate`, and what is beside it belongs into the sentence.
 */
export class Failure extends Error {
  readonly kind: FailureKind;
  readonly status: number;
  readonly code: string | undefined;
  readonly reason: number | undefined;
  readonly advice: string | undefined;
  readonly remedy: Remedy | undefined;

  constructor(kind: FailureKind, details: FailureDetails = {}) {
    super(details.message ?? FAILURES[kind].text);
    this.name = 'Failure';
    this.kind = kind;
    this.status = details.status ?? FAILURES[kind].status;
    this.code = details.code;
    this.reason = details.reason;
    this.advice = details.advice;
    this.remedy = details.remedy;
  }

  /** What was caught, when it is a failure. Anything else is a mistake of ours, and thrown again. */
  static of(error: unknown): Failure {
    if (!(error instanceof Failure)) throw error;
    return error;
  }

  /** The same failure in other words, or with other advice. */
  with(message: string, { advice, remedy }: Advice = this): Failure {
    const { kind, status, code, reason } = this;
    return new Failure(kind, {
      message,
      status,
      advice,
      remedy,
      ...(code !== undefined && { code }),
      ...(reason !== undefined && { reason }),
    });
  }
}
