/** Which steps a connection attempt takes: `--explain` prints each step and its outcome on one line. */
import { Failure, type Remedy } from '../errors.ts';

/** The endpoint of one step. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly unixPath?: string | undefined;
  readonly localAddress?: string | undefined;
  /** What should be listening at the endpoint. */
  readonly what: 'broker' | 'proxy';
}

/** The kinds of steps, in their order; not every connection has all of them. */
export type DialStepKind = 'lookup' | 'connect' | 'proxy' | 'tls' | 'websocket' | 'mqtt';

export interface DialStep {
  readonly kind: DialStepKind;
  /** What was tried, such as `Connect to 127.0.0.1 port 1883`. */
  readonly what: string;
  /** The result, such as `connected` or `Connection refused`. Never contains a secret. */
  readonly outcome: string;
  readonly failed: boolean;
  /** Which options can fix the failure. */
  readonly remedy?: Remedy | undefined;
  /** Further lines, such as the contents of a certificate. */
  readonly details?: readonly string[];
  /** Of TLS: what the server showed, its own certificate first. */
  readonly certificates?: readonly CertificateFacts[];
}

/** What a certificate says of itself. Times are milliseconds since 1970. */
export interface CertificateFacts {
  /** The hosts that it is for, as a list for people. */
  readonly names: string;
  readonly issuer: string;
  readonly from: number;
  readonly to: number;
}

/** What a dialer needs from the program: a place for its trace and its warnings, and a way to prompt the user. */
export interface DialContext {
  step(step: DialStep): void;
  /** Asks for the pass phrase of the encrypted key in this file; undefined without a user to ask. */
  passphrase(keyFile: string): Promise<string | undefined>;
  /** Reports a problem that does not prevent the connection. */
  warn?(line: string): void;
}

export const CONNECTED = 'connected';

/** Traces the outcome for one address. */
export function traceConnect(context: DialContext, { host, port, unixPath }: Endpoint, outcome = CONNECTED): void {
  const what = `Connect to ${unixPath ?? `${host} port ${port}`}`;
  context.step({ kind: 'connect', what, outcome, failed: outcome !== CONNECTED });
}

/** Traces a step with its outcome or failure. Settles as `work` does. */
export async function traceStep<T>(
  context: DialContext,
  kind: DialStepKind,
  what: string,
  work: Promise<T>,
  outcome: (result: T) => string,
): Promise<T> {
  try {
    const result = await work;
    context.step({ kind, what, outcome: outcome(result), failed: false });
    return result;
  } catch (error) {
    if (error instanceof Failure)
      context.step({ kind, what, outcome: error.message, failed: true, remedy: error.remedy });
    throw error;
  }
}
