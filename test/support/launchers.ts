// A folder with the commands under their names, for the scripts that documents show.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.ts';

/** Writes an executable script of sh into the folder. */
export function writeCommand(folder: string, name: string, script: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

export function writeLaunchers(folder: string): void {
  for (const name of ['tspub', 'tssub', 'tsrr', 'tspasswd', 'tsspool', 'tscheck'])
    writeCommand(folder, name, `exec '${process.execPath}' '${join(root, 'bin', `${name}.js`)}' "$@"`);
}
