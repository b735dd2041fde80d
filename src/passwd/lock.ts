/**
 * One change of a file at a time. The lock is a file beside it, because the password file itself is replaced and a lock
 * on it would stay with the old one.
 */
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Failure } from '../errors.ts';
import { type LockFile, type LockSystem, lockFile, NO_LOCK } from '../runtime/lock-file.ts';

export type { LockSystem } from '../runtime/lock-file.ts';

/** `temporary` is the file that whoever takes the lock over is to remove. Throws a Failure; `code` is the errno. */
export function lock(target: string, temporary: string, around: LockSystem): Promise<LockFile> {
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

/**
 * For a file in whose folder nothing can be made: in the folder for temporary files, by a name that everybody comes to who may
 * change the file. Undefined when nothing can be made there either. Throws a Failure, as above.
 */
export async function lockElsewhere(target: string, around: LockSystem): Promise<LockFile | undefined> {
  const file = (): string | undefined => {
    const stat = around.fs.lstatSync(target, { throwIfNoEntry: false });
    return stat && `tspasswd-${stat.dev}-${stat.ino}.lock`;
  };
  try {
    for (let name = file(); name !== undefined; name = file()) {
      const held = await lockFile({ path: join(tmpdir(), name), name: target }, around);
      if (name === file()) return held;
      // Meanwhile somebody who may has put another file in its place.
      held.release();
    }
  } catch (error) {
    if (!(error instanceof Failure) || WAITED_FOR.has(error.code ?? '')) throw error;
  }
  return undefined;
}

/** Somebody has the lock, or something else stands in its place. */
const WAITED_FOR: ReadonlySet<string> = new Set(['EAGAIN', 'EINTR', NO_LOCK]);

/** Six letters or digits, as the original names its backups. */
function isTemporaryOf(target: string, name: string): boolean {
  const prefix = `${basename(target)}.backup.`;
  return name.startsWith(prefix) && /^[A-Za-z0-9]{6}$/.test(name.slice(prefix.length));
}
