// Certificates for tests, from test/fixtures/certificates: scripts/certificates.mjs makes them.
import { join } from 'node:path';
import { root } from './root.ts';

/** The paths of a certificate and its private key. */
export interface Identity {
  cert: string;
  key: string;
}

export interface Certificates {
  folder: string;
  /** The authority that signed everything except `stranger`, as one file and as a directory for --capath. */
  ca: string;
  caPath: string;
  /** An unrelated authority. */
  otherCa: string;
  /** For localhost, 127.0.0.1 and ::1. */
  server: Identity;
  /** For other.example only. */
  wrongHost: Identity;
  /** For 127.0.0.1, but as a DNS name. */
  addressAsName: Identity;
  /** For localhost, until 2021. */
  expired: Identity;
  clientEc: Identity;
  clientRsa: Identity;
  /** The key of clientEc, encrypted with `passphrase`. */
  encrypted: Identity & { passphrase: string };
  /** The keys of both clients, encrypted with the same pass phrase, as PKCS#8 and in the traditional form. */
  encryptedKeys: Record<'ecPkcs8' | 'ecTraditional' | 'rsaPkcs8' | 'rsaTraditional', Identity>;
  /** For localhost, valid from 2049 on. */
  notYetValid: Identity;
  /** For localhost, without an authority. */
  selfSigned: Identity;
  /** For localhost, signed by an intermediate of `ca`; `chain` is both certificates. */
  chained: Identity & { chain: string };
  /** A client with a certificate that the other authority signed. */
  stranger: Identity;
}

const folder = join(root, 'test/fixtures/certificates');
const path = (name: string): string => join(folder, name);
const identity = (name: string, key = name): Identity => ({ cert: path(`${name}.crt`), key: path(`${key}.key`) });
const ecPkcs8 = identity('client-ec', 'client-ec-pkcs8');

const CERTIFICATES: Certificates = {
  folder,
  ca: path('ca.crt'),
  caPath: path('capath'),
  otherCa: path('other.crt'),
  server: identity('server'),
  wrongHost: identity('wrong-host'),
  addressAsName: identity('address-as-name'),
  expired: identity('expired'),
  clientEc: identity('client-ec'),
  clientRsa: identity('client-rsa'),
  encrypted: { ...ecPkcs8, passphrase: 'pass phrase' },
  encryptedKeys: {
    ecPkcs8,
    ecTraditional: identity('client-ec', 'client-ec-traditional'),
    rsaPkcs8: identity('client-rsa', 'client-rsa-pkcs8'),
    rsaTraditional: identity('client-rsa', 'client-rsa-traditional'),
  },
  notYetValid: identity('not-yet-valid'),
  selfSigned: identity('self-signed'),
  chained: { ...identity('chained'), chain: path('chain.crt') },
  stranger: identity('stranger'),
};

/** Files that all tests share: a test that changes one must copy it first. */
export const certificates = (): Certificates => CERTIFICATES;
