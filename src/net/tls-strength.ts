/**
 * Whether the keys and signatures of a certificate chain are strong enough for the security levels of OpenSSL
 * (SSL_CTX_set_security_level). This check is the same on every runtime: releases of Node differ in their default
 * level, and Bun's TLS has no levels.
 */
import type { X509Certificate } from 'node:crypto';
import type { Advice } from '../errors.ts';
import type { Meaning } from './tls-alerts.ts';
import { certificatesIn, shortName } from './tls-certificate.ts';

/** The security bits that each level requires. */
const BITS = [0, 80, 112, 128, 192, 256];

/** The security bits of RSA and DSA keys, by the length of the modulus (NIST SP 800-57, 5.6.1). */
const MODULI: readonly (readonly [length: number, bits: number])[] = [
  [15_360, 256],
  [7680, 192],
  [3072, 128],
  [2048, 112],
  [1024, 80],
];

interface Digest {
  readonly name: string;
  readonly bits: number;
}

const MD5: Digest = { name: 'MD5', bits: 39 };
const SHA1: Digest = { name: 'SHA-1', bits: 63 };
const SHA224: Digest = { name: 'SHA-224', bits: 112 };
const SHA256: Digest = { name: 'SHA-256', bits: 128 };
const SHA384: Digest = { name: 'SHA-384', bits: 192 };

/** Digests by the object identifier of the signature algorithm, in hexadecimal. Stronger ones are not checked. */
const SIGNATURES: Readonly<Record<string, Digest>> = {
  // RSA: MD2, MD4, MD5, SHA-1, SHA-224, SHA-256, SHA-384.
  '2a864886f70d010102': MD5,
  '2a864886f70d010103': MD5,
  '2a864886f70d010104': MD5,
  '2a864886f70d010105': SHA1,
  '2b0e03021d': SHA1,
  '2a864886f70d01010e': SHA224,
  '2a864886f70d01010b': SHA256,
  '2a864886f70d01010c': SHA384,
  // ECDSA
  '2a8648ce3d0401': SHA1,
  '2a8648ce3d040301': SHA224,
  '2a8648ce3d040302': SHA256,
  '2a8648ce3d040303': SHA384,
  // DSA
  '2a8648ce380403': SHA1,
  '608648016503040301': SHA224,
  '608648016503040302': SHA256,
};

const RSA_PSS = '2a864886f70d01010a';

/** Digests that the parameters of RSA-PSS can name; without a name it is SHA-1 (RFC 4055, 3.1). */
const DIGESTS: readonly (readonly [identifier: string, digest: Digest | undefined])[] = [
  ['608648016503040204', SHA224],
  ['608648016503040201', SHA256],
  ['608648016503040202', SHA384],
  ['608648016503040203', undefined],
];

/**
 * What is too weak for this level, or undefined. `chain` begins with the server's certificate. `trusted` are PEM files,
 * read only when a certificate above the server's own is weak.
 */
export function weakness(
  chain: readonly X509Certificate[],
  trusted: readonly (Buffer | string)[],
  level: number,
): Meaning | undefined {
  const [own, ...above] = chain;
  if (own === undefined || level <= 0) return undefined;
  return judged([own], level) ?? (judged(above, level, true) && judged(upToTheTrusted(above, trusted), level, true));
}

/** Drops the certificates above the first trusted key: servers may send more than the verification needs. */
function upToTheTrusted(above: readonly X509Certificate[], trusted: readonly (Buffer | string)[]): X509Certificate[] {
  const known = certificatesIn(trusted);
  const last = above.findIndex(({ subject, publicKey }) =>
    known.some((root) => root.subject === subject && root.publicKey.equals(publicKey)),
  );
  const root = known.find((one) => one.subject === above[last]?.subject);
  return root === undefined ? [...above] : [...above.slice(0, last), root];
}

function judged(certificates: readonly X509Certificate[], level: number, isAbove = false): Meaning | undefined {
  const needed = BITS[level] ?? 256;
  for (const certificate of certificates) {
    const what = isAbove ? `the CA certificate "${shortName(certificate.subject)}"` : 'the server certificate';
    const key = strengthOf(certificate);
    if (key !== undefined && key.bits < needed)
      return {
        reason: `the key of ${what} is too weak (${key.name})`,
        ...orAllow(`Give ${isAbove ? 'the CA' : 'the server'} a stronger key`, key.bits),
      };
    // A self-signed root is trusted itself, so its signature does not matter.
    if (certificate.subject === certificate.issuer) continue;
    const digest = digestOf(certificate.raw);
    if (digest !== undefined && digest.bits < needed)
      return {
        reason: `${what} is signed with ${digest.name}, which is too weak`,
        ...orAllow('Have that certificate signed with a stronger digest', digest.bits),
      };
  }
  return undefined;
}

function orAllow(cure: string, bits: number): Advice {
  const level = BITS.findLastIndex((needed) => needed <= bits);
  return {
    advice: `${cure}, or allow this one: ciphers DEFAULT@SECLEVEL=${level}.`,
    remedy: { code: 'weak-key', cure, level },
  };
}

/** Undefined for an unknown kind of key. */
function strengthOf(certificate: X509Certificate): { readonly name: string; readonly bits: number } | undefined {
  let key: X509Certificate['publicKey'];
  try {
    key = certificate.publicKey;
  } catch {
    return undefined; // BoringSSL knows fewer curves; it has not verified anything with this key.
  }
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined) {
    const kind = key.asymmetricKeyType === 'dsa' ? 'DSA' : 'RSA';
    const bits = MODULI.find(([length]) => modulusLength >= length)?.[1] ?? 0;
    return { name: `${kind}, ${modulusLength} bits`, bits };
  }
  const [length] = /\d{3}/.exec(namedCurve ?? '') ?? [];
  return length === undefined ? undefined : { name: `elliptic curve ${namedCurve}`, bits: Math.floor(+length / 2) };
}

/** The digest of a certificate's signature, from its second element (RFC 5280, 4.1). Undefined for a strong or unknown one. */
function digestOf(der: Buffer): Digest | undefined {
  const whole = element(der, 0);
  const algorithm = element(der, element(der, whole.start).end);
  const identifier = element(der, algorithm.start);
  const name = der.toString('hex', identifier.start, identifier.end);
  if (name !== RSA_PSS) return SIGNATURES[name];
  const parameters = der.toString('hex', identifier.end, algorithm.end);
  const named = DIGESTS.find(([oid]) => parameters.includes(oid));
  return named === undefined ? SHA1 : named[1];
}

/** The start and end of a DER element's content. */
function element(der: Buffer, at: number): { readonly start: number; readonly end: number } {
  const first = der[at + 1] ?? 0;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const start = at + 2 + (first & 0x7f);
  return { start, end: start + Number.parseInt(der.toString('hex', at + 2, start) || '0', 16) };
}
