// Puts programs where every user can start them, because a clone, or Node itself, may be in a directory of one user.
import { chmodSync, copyFileSync, cpSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root } from './root.ts';
import { commandLine, standalone } from './run.ts';
import { tempDir } from './tmp.ts';

const OTHERS = 0o005;

/** Whether every user may read a file and search its parent directories. */
function isOpen(path: string): boolean {
  const here = (statSync(path).mode & OTHERS) === OTHERS;
  return here && (dirname(path) === path || isOpen(dirname(path)));
}

/** commandLine() of one of our programs, with copies of the files that not every user can read. */
export function commandForEverybody(program: string, args: readonly string[]): string[] {
  const [file, ...rest] = commandLine(program, args);
  const folder = tempDir();
  chmodSync(folder, 0o755);
  const own = isOpen(file) ? file : join(folder, basename(file));
  if (own !== file) copyFileSync(file, own);
  if (standalone !== undefined || isOpen(join(root, 'dist'))) return [own, ...rest];
  for (const name of ['bin', 'dist']) cpSync(join(root, name), join(folder, name), { recursive: true });
  return [own, join(folder, 'bin', `${program}.js`), ...args];
}
