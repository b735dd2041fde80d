// How a certificate is described, whatever text it contains.
import { X509Certificate } from 'node:crypto';
import { rootCertificates, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import {
  certificatesIn,
  chainOf,
  dateText,
  describeChain,
  distinguishedName,
  namesOf,
  organisation,
  shortName,
} from '../../src/net/tls-certificate.ts';

describe('the names that a certificate is for', () => {
  const many = Array.from({ length: 12 }, (_, i) => `DNS:h${i}`).join(', ');
  const rows: [subjectAltName: string | undefined, subject: string, names: string][] = [
    ['DNS:localhost, IP Address:127.0.0.1', 'CN=x', 'localhost, 127.0.0.1'],
    ['DNS:*.example', '', '*.example'],
    ['DNS:"a, DNS:b", DNS:c', '', '"a, DNS:b", c'],
    ['email:me@example, DNS:a', '', 'a'],
    [many, '', 'h0, h1, h2, h3, h4, h5, h6, h7, h8, h9 and 2 more'],
    [undefined, 'O=o\nCN=name', 'name'],
    ['email:me@example', 'CN=name', 'name'],
    [undefined, 'O=o', 'nobody'],
    ['DNS:a\u001b[31m\u202eb', '', 'a\\u001b[31m\\u202eb'],
    [undefined, 'CN=a\rb\u0000', 'a\\u000db\\u0000'],
  ];
  for (const [subjectAltName, subject, names] of rows) {
    test(JSON.stringify([subjectAltName, subject]), () => {
      expect(namesOf({ subjectAltName, subject })).toBe(names);
    });
  }
});

test('a distinguished name is one line', () => {
  expect(distinguishedName('C=DE\nO=o\nCN=name')).toBe('C=DE, O=o, CN=name');
  expect(distinguishedName('')).toBe('nobody');
  expect(distinguishedName('CN=\u001b]0;x\u0007')).toBe('CN=\\u001b]0;x\\u0007');
  expect(shortName('O=o\nCN=name')).toBe('name');
  expect(shortName('O=o')).toBe('O=o');
  expect(organisation('O=o\nCN=name')).toBe('o');
  expect(organisation('CN=name')).toBe(undefined);
});

describe('certificates', () => {
  const [first, second] = rootCertificates as [string, string];
  const DAMAGED = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  const [one, two] = [new X509Certificate(first), new X509Certificate(second)];

  test('of files are all that can be read', () => {
    const found = certificatesIn([`about\n${first}\n${DAMAGED}`, Buffer.from(`${second}\nrest`), DAMAGED, '']);
    expect(found.map(({ fingerprint256 }) => fingerprint256)).toEqual([one.fingerprint256, two.fingerprint256]);
  });

  test('of a server are those that it sent, up to a root, or up to 20', () => {
    type Sent = { raw?: Buffer; issuerCertificate?: Sent };
    const chain = (sent: Sent): string[] =>
      chainOf({ getPeerCertificate: () => sent } as unknown as TLSSocket).map(({ subject }) => subject);
    const root: Sent = { raw: two.raw };
    root.issuerCertificate = root;
    expect(chain({ raw: one.raw, issuerCertificate: root })).toEqual([one.subject, two.subject]);
    expect(chain({ raw: one.raw })).toEqual([one.subject]);
    expect(chain({})).toEqual([]);
    const [here, there]: [Sent, Sent] = [{ raw: one.raw }, { raw: two.raw }];
    here.issuerCertificate = there;
    there.issuerCertificate = here;
    expect(chain(here)).toHaveLength(20);
  });

  test('are described in four lines', () => {
    const own = {
      subject: 'CN=host',
      subjectAltName: 'DNS:host',
      issuer: 'O=o\nCN=middle',
      validFrom: 'Jan  1 00:00:00 2021 GMT',
      validTo: 'Jan  2 00:00:00 2021 GMT',
    };
    const above = [{ subject: 'O=o\nCN=middle' }, { subject: 'O=root' }];
    const lines = (...chain: object[]): string[] => describeChain(chain as X509Certificate[]);
    expect(lines(own, ...above)).toEqual([
      'Certificate for: host',
      'Issued by: O=o, CN=middle',
      'Valid: 2021-01-01 00:00:00 UTC to 2021-01-02 00:00:00 UTC',
      'Above it: "middle", "O=root"',
    ]);
    expect(lines(own)[3]).toBe('Above it: no certificate sent, and none known here');
    expect(lines()).toEqual([]);
  });
});

test('dates are in UTC', () => {
  expect(dateText('Jan  1 00:00:00 2021 GMT')).toBe('2021-01-01 00:00:00 UTC');
  expect(dateText('never\u0007')).toBe('never\\u0007');
});
