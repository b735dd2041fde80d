// Connects with dialer(), as the programs do.
import { messageFor, worded } from '../../src/cli/advice.ts';
import { Failure } from '../../src/errors.ts';
import type { ByteStream } from '../../src/net/byte-stream.ts';
import { dialer } from '../../src/net/dial.ts';
import type { DialContext, DialStep } from '../../src/net/dial-trace.ts';
import { type Resolver, SYSTEM_RESOLVER } from '../../src/net/resolver.ts';
import type { Target, TlsTarget } from '../../src/runtime/target.ts';
import { certificates } from '../support/certs.ts';
import { cleanUp } from '../support/cleanup.ts';

/** TLS that trusts the certificates of the tests. */
export const tls = (): NonNullable<Target['tls']> => ({
  caFile: certificates().ca,
  systemCa: false,
  keyInEngine: false,
  checkHost: true,
});

export function target(port: number, tls: Partial<TlsTarget>, more: Partial<Target> = {}): Target {
  return {
    host: 'localhost',
    port,
    srv: false,
    noDelay: false,
    tls: { systemCa: false, keyInEngine: false, checkHost: true, ...tls },
    ...more,
  };
}

export interface Attempt {
  /** The stream, if there is one. */
  stream?: ByteStream;
  /** The line that a program would print, and what it would return. */
  line?: string;
  status?: number;
  advice?: string | undefined;
  steps: DialStep[];
  warnings: string[];
  /** Everything that came, and how it ended. */
  received: () => string;
  closed: Promise<Failure | undefined>;
}

export const nobody: DialContext['passphrase'] = async () => undefined;

/** One attempt to connect; whatever comes of it. */
export async function attempt(to: Target, passphrase = nobody, resolver: Resolver = SYSTEM_RESOLVER): Promise<Attempt> {
  const steps: DialStep[] = [];
  const received: Buffer[] = [];
  let close: (failure: Failure | undefined) => void = () => {};
  const closed = new Promise<Failure | undefined>((resolve) => {
    close = resolve;
  });
  const warnings: string[] = [];
  const step = (traced: DialStep) => steps.push({ ...traced, outcome: messageFor(traced.outcome, traced.remedy) });
  const context = { step, passphrase, warn: (line: string) => warnings.push(line) };
  const dial = dialer(to, context, resolver);
  const handlers = { data: (bytes: Uint8Array) => received.push(Buffer.from(bytes)), drain: () => {}, closed: close };
  const rest = {
    steps,
    warnings,
    closed: closed.then((failure) => failure && worded(failure)),
    received: () => Buffer.concat(received).toString('latin1'),
  };
  try {
    const stream = await dial({ ...handlers, data: (bytes) => void handlers.data(bytes) }).opened;
    cleanUp(() => stream.destroy());
    return { stream, ...rest };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, status, advice } = worded(error);
    return { line: `Error: ${message}`, status, advice, ...rest };
  }
}

/** The step of TLS, of an attempt that came as far as that. */
export const tlsStep = ({ steps }: Attempt): DialStep | undefined => steps.find(({ kind }) => kind === 'tls');
