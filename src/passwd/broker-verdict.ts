/** What brokers make of the second field of an entry. */
import { isSha512Crypt } from './crypt3.ts';
import { parseField, type Stored } from './schemes.ts';

/** Versions with default builds; a build of 2.1 with Argon2 also accepts argon2id. */
export type BrokerVersion = '2.0' | '2.1';

export const BROKERS: readonly BrokerVersion[] = ['2.0', '2.1'];

const SALT_LENGTHS: Readonly<Record<BrokerVersion, readonly number[]>> = { '2.0': [12], '2.1': [12, 64] };

export interface BrokerVerdict {
  /** Undefined when no broker can read the field. */
  readonly stored: Stored | undefined;
  /** The kind of the field, even when no broker accepts it. */
  readonly kind: Stored['scheme'] | 'crypt' | 'hash' | 'plain' | 'none';
  readonly refusedBy: readonly BrokerVersion[];
  /** Why a broker rejects the field. */
  readonly reason: string | undefined;
}

/**
 * Hashes of other programs. A word between dollar signs, then at least 30 characters: crypt(3), bcrypt, yescrypt, every
 * argon2, and $apr1$ of htpasswd. {SHA} and {SSHA}: htpasswd and LDAP. PBKDF2$: mosquitto-go-auth.
 */
const LOOKS_HASHED =
  /^(?:\$[A-Za-z0-9-]{1,16}\$\S{30,}|\{S?SHA\d{0,3}\}[A-Za-z0-9+/]{20,}={0,2}|PBKDF2\$\w+\$\d+\$\S{20,})$/;

/** How the hashes of Mosquitto begin. */
const OURS = /^\$[67]\$/;

export function judge(field: string): BrokerVerdict {
  const stored = parseField(field);
  if (stored?.scheme === 'argon2id')
    return refused('argon2id', 'argon2id, which only brokers built with Argon2 accept', BROKERS, stored);
  if (stored !== undefined) {
    const salt = `a salt of ${stored.salt.length} bytes`;
    const refusedBy = BROKERS.filter(
      (broker) => !SALT_LENGTHS[broker].includes(stored.salt.length) || (broker === '2.1' && !/^\$[67]\$/.test(field)),
    );
    if (refusedBy.length === 0) return { stored, kind: stored.scheme, refusedBy, reason: undefined };
    const reason =
      SALT_LENGTHS['2.1'].includes(stored.salt.length) && refusedBy.includes('2.1') ? 'no $ at the beginning' : salt;
    return refused(stored.scheme, reason, refusedBy, stored);
  }
  if (field === '') return refused('none', 'no password');
  if (isSha512Crypt(field)) return refused('crypt', 'a crypt(3) hash, which brokers do not support');
  if (OURS.test(field)) return refused('hash', 'a damaged hash: wrong length, bad base64 or bad number of iterations');
  if (LOOKS_HASHED.test(field)) return refused('hash', 'a hash of a kind that brokers do not support');
  return refused('plain', 'a plain-text password');
}

function refused(kind: BrokerVerdict['kind'], reason: string, refusedBy = BROKERS, stored?: Stored): BrokerVerdict {
  return { stored, kind, refusedBy, reason };
}

/** Whether the field is a hash already, so that hashing it would be a mistake. */
export function isHashed(field: string): boolean {
  return judge(field).kind !== 'plain' && !isFragment(field);
}

/** Whether the field is the beginning of a hash. mosquitto_passwd -U hashes it like a plain-text password. */
export function isFragment(field: string): boolean {
  return OURS.test(field) && judge(field).kind === 'hash' && !LOOKS_HASHED.test(field);
}
