// Makes the single executables and runs the end-to-end tests with them. Arguments go to vitest; without any, all of
// test/e2e runs, except what test/standalone.json excludes.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @type {(script: string, words: string[], env: NodeJS.ProcessEnv) => number} */
const run = (script, words, env) =>
  spawnSync(process.execPath, [join(root, 'scripts', script), ...words], { cwd: root, stdio: 'inherit', env }).status ??
  1;

const words = process.argv.slice(2);
let status = run('standalone.mjs', [], process.env);
if (status === 0) {
  const folder = { TSMOSQ_TEST_STANDALONE: join(root, 'standalone') };
  status = run('test.mjs', words.length > 0 ? words : ['test/e2e/'], { ...process.env, ...folder });
  for (const { file, test, reason } of JSON.parse(readFileSync(join(root, 'test', 'standalone.json'), 'utf8')))
    console.log(`skipped: ${file}${test === '' ? '' : ` (${test})`}: ${reason}`);
}
process.exitCode = status;
