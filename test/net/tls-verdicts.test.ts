/** What is reported about a failed handshake, by its error and the received certificates: no connection is made. */
import type { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { worded } from '../../src/cli/advice.ts';
import { type Handshake, handshakeFailure } from '../../src/net/tls-failures.ts';
import type { TlsTarget } from '../../src/runtime/target.ts';

const TLS: TlsTarget = { systemCa: false, keyInEngine: false, checkHost: true };
const CONSTRAINED = Buffer.from('000603551d1e00', 'hex');
const SERVERS = '1.3.6.1.5.5.7.3.1';
const CLIENTS = '1.3.6.1.5.5.7.3.2';

/** A certificate as far as it is looked at. */
const certificate = (more: Partial<X509Certificate>): X509Certificate =>
  ({
    subject: 'CN=own',
    issuer: 'O=o\nCN=ca',
    subjectAltName: 'DNS:h',
    ca: false,
    raw: Buffer.alloc(0),
    validFrom: 'Jan  1 00:00:00 2021 GMT',
    validTo: 'Jan  1 00:00:00 2099 GMT',
    ...more,
  }) as X509Certificate;
const OWN = certificate({});
const CA = certificate({ subject: 'O=o\nCN=ca', issuer: 'CN=root', ca: true });

const reported = (error: object, more: Partial<Handshake> = {}): { reason: string; advice: string | undefined } => {
  const failure = worded(
    handshakeFailure(error, {
      ...{ host: 'h', tls: TLS, trusted: [], chain: [OWN], keyed: true, rejected: false },
      ...more,
    }),
  );
  expect(failure).toMatchObject({ kind: 'tls', status: 8 });
  return { reason: failure.message.replace('A TLS error occurred: ', ''), advice: failure.advice };
};

const ANOTHER = 'The server needs another certificate.';
const NAMED = 'Connect by a name in the certificate (-h), or issue one for this name.';

describe('a certificate', () => {
  it.each<[code: string, handshake: Partial<Handshake>, reason: string, advice: string | undefined]>([
    ['ERR_TLS_CERT_ALTNAME_INVALID', { host: 'x' }, 'the server certificate is for h, not for x', NAMED],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      { host: '192.0.2.1' },
      'the server certificate is for h, not for 192.0.2.1',
      NAMED,
    ],
    ['ERR_TLS_CERT_ALTNAME_INVALID', { host: 'h' }, 'the server certificate is for h, not for h', NAMED],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      { host: '192.0.2.1', chain: [certificate({ subjectAltName: 'DNS:h, DNS:192.0.2.1' })] },
      'the server certificate is for 192.0.2.1 as a name, not as an address',
      'Connect by a host name in the certificate (-h), or issue one with subjectAltName=IP:192.0.2.1.',
    ],
    ['ERR_TLS_CERT_ALTNAME_INVALID', { chain: [] }, 'the server certificate is for another host, not for h', NAMED],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      { host: 'x', chain: [certificate({ subjectAltName: 'DNS:a, DNS:b*.test' })] },
      'the server certificate is for a, b*.test, not for x',
      'A wildcard must be a whole label, as in *.example.org. The server needs another certificate.',
    ],
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      {},
      'the server certificate comes from a CA that is not trusted here',
      'The CA is O=o, CN=ca. If it is a root that you expect, trust it with --cafile or --capath. If it is an intermediate, the server must send it.',
    ],
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      { chain: [certificate({ infoAccess: 'OCSP - x\nCA Issuers - URI:http://x' })] },
      'the certificate of "ca", which issued the server certificate, is missing: the server did not send it, and it is not trusted here',
      'The server must send the intermediate certificate after its own. If O=o, CN=ca is a root, trust it with --cafile or --capath.',
    ],
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      { chain: [] },
      'the server certificate comes from a CA that is not trusted here',
      undefined,
    ],
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      { chain: [OWN, CA] },
      'a CA certificate above the server certificate may not sign certificates',
      ANOTHER,
    ],
    ...['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'].map(
      (code) =>
        [
          code,
          { chain: [OWN, CA] },
          'the server certificate comes from a CA that is not trusted here',
          'The CA is CN=root. If you expect it, trust it with --cafile or --capath.',
        ] as [string, Partial<Handshake>, string, string],
    ),
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      { chain: [] },
      'the server certificate comes from a CA that is not trusted here',
      undefined,
    ],
    [
      'CERT_HAS_EXPIRED',
      { chain: [certificate({ validTo: 'Jan  1 00:00:00 2022 GMT' }), CA] },
      'the server certificate has expired',
      'The certificate is valid from 2021-01-01 00:00:00 UTC to 2022-01-01 00:00:00 UTC. Renew it, or correct the clock of this machine.',
    ],
    [
      'CERT_NOT_YET_VALID',
      { chain: [OWN, certificate({ ...CA, validFrom: 'Jan  1 00:00:00 2098 GMT' })] },
      'the CA certificate "ca" is not valid yet',
      'The certificate is valid from 2098-01-01 00:00:00 UTC to 2099-01-01 00:00:00 UTC. The CA must renew it, or correct the clock of this machine.',
    ],
    ['CERT_HAS_EXPIRED', {}, 'the server certificate has expired', undefined],
    [
      'INVALID_PURPOSE',
      { chain: [certificate({ keyUsage: [CLIENTS] }), CA] },
      'the server certificate is not valid for servers',
      'The server needs a certificate with the purpose serverAuth.',
    ],
    [
      'INVALID_PURPOSE',
      { chain: [certificate({ keyUsage: [CLIENTS, SERVERS] }), certificate({ ...CA, keyUsage: [CLIENTS] })] },
      'the CA certificate "ca" is not valid for servers',
      'The server needs a certificate with the purpose serverAuth.',
    ],
    [
      'INVALID_CA',
      { chain: [certificate({ keyUsage: ['2.5.29.37.0'] }), certificate({ ...CA, ca: false })] },
      'the certificate "ca", which issued the server certificate, is not a CA certificate',
      ANOTHER,
    ],
    [
      'INVALID_CA',
      { chain: [OWN, CA, certificate({ subject: 'CN=top', ca: false })] },
      'the certificate "top", which issued another one, is not a CA certificate',
      ANOTHER,
    ],
  ])('with %s, case %#', (code, handshake, reason, advice) => {
    expect(reported({ code }, handshake)).toEqual({ reason, advice });
  });

  it.each<[message: string, chain: X509Certificate[], reason: string]>([
    ['permitted subtree violation', [OWN, CA], 'a CA certificate does not allow the names in the server certificate'],
    [
      'unsupported name constraint type',
      [OWN, certificate({ ...CA, raw: CONSTRAINED })],
      'the CA certificate "ca" does not allow the names in the server certificate',
    ],
    [
      '',
      [OWN, certificate({ ...CA, raw: CONSTRAINED })],
      'the CA certificate "ca" does not allow the names in the server certificate',
    ],
    [
      'key usage does not include certificate signing',
      [OWN],
      'a CA certificate above the server certificate may not sign certificates',
    ],
    [
      'something else',
      [OWN, certificate({ ...CA, raw: CONSTRAINED })],
      'the server certificate cannot be verified (something else)',
    ],
  ])('that is rejected with the words %j is reported in the words of this client', (message, chain, reason) => {
    // At level 0 no key is too weak.
    const tls = { ...TLS, ciphers: 'DEFAULT@SECLEVEL=0' };
    const error = Object.assign(new Error(message), { code: 'UNSPECIFIED' });
    expect(reported(error, { rejected: true, chain, tls }).reason).toBe(reason);
  });
});

describe('a server that refuses', () => {
  const REFUSED = 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE';

  it('has no cipher in common before there are keys, and misses or minds a client certificate afterwards', () => {
    const noCipher = 'the broker refused the handshake: no cipher in common';
    expect(reported({ code: REFUSED }, { keyed: false }).reason).toBe(noCipher);
    expect(reported({ code: REFUSED }, { keyed: false, tls: { ...TLS, certFile: 'c' } }).reason).toBe(noCipher);
    expect(
      reported({ code: 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE' }, { tls: { ...TLS, certFile: 'c' } }).reason,
    ).toBe('the broker refused the handshake after it received the client certificate');
    expect(reported({ code: REFUSED }).reason).toMatch(/client certificate/);
    expect(reported({ code: REFUSED }).reason).not.toContain('after it received');
  });

  it.each(['ECONNRESET', 'EPIPE', 'ERR_SSL_UNEXPECTED_EOF_WHILE_READING'])(
    'by %s has closed the connection',
    (code) => {
      expect(reported({ code })).toEqual({
        reason: 'the broker closed the connection during the handshake',
        advice: 'This port may speak plain MQTT. The usual port for TLS is 8883.',
      });
    },
  );

  it('is reported in plain words when nothing else is known', () => {
    expect(reported({ code: 'ERR_OSSL_SOME_FAULT' }).reason).toBe('some fault');
    expect(reported({ code: 'ERR_SSL_OTHER_FAULT' }).reason).toBe('other fault');
    expect(
      handshakeFailure(
        { code: 'ETIMEDOUT' },
        { host: 'h', tls: TLS, trusted: [], chain: [], keyed: false, rejected: false },
      ),
    ).toMatchObject({
      kind: 'connect',
    });
  });
});
