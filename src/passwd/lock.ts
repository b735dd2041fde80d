/**
 * One change of a file at a time. The lock is a file beside it, because the password file itself is replaced and a lock
 * on it would stay with the old one.
 */
import { basename } from 'node:path';
import { type LockFile, lockFile, type Surroundings } from '../runtime/lock-file.ts';

export type { Surroundings } from '../runtime/lock-file.ts';

/** `temporary` is the file that whoever takes the lock over is to remove. Throws a Failure; `code` is the errno. */
export function lock(target: string, temporary: string, around: Surroundings): Promise<LockFile> {
  return lockFile(
    {
      path: `${target}.lock`,
      name: target,
      leftover: basename(temporary),
      mayRemove: (name) => isTemporaryOf(target, name),
    },
    around,
  );
}

/** Six letters or digits, as the original names its backups. */
function isTemporaryOf(target: string, name: string): boolean {
  const prefix = `${basename(target)}.backup.`;
  return name.startsWith(prefix) && /^[A-Za-z0-9]{6}$/.test(name.slice(prefix.length));
}
