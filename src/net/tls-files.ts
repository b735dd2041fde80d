/** How certificates and keys are read. Each error is one line that names the file and contains nothing of a key. */
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

/** Where systems store their bundle of CA certificates: Debian, Fedora, Alpine and macOS, in this order. */
const SYSTEM_BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/** Largest file to read. A bundle of all public authorities has about 250 KB. */
const MOST_BYTES = 16 * 1024 * 1024;

/** This pattern does not backtrack, so a long block does not exhaust the stack. */
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*(?:-(?!----)[^-]*)*/g;

/** The trusted CA certificates, as PEM files. */
export async function trustedCertificates(tls: TlsTarget): Promise<(Buffer | string)[]> {
  const trusted: (Buffer | string)[] = [];
  if (tls.caFile !== undefined) trusted.push(await readCaFile(tls.caFile));
  if (tls.caPath !== undefined) trusted.push(...(await readCaFolder(tls.caPath)));
  if (tls.systemCa) trusted.push(...(await systemCertificates()));
  return trusted;
}

/** Rejects a damaged certificate: OpenSSL in Node stops at the first one, and trusts none after it. */
async function readCaFile(path: string): Promise<Buffer> {
  const pem = await read(path);
  const blocks = blocksOf(pem, CERTIFICATE);
  const damaged = blocks.findIndex((block) => !isCertificate(block));
  if (damaged > 0) throw misuse(`certificate ${damaged + 1} in file "${path}" is damaged`);
  if (damaged === 0 || blocks.length === 0)
    throw misuse(`no CA certificate in file "${path}"`, hasKey(pem) ? KEY_INSTEAD_OF_CA : FORM_WANTED);
  // Trusts exactly the checked blocks: OpenSSL may see fewer in the file itself, for example no indented block.
  return Buffer.from(blocks.join(''));
}

/**
 * OpenSSL finds the files of such a directory by hash; reading all of them trusts the same certificates. Files that are
 * not certificates are skipped: OpenSSL would not look for them, and Bun would reject all others together with them.
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

/** SSL_CERT_FILE and SSL_CERT_DIR replace the system's certificates, as in OpenSSL. */
async function systemCertificates(): Promise<readonly (Buffer | string)[]> {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folders } = process.env;
  if (file || folders) {
    const found = file ? [await readCaFile(file)] : [];
    // A directory that does not exist is skipped, as in other search paths.
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
      // Tries the next system's path; without any, the certificates of the runtime apply.
    }
  }
  return rootCertificates;
}

export interface ClientIdentity {
  readonly cert: Buffer;
  /** Missing when an engine has the key. */
  readonly key?: Buffer;
  readonly passphrase?: string;
}

/** The client certificate and its key; asks for the pass phrase of an encrypted key. */
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
      advice: 'Use the key that belongs to the certificate.',
    });
  return { cert, key, ...(passphrase !== undefined && { passphrase }) };
}

const SWAPPED: Advice = {
  advice: 'Check whether the certificate and the key are swapped.',
  remedy: { code: 'certificate-and-key' },
};

/** Returns at least one certificate. */
function certificates(pem: Buffer, path: string): string[] {
  const found = blocksOf(pem, CERTIFICATE);
  if (found.length === 0) {
    const isKey = hasKey(pem);
    throw misuse(
      `no certificate in file "${path}"${isKey ? ', but a private key' : ''}`,
      isKey ? SWAPPED : FORM_WANTED,
    );
  }
  if (!found.every(isCertificate)) throw misuse(`a certificate in file "${path}" is damaged`);
  return found;
}

const FORM_WANTED: Advice = { advice: 'The file must be DER, or PEM: text that starts with -----BEGIN.' };

const KEY_INSTEAD_OF_CA: Advice = { advice: 'The file has a private key. Use the CA certificate, in PEM or DER.' };

const hasKey = (pem: Buffer): boolean => blocksOf(pem, /PRIVATE KEY$/).length > 0;

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
      isCertificate ? SWAPPED : FORM_WANTED,
    );
  }
  const encrypted = /^-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(block);
  const passphrase = encrypted ? await askPassphrase(path) : undefined;
  if (encrypted && passphrase === undefined)
    throw misuse(`key "${path}" is encrypted; no pass phrase was given`, {
      advice: 'Run the command on a terminal to enter it, or use an unencrypted key that only you can read.',
    });
  try {
    const secret = passphrase === undefined ? {} : { passphrase };
    const key = Buffer.from(block);
    return { key, object: createPrivateKey({ key, format: 'pem', ...secret }), ...secret };
  } catch {
    // A wrong pass phrase usually causes bad padding, but one time in 256 a key that cannot be parsed.
    throw misuse(encrypted ? `wrong pass phrase for key "${path}"` : `the private key in file "${path}" is damaged`);
  }
}

/** Creates the file if needed, readable by its owner only. Fails now rather than during a handshake. */
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

/** Readable by the owner only, because a key log decrypts the connection. */
export const KEYLOG_MODE = 0o600;

export function keylogFailure(path: string, error: unknown): Failure {
  const code = errorCode(error);
  return new Failure('file', { code, message: `Unable to write TLS key log "${path}": ${reasonOf(code)}` });
}

/** `openssl x509 -trustout` writes TRUSTED CERTIFICATE. */
const CERTIFICATE = /^(X509 |TRUSTED )?CERTIFICATE$/;

/** The PEM blocks whose label matches, without indentation; the last one may be cut off. */
function blocksOf(pem: Buffer, label: RegExp): string[] {
  const blocks = pem
    .toString('latin1')
    .replace(/^[ \t]+/gm, '')
    .matchAll(BLOCK);
  return [...blocks].flatMap(([text, name = '']) => (label.test(name) ? [`${text}-----END ${name}-----\n`] : []));
}

/** Returns the file as PEM. */
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

/** Faults that Mosquitto's clients detect when they connect; their exit status is 1. */
function misuse(reason: string, advice: Advice = {}): Failure {
  return tlsFailure('', { reason, ...advice }, 1);
}
