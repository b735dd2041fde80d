/**
 * crypt(3) lines, which people paste into password files: `$6$` means SHA-512 there too, but by another algorithm, and no
 * broker takes them. They can be recognised, and a password can be checked against them.
 */
import { timingSafeEqual } from 'node:crypto';

const SHA512_CRYPT = /^\$6\$(?:rounds=[0-9]+\$)?[^$:\s]{0,16}\$[./0-9A-Za-z]{86}$/;

export function isSha512Crypt(field: string): boolean {
  return SHA512_CRYPT.test(field);
}

/** The package takes no other salts; crypt(3) does. */
const SALT = /^\$6\$(?:rounds=[0-9]+\$)?[^$:\s]{8,16}\$/;

/** Undefined when this cannot be found out: some salts are beyond the package. */
export async function matchesCrypt(password: Uint8Array, field: string): Promise<boolean | undefined> {
  const setting = SALT.exec(field)?.[0].slice(0, -1);
  if (setting === undefined) return undefined;
  // Bundled or not, the whole of a CommonJS module is its default export.
  const { crypt } = (await import('sha512-crypt-ts')).default.sha512;
  let computed: string;
  try {
    // It hashes the characters of a string as bytes when they are below 256.
    computed = crypt(Buffer.from(password).toString('latin1'), setting);
  } catch {
    return undefined;
  }
  const hashOf = (text: string): Buffer => Buffer.from(text.slice(text.lastIndexOf('$') + 1), 'latin1');
  const [wanted, got] = [hashOf(field), hashOf(computed)];
  return wanted.length === got.length && timingSafeEqual(wanted, got);
}
