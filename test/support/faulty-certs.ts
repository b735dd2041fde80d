// Server certificates that a client must refuse, each with one fault, made with the openssl program when first asked for.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from './certs.ts';
import { tempDir } from './tmp.ts';

/** `ca` is to be trusted; `cert` holds the certificate of the server and the intermediate ones. */
export interface Faulty extends Identity {
  ca: string;
}

interface Recipe {
  /** The name of the certificate that signs this one: a root, when there is none. */
  by?: string;
  /** For `openssl req -newkey`. */
  newKey?: string;
  /** The name of a certificate with the same subject and key. */
  keyOf?: string;
  digest?: string;
  /** RSA-PSS in place of the older padding. */
  pss?: boolean;
  commonName?: string;
  extensions: string;
}

const EC = 'ec -pkeyopt ec_paramgen_curve:P-256';
const PSS = ['-sigopt', 'rsa_padding_mode:pss'];
const NAMES = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
const CA = 'basicConstraints=critical,CA:TRUE';

const RECIPES = {
  ca: { extensions: CA },
  rsaCa: { newKey: 'rsa:3072', extensions: CA },
  weakCa: { newKey: 'rsa:1024', extensions: CA },
  oldCa: { digest: 'sha1', extensions: CA },
  sha1Intermediate: { by: 'ca', digest: 'sha1', extensions: CA },
  weakIntermediate: { by: 'ca', newKey: 'rsa:1024', extensions: CA },
  permitting: { by: 'ca', extensions: `${CA}\nnameConstraints=critical,permitted;DNS:example.org` },
  excluding: { by: 'ca', extensions: `${CA}\nnameConstraints=critical,excluded;DNS:localhost` },
  lastIntermediate: { by: 'ca', extensions: `${CA},pathlen:0` },
  belowTheLast: { by: 'lastIntermediate', extensions: CA },
  noCa: { by: 'ca', extensions: 'basicConstraints=critical,CA:FALSE' },
  caForClients: { by: 'ca', extensions: `${CA}\nextendedKeyUsage=clientAuth` },
  noSigner: { by: 'ca', extensions: `${CA}\nkeyUsage=critical,digitalSignature` },

  good: { by: 'ca', extensions: NAMES },
  md5: { by: 'weakCa', digest: 'md5', newKey: 'rsa:2048', extensions: NAMES },
  sha224: { by: 'ca', digest: 'sha224', extensions: NAMES },
  pssSha1: { by: 'rsaCa', digest: 'sha1', pss: true, extensions: NAMES },
  pssSha256: { by: 'rsaCa', pss: true, extensions: NAMES },
  rsa3072: { by: 'ca', newKey: 'rsa:3072', extensions: NAMES },
  ec192: { by: 'ca', newKey: 'ec -pkeyopt ec_paramgen_curve:P-192', extensions: NAMES },
  ec224: { by: 'ca', newKey: 'ec -pkeyopt ec_paramgen_curve:P-224', extensions: NAMES },
  crossSigned: { by: 'weakCa', keyOf: 'ca', digest: 'sha1', extensions: CA },
  underOldCa: { by: 'oldCa', extensions: NAMES },
  sha1: { by: 'ca', digest: 'sha1', extensions: NAMES },
  rsa1024: { by: 'ca', newKey: 'rsa:1024', extensions: NAMES },
  rsa2048: { by: 'ca', newKey: 'rsa:2048', extensions: NAMES },
  underSha1: { by: 'sha1Intermediate', extensions: NAMES },
  underWeak: { by: 'weakIntermediate', extensions: NAMES },
  underWeakCa: { by: 'weakCa', extensions: NAMES },
  notPermitted: { by: 'permitting', extensions: NAMES },
  excluded: { by: 'excluding', extensions: NAMES },
  tooLong: { by: 'belowTheLast', extensions: NAMES },
  byNoCa: { by: 'noCa', extensions: NAMES },
  byCaForClients: { by: 'caForClients', extensions: NAMES },
  byNoSigner: { by: 'noSigner', extensions: NAMES },
  forClients: { by: 'ca', extensions: `${NAMES}\nextendedKeyUsage=clientAuth` },
  unknownDemand: { by: 'ca', extensions: `${NAMES}\n1.2.3.4=critical,ASN1:UTF8String:x` },
  partialWildcard: { by: 'ca', extensions: 'subjectAltName=DNS:l*.example.org,DNS:*t.example.org' },
  partialCommonName: { by: 'ca', commonName: 'l*.example.org', extensions: 'keyUsage=digitalSignature' },
  wildcard: { by: 'ca', extensions: 'subjectAltName=DNS:*.example.org' },
  wildcardTop: { by: 'ca', extensions: 'subjectAltName=DNS:*.org' },
} as const satisfies Record<string, Recipe>;

export type FaultyName = keyof typeof RECIPES;

const made = new Map<string, Faulty>();
let folder: string | undefined;

/** The certificate of this name with its key, and what it takes to trust it. */
export function faulty(name: FaultyName): Faulty {
  const known = made.get(name);
  if (known !== undefined) return known;
  folder ??= tempDir('file');
  const {
    by,
    newKey = EC,
    keyOf,
    digest = 'sha256',
    pss,
    commonName = keyOf ?? name,
    extensions,
  }: Recipe = RECIPES[name];
  const issuer = by === undefined ? undefined : faulty(by as FaultyName);
  const path = (ending: string): string => join(folder!, `${name}.${ending}`);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const request = `[req]\ndistinguished_name=name\n[name]\n[extensions]\n${extensions}\n`;
  writeFileSync(path('cnf'), request);
  const subject = ['-subj', `/O=tsmosq tests/CN=${commonName}`, '-config', path('cnf')];
  const key = keyOf === undefined ? path('key') : faulty(keyOf as FaultyName).key;
  const keyFrom = keyOf === undefined ? ['-newkey', ...newKey.split(' '), '-keyout', key] : ['-key', key];
  const common = ['req', '-nodes', ...keyFrom, ...subject];
  const own = ['-extensions', 'extensions', `-${digest}`, '-days', '3000', '-out', path('crt')];
  if (issuer === undefined) {
    openssl(...common, '-x509', ...own);
  } else {
    openssl(...common, '-new', '-out', path('csr'));
    const signer = ['-CA', join(folder, `${by}.crt`), '-CAkey', issuer.key, '-CAcreateserial'];
    openssl('x509', '-req', '-in', path('csr'), ...signer, '-extfile', path('cnf'), ...own, ...(pss ? PSS : []));
  }
  // The root is not sent.
  const above = issuer === undefined || issuer.ca === issuer.cert ? '' : readFileSync(issuer.cert, 'utf8');
  if (above !== '') writeFileSync(path('pem'), readFileSync(path('crt'), 'utf8') + above);
  const result = { cert: path(above === '' ? 'crt' : 'pem'), key, ca: issuer?.ca ?? path('crt') };
  made.set(name, result);
  return result;
}
