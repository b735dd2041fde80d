/**
 * Which TLS versions and ciphers are offered. OpenSSL has two lists, one for TLS 1.2 and one for the suites of TLS 1.3, and
 * an ordinary list does not change the second. Here one list decides both: a suite that it does not select is not offered.
 */
import type { SecureContextOptions } from 'node:tls';
import { isBun } from '../runtime/features.ts';
import type { TlsTarget } from '../runtime/target.ts';
import { tlsFailure } from './tls-alerts.ts';

const OF_ALL = ['ALL', 'HIGH', 'DEFAULT', 'AEAD', 'ECDHE', 'KECDHE', 'EECDH', 'KEECDH'];

/** The suites of TLS 1.3 that OpenSSL offers by default, in its order, with the words of a cipher list that select them. */
const SUITES: readonly (readonly [string, ReadonlySet<string>])[] = [
  ['TLS_AES_256_GCM_SHA384', new Set([...OF_ALL, 'AES', 'AES256', 'AESGCM', 'SHA384'])],
  ['TLS_CHACHA20_POLY1305_SHA256', new Set([...OF_ALL, 'CHACHA20', 'SHA256'])],
  ['TLS_AES_128_GCM_SHA256', new Set([...OF_ALL, 'AES', 'AES128', 'AESGCM', 'SHA256'])],
];

/** The suites of TLS 1.3 that a cipher list selects, by name or by classes such as HIGH. */
export function suitesOf(list: string): string[] {
  const chosen = new Set<string>();
  const banned = new Set<string>();
  for (const entry of entriesOf(list)) {
    const sign = /^[!+-]/.exec(entry)?.[0] ?? '';
    // `DEFAULT@SECLEVEL=1` is the class DEFAULT and a security level.
    const word = entry.slice(sign.length).replace(/@.*$/, '');
    const meant = word.startsWith('TLS_') ? [word] : SUITES.filter(([, words]) => isMeant(word, words)).map(nameOf);
    for (const suite of meant) {
      if (sign === '') chosen.add(suite);
      else if (sign === '-') chosen.delete(suite);
      else if (sign === '!') banned.add(suite);
    }
  }
  return [...chosen].filter((suite) => !banned.has(suite));
}

const LEVEL = /@SECLEVEL=(\d)/g;

/** The level of Debian and Node 24: RSA keys from 2048 bits on, elliptic curves from 224 bits on, no SHA-1. */
const USUAL_LEVEL = 2;

/** The security level of OpenSSL that a cipher list sets with `@SECLEVEL=N`; the last one counts. */
export function levelOf(list: string | undefined): number {
  const [, level] = [...(list ?? '').matchAll(LEVEL)].at(-1) ?? [];
  return level === undefined ? USUAL_LEVEL : Number(level);
}

/** Versions and ciphers for createSecureContext(). Throws a Failure when the list leaves no cipher for the version. */
export function versionsAndCiphers({ version, ciphers, psk }: TlsTarget): SecureContextOptions {
  if (psk !== undefined) {
    if (version === 'TLSv1.3')
      throw tlsFailure(
        '',
        {
          reason: 'a pre-shared key needs TLS 1.2, which the requested version excludes',
          remedy: { code: 'psk-version' },
        },
        1,
      );
    // RSA-PSK would involve a certificate that cannot be verified, because no CA is trusted.
    return { ...exactly('TLSv1.2'), ciphers: ciphers === undefined ? 'PSK:!kRSAPSK' : olderOf(ciphers).join(':') };
  }
  if (ciphers === undefined) return version === undefined ? { minVersion: 'TLSv1.2' } : exactly(version);
  const suites = version === 'TLSv1.2' ? [] : suitesOf(ciphers);
  const older = version === 'TLSv1.3' ? [] : olderOf(ciphers);
  const names = older.some((entry) => !/^[!+@-]/.test(entry));
  if (suites.length === 0 && !names) {
    const which = version === undefined ? '' : ` of TLS ${version.slice(-3)}`;
    throw tlsFailure('ERR_SSL_NO_CIPHER_MATCH', { reason: `no cipher${which} in the list "${ciphers}"` }, 1);
  }
  const range = names
    ? suites.length > 0
      ? { minVersion: 'TLSv1.2' as const }
      : exactly('TLSv1.2')
    : exactly('TLSv1.3');
  // The level is a word of the list for TLS 1.2, even if that version is not allowed.
  const level = isBun ? [] : (ciphers.match(LEVEL) ?? []).map((word) => `DEFAULT${word}`);
  return { ...range, ciphers: [...suites, ...(names ? older : level.slice(-1))].join(':') };
}

const exactly = <V extends 'TLSv1.2' | 'TLSv1.3'>(version: V) => ({ minVersion: version, maxVersion: version });
/** BoringSSL (Bun) has no levels; tls-strength.ts checks certificates on every runtime. */
const entriesOf = (list: string): string[] =>
  (isBun ? list.replaceAll(LEVEL, '') : list).split(/[:, ;]+/).filter((entry) => entry !== '');
/** The entries for TLS 1.2: all except the names of TLS 1.3 suites. */
const olderOf = (list: string): string[] => entriesOf(list).filter((entry) => !/^[!+-]?TLS_/.test(entry));
const nameOf = ([name]: readonly [string, unknown]): string => name;
/** `ECDHE+AESGCM` selects suites that match both words. */
const isMeant = (word: string, words: ReadonlySet<string>): boolean =>
  word.split('+').every((part) => words.has(part.toUpperCase()));
