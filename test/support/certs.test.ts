// The files in test/fixtures/certificates match their descriptions in certs.ts and faulty-certs.ts, and stay valid for years.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { certificatesIn } from '../../src/net/tls-certificate.ts';
import { certificates, type Identity } from './certs.ts';
import { FAULTY_NAMES, faulty } from './faulty-certs.ts';

const YEARS_AHEAD = 5;
const AGAIN = 'npm run certificates';

/** The certificates of a file, the first one first. */
const chainIn = (path: string): X509Certificate[] => certificatesIn([readFileSync(path)]);
const only = (path: string): X509Certificate => new X509Certificate(readFileSync(path));
const day = (date: string): string => new Date(date).toISOString().slice(0, 10);

/** A certificate as one line: the common name, that of its issuer, and the days of its validity. */
function about(path: string): string {
  const { subject, issuer, validFrom, validTo } = only(path);
  const commonName = (name: string): string => /^CN=(.*)$/m.exec(name)?.[1] ?? '';
  return `${commonName(subject)} by ${commonName(issuer)}, ${day(validFrom)} to ${day(validTo)}`;
}

function isKeyOf({ cert, key }: Identity, passphrase?: string): boolean {
  return only(cert).checkPrivateKey(createPrivateKey({ key: readFileSync(key), passphrase }));
}

const isSignedBy = (path: string, by: string): boolean => only(path).verify(only(by).publicKey);

const { ca, otherCa, caPath, folder, encrypted, encryptedKeys, chained, ...identities } = certificates();

describe('the certificates of the tests', () => {
  const ALWAYS = '2020-01-01 to 2049-12-31';
  const rows: [name: string, path: string, about: string, by: string][] = [
    ['ca', ca, `ca by ca, ${ALWAYS}`, ca],
    ['otherCa', otherCa, `other by other, ${ALWAYS}`, otherCa],
    ['server', identities.server.cert, `localhost by ca, ${ALWAYS}`, ca],
    ['wrongHost', identities.wrongHost.cert, `other.example by ca, ${ALWAYS}`, ca],
    ['addressAsName', identities.addressAsName.cert, `address-as-name by ca, ${ALWAYS}`, ca],
    ['expired', identities.expired.cert, 'localhost by ca, 2020-01-01 to 2021-01-01', ca],
    ['notYetValid', identities.notYetValid.cert, 'localhost by ca, 2049-01-01 to 2049-12-31', ca],
    ['selfSigned', identities.selfSigned.cert, `localhost by localhost, ${ALWAYS}`, identities.selfSigned.cert],
    ['clientEc', identities.clientEc.cert, `client-ec by ca, ${ALWAYS}`, ca],
    ['clientRsa', identities.clientRsa.cert, `client-rsa by ca, ${ALWAYS}`, ca],
    ['stranger', identities.stranger.cert, `stranger by other, ${ALWAYS}`, otherCa],
    ['intermediate', join(folder, 'intermediate.crt'), `intermediate by ca, ${ALWAYS}`, ca],
    ['chained', chained.cert, `localhost by intermediate, ${ALWAYS}`, join(folder, 'intermediate.crt')],
  ];
  for (const [name, path, expected, by] of rows)
    test(`${name}: ${expected}`, () => {
      expect(about(path)).toBe(expected);
      expect(isSignedBy(path, by)).toBe(true);
    });

  test('are for the hosts that they are said to be for', () => {
    for (const name of ['server', 'expired', 'notYetValid', 'selfSigned'] as const) {
      const certificate = only(identities[name].cert);
      const found = [certificate.checkHost('localhost'), certificate.checkIP('127.0.0.1'), certificate.checkIP('::1')];
      expect({ name, found }).toEqual({ name, found: ['localhost', '127.0.0.1', '::1'] });
    }
    expect(only(identities.wrongHost.cert).subjectAltName).toBe('DNS:other.example');
    expect(only(identities.addressAsName.cert).subjectAltName).toBe('DNS:127.0.0.1');
  });

  test('have their keys, and those of clients are encrypted in four ways', () => {
    const wrong = Object.entries(identities).filter(([, identity]) => !isKeyOf(identity));
    expect(wrong).toEqual([]);
    expect(isKeyOf(chained)).toBe(true);
    expect(encryptedKeys.ecPkcs8).toMatchObject({ cert: encrypted.cert, key: encrypted.key });
    for (const identity of Object.values(encryptedKeys)) {
      expect(readFileSync(identity.key, 'utf8')).toMatch(/ENCRYPTED/);
      expect(isKeyOf(identity, encrypted.passphrase)).toBe(true);
    }
    const first = (name: keyof typeof encryptedKeys) => readFileSync(encryptedKeys[name].key, 'utf8').split('\n', 1)[0];
    expect([first('rsaPkcs8'), first('rsaTraditional'), first('ecTraditional')]).toEqual([
      '-----BEGIN ENCRYPTED PRIVATE KEY-----',
      '-----BEGIN RSA PRIVATE KEY-----',
      '-----BEGIN EC PRIVATE KEY-----',
    ]);
  });

  test('stand in a chain, and in a folder for --capath', () => {
    const files = [chained.cert, join(folder, 'intermediate.crt')];
    expect(chainIn(chained.chain).map(({ raw }) => raw)).toEqual(files.map((path) => only(path).raw));
    const [link, ...others] = readdirSync(caPath);
    expect([link, others]).toEqual([expect.stringMatching(/^[0-9a-f]{8}\.0$/), []]);
    expect(lstatSync(join(caPath, link!)).isSymbolicLink()).toBe(true);
    expect(realpathSync(join(caPath, link!))).toBe(realpathSync(ca));
  });
});

describe('the certificates with a fault', () => {
  test('are all of the folder, and each has its key', () => {
    const names = new Set(readdirSync(join(folder, 'faulty')).map((file) => file.replace(/\.(crt|key)$/, '')));
    expect([...names].sort()).toEqual([...FAULTY_NAMES].sort());
    expect(FAULTY_NAMES.filter((name) => !isKeyOf(faulty(name)))).toEqual([]);
  });

  test('lead up to the root that is to be trusted, which is not sent', () => {
    for (const name of FAULTY_NAMES) {
      const { cert, ca } = faulty(name);
      const root = only(ca);
      const chain = chainIn(cert);
      const above = [...chain.slice(1), root];
      expect({ name, issued: chain.map((each, i) => each.verify(above[i]!.publicKey)) }).toEqual({
        name,
        issued: chain.map(() => true),
      });
      const isRoot = basename(cert) === basename(ca);
      expect({ name, isRoot: chain.some(({ raw }) => raw.equals(root.raw)) }).toEqual({ name, isRoot });
    }
  });

  test('have the keys that they are named after', () => {
    const kind = (name: (typeof FAULTY_NAMES)[number]) => {
      const { asymmetricKeyDetails: { modulusLength, namedCurve } = {} } = only(faulty(name).cert).publicKey;
      return modulusLength ?? namedCurve;
    };
    expect(['rsa1024', 'rsa2048', 'rsa3072', 'weakCa', 'weakIntermediate'].map((name) => kind(name as 'ca'))).toEqual([
      1024, 2048, 3072, 1024, 1024,
    ]);
    expect([kind('ec192'), kind('ec224'), kind('good')]).toEqual(['prime192v1', 'secp224r1', 'prime256v1']);
    expect(only(faulty('crossSigned').cert).publicKey.equals(only(faulty('ca').cert).publicKey)).toBe(true);
  });
});

test(`no certificate ends in the next ${YEARS_AHEAD} years, but one: otherwise ${AGAIN}`, () => {
  const soon = new Date();
  soon.setFullYear(soon.getFullYear() + YEARS_AHEAD);
  const ending = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.crt'))
    .filter((file) => chainIn(join(folder, file)).some(({ validTo }) => new Date(validTo) < soon));
  expect(ending).toEqual(['expired.crt']);
});
