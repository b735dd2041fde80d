// Runs hostile brokers against every program and the library: `npm run siege -- --seed 7 --sessions 2000`. Prints the
// seed, and for each finding the command that repeats its session alone: `npm run siege -- --seed 7 --only 123`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = /** @type {const} */ ({ type: 'string' });
const { values } = parseArgs({
  options: { seed: text, sessions: { ...text, default: '2000' }, only: text, 'at-once': text },
});
const LEAST = /** @type {const} */ ([
  ['seed', 0],
  ['sessions', 1],
  ['only', 0],
  ['at-once', 1],
]);
for (const [name, least] of LEAST)
  for (const value of values[name]?.split(name === 'only' ? ',' : '\0') ?? []) {
    if (/^\d{1,9}$/.test(value) && Number(value) >= least) continue;
    console.error(`siege: --${name} needs a whole number from ${least} on, not '${value}'`);
    process.exit(1);
  }
await build();
const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...environment } = process.env;
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'test/faults/siege.test.ts'],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...environment,
      SEED: values.seed ?? String(Date.now() % 1_000_000_000),
      SIEGE_SESSIONS: values.sessions,
      ...(values.only === undefined ? {} : { SIEGE_ONLY: values.only }),
      ...(values['at-once'] === undefined ? {} : { SIEGE_AT_ONCE: values['at-once'] }),
    },
  },
);
process.exitCode = status ?? 1;
