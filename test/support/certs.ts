// Certificates for tests, made with the openssl program once per test file and process.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from './tmp.ts';

/** The paths of a certificate and its private key. */
export interface Identity {
  cert: string;
  key: string;
}

export interface Certificates {
  folder: string;
  /** The authority that signed everything but `stranger`, as one file and as a folder for --capath. */
  ca: string;
  caPath: string;
  /** An authority that has nothing to do with it. */
  otherCa: string;
  /** For localhost, 127.0.0.1 and ::1. */
  server: Identity;
  /** For other.example only. */
  wrongHost: Identity;
  /** For 127.0.0.1, but as a name. */
  addressAsName: Identity;
  /** For localhost, until 2021. */
  expired: Identity;
  clientEc: Identity;
  clientRsa: Identity;
  /** The key of clientEc, encrypted with `passphrase`. */
  encrypted: Identity & { passphrase: string };
  /** The keys of both clients, encrypted with the same pass phrase, as PKCS#8 and in the traditional form. */
  encryptedKeys: Record<'ecPkcs8' | 'ecTraditional' | 'rsaPkcs8' | 'rsaTraditional', Identity>;
  /** For localhost, from 2049 on. */
  notYetValid: Identity;
  /** For localhost, of no authority. */
  selfSigned: Identity;
  /** For localhost, signed by an intermediate of `ca`; `chain` is the certificate with that of the intermediate. */
  chained: Identity & { chain: string };
  /** A client whose certificate the other authority signed. */
  stranger: Identity;
}

let made: Certificates | undefined;

export function certificates(): Certificates {
  made ??= make(tempDir('file'));
  return made;
}

const LOCAL = 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1';
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const RSA = ['-newkey', 'rsa:2048'];
const FROM = '20200101000000Z';
const TO = '20491231235959Z';

function make(folder: string): Certificates {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const path = (name: string) => join(folder, name);

  const database = (name: string): void => {
    mkdirSync(path(`${name}.db`));
    writeFileSync(path(`${name}.db/index`), '');
  };

  const authority = (name: string, organisation = 'tsmosq tests'): string => {
    database(name);
    const subject = ['-subj', `/O=${organisation}/CN=${name}`, '-config', 'openssl.cnf'];
    const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
    openssl('req', '-x509', '-nodes', ...EC, '-days', '3650', ...subject, '-extensions', 'authority', ...files);
    return path(`${name}.crt`);
  };

  // `openssl ca`, not `openssl x509 -req`, as only that takes the two dates.
  const signed = (
    name: string,
    by: string,
    extensions: string,
    { commonName = name, newKey = EC, from = FROM, to = TO } = {},
  ): Identity => {
    const subject = ['-subj', `/O=tsmosq tests/CN=${commonName}`, '-config', 'openssl.cnf'];
    openssl('req', '-new', '-nodes', ...newKey, ...subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const basic = extensions.includes('basicConstraints') ? '' : 'basicConstraints=CA:FALSE\n';
    writeFileSync(path(`${name}.ext`), `${basic}${extensions}\n`);
    const issuer = ['-config', 'openssl.cnf', '-name', by, '-cert', `${by}.crt`, '-keyfile', `${by}.key`];
    const files = ['-in', `${name}.csr`, '-out', `${name}.crt`, '-extfile', `${name}.ext`];
    openssl('ca', '-batch', '-notext', ...issuer, '-startdate', from, '-enddate', to, ...files);
    return { cert: path(`${name}.crt`), key: path(`${name}.key`) };
  };

  writeFileSync(path('openssl.cnf'), CONFIG);
  const server = 'extendedKeyUsage=serverAuth';
  const client = 'extendedKeyUsage=clientAuth';
  const ca = authority('ca');
  const otherCa = authority('other', 'strangers');
  const caPath = path('capath');
  mkdirSync(caPath);
  symlinkSync('../ca.crt', join(caPath, `${openssl('x509', '-hash', '-noout', '-in', ca).trim()}.0`));

  const clientEc = signed('client-ec', 'ca', client);
  const clientRsa = signed('client-rsa', 'ca', client, { newKey: RSA });
  const passphrase = 'pass phrase';
  const protectedBy = ['-passout', `pass:${passphrase}`];
  const pkcs8 = ({ cert, key }: Identity, name: string): Identity => {
    openssl('pkcs8', '-topk8', '-in', key, '-out', name, ...protectedBy);
    return { cert, key: path(name) };
  };
  const traditional = ({ cert, key }: Identity, kind: 'ec' | 'rsa', name: string): Identity => {
    const form = kind === 'rsa' ? ['-traditional'] : [];
    openssl(kind, '-aes256', ...form, '-in', key, '-out', name, ...protectedBy);
    return { cert, key: path(name) };
  };
  const encrypted = pkcs8(clientEc, 'client-encrypted.key');

  database('intermediate');
  signed('intermediate', 'ca', 'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign');
  const forLocalhost = `${server}\n${LOCAL}`;
  const chained = signed('chained', 'intermediate', forLocalhost, { commonName: 'localhost' });
  const chain = path('chain.crt');
  writeFileSync(chain, readFileSync(chained.cert, 'utf8') + readFileSync(path('intermediate.crt'), 'utf8'));

  const selfSigned = { cert: path('self-signed.crt'), key: path('self-signed.key') };
  const own = ['-subj', '/O=tsmosq tests/CN=localhost', '-addext', LOCAL, '-config', 'openssl.cnf'];
  openssl(
    ...['req', '-x509', '-nodes', ...EC, '-days', '3650', ...own],
    ...['-keyout', selfSigned.key, '-out', selfSigned.cert],
  );

  const named = { commonName: 'localhost' };
  const other = { commonName: 'other.example' };
  return {
    folder,
    ca,
    caPath,
    otherCa,
    server: signed('server', 'ca', forLocalhost, named),
    wrongHost: signed('wrong-host', 'ca', `${server}\nsubjectAltName=DNS:other.example`, other),
    addressAsName: signed('address-as-name', 'ca', `${server}\nsubjectAltName=DNS:127.0.0.1`),
    expired: signed('expired', 'ca', forLocalhost, { ...named, to: '20210101000000Z' }),
    clientEc,
    clientRsa,
    encrypted: { ...encrypted, passphrase },
    encryptedKeys: {
      ecPkcs8: encrypted,
      ecTraditional: traditional(clientEc, 'ec', 'client-ec-traditional.key'),
      rsaPkcs8: pkcs8(clientRsa, 'client-rsa-pkcs8.key'),
      rsaTraditional: traditional(clientRsa, 'rsa', 'client-rsa-traditional.key'),
    },
    stranger: signed('stranger', 'other', client),
    notYetValid: signed('not-yet-valid', 'ca', forLocalhost, { ...named, from: '20490101000000Z' }),
    selfSigned,
    chained: { ...chained, chain },
  };
}

const section = (name: string) => `
[${name}]
database = ${name}.db/index
new_certs_dir = ${name}.db
rand_serial = yes
unique_subject = no
default_md = sha256
policy = policy
`;

const CONFIG = `
[req]
distinguished_name = name
[name]
[policy]
organizationName = optional
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
${section('ca')}${section('other')}${section('intermediate')}`;
