/**
 * Whether and when to reconnect after a lost connection (the retry policy). It is a pure function, so that it can be
 * tested as a table. connection-history.ts counts what happened before.
 */
import type { Failure, FailureKind } from '../errors.ts';
import type { Millis } from '../util/millis.ts';

export interface Situation {
  readonly failure: Failure;
  /** Whether a CONNACK accepted the client before, in this run. */
  readonly everConnected: boolean;
  /** Failures in a row, including this one; restarts at 1 after a useful connection. */
  readonly attempt: number;
  /** The number of the wait, of those that grow: as `attempt`, but 1 while the broker closes connections cleanly. */
  readonly step: number;
  /** Milliseconds since the first failure in this row. */
  readonly elapsed: Millis;
}

/** Milliseconds to wait before the next attempt, or undefined to give up. */
export type RetryPolicy = (situation: Situation) => Millis | undefined;

/**
 * Failures that may pass: a proxy, for example, may be starting. Any other failure, such as wrong credentials or a
 * wrong certificate, would repeat indefinitely.
 */
const TRANSIENT: ReadonlySet<FailureKind> = new Set([
  'connect',
  'lookup',
  'connection-lost',
  'keepalive',
  'system',
  'proxy',
]);

/** Codes of a TLS handshake that was cut short, for example by a server that is starting or stopping. */
const CUT_SHORT: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** Codes of a WebSocket handshake when the web server cannot reach the broker, or is overloaded. */
const NOT_NOW: ReadonlySet<string | undefined> = new Set(['HTTP_429', 'HTTP_502', 'HTTP_503', 'HTTP_504', 'ETIMEDOUT']);

/** The code when a proxy rejects the credentials, whatever exit status its reply leads to. */
const REFUSED_BY_PROXY = 'EAUTH';

/**
 * Reason codes of DISCONNECT and CONNACK that allow another attempt: shutting down, busy, too fast, connected too long.
 * 3 is "broker unavailable" in MQTT 3; MQTT 5 has no such code.
 */
const TRANSIENT_REASONS: ReadonlySet<number> = new Set([3, 0x88, 0x89, 0x8b, 0x8d, 0x96, 0x97, 0x98, 0x9f, 0xa0]);

export function isTransient({ kind, reason, code }: Failure): boolean {
  switch (kind) {
    case 'refused':
      return TRANSIENT_REASONS.has(reason ?? -1);
    case 'not-connected':
      // Without a reason code, the failure is from a proxy that cannot reach the broker.
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

/** The limits that the user sets (`--retry`, `--retry-delay`, `--retry-max-time`). */
export interface RetryLimits {
  /** Attempts after the first failure in a row; undefined: none before the first CONNACK, no limit after it. */
  readonly count?: number | undefined;
  /** Milliseconds before each attempt; undefined: growing waits. */
  readonly delay?: Millis | undefined;
  /** No attempt begins more than this many milliseconds after the first failure in a row. */
  readonly maxTime?: Millis | undefined;
}

/** When a program reconnects to a broker that accepted it before: always, if `--retry` allows it, or never. */
export type ComesBack = 'always' | 'if allowed' | 'never';

const FIRST_WAIT: Millis = 1000;
const LONGEST_WAIT: Millis = 30_000;

/**
 * 1 s after the first failure, as Mosquitto does, then twice as long each time up to 30 s. From the second wait on, a
 * random part of up to a quarter is subtracted, so that many clients do not reconnect at the same time.
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
