// Certificates for tests, made with the openssl program once per test file and process.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
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
  /** For localhost, until 2021. */
  expired: Identity;
  clientEc: Identity;
  clientRsa: Identity;
  /** The key of clientEc, encrypted with `passphrase`. */
  encrypted: Identity & { passphrase: string };
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

  const authority = (name: string): string => {
    mkdirSync(path(`${name}.db`));
    writeFileSync(path(`${name}.db/index`), '');
    const subject = ['-subj', `/O=tsmosq tests/CN=${name}`, '-config', 'openssl.cnf'];
    const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
    openssl('req', '-x509', '-nodes', ...EC, '-days', '3650', ...subject, '-extensions', 'authority', ...files);
    return path(`${name}.crt`);
  };

  // `openssl ca`, not `openssl x509 -req`, as only that takes the two dates.
  const signed = (name: string, by: string, extensions: string, commonName = name, key = EC, to = TO): Identity => {
    const subject = ['-subj', `/O=tsmosq tests/CN=${commonName}`, '-config', 'openssl.cnf'];
    openssl('req', '-new', '-nodes', ...key, ...subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    writeFileSync(path(`${name}.ext`), `basicConstraints=CA:FALSE\n${extensions}\n`);
    const issuer = ['-config', 'openssl.cnf', '-name', by, '-cert', `${by}.crt`, '-keyfile', `${by}.key`];
    const files = ['-in', `${name}.csr`, '-out', `${name}.crt`, '-extfile', `${name}.ext`];
    openssl('ca', '-batch', '-notext', ...issuer, '-startdate', FROM, '-enddate', to, ...files);
    return { cert: path(`${name}.crt`), key: path(`${name}.key`) };
  };

  writeFileSync(path('openssl.cnf'), CONFIG);
  const server = 'extendedKeyUsage=serverAuth';
  const client = 'extendedKeyUsage=clientAuth';
  const ca = authority('ca');
  const otherCa = authority('other');
  const caPath = path('capath');
  mkdirSync(caPath);
  symlinkSync('../ca.crt', join(caPath, `${openssl('x509', '-hash', '-noout', '-in', ca).trim()}.0`));

  const clientEc = signed('client-ec', 'ca', client);
  const passphrase = 'pass phrase';
  const key = path('client-encrypted.key');
  openssl('pkcs8', '-topk8', '-in', clientEc.key, '-out', key, '-passout', `pass:${passphrase}`);
  return {
    folder,
    ca,
    caPath,
    otherCa,
    server: signed('server', 'ca', `${server}\n${LOCAL}`, 'localhost'),
    wrongHost: signed('wrong-host', 'ca', `${server}\nsubjectAltName=DNS:other.example`, 'other.example'),
    expired: signed('expired', 'ca', `${server}\n${LOCAL}`, 'localhost', EC, '20210101000000Z'),
    clientEc,
    clientRsa: signed('client-rsa', 'ca', client, 'client-rsa', RSA),
    encrypted: { cert: clientEc.cert, key, passphrase },
    stranger: signed('stranger', 'other', client),
  };
}

const database = (name: string) => `
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
${database('ca')}${database('other')}`;
