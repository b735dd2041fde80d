/** The steps of an attempt to connect, as a dialer traces them: `--explain` prints each in a line, whatever came of it. */
import { Failure, type Remedy } from '../errors.ts';

/** What was to be connected to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly unixPath?: string | undefined;
  readonly localAddress?: string | undefined;
  /** What is expected to listen there. */
  readonly what: 'broker' | 'proxy';
}

/** In the order in which they come; not every connection has all of them. */
export type DialStepKind = 'lookup' | 'connect' | 'proxy' | 'tls' | 'websocket' | 'mqtt';

export interface DialStep {
  readonly kind: DialStepKind;
  /** What was tried, such as `Connect to 127.0.0.1 port 1883`. */
  readonly what: string;
  /** What came of it, such as `connected` or `Connection refused`. Never a secret in it. */
  readonly outcome: string;
  readonly failed: boolean;
  /** Of what it failed for, where there is more to say to somebody with options. */
  readonly remedy?: Remedy | undefined;
  /** Further lines, such as what a certificate says of itself. */
  readonly details?: readonly string[];
}

/** What a dialer needs of the program: where its trace and its warnings go, and a user to ask. */
export interface DialContext {
  step(step: DialStep): void;
  /** Asks for the pass phrase of the encrypted key in this file; undefined when there is no user to ask. */
  passphrase(keyFile: string): Promise<string | undefined>;
  /** Takes a line about what does not keep it from connecting. */
  warn?(line: string): void;
}

export const CONNECTED = 'connected';

/** Traces the outcome of one address. */
export function traceConnect(context: DialContext, { host, port, unixPath }: Endpoint, outcome = CONNECTED): void {
  const what = `Connect to ${unixPath ?? `${host} port ${port}`}`;
  context.step({ kind: 'connect', what, outcome, failed: outcome !== CONNECTED });
}

/** Traces a step that is one piece of work: its outcome, or why it failed. Settles as the work does. */
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
