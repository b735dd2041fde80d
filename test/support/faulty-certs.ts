// Server certificates with one fault each, which a client must reject: scripts/certificates.mjs makes them.
import { join } from 'node:path';
import { certificates, type Identity } from './certs.ts';

/** `ca` is to be trusted; `cert` holds the certificate of the server and the intermediate ones. */
export interface Faulty extends Identity {
  ca: string;
}

/** The names of the certificates by their root. */
const UNDER = {
  ca: [
    ...['ca', 'good', 'rsa1024', 'rsa2048', 'rsa3072', 'ec192', 'ec224', 'sha1', 'sha224'],
    ...['sha1Intermediate', 'underSha1', 'weakIntermediate', 'underWeak'],
    ...['permitting', 'notPermitted', 'excluding', 'excluded', 'lastIntermediate', 'belowTheLast', 'tooLong'],
    ...['noCa', 'byNoCa', 'caForClients', 'byCaForClients', 'noSigner', 'byNoSigner', 'forClients', 'unknownDemand'],
    ...['partialWildcard', 'partialCommonName', 'wildcard', 'wildcardTop'],
  ],
  rsaCa: ['rsaCa', 'pssSha1', 'pssSha256'],
  weakCa: ['weakCa', 'md5', 'crossSigned', 'underWeakCa'],
  oldCa: ['oldCa', 'underOldCa'],
} as const;

export type FaultyName = (typeof UNDER)[keyof typeof UNDER][number];

const roots = new Map(Object.entries(UNDER).flatMap(([root, names]) => names.map((name) => [name, root] as const)));

export const FAULTY_NAMES: readonly FaultyName[] = [...roots.keys()];

/** The certificate of this name with its key, and the authority to trust. */
export function faulty(name: FaultyName): Faulty {
  const path = (file: string): string => join(certificates().folder, 'faulty', file);
  return { cert: path(`${name}.crt`), key: path(`${name}.key`), ca: path(`${roots.get(name)}.crt`) };
}
