/** TLS over any stream that stands. Loaded only when asked for. The certificate is verified before a byte of ours is sent. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  rootCertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { Failure } from '../errors.ts';
import type { Target, TlsTarget } from '../runtime/target.ts';
import { errorCode, handshakeFailure } from './failures.ts';
import type { DialContext } from './steps.ts';

/** Where systems keep their bundle of CA certificates: Debian, Fedora, Alpine and macOS, in this order. */
const SYSTEM_BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/** Reads certificates and keys, before anything is connected. Throws a Failure that names the file. */
export async function secureContext(tls: TlsTarget, _passphrase: DialContext['passphrase']): Promise<SecureContext> {
  const [ca, cert, key] = await Promise.all([
    trusted(tls),
    tls.certFile === undefined ? undefined : readPem(tls.certFile),
    tls.keyFile === undefined ? undefined : readPem(tls.keyFile),
  ]);
  try {
    return createSecureContext({ ca, ...(cert && { cert }), ...(key && { key }), minVersion: 'TLSv1.2' });
  } catch (error) {
    throw new Failure('tls', {
      status: 1,
      code: errorCode(error),
      message: `A TLS error occurred: ${contextProblem(error, tls)}`,
    });
  }
}

/** How long, in milliseconds, a server may take for the handshake: as long as Mosquitto waits for CONNACK. */
const HANDSHAKE_WAIT = 60_000;

/** Resolves when the handshake is done and the certificate is verified. Rejects with a Failure. */
export function openTls(lower: Duplex, target: Target, context: SecureContext, _dial: DialContext): Promise<TLSSocket> {
  const options: ConnectionOptions = {
    socket: lower,
    secureContext: context,
    rejectUnauthorized: true,
    host: target.host,
  };
  // A server name is a name: addresses are not sent (RFC 6066, 3).
  if (isIP(target.host) === 0) options.servername = target.host;
  if (target.tls?.checkHost === false || target.unixPath !== undefined) options.checkServerIdentity = () => undefined;
  return new Promise((resolve, reject) => {
    const socket = connect(options);
    const late = setTimeout(() => {
      reject(new Failure('tls', { message: 'A TLS error occurred: the server does not answer the handshake' }));
      socket.on('error', () => {}).destroy();
    }, HANDSHAKE_WAIT);
    socket.once('close', () => clearTimeout(late));
    const fail = (error: Error): void => reject(handshakeFailure(error, target.host));
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      clearTimeout(late);
      socket.removeListener('error', fail);
      resolve(socket);
    });
  });
}

async function trusted(tls: TlsTarget): Promise<(Buffer | string)[]> {
  const ca: (Buffer | string)[] = [];
  if (tls.caFile !== undefined) ca.push(await readCaFile(tls.caFile));
  if (tls.caPath !== undefined) ca.push(...(await readCaFolder(tls.caPath)));
  if (tls.systemCa) ca.push(...(await systemCa()));
  return ca;
}

async function readCaFile(path: string): Promise<Buffer> {
  const pem = await readPem(path);
  // OpenSSL as Node calls it takes a file without a whole certificate as an empty list, and would trust nobody.
  if (!pem.includes('-----BEGIN') || !beginsWithCertificate(pem))
    throw new Failure('tls', { status: 1, message: `A TLS error occurred: no CA certificate in file "${path}"` });
  return pem;
}

function beginsWithCertificate(pem: Buffer): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

/** OpenSSL finds the files of such a folder by hash; taking all of them trusts the same certificates. */
async function readCaFolder(path: string): Promise<Buffer[]> {
  const { readdir } = await import('node:fs/promises');
  let names: string[];
  try {
    names = await readdir(path);
  } catch (error) {
    throw fileFailure(path, error);
  }
  const hashed = names.filter((name) => /^[0-9a-f]{8}\.\d+$/.test(name)).sort();
  if (hashed.length === 0)
    throw new Failure('tls', {
      status: 1,
      message: `A TLS error occurred: no hashed CA certificate in folder "${path}" (openssl rehash)`,
    });
  return Promise.all(hashed.map((name) => readPem(`${path}/${name}`)));
}

async function systemCa(): Promise<readonly (Buffer | string)[]> {
  for (const path of SYSTEM_BUNDLES) {
    try {
      return [await readFile(path)];
    } catch {
      // The next system's place; where there is none, the certificates that come with the runtime.
    }
  }
  return rootCertificates;
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileFailure(path, error);
  }
}

function fileFailure(path: string, error: unknown): Failure {
  const code = errorCode(error);
  const reason = code === 'ENOENT' ? 'File not found' : code;
  return new Failure('file', { code, message: `Problem setting TLS options: ${reason}: ${path}` });
}

function contextProblem(error: unknown, tls: TlsTarget): string {
  const code = errorCode(error);
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH')
    return `key "${tls.keyFile}" does not belong to certificate "${tls.certFile}"`;
  if (code === 'ERR_OSSL_BAD_DECRYPT' || code === 'ERR_MISSING_PASSPHRASE')
    return `key "${tls.keyFile}" is encrypted; only a key without a passphrase can be used`;
  if (/PEM|ASN1|NO_START_LINE|DECODER|UNSUPPORTED/.test(code))
    return `certificate or key cannot be read (${code}): ${[tls.caFile, tls.certFile, tls.keyFile].filter(Boolean).join(', ')}`;
  return code || 'certificate or key cannot be used';
}
