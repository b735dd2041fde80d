import { describe, expect, it } from 'vitest';
import { isTransient, never, untilConnectedAgain } from '../../src/client/reconnect.ts';
import { FAILURES, Failure, type FailureKind } from '../../src/errors.ts';

const situation = (attempt: number, kind: FailureKind = 'connection-lost', everConnected = true) => ({
  failure: new Failure(kind),
  everConnected,
  attempt,
});

describe('the wait before the next attempt', () => {
  it.each([
    [1, 1000],
    [2, 2000],
    [3, 4000],
    [4, 8000],
    [5, 16_000],
    [6, 30_000],
    [7, 30_000],
    [60, 30_000],
    [5000, 30_000],
  ])('after %i failures in a row is %i ms at most, and three quarters of that at least', (attempt, longest) => {
    expect(untilConnectedAgain(() => 0)(situation(attempt))).toBe(longest);
    const shortest = untilConnectedAgain(() => 1 - Number.EPSILON)(situation(attempt));
    if (attempt === 1) expect(shortest).toBe(1000);
    else expect(shortest).toBeCloseTo(longest * 0.75);
  });

  it('is none before the first CONNACK, and none for what time cannot heal', () => {
    expect(untilConnectedAgain(() => 0)(situation(1, 'connect', false))).toBeUndefined();
    expect(untilConnectedAgain(() => 0)(situation(1, 'tls'))).toBeUndefined();
    expect(never(situation(1))).toBeUndefined();
  });
});

describe('what time can heal', () => {
  const TRANSIENT: readonly string[] = ['connect', 'lookup', 'connection-lost', 'keepalive', 'system'];
  const kinds = (Object.keys(FAILURES) as FailureKind[]).filter(
    (kind) => kind !== 'refused' && kind !== 'not-connected',
  );

  it.each(kinds)('%s', (kind) => {
    expect(isTransient(new Failure(kind))).toBe(TRANSIENT.includes(kind));
  });

  it.each([
    ['refused', 1, false],
    ['refused', 2, false],
    ['refused', 3, true],
    ['refused', 4, false],
    ['refused', 5, false],
    ['refused', 0x80, false],
    ['refused', 0x85, false],
    ['refused', 0x86, false],
    ['refused', 0x87, false],
    ['refused', 0x88, true],
    ['refused', 0x89, true],
    ['refused', 0x8a, false],
    ['refused', 0x97, true],
    ['refused', 0x9d, false],
    ['refused', 0x9f, true],
    ['not-connected', 0, true],
    ['not-connected', 0x81, false],
    ['not-connected', 0x82, false],
    ['not-connected', 0x87, false],
    ['not-connected', 0x8b, true],
    ['not-connected', 0x8d, true],
    ['not-connected', 0x8e, false],
    ['not-connected', 0x93, false],
    ['not-connected', 0x96, true],
    ['not-connected', 0x98, true],
    ['not-connected', 0xa0, true],
  ] as const)('%s with reason %i: %s', (kind, reason, expected) => {
    expect(isTransient(new Failure(kind, { reason }))).toBe(expected);
  });

  it.each(['refused', 'not-connected'] as const)('%s without a reason is not', (kind) => {
    expect(isTransient(new Failure(kind))).toBe(false);
  });
});
