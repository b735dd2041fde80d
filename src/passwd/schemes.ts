/**
 * How passwords are stored: a row for each scheme, with how its field is written, read and computed. Fields are text of
 * single bytes (latin1); decision 10 gives the reasons for the defaults.
 */
import { createHash, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Argon2Cost, argon2idHash } from './argon2id.ts';

/** The parts of a stored field. */
export interface Stored {
  readonly scheme: SchemeName;
  readonly salt: Buffer;
  readonly hash: Buffer;
  /** PBKDF2 only. */
  readonly iterations?: number;
  readonly argon2?: Argon2Cost;
}

/** How to write new entries. */
export interface Recipe {
  readonly scheme: SchemeName;
  readonly iterations: number;
  /** Bytes; undefined for the length of the scheme. */
  readonly saltLength: number | undefined;
}

interface PasswordScheme {
  readonly prefix: string;
  readonly saltLength: number;
  /** Parses the fields after the prefix; returns undefined when no broker could read them. */
  parse(fields: readonly string[], field: string): Omit<Stored, 'scheme'> | undefined;
  write(stored: Omit<Stored, 'scheme'>): string;
  compute(password: Uint8Array, like: Omit<Stored, 'scheme' | 'hash'>, length: number): Promise<Buffer>;
}

/** The only length of salt that every broker reads. */
const SALT_BYTES = 12;
const HASH_BYTES = 64;
/** What mosquitto_passwd writes in a build with Argon2. */
const ARGON2_COST: Argon2Cost = { memory: 47_104, passes: 1, lanes: 1 };
const ARGON2_SALT_BYTES = 64;

export const DEFAULT_ITERATIONS = 1000;

export const SCHEMES = {
  sha512: {
    prefix: '$6$',
    saltLength: SALT_BYTES,
    parse: ([salt, hash]) => saltAndHash(salt, hash),
    write: ({ salt, hash }) => `$6$${salt.toString('base64')}$${hash.toString('base64')}`,
    compute: async (password, { salt }) => createHash('sha512').update(password).update(salt).digest(),
  },
  'sha512-pbkdf2': {
    prefix: '$7$',
    saltLength: SALT_BYTES,
    parse: ([count, salt, hash]) => {
      const iterations = atoi(count ?? '');
      const rest = saltAndHash(salt, hash);
      return iterations < 1 || rest === undefined ? undefined : { ...rest, iterations };
    },
    write: ({ salt, hash, iterations }) => `$7$${iterations}$${salt.toString('base64')}$${hash.toString('base64')}`,
    compute: (password, { salt, iterations }, length) =>
      new Promise((resolve, reject) => {
        pbkdf2(password, salt, iterations ?? DEFAULT_ITERATIONS, length, 'sha512', (error, key) =>
          error ? reject(error) : resolve(key),
        );
      }),
  },
  argon2id: {
    prefix: '$argon2id$',
    saltLength: ARGON2_SALT_BYTES,
    // The reference decoder of the broker accepts only this form: version first, then m, t, p, no padding.
    parse: (_, field) => {
      const parts = /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,8})\$([^$]+)\$([^$]+)$/.exec(field);
      if (parts === null) return undefined;
      const [memory, passes, lanes] = parts.slice(1, 4).map(Number) as [number, number, number];
      const salt = decodeUnpadded(parts[4]!);
      const hash = decodeUnpadded(parts[5]!);
      const sound = passes >= 1 && lanes >= 1 && memory >= 8 * lanes && salt && salt.length >= 8 && hash;
      return sound && hash.length >= 4 ? { salt, hash, argon2: { memory, passes, lanes } } : undefined;
    },
    write: ({ salt, hash, argon2 = ARGON2_COST }) =>
      `$argon2id$v=19$m=${argon2.memory},t=${argon2.passes},p=${argon2.lanes}` +
      `$${encodeUnpadded(salt)}$${encodeUnpadded(hash)}`,
    compute: (password, { salt, argon2 = ARGON2_COST }, length) => argon2idHash(password, salt, argon2, length),
  },
} as const satisfies Record<string, PasswordScheme>;

export type SchemeName = keyof typeof SCHEMES;

export const SCHEME_NAMES = Object.keys(SCHEMES) as SchemeName[];

/** Rounds, or KiB written: up to this limit a computation takes at most a second. */
const SOON = 1_000_000;
let long = 0;

/** Whether a thread runs a long computation, which cannot be stopped and which an exiting process waits for. */
export const computesLong = (): boolean => long > 0;

async function compute(
  password: Uint8Array,
  like: Omit<Stored, 'scheme' | 'hash'>,
  scheme: PasswordScheme,
  length: number,
) {
  const { iterations = 0, argon2 } = like;
  const isLong = iterations > SOON || (argon2 !== undefined && argon2.memory * argon2.passes > SOON);
  if (isLong) long++;
  try {
    return await scheme.compute(password, like, length);
  } finally {
    if (isLong) long--;
  }
}

/** Resolves with the field of a new entry. */
export async function hashPassword(password: Uint8Array, recipe: Recipe): Promise<string> {
  const scheme: PasswordScheme = SCHEMES[recipe.scheme];
  const salt = randomBytes(recipe.saltLength ?? scheme.saltLength);
  const like = { salt, ...(recipe.scheme === 'sha512-pbkdf2' ? { iterations: recipe.iterations } : {}) };
  const hash = await compute(password, like, scheme, HASH_BYTES);
  const field = scheme.write({ ...like, hash });
  salt.fill(0);
  hash.fill(0);
  return field;
}

/** Compares in constant time. */
export async function matches(password: Uint8Array, stored: Stored): Promise<boolean> {
  const scheme: PasswordScheme = SCHEMES[stored.scheme];
  const hash = await compute(password, stored, scheme, stored.hash.length);
  const same = timingSafeEqual(hash, stored.hash);
  hash.fill(0);
  return same;
}

/** How the most lenient broker reads the field; undefined when no broker can read it. */
export function parseField(field: string): Stored | undefined {
  if (field.startsWith(SCHEMES.argon2id.prefix)) {
    const stored = SCHEMES.argon2id.parse([], field);
    return stored && { scheme: 'argon2id', ...stored };
  }
  // Consecutive $ count as one, before the first word too, and text after the hash is ignored.
  const [number, ...fields] = field.split('$').filter((word) => word !== '');
  for (const scheme of ['sha512', 'sha512-pbkdf2'] as const) {
    if (`$${number}$` !== SCHEMES[scheme].prefix) continue;
    const stored = SCHEMES[scheme].parse(fields as [string, string, string]);
    return stored && { scheme, ...stored };
  }
  return undefined;
}

function saltAndHash(saltText = '', hashText = ''): { salt: Buffer; hash: Buffer } | undefined {
  const salt = decodeBase64(saltText);
  const hash = decodeBase64(hashText);
  return salt !== undefined && hash?.length === HASH_BYTES ? { salt, hash } : undefined;
}

const BASE64_GROUPS = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Decodes as the brokers do, which are stricter than Node's decoder about the alphabet; undefined when they cannot read
 * the text. Only whole groups of four characters count: OpenSSL skips one to three more characters at the end.
 */
function decodeBase64(text: string): Buffer | undefined {
  const whole = text.slice(0, text.length - (text.length % 4));
  return BASE64_GROUPS.test(whole) ? Buffer.from(whole, 'base64') : undefined;
}

/** The form of PHC strings: no padding, no extra characters, unused bits zero. */
function decodeUnpadded(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return encodeUnpadded(bytes) === text ? bytes : undefined;
}

function encodeUnpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

/** Reads the iterations like the C function of the brokers: leading digits, reduced to 32 bits. */
function atoi(text: string): number {
  const digits = /^[ \t\n\v\f\r]*([+-]?\d+)/.exec(text)?.[1];
  if (digits === undefined) return 0;
  const limit = 2n ** 63n;
  const value = BigInt(digits.replace('+', ''));
  return Number(BigInt.asIntN(32, value >= limit ? limit - 1n : value < -limit ? -limit : value));
}
