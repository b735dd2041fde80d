// For which hosts a certificate is good: the rules of RFC 9525, 6.3 for wildcards.
import type { PeerCertificate } from 'node:tls';
import { describe, expect, test } from 'vitest';
import type { Resolver } from '../../src/net/resolver.ts';
import { checkName } from '../../src/net/tls-names.ts';
import { type FaultyName, faulty } from '../support/faulty-certs.ts';
import { recordingServer } from '../support/tls.ts';
import { attempt, nobody, target } from './tls-rig.ts';

const certificate = (subjectaltname: string | undefined, CN: string | string[] = 'x'): PeerCertificate =>
  ({ subject: { CN }, ...(subjectaltname !== undefined && { subjectaltname }) }) as PeerCertificate;

describe('a wildcard stands for one whole label, the first', () => {
  const rows: [subjectAltName: string, host: string, isGood: boolean][] = [
    ['DNS:*.example.org', 'a.example.org', true],
    ['DNS:other, DNS:*.Example.org', 'A.example.org', true],
    ['DNS:*.example.org', 'a.b.example.org', false],
    ['DNS:*.example.org', 'example.org', false],
    ['DNS:*.org', 'example.org', false],
    ['DNS:*', 'org', false],
    ['DNS:f*.example.org', 'foo.example.org', false],
    ['DNS:*o.example.org', 'foo.example.org', false],
    ['DNS:f*o.example.org', 'foo.example.org', false],
    ['DNS:a.*.org', 'a.example.org', false],
    ['DNS:*.*.org', 'a.example.org', false],
    ['DNS:f*.example.org, DNS:foo.example.org', 'foo.example.org', true],
    ['DNS:foo.example.org, DNS:f*.example.org', 'foo.example.org', true],
    ['DNS:f*.example.org, DNS:*.example.org', 'foo.example.org', true],
    ['DNS:"a, DNS:foo.example.org"', 'foo.example.org', false],
    ['DNS:"foo.example.org', 'foo.example.org', false],
    ['DNS:f*.example.org, IP Address:127.0.0.1', '127.0.0.1', true],
  ];
  for (const [names, host, isGood] of rows)
    test(`${names} ${isGood ? 'is' : 'is not'} for ${host}`, () => {
      expect(checkName(host, certificate(names)) === undefined).toBe(isGood);
    });

  test('also in a common name, which counts when it is the only name', () => {
    expect(checkName('foo.example.org', certificate(undefined, '*.example.org'))).toBe(undefined);
    expect(checkName('foo.example.org', certificate(undefined, 'f*.example.org'))).toBeInstanceOf(Error);
    expect(checkName('foo.example.org', certificate(undefined, ['f*.example.org', 'foo.example.org']))).toBe(undefined);
    expect(checkName('foo.example.org', certificate('DNS:f*.example.org', 'foo.example.org'))).toBeInstanceOf(Error);
  });
});

const local: Resolver = {
  srv: async () => [],
  lookup: (_host, options, done) => {
    if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
    else done(null, '127.0.0.1', 4);
  },
};

describe('a server whose certificate has a partial wildcard', () => {
  const connecting = async (name: FaultyName, host: string, checkHost = true) => {
    const { cert, key, ca } = faulty(name);
    const server = await recordingServer({ cert, key });
    const to = target(server.port, { caFile: ca, checkHost }, { host });
    const { line, status, advice } = await attempt(to, nobody, local);
    return { line, status, advice };
  };
  const connected = { line: undefined, status: undefined, advice: undefined };
  const refused = (names: string, host: string) => ({
    line: `Error: A TLS error occurred: the server certificate is for ${names}, not for ${host}`,
    status: 8,
    advice: 'A wildcard must be a whole label, as in *.example.org. The server needs another certificate.',
  });

  test('is refused with status 8', async () => {
    const name = 'left.example.org';
    expect(await connecting('partialWildcard', name)).toEqual(refused('l*.example.org, *t.example.org', name));
    expect(await connecting('partialCommonName', name)).toEqual(refused('l*.example.org', name));
  });

  test('is not looked at with --insecure', async () => {
    expect(await connecting('partialWildcard', 'left.example.org', false)).toEqual(connected);
  });

  test('differs from one with a whole wildcard', async () => {
    expect(await connecting('wildcard', 'left.example.org')).toEqual(connected);
    expect((await connecting('wildcardTop', 'example.org')).status).toBe(8);
  });
});
