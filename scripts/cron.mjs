// Runs jobs that share a spool and are killed with kill -9, while the broker is stopped, killed and started: `npm run
// cron`. At full scale 30 jobs a second run for a minute; `-- --seeds 20` repeats that, `--seed N` repeats a run, and
// `--server mosquitto` or `--server forgets` uses only that broker.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = /** @type {const} */ ({ type: 'string' });
/** @param {string} standard */
const number = (standard) => ({ ...text, default: standard });
const { values } = parseArgs({
  options: { jobs: number('30'), seconds: number('60'), seeds: number('1'), seed: text, server: text },
});
for (const name of /** @type {const} */ (['jobs', 'seconds', 'seeds']))
  if (!(Number(values[name]) > 0)) {
    console.error(`cron: --${name} wants a number above 0, not '${values[name]}'`);
    process.exit(1);
  }
await build();
const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...environment } = process.env;
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'test/faults/cron.test.ts'],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...environment,
      SPOOL_JOBS: values.jobs,
      SPOOL_SECONDS: values.seconds,
      SPOOL_SEEDS: values.seeds,
      ...(values.seed === undefined ? {} : { SEED: values.seed }),
      ...(values.server === undefined ? {} : { SPOOL_SERVER: values.server }),
    },
  },
);
process.exitCode = status ?? 1;
