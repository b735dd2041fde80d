// The security levels of OpenSSL, by which keys and signatures of certificates are judged.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hintFor } from '../../src/cli/advice.ts';
import { certificatesIn } from '../../src/net/tls-certificate.ts';
import { levelOf } from '../../src/net/tls-ciphers.ts';
import { weakness } from '../../src/net/tls-strength.ts';
import { type FaultyName, faulty } from '../support/faulty-certs.ts';

const chainOf = (name: FaultyName): X509Certificate[] => {
  const { cert, ca } = faulty(name);
  return certificatesIn([readFileSync(cert), readFileSync(ca)]);
};
const trustedOf = (name: FaultyName) => [readFileSync(faulty(name).ca)];
const only = (file: string) => new X509Certificate(readFileSync(file));

describe('a level refuses what has fewer security bits', () => {
  /** The lowest level, of 0 to 5, that refuses it. */
  const refusedFrom = (name: FaultyName) =>
    [0, 1, 2, 3, 4, 5].find((level) => weakness(chainOf(name), trustedOf(name), level) !== undefined);

  const rows: [name: FaultyName, level: number][] = [
    ['md5', 1],
    ['sha1', 1],
    ['pssSha1', 1],
    ['sha224', 3],
    ['pssSha256', 4],
    ['good', 4],
    ['rsa1024', 2],
    ['rsa2048', 3],
    ['rsa3072', 4],
    ['ec192', 2],
    ['ec224', 3],
    ['underSha1', 1],
    ['underWeak', 2],
    ['underWeakCa', 2],
    ['underOldCa', 4],
  ];
  for (const [name, level] of rows) test(`${name}: level ${level}`, () => expect(refusedFrom(name)).toBe(level));

  test('the hint names the level that accepts it', () => {
    const hint = (name: FaultyName) => hintFor(weakness(chainOf(name), [], 2) ?? {});
    expect(hint('rsa1024')).toBe("Give the server a stronger key, or allow this one: --ciphers 'DEFAULT@SECLEVEL=1'.");
    expect(hint('underWeak')).toBe("Give the CA a stronger key, or allow this one: --ciphers 'DEFAULT@SECLEVEL=1'.");
    expect(hint('sha1')).toBe(
      "Have that certificate signed with a stronger digest, or allow this one: --ciphers 'DEFAULT@SECLEVEL=0'.",
    );
  });

  test('certificates that are sent above a trusted one do not count', () => {
    // The trusted CA, as an older CA with a weak key and SHA-1 had it signed.
    const crossed = only(faulty('crossSigned').cert);
    const { cert, ca } = faulty('good');
    const sent = [only(cert), crossed, only(faulty('weakCa').cert)];
    expect(weakness(sent, [readFileSync(ca)], 2)).toBe(undefined);
    expect(weakness(sent, [readFileSync(faulty('weakCa').ca)], 2)).toBeDefined();
  });
});

test('--ciphers says the level, the last one of several', () => {
  const rows: [list: string | undefined, level: number][] = [
    [undefined, 2],
    ['HIGH:!aNULL', 2],
    ['DEFAULT@SECLEVEL=0', 0],
    ['DEFAULT:@SECLEVEL=1', 1],
    ['@SECLEVEL=3:HIGH', 3],
    ['ALL@SECLEVEL=0:@SECLEVEL=2', 2],
  ];
  for (const [list, level] of rows) expect({ list, level: levelOf(list) }).toEqual({ list, level });
});
