/** What a certificate contains, as printable text: a server may have put any text into it. */
import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { printable } from '../util/printable.ts';
import type { CertificateFacts } from './dial-trace.ts';

/** Most names of a certificate to show. */
const MOST_NAMES = 10;

const LONGEST_CHAIN = 20;

/** The hosts of a certificate: its DNS names and addresses, or the common name if it has none of these. */
export function namesOf(certificate: Pick<X509Certificate, 'subject' | 'subjectAltName'>): string {
  // Node returns a name with a comma or a quote as a JSON string (since CVE-2021-44532).
  const found = (certificate.subjectAltName ?? '').matchAll(/(?:^|, )(?:DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g);
  const names = [...found].map(([, name]) => printable(name ?? ''));
  if (names.length === 0) return part(certificate.subject, 'CN') ?? 'nobody';
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** A distinguished name on one line: `O=tests, CN=ca`. */
export function distinguishedName(name: string | undefined): string {
  return printable((name ?? '').split('\n').filter(Boolean).join(', ')) || 'nobody';
}

/** The common name, or the whole distinguished name. */
export function shortName(name: string): string {
  return part(name, 'CN') ?? distinguishedName(name);
}

export function organisation(name: string): string | undefined {
  return part(name, 'O');
}

/** `2021-01-01 00:00:00 UTC` */
export function dateText(date: string): string {
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? printable(date) : `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/**
 * The server's certificate and the certificates above it, as far as they were sent or are trusted; empty without one.
 * Uses getPeerCertificate(), because getPeerX509Certificate() removes the certificate for later callers.
 */
export function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw !== undefined && chain.length < LONGEST_CHAIN) {
    chain.push(new X509Certificate(next.raw));
    // A root is its own issuer.
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}

/** The facts of each certificate in a chain. */
export const factsOf = (chain: readonly X509Certificate[]): CertificateFacts[] =>
  chain.map((certificate) => ({
    names: namesOf(certificate),
    issuer: distinguishedName(certificate.issuer),
    from: Date.parse(certificate.validFrom),
    to: Date.parse(certificate.validTo),
  }));

/** The facts of the first certificate of a file in PEM or DER; undefined if it has none. */
export function certificateFacts(file: Uint8Array): CertificateFacts | undefined {
  try {
    return factsOf([new X509Certificate(file)])[0];
  } catch {
    return undefined; // The handshake has failed for that reason.
  }
}

/** The lines about a chain. */
export function describeChain([certificate, ...above]: readonly X509Certificate[]): string[] {
  if (certificate === undefined) return [];
  const issuers = above.map(({ subject }) => `"${shortName(subject)}"`);
  return [
    `Certificate for: ${namesOf(certificate)}`,
    `Issued by: ${distinguishedName(certificate.issuer)}`,
    `Valid: ${dateText(certificate.validFrom)} to ${dateText(certificate.validTo)}`,
    `Above it: ${issuers.join(', ') || 'no certificate sent, and none known here'}`,
  ];
}

/** The certificates of PEM files. */
export function certificatesIn(files: readonly (Buffer | string)[]): X509Certificate[] {
  const blocks = files.flatMap(
    (pem) => pem.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [],
  );
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return []; // A certificate that cannot be parsed is not trusted.
    }
  });
}

function part(name: string, kind: 'CN' | 'O'): string | undefined {
  const line = name.split('\n').find((text) => text.startsWith(`${kind}=`));
  const value = line === undefined ? '' : printable(line.slice(kind.length + 1));
  return value === '' ? undefined : value;
}
