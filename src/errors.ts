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

export interface FailureDetails {
  /** The line for the user, without `Error: ` and without a line end. Default: the text of the kind. */
  readonly message?: string;
  /** Exit status, 1 to 255. Default: the status of the kind. */
  readonly status?: number;
  /** Machine-readable origin: an errno name such as `ECONNREFUSED`, or an OpenSSL code. */
  readonly code?: string;
  /** The MQTT reason or return code behind it, 0 to 255. */
  readonly reason?: number;
  /** One line of help: what to change. Without `Hint: ` and without a line end; never a secret in it. */
  readonly advice?: string | undefined;
}

/** Something went wrong that a user must hear of. Carries no stack that anybody prints. */
export class Failure extends Error {
  readonly kind: FailureKind;
  readonly status: number;
  readonly code: string | undefined;
  readonly reason: number | undefined;
  readonly advice: string | undefined;

  constructor(kind: FailureKind, details: FailureDetails = {}) {
    super(details.message ?? FAILURES[kind].text);
    this.name = 'Failure';
    this.kind = kind;
    this.status = details.status ?? FAILURES[kind].status;
    this.code = details.code;
    this.reason = details.reason;
    this.advice = details.advice;
  }

  /** The same failure in other words, or with other advice. */
  with(message: string, advice = this.advice): Failure {
    const { kind, status, code, reason } = this;
    return new Failure(kind, {
      message,
      status,
      advice,
      ...(code !== undefined && { code }),
      ...(reason !== undefined && { reason }),
    });
  }
}
