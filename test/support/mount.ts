import { execFileSync } from 'node:child_process';
import { tempDir } from './tmp.ts';

/** Whether this user may mount file systems; if not, prints that `what` is skipped. */
export function canMount(what: string): boolean {
  if (tryMount()) return true;
  console.warn(`SKIPPED: ${what}: this user may not mount`);
  return false;
}

function tryMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = tempDir('file');
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
