// Makes all certificates of the tests again, in test/fixtures/certificates, with the openssl program. Every run changes
// all of them, because the keys change. Run it when a recipe has changed, or before the end of 2048.
// test/support/certs.ts and test/support/faulty-certs.ts describe the files; test/support/certs.test.ts checks them.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Recipe
 * @property {string} [by] the name of the certificate that signs this one: itself by default
 * @property {string} [newKey] for `openssl req -newkey`
 * @property {string} [keyOf] the name of a certificate with the same key; then the subject is the same too
 * @property {string} [digest]
 * @property {boolean} [pss] RSA-PSS instead of the older padding
 * @property {string} [organisation]
 * @property {string} [commonName] by default the name of the recipe
 * @property {string} [from]
 * @property {string} [to]
 * @property {string} extensions lines of a configuration file of OpenSSL
 */

const OUT = fileURLToPath(new URL('../test/fixtures/certificates/', import.meta.url));

// Dates with fixed ends, so that no machine's clock matters.
const FROM = '20200101000000Z';
const TO = '20491231235959Z';

const EC = 'ec -pkeyopt ec_paramgen_curve:P-256';
const RSA = 'rsa:2048';
const PASSPHRASE = 'pass phrase';

const NO_CA = 'basicConstraints=CA:FALSE';
const AUTHORITY = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash';
const SERVER = `${NO_CA}\nextendedKeyUsage=serverAuth`;
const CLIENT = `${NO_CA}\nextendedKeyUsage=clientAuth`;
const LOCAL = 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1';
const forLocalhost = { by: 'ca', commonName: 'localhost', extensions: `${SERVER}\n${LOCAL}` };

/**
 * Certificates to connect with, and some frequent mistakes.
 * @type {Record<string, Recipe>}
 */
const COMMON = {
  ca: { extensions: AUTHORITY },
  other: { organisation: 'strangers', extensions: AUTHORITY },
  intermediate: {
    by: 'ca',
    extensions: 'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign',
  },

  server: forLocalhost,
  chained: { ...forLocalhost, by: 'intermediate' },
  expired: { ...forLocalhost, to: '20210101000000Z' },
  'not-yet-valid': { ...forLocalhost, from: '20490101000000Z' },
  'self-signed': { commonName: 'localhost', extensions: LOCAL },
  'wrong-host': {
    by: 'ca',
    commonName: 'other.example',
    extensions: `${SERVER}\nsubjectAltName=DNS:other.example`,
  },
  'address-as-name': { by: 'ca', extensions: `${SERVER}\nsubjectAltName=DNS:127.0.0.1` },

  'client-ec': { by: 'ca', extensions: CLIENT },
  'client-rsa': { by: 'ca', newKey: RSA, extensions: CLIENT },
  stranger: { by: 'other', extensions: CLIENT },
};

const NAMES = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
const CA = 'basicConstraints=critical,CA:TRUE';

/**
 * Server certificates with one fault each, which a client must reject; their authorities; and valid ones to compare with.
 * @type {Record<string, Recipe>}
 */
const FAULTY = {
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
  md5: { by: 'weakCa', digest: 'md5', newKey: RSA, extensions: NAMES },
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
  rsa2048: { by: 'ca', newKey: RSA, extensions: NAMES },
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
};

// No certificate contains this text: `openssl req` and `openssl ca` require it.
const CONFIG = `
[req]
distinguished_name = name
[name]
[policy]
organizationName = optional
commonName = supplied
[authority]
database = index
new_certs_dir = .
rand_serial = yes
unique_subject = no
policy = policy
`;

/**
 * Makes the certificates of a set in `folder`, as NAME.crt with NAME.key, in the order of the recipes.
 * @param {string} folder
 * @param {Record<string, Recipe>} recipes
 */
function makeSet(folder, recipes) {
  writeFileSync(join(folder, 'openssl.cnf'), CONFIG);
  writeFileSync(join(folder, 'index'), '');
  for (const [name, recipe] of Object.entries(recipes)) make(folder, name, recipe);
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {Recipe} recipe
 */
function make(folder, name, { by, newKey = EC, keyOf, organisation = 'tsmosq tests', ...recipe }) {
  const { digest = 'sha256', pss = false, commonName = keyOf ?? name, from = FROM, to = TO, extensions } = recipe;
  if (keyOf !== undefined) copyFileSync(join(folder, `${keyOf}.key`), join(folder, `${name}.key`));
  const keyFrom = keyOf === undefined ? ['-newkey', ...newKey.split(' '), '-keyout'] : ['-key'];
  const subject = ['-subj', `/O=${organisation}/CN=${commonName}`, '-config', 'openssl.cnf'];
  openssl(folder, 'req', '-new', '-nodes', ...keyFrom, `${name}.key`, ...subject, '-out', `${name}.csr`);

  // Uses `openssl ca`, because `openssl x509 -req` does not accept the two dates.
  writeFileSync(join(folder, `${name}.ext`), `${extensions}\n`);
  const signer =
    by === undefined ? ['-selfsign', '-keyfile', `${name}.key`] : ['-cert', `${by}.crt`, '-keyfile', `${by}.key`];
  const how = ['-md', digest, ...(pss ? ['-sigopt', 'rsa_padding_mode:pss'] : [])];
  const dates = ['-startdate', from, '-enddate', to];
  const files = ['-in', `${name}.csr`, '-out', `${name}.crt`, '-extfile', `${name}.ext`];
  const common = ['-config', 'openssl.cnf', '-name', 'authority', '-batch', '-notext'];
  openssl(folder, 'ca', ...common, ...signer, ...how, ...dates, ...files);
}

/**
 * @param {string} folder
 * @param {...string} args
 */
function openssl(folder, ...args) {
  return execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** @param {string} folder where the certificates are made */
function makeCommon(folder) {
  makeSet(folder, COMMON);
  /** @param {string} name */
  const text = (name) => readFileSync(join(folder, name), 'utf8');
  for (const [name, { extensions }] of Object.entries(COMMON)) {
    copyFileSync(join(folder, `${name}.crt`), join(OUT, `${name}.crt`));
    // No test needs the keys of the authorities.
    if (!extensions.includes('keyCertSign')) writeFileSync(join(OUT, `${name}.key`), text(`${name}.key`));
  }
  writeFileSync(join(OUT, 'chain.crt'), text('chained.crt') + text('intermediate.crt'));

  // As `openssl rehash` does.
  mkdirSync(join(OUT, 'capath'));
  const hash = openssl(folder, 'x509', '-hash', '-noout', '-in', 'ca.crt').trim();
  symlinkSync('../ca.crt', join(OUT, 'capath', `${hash}.0`));

  /** @param {...string} args */
  const encrypted = (...args) => openssl(folder, ...args, '-passout', `pass:${PASSPHRASE}`);
  for (const kind of ['ec', 'rsa']) {
    const from = ['-in', `client-${kind}.key`, '-out'];
    // Without -traditional `openssl rsa` would write PKCS#8.
    const form = kind === 'rsa' ? ['-traditional'] : [];
    encrypted('pkcs8', '-topk8', ...from, `client-${kind}-pkcs8.key`);
    encrypted(kind, '-aes256', ...form, ...from, `client-${kind}-traditional.key`);
    for (const format of ['pkcs8', 'traditional']) {
      const name = `client-${kind}-${format}.key`;
      writeFileSync(join(OUT, name), text(name));
    }
  }
}

/**
 * What a server sends: its certificate and the intermediate ones.
 * @param {string} folder
 * @param {string} name
 * @returns {string}
 */
function chainOf(folder, name) {
  const own = readFileSync(join(folder, `${name}.crt`), 'utf8');
  const above = FAULTY[name]?.by;
  return above === undefined || FAULTY[above]?.by === undefined ? own : own + chainOf(folder, above);
}

/** @param {string} folder where the certificates are made */
function makeFaulty(folder) {
  makeSet(folder, FAULTY);
  const out = join(OUT, 'faulty');
  mkdirSync(out);
  for (const name of Object.keys(FAULTY)) {
    writeFileSync(join(out, `${name}.crt`), chainOf(folder, name));
    writeFileSync(join(out, `${name}.key`), readFileSync(join(folder, `${name}.key`)));
  }
}

const scratch = mkdtempSync(join(tmpdir(), 'tsmosq-certificates-'));
try {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  for (const [name, makeThem] of Object.entries({ common: makeCommon, faulty: makeFaulty })) {
    mkdirSync(join(scratch, name));
    makeThem(join(scratch, name));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
