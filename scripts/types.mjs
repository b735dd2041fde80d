// Writes types/: only the declarations that `import … from 'tsmosq'` needs.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const types = join(root, 'types');
/** The quoted text in `from './x.ts'` and `import('./x.ts')`. */
const OTHER_FILE = /(\bfrom |\bimport\()(['"])(\.[^'"]*)\.ts\2/g;

rmSync(types, { recursive: true, force: true });
execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' });

const wanted = new Set([join(types, 'library', 'library.d.ts')]);
for (const path of wanted) {
  const text = readFileSync(path, 'utf8');
  for (const [, , , other] of text.matchAll(OTHER_FILE)) wanted.add(normalize(join(dirname(path), `${other}.d.ts`)));
  // Uses file names that Node and every compiler resolve, and no Buffer, which only Node's types declare.
  writeFileSync(path, text.replace(OTHER_FILE, '$1$2$3.js$2').replace(/: Buffer\b/g, ': Uint8Array'));
}
for (const item of readdirSync(types, { recursive: true, withFileTypes: true })) {
  const path = join(item.parentPath ?? item.path, item.name);
  if (item.isFile() && !wanted.has(path)) rmSync(path);
}
for (const item of readdirSync(types, { withFileTypes: true }))
  if (item.isDirectory() && readdirSync(join(types, item.name)).length === 0)
    rmSync(join(types, item.name), { recursive: true });
