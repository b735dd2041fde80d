/** Certificates that expire. */
import { describe, expect, it } from 'vitest';
import { type CertEvidence, certVerdict } from '../../../src/check/checks/cert.ts';
import { readRange } from '../../../src/check/range.ts';
import { STATUS_NAMES } from '../../../src/check/status.ts';

const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
const facts = (days: number, from = -100) => ({
  names: 'broker.example',
  issuer: 'CN=ca',
  from: NOW + from * DAY,
  to: NOW + days * DAY,
});
const LIMITS = { warn: readRange('30:'), critical: readRange('7:') };
const outcome = (evidence: CertEvidence) => {
  const { status, text } = certVerdict(evidence, LIMITS, NOW);
  return `${STATUS_NAMES[status]} ${text}`;
};

describe('cert', () => {
  it.each([
    [90, 'OK the certificate for broker.example, issued by CN=ca, expires in 90 days'],
    [20, 'WARNING the certificate for broker.example, issued by CN=ca, expires in 20 days'],
    [3, 'CRITICAL the certificate for broker.example, issued by CN=ca, expires in 3 days'],
    [-2, 'CRITICAL the certificate for broker.example, issued by CN=ca, expired 2 days ago'],
  ])('judges %d days', (days, text) => {
    expect(outcome({ chain: [facts(days)] })).toBe(text);
  });

  it('judges what is above the certificate, and the one of this client', () => {
    expect(outcome({ chain: [facts(90), facts(3)] })).toMatch(/^CRITICAL the issuing certificate/);
    expect(outcome({ chain: [facts(90)], own: facts(-1) })).toBe(
      'CRITICAL the client certificate (--cert) for broker.example, issued by CN=ca, expired 24 h ago',
    );
  });

  it('judges one that is not valid yet', () => {
    expect(outcome({ chain: [facts(90, 1)] })).toMatch(/^CRITICAL .* is not valid before 2026-06-02$/);
  });

  it('says why a handshake failed: of the broker critical, of our own files unknown', () => {
    const message = 'A TLS error occurred: the server certificate is for another host';
    expect(outcome({ chain: [facts(90)], failure: { message, isOurs: false } })).toBe(`CRITICAL ${message}`);
    expect(outcome({ chain: [], failure: { message: 'no such file', isOurs: true } })).toBe('UNKNOWN no such file');
  });

  it('cannot judge a broker without a certificate', () => {
    expect(outcome({ chain: [] })).toBe('UNKNOWN the broker showed no certificate');
  });
});
