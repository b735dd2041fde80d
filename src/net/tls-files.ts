/** Reading certificates and keys. Every fault is one line that names the file; nothing of a key is ever in it. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { appendFile, readdir, stat } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { type Advice, Failure } from '../errors.ts';
import { readBounded, TOO_LONG } from '../runtime/bounded.ts';
import type { TlsTarget } from '../runtime/target.ts';
import { reasonOf } from '../util/errno.ts';
import { looseModeWarning } from '../util/phrases.ts';
import type { DialContext } from './dial-trace.ts';
import { errorCode } from './failures.ts';
import { tlsFailure } from './tls-alerts.ts';
import { asPem, isCertificate, wrongForm } from './tls-forms.ts';

/** Where systems keep their bundle of CA certificates: Debian, Fedora, Alpine and macOS, in this order. */
const SYSTEM_BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/** Bundles of all public authorities have a quarter of a megabyte. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Written so that a long block takes no stack. */
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*(?:-(?!----)[^-]*)*/g;

/** The CA certificates that are trusted, as PEM files. */
export async function trustedCertificates(tls: TlsTarget): Promise<(Buffer | string)[]> {
  const trusted: (Buffer | string)[] = [];
  if (tls.caFile !== undefined) trusted.push(await readCaFile(tls.caFile));
  if (tls.caPath !== undefined) trusted.push(...(await readCaFolder(tls.caPath)));
  if (tls.systemCa) trusted.push(...(await systemCertificates()));
  return trusted;
}

/** OpenSSL as Node calls it stops at the first certificate that it cannot read, and trusts none after it. */
async function readCaFile(path: string): Promise<Buffer> {
  const blocks = blocksOf(await read(path), CERTIFICATE);
  const damaged = blocks.findIndex((block) => !isCertificate(block));
  if (damaged > 0) throw misuse(`certificate ${damaged + 1} in file "${path}" is damaged`);
  if (damaged === 0 || blocks.length === 0) throw misuse(`no CA certificate in file "${path}"`, PEM_WANTED);
  // What was judged is what is trusted: of the file itself OpenSSL may see less, such as no block that is indented.
  return Buffer.from(blocks.join(''));
}

/**
 * OpenSSL finds the files of such a folder by hash; taking all of them trusts the same certificates. What is none it would
 * never come to, and Bun takes no other with it.
 */
async function readCaFolder(path: string): Promise<Buffer[]> {
  const hashed = await hashedFiles(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const found = await certificatesOf(hashed);
  if (found.length === 0) throw misuse(`no hashed CA certificate in folder "${path}" (openssl rehash)`);
  return found;
}

async function certificatesOf(paths: readonly string[]): Promise<Buffer[]> {
  const files = await Promise.all(paths.map(readAny));
  return files.map(asPem).filter(isCertificate);
}

async function hashedFiles(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{8}\.\d+$/.test(name));
  return names.sort().map((name) => `${folder}/${name}`);
}

/** SSL_CERT_FILE and SSL_CERT_DIR, as OpenSSL knows them, stand in place of the system's certificates. */
async function systemCertificates(): Promise<readonly (Buffer | string)[]> {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folders } = process.env;
  if (file || folders) {
    const found = file ? [await readCaFile(file)] : [];
    // As on every such path, a folder that does not exist here is passed over.
    const lists = (folders ?? '')
      .split(':')
      .filter(Boolean)
      .map((folder) => hashedFiles(folder).catch(() => []));
    const paths = (await Promise.all(lists)).flat();
    if (found.length + paths.length === 0) throw misuse(`no hashed CA certificate in SSL_CERT_DIR "${folders}"`);
    return [...found, ...(await certificatesOf(paths))];
  }
  for (const path of SYSTEM_BUNDLES) {
    try {
      return [await readBounded(path, MOST_BYTES)];
    } catch {
      // The next system's place; where there is none, the certificates that come with the runtime.
    }
  }
  return rootCertificates;
}

export interface ClientIdentity {
  readonly cert: Buffer;
  /** Not there when the key stays in an engine. */
  readonly key?: Buffer;
  readonly passphrase?: string;
}

/** The certificate for the server, and the key that belongs to it; asks for the pass phrase of an encrypted one. */
export async function clientIdentity(
  { certFile, keyFile, keyInEngine }: TlsTarget,
  askPassphrase: DialContext['passphrase'],
): Promise<ClientIdentity | undefined> {
  if (certFile === undefined) return undefined;
  const [own, ...above] = certificates(await read(certFile), certFile);
  const certificate = new X509Certificate(own!);
  const cert = Buffer.from([own, ...above].join(''));
  if (keyFile === undefined || keyInEngine) return { cert };
  const { key, object, passphrase } = await privateKey(await read(keyFile), keyFile, askPassphrase);
  if (!certificate.checkPrivateKey(object))
    throw misuse(`key "${keyFile}" does not belong to certificate "${certFile}"`, {
      advice: 'name the key that the certificate was made for',
    });
  return { cert, key, ...(passphrase !== undefined && { passphrase }) };
}

const SWAPPED: Advice = {
  advice: 'are certificate and key swapped?',
  remedy: { code: 'certificate-and-key' },
};

/** At least one. */
function certificates(pem: Buffer, path: string): string[] {
  const found = blocksOf(pem, CERTIFICATE);
  if (found.length === 0) {
    const isKey = blocksOf(pem, /PRIVATE KEY$/).length > 0;
    throw misuse(`no certificate in file "${path}"${isKey ? ', but a private key' : ''}`, isKey ? SWAPPED : PEM_WANTED);
  }
  if (!found.every(isCertificate)) throw misuse(`a certificate in file "${path}" is damaged`);
  return found;
}

const PEM_WANTED: Advice = { advice: 'the file must be PEM: text that starts with -----BEGIN' };

async function privateKey(
  pem: Buffer,
  path: string,
  askPassphrase: DialContext['passphrase'],
): Promise<{ key: Buffer; object: KeyObject; passphrase?: string }> {
  const [block] = blocksOf(pem, /PRIVATE KEY$/);
  if (block === undefined) {
    const isCertificate = blocksOf(pem, /CERTIFICATE$/).length > 0;
    throw misuse(
      `no private key in file "${path}"${isCertificate ? ', but a certificate' : ''}`,
      isCertificate ? SWAPPED : PEM_WANTED,
    );
  }
  const encrypted = /^-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(block);
  const passphrase = encrypted ? await askPassphrase(path) : undefined;
  if (encrypted && passphrase === undefined)
    throw misuse(`key "${path}" is encrypted; no pass phrase was given`, {
      advice: 'run it on a terminal to be asked, or use a key without a pass phrase in a file that only you can read',
    });
  try {
    const secret = passphrase === undefined ? {} : { passphrase };
    const key = Buffer.from(block);
    return { key, object: createPrivateKey({ key, format: 'pem', ...secret }), ...secret };
  } catch {
    // A wrong pass phrase mostly shows as bad padding, but one time in 256 as a key that makes no sense.
    throw misuse(encrypted ? `wrong pass phrase for key "${path}"` : `the private key in file "${path}" is damaged`);
  }
}

/** Makes the file if need be, for its owner only, and fails now rather than in the middle of a handshake. */
export async function checkKeylog(path: string, warn: DialContext['warn']): Promise<void> {
  try {
    await appendFile(path, '', { mode: KEYLOG_MODE });
    const found = await stat(path);
    const warning = found.isFile() ? looseModeWarning('TLS key log', path, found.mode) : undefined;
    if (warning !== undefined) warn?.(warning);
  } catch (error) {
    throw keylogFailure(path, error);
  }
}

/** Every reader of a key log can read the connection. */
export const KEYLOG_MODE = 0o600;

export function keylogFailure(path: string, error: unknown): Failure {
  const code = errorCode(error);
  return new Failure('file', { code, message: `Unable to write TLS key log "${path}": ${reasonOf(code)}` });
}

/** `openssl x509 -trustout` writes the last one. */
const CERTIFICATE = /^(X509 |TRUSTED )?CERTIFICATE$/;

/** The PEM blocks whose label matches, without indentation; the last may be cut off. */
function blocksOf(pem: Buffer, label: RegExp): string[] {
  const blocks = pem
    .toString('latin1')
    .replace(/^[ \t]+/gm, '')
    .matchAll(BLOCK);
  return [...blocks].flatMap(([text, name = '']) => (label.test(name) ? [`${text}-----END ${name}-----\n`] : []));
}

/** As PEM. */
async function read(path: string): Promise<Buffer> {
  const file = await readAny(path);
  const pem = asPem(file);
  const wrong = wrongForm(pem, file, path);
  if (wrong !== undefined) throw misuse(`file "${path}" ${wrong.reason}`, { advice: wrong.advice });
  return pem;
}

async function readAny(path: string): Promise<Buffer> {
  try {
    return await readBounded(path, MOST_BYTES);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Failure {
  const code = errorCode(error);
  const reason =
    code === 'ENOENT' ? 'File not found' : code === TOO_LONG ? `More than ${MOST_BYTES} bytes` : reasonOf(code);
  return new Failure('file', { code, message: `Problem setting TLS options: ${reason}: ${path}` });
}

/** What the originals find out when they connect, and end with 1 for. */
function misuse(reason: string, advice: Advice = {}): Failure {
  return tlsFailure('', { reason, ...advice }, 1);
}
