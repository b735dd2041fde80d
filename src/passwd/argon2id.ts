/** Computes Argon2id by the native package, which is loaded only when an entry needs it; under Bun, by Bun itself. */
import { Failure } from '../errors.ts';
import { isBun } from '../runtime/features.ts';

/** The parameters of the computation in an entry. */
export interface Argon2Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

/** Whether the package is installed and runs on this machine. */
export async function hasArgon2(): Promise<boolean> {
  if (isBun) return Promise.resolve(true);
  return import('argon2').then(
    () => true,
    () => false,
  );
}

export async function argon2idHash(
  password: Uint8Array,
  salt: Buffer,
  cost: Argon2Cost,
  length: number,
): Promise<Buffer> {
  if (isBun) return bunHash(password, salt, cost, length);
  const argon2 = await import('argon2').catch(() => {
    throw new Failure('not-supported', { message: 'Unable to hash password. Argon2 is not available here.' });
  });
  try {
    return await argon2.hash(Buffer.from(password.buffer, password.byteOffset, password.length), {
      raw: true,
      type: argon2.argon2id,
      memoryCost: cost.memory,
      timeCost: cost.passes,
      parallelism: cost.lanes,
      hashLength: length,
      salt,
    });
  } catch {
    throw new Failure('not-supported', { message: 'Unable to hash password.' });
  }
}

/** node:crypto has Argon2 since Node 24.7, and Bun too. The single executable cannot contain the native package. */
interface CryptoWithArgon2 {
  argon2(
    algorithm: 'argon2id',
    options: {
      message: Uint8Array;
      nonce: Uint8Array;
      parallelism: number;
      tagLength: number;
      /** KiB. */
      memory: number;
      passes: number;
    },
    done: (error: Error | null, tag: Buffer) => void,
  ): void;
}

async function bunHash(message: Uint8Array, nonce: Buffer, cost: Argon2Cost, tagLength: number): Promise<Buffer> {
  const crypto = (await import('node:crypto')) as unknown as CryptoWithArgon2;
  return new Promise((resolve, reject) => {
    const { memory, passes, lanes: parallelism } = cost;
    crypto.argon2('argon2id', { message, nonce, parallelism, tagLength, memory, passes }, (error, tag) => {
      if (error === null || error === undefined) resolve(Buffer.from(tag));
      else reject(new Failure('not-supported', { message: 'Unable to hash password.' }));
    });
  });
}
