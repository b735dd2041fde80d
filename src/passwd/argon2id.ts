/** Argon2id by the native package, which is loaded when an entry needs it and never before. */
import { Failure } from '../errors.ts';
import type { Argon2Cost } from './schemes.ts';

/** Whether the package is there and runs on this machine. */
export async function hasArgon2(): Promise<boolean> {
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
