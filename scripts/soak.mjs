// Kills brokers, cuts links and slows readers at random while numbered messages flow: `npm run soak -- --minutes 10`.
// Prints the seed and what happened to the messages; `--seed N` repeats a run.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' } } });
if (!(Number(values.minutes) > 0)) {
  console.error(`soak: --minutes wants a number above 0, not '${values.minutes}'`);
  process.exit(1);
}
await build();
const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...environment } = process.env;
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'test/faults/soak.test.ts'],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...environment,
      SOAK_SECONDS: String(Number(values.minutes) * 60),
      ...(values.seed === undefined ? {} : { SEED: values.seed }),
    },
  },
);
process.exitCode = status ?? 1;
