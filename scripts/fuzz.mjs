// Runs each fuzzer of test/fuzz for a time: `npm run fuzz -- --seconds 60`. Names after that choose some: `-- codec
// format`. FUZZ_SEED=N repeats a run; the seeds are printed.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '60' } },
  allowPositionals: true,
});
if (!(Number(values.seconds) > 0)) {
  console.error(`fuzz: --seconds wants a number above 0, not '${values.seconds}'`);
  process.exit(1);
}
const known = readdirSync(join(root, 'test/fuzz'))
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => name.slice(0, -'.test.ts'.length));
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`fuzz: there is no fuzzer '${unknown[0]}'; there are ${known.join(', ')}`);
  process.exit(1);
}

const failed = [];
for (const name of positionals.length > 0 ? positionals : known) {
  console.log(`fuzz: ${name}, ${values.seconds} s`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', `test/fuzz/${name}.test.ts`], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, FUZZ_SECONDS: values.seconds },
  });
  if (status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? 'fuzz: no finding' : `fuzz: findings in ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
