import { describe, expect, it } from 'vitest';
import { isTransient, retryPolicy } from '../../src/client/reconnect.ts';
import { FAILURES, Failure, type FailureKind } from '../../src/errors.ts';

const situation = (attempt: number, kind: FailureKind = 'connection-lost', everConnected = true, elapsed = 0) => ({
  failure: new Failure(kind),
  everConnected,
  attempt,
  step: attempt,
  elapsed,
});
const policy = (random: number, ...[limits = {}, comesBack = 'always']: Partial<Parameters<typeof retryPolicy>>) =>
  retryPolicy(limits, comesBack, () => random);

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
    expect(policy(0)(situation(attempt))).toBe(longest);
    const shortest = policy(1 - Number.EPSILON)(situation(attempt));
    if (attempt === 1) expect(shortest).toBe(1000);
    else expect(shortest).toBeCloseTo(longest * 0.75);
  });

  it('does not grow with failures that are no reason for it', () => {
    expect(policy(0)({ ...situation(9), step: 1 })).toBe(1000);
    expect(policy(0, { count: 9 })({ ...situation(9), step: 1 })).toBe(1000);
    expect(policy(0, { count: 9 })({ ...situation(10), step: 1 })).toBeUndefined();
  });

  it.each([1, 2, 9])('after %i failures is that of --retry-delay, if it is given', (attempt) => {
    expect(policy(0.5, { count: 10, delay: 250 })(situation(attempt))).toBe(250);
    expect(policy(0.5, { count: 10, delay: 0 })(situation(attempt))).toBe(0);
  });

  it('is none before the first CONNACK, and none for what time cannot heal', () => {
    expect(policy(0)(situation(1, 'connect', false))).toBeUndefined();
    expect(policy(0)(situation(1, 'tls'))).toBeUndefined();
  });
});

describe('--retry N', () => {
  it('allows N attempts after the first one, before CONNACK and after it', () => {
    for (const everConnected of [false, true]) {
      const limited = policy(0, { count: 2 });
      expect(limited(situation(1, 'connect', everConnected))).toBe(1000);
      expect(limited(situation(2, 'connect', everConnected))).toBe(2000);
      expect(limited(situation(3, 'connect', everConnected))).toBeUndefined();
    }
  });

  it('0 comes back neither before CONNACK nor after it', () => {
    expect(policy(0, { count: 0 })(situation(1, 'connect', false))).toBeUndefined();
    expect(policy(0, { count: 0 })(situation(1))).toBeUndefined();
  });

  it('never tries wrong credentials and bad certificates again', () => {
    const limited = policy(0, { count: 5 });
    for (const reason of [4, 5, 0x86, 0x87, 0x8c])
      expect(limited({ ...situation(1), failure: new Failure('refused', { reason }) })).toBeUndefined();
    expect(limited(situation(1, 'tls', false))).toBeUndefined();
    expect(limited(situation(1, 'auth', false))).toBeUndefined();
  });

  it('has the last word on who comes back: not at all, only when it was given, always', () => {
    expect(policy(0, {}, 'never')(situation(1))).toBeUndefined();
    expect(policy(0, { count: 1 }, 'never')(situation(1))).toBeUndefined();
    expect(policy(0, { count: 1 }, 'never')(situation(1, 'connect', false))).toBe(1000);
    expect(policy(0, {}, 'if allowed')(situation(1))).toBeUndefined();
    expect(policy(0, { count: 1 }, 'if allowed')(situation(1))).toBe(1000);
  });
});

describe('--retry-max-time', () => {
  it('begins no attempt later than that after the first failure', () => {
    const limited = policy(0, { count: 100, maxTime: 5000 });
    expect(limited(situation(1, 'connect', false, 0))).toBe(1000);
    expect(limited(situation(2, 'connect', false, 3000))).toBe(2000);
    expect(limited(situation(2, 'connect', false, 3001))).toBeUndefined();
  });
});

describe('what time can heal', () => {
  const TRANSIENT: readonly string[] = ['connect', 'lookup', 'connection-lost', 'keepalive', 'system', 'proxy'];
  const kinds = (Object.keys(FAILURES) as FailureKind[]).filter(
    (kind) => kind !== 'refused' && kind !== 'not-connected',
  );

  it.each(kinds)('%s', (kind) => {
    expect(isTransient(new Failure(kind))).toBe(TRANSIENT.includes(kind));
  });

  it.each([
    ['unknown', 'HTTP_429', true],
    ['unknown', 'HTTP_502', true],
    ['unknown', 'HTTP_503', true],
    ['unknown', 'HTTP_504', true],
    ['unknown', 'ETIMEDOUT', true],
    ['unknown', 'HTTP_401', false],
    ['unknown', 'HTTP_404', false],
    ['unknown', 'HTTP_500', false],
    ['proxy', 'EAUTH', false],
  ] as const)('%s with the code %s: %s', (kind, code, is) => {
    expect(isTransient(new Failure(kind, { code }))).toBe(is);
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

  it('a refused CONNACK without a reason is not; a proxy that does not get through is', () => {
    expect(isTransient(new Failure('refused'))).toBe(false);
    expect(isTransient(new Failure('not-connected'))).toBe(true);
  });

  it.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT'])('a TLS handshake that ended with %s is', (code) => {
    expect(isTransient(new Failure('tls', { code }))).toBe(true);
    expect(isTransient(new Failure('tls', { code: 'CERT_HAS_EXPIRED' }))).toBe(false);
  });
});
