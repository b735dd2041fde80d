/**
 * Whether and when to connect again after a lost connection, and how long to wait (the retry policy): pure, so that it can be read
 * and tested as a table. connection-history.ts counts what went before.
 */
import type { Failure, FailureKind } from '../errors.ts';
import type { Millis } from '../util/millis.ts';

export interface Situation {
  readonly failure: Failure;
  /** A CONNACK accepted us before, in this run. */
  readonly everConnected: boolean;
  /** Failures in a row, this one included; starts again at 1 once a connection has proved to be of use. */
  readonly attempt: number;
  /** Which wait it is now, of those that grow: as `attempt`, but a server that ends connections in order keeps it at 1. */
  readonly step: number;
  /** Since the first failure in this row. */
  readonly elapsed: Millis;
}

/** How long to wait before the next attempt, or undefined to give up. */
export type RetryPolicy = (situation: Situation) => Millis | undefined;

/**
 * Failures that time can heal: a proxy too may be starting. Everything else would fail again in the same way, for ever;
 * wrong credentials and certificates are among that.
 */
const TRANSIENT: ReadonlySet<FailureKind> = new Set([
  'connect',
  'lookup',
  'connection-lost',
  'keepalive',
  'system',
  'proxy',
]);

/** Of a TLS handshake: it was cut short, as by a server that is just starting or stopping. */
const CUT_SHORT: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** Of a WebSocket handshake: the web server before the broker does not reach it, or has no room, at this moment. */
const NOT_NOW: ReadonlySet<string | undefined> = new Set(['HTTP_429', 'HTTP_502', 'HTTP_503', 'HTTP_504', 'ETIMEDOUT']);

/** Of a proxy: wrong credentials, whatever the exit status that goes with its answer. */
const REFUSED_BY_PROXY = 'EAUTH';

/**
 * Reasons of a server's DISCONNECT and CONNACK that say "come back": shutting down, busy, too fast, too long.
 * 3 is "broker unavailable" in MQTT 3; MQTT 5 has no such code.
 */
const TRANSIENT_REASONS: ReadonlySet<number> = new Set([3, 0x88, 0x89, 0x8b, 0x8d, 0x96, 0x97, 0x98, 0x9f, 0xa0]);

export function isTransient({ kind, reason, code }: Failure): boolean {
  switch (kind) {
    case 'refused':
      return TRANSIENT_REASONS.has(reason ?? -1);
    case 'not-connected':
      // Without a reason it is a proxy that does not get through to the server.
      return reason === undefined || reason === 0 || TRANSIENT_REASONS.has(reason);
    case 'tls':
      return CUT_SHORT.has(code);
    case 'unknown':
      return NOT_NOW.has(code);
    case 'proxy':
      return code !== REFUSED_BY_PROXY;
    default:
      return TRANSIENT.has(kind);
  }
}

/** What the user allows (`--retry`, `--retry-delay`, `--retry-max-time`). */
export interface RetryLimits {
  /** Attempts after the first failure in a row; undefined: none before the first CONNACK, without limit after it. */
  readonly count?: number | undefined;
  /** The wait before each attempt; undefined: longer each time. */
  readonly delay?: Millis | undefined;
  /** No attempt begins later than this after the first failure in a row. */
  readonly maxTime?: Millis | undefined;
}

/** Whether a program that a server had taken in comes back to it: of its own accord, when `--retry` allows it, or never. */
export type ComesBack = 'always' | 'if allowed' | 'never';

const FIRST_WAIT: Millis = 1000;
const LONGEST_WAIT: Millis = 30_000;

/**
 * 1 s after the first failure, as Mosquitto does, then twice as long each time up to 30 s. From the second wait on up to
 * a quarter is taken off at random, so that many clients do not come back as one.
 */
export function retryPolicy(limits: RetryLimits, comesBack: ComesBack, random: () => number): RetryPolicy {
  const { count, delay, maxTime = Number.POSITIVE_INFINITY } = limits;
  const most = {
    before: count ?? 0,
    after: { always: count ?? Number.POSITIVE_INFINITY, 'if allowed': count ?? 0, never: 0 }[comesBack],
  };
  return ({ failure, everConnected, attempt, step, elapsed }) => {
    if (attempt > (everConnected ? most.after : most.before) || !isTransient(failure)) return undefined;
    const wait = delay ?? backOff(step, random);
    return elapsed + wait > maxTime ? undefined : wait;
  };
}

function backOff(step: number, random: () => number): Millis {
  const wait = Math.min(FIRST_WAIT * 2 ** (step - 1), LONGEST_WAIT);
  return step === 1 ? wait : wait * (1 - random() / 4);
}
