/**
 * Which failures a user can meet, and what the process then returns: one row per failure.
 *
 * The numbers are Mosquitto's documented exit statuses (MOSQ_ERR_*), because scripts test for them. The texts are those
 * of the 2.1 clients, without the final period of 2.0. A refused CONNACK returns its own code and has no row here.
 * Misuse by code of this project is a bug, not a failure: it throws a TypeError.
 */

export const FAILURES = {
  /** A word on the command line, in an options file or in the environment is invalid. */
  usage: { status: 1, text: 'Invalid usage' },
  /** A file named by the user cannot be read or written. */
  file: { status: 1, text: 'File error' },
  /** The operating system refused the connection, or has no route to the host. */
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

/** The values in the sentence of each remedy, by its code. */
interface RemedyData {
  // Reaching the host
  'nothing-listens': { readonly host: string; readonly port: number; readonly what: string };
  'local-address': Nothing;
  'name-of-other-family': { readonly name: string; readonly from: string; readonly family: string };
  'address-of-other-family': { readonly host: string; readonly from: string; readonly family: string };
  'srv-of-address': { readonly host: string };
  'srv-missing': { readonly name: string };
  'host-elsewhere': Nothing;
  // Proxies
  'proxy-credentials': { readonly kind: 'http' | 'socks5h' };
  'proxy-kind': { readonly kind: 'http' | 'socks5h' };
  // TLS: what the server rejects
  'client-certificate': Nothing;
  'other-client-certificate': Nothing;
  'client-certificate-ca': Nothing;
  'certificate-and-key': Nothing;
  'tls-version': Nothing;
  'tls-ciphers': Nothing;
  'tls-alpn': Nothing;
  // TLS: what this client rejects
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
  // Another protocol than the requested one
  'speaks-tls': Nothing;
  'speaks-http': Nothing;
  'websocket-tls': Nothing;
  'websocket-none': Nothing;
  'websocket-path': { readonly doubt: string };
  'websocket-header': { readonly name: string; readonly fault: string };
  'websocket-credentials': { readonly given: boolean };
  'websocket-gateway': Nothing;
  // MQTT
  'packet-size': Nothing;
  'client-id-of-its-own': Nothing;
  // Files
  'spool-limit': { readonly limit: 'bytes' | 'count' | 'age' };
  'password-file-exists': Nothing;
  'password-file-missing': Nothing;
}

/** What to change: a code, and the values for its sentence. Programs can word it in their own way. */
export type Remedy = {
  [Code in keyof RemedyData]: { readonly code: Code } & RemedyData[Code];
}[keyof RemedyData];

/** What to change, in a form for people and in one for programs. */
export interface Advice {
  /**
   * One line of advice, without `Hint: ` and without a newline. It contains no secret, and no option of a command,
   * because users of the library see it, too.
   */
  readonly advice?: string | undefined;
  /** Set when options or other settings can help: cli/advice.ts has the sentence for the commands. */
  readonly remedy?: Remedy | undefined;
}

export interface FailureDetails extends Advice {
  /** The message, without `Error: ` and without a newline. Default: the text of the kind. */
  readonly message?: string;
  /** Exit status, 1 to 255. Default: the status of the kind. */
  readonly status?: number;
  /** Machine-readable origin: an errno name such as `ECONNREFUSED`, or an OpenSSL code. */
  readonly code?: string;
  /** The MQTT reason or return code of the failure, 0 to 255. */
  readonly reason?: number;
}

/**
 * A failure to report to the user. Its stack is never printed. `message` and `advice` are sentences for people.
 * `remedy` is for programs with settings of their own: its `code`, such as `trust-ca` or `client-certificate`,
 * identifies the advice, and its other fields are the values in it.
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

  /** Returns the caught failure. Rethrows anything else, which is a bug. */
  static of(error: unknown): Failure {
    if (!(error instanceof Failure)) throw error;
    return error;
  }

  /** The same failure with another message or advice. */
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
