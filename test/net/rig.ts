/** What the tests of the transports have in common: a target, a connection that is watched, servers with a script. */
import { worded } from '../../src/cli/advice.ts';
import { Failure } from '../../src/errors.ts';
import type { ByteStream, Dial } from '../../src/net/byte-stream.ts';
import { dialer } from '../../src/net/dial.ts';
import type { DialContext, DialStep } from '../../src/net/dial-trace.ts';
import type { Resolver } from '../../src/net/resolver.ts';
import type { Target } from '../../src/runtime/target.ts';
import { cleanUp } from '../support/cleanup.ts';

export function targetOf(given: Partial<Target>): Target {
  return { host: '127.0.0.1', port: 1883, srv: false, noDelay: false, ...given };
}

interface Watched {
  readonly stream: ByteStream;
  /** Everything that has come, one piece for each call of `data`. */
  readonly pieces: Buffer[];
  drains(): number;
  text(): string;
  /** Resolves when so much has come. */
  received(bytes: number): Promise<Buffer>;
  /** Resolves with the argument of `closed`. */
  readonly closed: Promise<Failure | undefined>;
}

/** Handlers that record their calls, and the outcome. */
function watch(dial: Dial): { cancel(): void; opened: Promise<Watched>; calls: string[] } {
  const pieces: Buffer[] = [];
  const calls: string[] = [];
  const waiting = new Set<() => void>();
  let drains = 0;
  let length = 0;
  let close = (_failure: Failure | undefined): void => {};
  const closed = new Promise<Failure | undefined>((resolve) => {
    close = resolve;
  });
  const dialing = dial({
    data: (bytes) => {
      calls.push('data');
      pieces.push(Buffer.from(bytes));
      length += bytes.length;
      for (const look of [...waiting]) look();
    },
    drain: () => void drains++,
    closed: (failure) => {
      calls.push('closed');
      close(failure);
    },
  });
  const opened = dialing.opened.then((stream): Watched => {
    calls.push('opened');
    cleanUp(() => stream.destroy());
    const text = (): string => Buffer.concat(pieces).toString();
    return {
      stream,
      pieces,
      closed,
      text,
      drains: () => drains,
      received: (bytes) =>
        new Promise((resolve) => {
          const look = (): void => {
            if (length < bytes) return;
            waiting.delete(look);
            resolve(Buffer.concat(pieces));
          };
          waiting.add(look);
          look();
        }),
    };
  });
  return { cancel: () => dialing.cancel(), opened, calls };
}

export interface Attempt {
  readonly steps: DialStep[];
  /** The steps as lines: what, outcome. */
  lines(): string[];
  readonly opened: Promise<Watched>;
  readonly calls: string[];
  cancel(): void;
}

export function attempt(target: Partial<Target>, resolver?: Resolver): Attempt {
  const steps: DialStep[] = [];
  const context: DialContext = { step: (step) => void steps.push(step), passphrase: async () => undefined };
  const watched = watch(dialer(targetOf(target), context, resolver));
  return {
    ...watched,
    steps,
    lines: () => steps.map(({ kind, what, outcome }) => `${kind}: ${what}: ${outcome}`),
  };
}

/** The Failure that a promise rejects with, in the words for users of the commands. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Failure) return worded(error);
    throw error;
  }
  throw new Error('it did not fail');
}

/** The parts of a failure that a user sees. */
export function seen({ kind, status, message, advice }: Failure): object {
  return { kind, status, message, ...(advice !== undefined && { advice }) };
}

/** An MQTT 3.1.1 CONNECT of the client `x`, PUBLISH of `hello` to `a` at QoS 0, DISCONNECT. */
export const CONNECT = Buffer.from('100d00044d5154540402003c000178', 'hex');
export const CONNACK = Buffer.from('20020000', 'hex');
export const PINGREQ = Buffer.from('c000', 'hex');
export const PINGRESP = Buffer.from('d000', 'hex');
export const DISCONNECT = Buffer.from('e000', 'hex');
