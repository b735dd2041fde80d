// Writes the manual pages to man/, from the tables of options and the texts in src/cli/help.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'tsmosq-man-'));
try {
  const outfile = join(scratch, 'man.mjs');
  await esbuild.build({
    entryPoints: [join(root, 'src/cli/help/man.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outfile,
    logLevel: 'warning',
  });
  /** @type {Pick<typeof import('../src/cli/help/man.ts'), 'manualPages'>} */
  const { manualPages } = await import(pathToFileURL(outfile).href);
  mkdirSync(join(root, 'man'), { recursive: true });
  for (const [name, text] of manualPages()) writeFileSync(join(root, 'man', name), text);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
