/** Which TLS settings are prepared before connecting: versions, ciphers, certificates, keys. */
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { Failure } from '../errors.ts';
import { type FeatureName, whyNot } from '../runtime/features.ts';
import type { TlsTarget } from '../runtime/target.ts';
import type { DialContext } from './dial-trace.ts';
import { errorCode } from './failures.ts';
import { plainWords, tlsFailure } from './tls-alerts.ts';
import { versionsAndCiphers } from './tls-ciphers.ts';
import { checkKeylog, clientIdentity, trustedCertificates } from './tls-files.ts';

export interface SecureSetup {
  readonly context: SecureContext;
  /** PEM files, kept to explain why a certificate was not trusted. */
  readonly trusted: readonly (Buffer | string)[];
}

const setups = new WeakMap<TlsTarget, Promise<SecureSetup>>();

/**
 * Reads certificates and keys before connecting. Reads them once per target, so that reconnecting does not ask for a
 * pass phrase again. Rejects with a Failure that names the file or option.
 */
export function secureContext(tls: TlsTarget, context: Asking): Promise<SecureSetup> {
  const known = setups.get(tls);
  if (known !== undefined) return known;
  const setup = prepare(tls, context);
  setups.set(tls, setup);
  return setup;
}

type Asking = Pick<DialContext, 'passphrase' | 'warn'>;

async function prepare(tls: TlsTarget, { passphrase, warn }: Asking): Promise<SecureSetup> {
  if (tls.engine !== undefined) mustHave('engines', 'An OpenSSL engine', 'engine-unavailable');
  if (tls.psk !== undefined) mustHave('PSK', 'A pre-shared key', 'psk-unavailable');
  await useEngine(tls);
  checkPsk(tls);
  const limits = versionsAndCiphers(tls);
  if (tls.keylogFile !== undefined) await checkKeylog(tls.keylogFile, warn);
  // With a pre-shared key no certificate is trusted, not even those that Node adds by default.
  const trusted = await trustedCertificates(tls);
  const identity = await clientIdentity(tls, passphrase);
  try {
    return { context: createSecureContext({ ca: trusted, ...identity, ...engineKey(tls), ...limits }), trusted };
  } catch (error) {
    throw unusable(error, tls);
  }
}

/** Throws a Failure when this runtime lacks the feature. */
function mustHave(feature: FeatureName, what: string, code: 'engine-unavailable' | 'psk-unavailable'): void {
  const reason = whyNot(feature);
  if (reason !== undefined)
    throw new Failure('not-supported', { message: `${what} cannot be used: ${reason}`, remedy: { code } });
}

/** Sets the engine for cryptography. An engine given as a path is loaded with its key instead, as it cannot be loaded twice. */
async function useEngine({ engine, keyInEngine }: TlsTarget): Promise<void> {
  if (engine === undefined || (keyInEngine && engine.includes('/'))) return;
  const { setEngine } = await import('node:crypto');
  try {
    setEngine(engine);
  } catch (error) {
    throw unknownEngine(engine, error);
  }
}

function unknownEngine(engine: string, error: unknown): Failure {
  return new Failure('usage', {
    code: errorCode(error),
    message: `Problem setting TLS engine, is ${engine} a valid engine?`,
    advice: 'Use an engine from the directory OPENSSL_ENGINES, or the path of one.',
  });
}

function engineKey({ engine, keyInEngine, keyFile }: TlsTarget): SecureContextOptions {
  if (!keyInEngine || engine === undefined || keyFile === undefined) return {};
  return { privateKeyEngine: engine, privateKeyIdentifier: keyFile };
}

/** OpenSSL's limits in bytes (PSK_MAX_PSK_LEN, PSK_MAX_IDENTITY_LEN). */
const PSK_BYTES = 512;
const IDENTITY_BYTES = 256;

/** Checked in advance, because Node's error messages would show the key. */
function checkPsk({ psk }: TlsTarget): void {
  if (psk === undefined) return;
  const problem = (reason: string): Failure => tlsFailure('', { reason, remedy: { code: 'psk-length' } }, 1);
  if (psk.key.length === 0) throw problem('the pre-shared key is empty');
  if (psk.key.length > PSK_BYTES) throw problem(`the pre-shared key is longer than ${PSK_BYTES} bytes`);
  if (Buffer.byteLength(psk.identity) > IDENTITY_BYTES)
    throw problem(`the identity of the pre-shared key is longer than ${IDENTITY_BYTES} bytes`);
}

function unusable(error: unknown, { certFile, keyFile, keyInEngine, engine, ciphers }: TlsTarget): Failure {
  const code = errorCode(error);
  const problem = (reason: string): Failure => tlsFailure(code, { reason }, 1);
  if (code === 'ERR_SSL_NO_CIPHER_MATCH' || code === 'ERR_SSL_INVALID_COMMAND')
    return problem(`no usable cipher list: "${ciphers}"`);
  if (keyInEngine && engine !== undefined) {
    const said = error instanceof Error ? error.message : '';
    if (said.includes('DSO support')) return unknownEngine(engine, error);
    if (said.includes('mismatch'))
      return problem(`key "${keyFile}" of engine "${engine}" does not belong to certificate "${certFile}"`);
    return problem(`engine "${engine}" does not provide the key "${keyFile}"`);
  }
  const files = [certFile, keyFile].filter((path) => path !== undefined).map((path) => `"${path}"`);
  const what = files.length === 0 ? 'a CA certificate' : `certificate or key ${files.join(', ')}`;
  return problem(`${what} cannot be used (${plainWords(code) || 'unknown reason'})`);
}
