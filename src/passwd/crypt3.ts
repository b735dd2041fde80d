/**
 * Recognizes crypt(3) lines, which users paste into password files, and checks passwords against them. `$6$` means
 * SHA-512 there too, but by another algorithm, so no broker accepts them.
 */
import { timingSafeEqual } from 'node:crypto';

const SHA512_CRYPT = /^\$6\$(?:rounds=[0-9]+\$)?[^$:\s]{0,16}\$[./0-9A-Za-z]{86}$/;

export function isSha512Crypt(field: string): boolean {
  return SHA512_CRYPT.test(field);
}

/** The package accepts no other salts, although crypt(3) does. */
const SALT = /^\$6\$(?:rounds=[0-9]+\$)?[^$:\s]{8,16}\$/;

/** Resolves with undefined when the package does not support the salt. */
export async function matchesCrypt(password: Uint8Array, field: string): Promise<boolean | undefined> {
  const setting = SALT.exec(field)?.[0].slice(0, -1);
  if (setting === undefined) return undefined;
  // Bundled or not, the default export of a CommonJS module is the whole module.
  const { crypt } = (await import('sha512-crypt-ts')).default.sha512;
  let computed: string;
  try {
    // The package hashes each character below 256 as a byte.
    computed = crypt(Buffer.from(password).toString('latin1'), setting);
  } catch {
    return undefined;
  }
  const hashOf = (text: string): Buffer => Buffer.from(text.slice(text.lastIndexOf('$') + 1), 'latin1');
  const [wanted, got] = [hashOf(field), hashOf(computed)];
  return wanted.length === got.length && timingSafeEqual(wanted, got);
}
