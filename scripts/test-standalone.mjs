// Makes the single executables and runs the end-to-end tests against them. Arguments go to vitest; without any, all of
// test/e2e runs but what is long and says nothing about the runtime that the rest does not.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Left out, to keep the time short: the same suite once more for each kind of proxy. */
const LONG = ['transports-http-connect.test.ts', 'transports-socks.test.ts', 'transports-socks-password.test.ts'];

const files = readdirSync(join(root, 'test', 'e2e'))
  .filter((name) => name.endsWith('.test.ts') && !LONG.includes(name))
  .map((name) => `test/e2e/${name}`);

const run = (script, words, env) =>
  spawnSync(process.execPath, [join(root, 'scripts', script), ...words], { cwd: root, stdio: 'inherit', env }).status ??
  1;

const words = process.argv.slice(2);
let status = run('standalone.mjs', [], process.env);
if (status === 0) {
  const folder = { TSMOSQ_TEST_STANDALONE: join(root, 'standalone') };
  status = run('test.mjs', words.length > 0 ? words : files, { ...process.env, ...folder });
  if (words.length === 0) console.log(`left out, for their length: ${LONG.join(', ')}`);
  for (const { file, test, reason } of JSON.parse(readFileSync(join(root, 'test', 'standalone.json'), 'utf8')))
    console.log(`skipped: ${file}${test === '' ? '' : ` (${test})`}: ${reason}`);
}
process.exitCode = status;
