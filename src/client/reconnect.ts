/** Whether and when to connect again: pure, so that it can be read and tested as a table. */
import type { Failure, FailureKind } from '../errors.ts';
import type { Millis, Random } from '../runtime/io.ts';

export interface Situation {
  readonly failure: Failure;
  /** A CONNACK accepted us before, in this run. */
  readonly everConnected: boolean;
  /** Failures in a row, this one included; starts again at 1 after every accepted CONNACK. */
  readonly attempt: number;
}

/** How long to wait before the next attempt, or undefined to give up. */
export type RetryPolicy = (situation: Situation) => Millis | undefined;

/** Failures that time can heal. Everything else would fail again in the same way, for ever. */
const TRANSIENT: ReadonlySet<FailureKind> = new Set(['connect', 'lookup', 'connection-lost', 'keepalive', 'system']);

/**
 * Reasons of a server's DISCONNECT and CONNACK that say "come back": shutting down, busy, too fast, too long.
 * 3 is "broker unavailable" in MQTT 3; MQTT 5 has no such code.
 */
const TRANSIENT_REASONS: ReadonlySet<number> = new Set([3, 0x88, 0x89, 0x8b, 0x8d, 0x96, 0x97, 0x98, 0x9f, 0xa0]);

export function isTransient(failure: Failure): boolean {
  if (failure.kind === 'not-connected' || failure.kind === 'refused')
    return failure.reason === 0 || TRANSIENT_REASONS.has(failure.reason ?? -1);
  return TRANSIENT.has(failure.kind);
}

export const never: RetryPolicy = () => undefined;

const FIRST_WAIT: Millis = 1000;
const LONGEST_WAIT: Millis = 30_000;

/**
 * Once connected, keep at it: 1 s after the first failure, as Mosquitto does, then twice as long each time up to 30 s.
 * From the second wait on up to a quarter is taken off at random, so that many clients do not come back as one.
 */
export function untilConnectedAgain(random: Random): RetryPolicy {
  return ({ failure, everConnected, attempt }) => {
    if (!everConnected || !isTransient(failure)) return undefined;
    const wait = Math.min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT);
    return attempt === 1 ? wait : wait * (1 - random() / 4);
  };
}
