// Builds, finds (or installs) the Mosquitto broker, its clients and openssl, and runs vitest with this Node.
// Without arguments: the core (test/tiers.ts); with --all everything. Other arguments go to vitest: `npm test -- test/mqtt`. The last line says how many tests passed, failed and were skipped.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { isBuildFailure } from './bundle.mjs';

/** @import { JsonTestResults } from 'vitest/node' */

const root = fileURLToPath(new URL('..', import.meta.url));
const inCi = process.env['CI'] === 'true';
/** @type {Record<string, { without: string, apt?: string, brew?: string, present?: () => boolean }>} */
const TOOLS = {
  mosquitto: { without: 'every test against the real broker', apt: 'mosquitto', brew: 'mosquitto' },
  mosquitto_pub: { without: 'the comparisons with mosquitto_pub', apt: 'mosquitto-clients', brew: 'mosquitto' },
  mosquitto_sub: { without: 'the comparisons with mosquitto_sub', apt: 'mosquitto-clients', brew: 'mosquitto' },
  openssl: { without: 'the tests with TLS certificates', apt: 'openssl', brew: 'openssl' },
  microsocks: { without: 'the tests with a SOCKS5 proxy', apt: 'microsocks', brew: 'microsocks' },
  cc: { without: 'the test with a key in an OpenSSL engine', apt: 'gcc' },
  tshark: { without: 'the test that deciphers a capture with --tls-keylog', apt: 'tshark', brew: 'wireshark' },
  mandoc: { without: 'the tests of the manual pages', apt: 'mandoc', brew: 'mandoc' },
  bash: { without: 'the tests of completion in bash', apt: 'bash', brew: 'bash' },
  zsh: { without: 'the tests of completion in zsh', apt: 'zsh', brew: 'zsh' },
  fish: { without: 'the tests of completion in fish', apt: 'fish', brew: 'fish' },
  'paho.mqtt': { without: 'the tests with Paho', apt: 'python3-paho-mqtt', present: () => imports('paho.mqtt.client') },
};

process.env['PATH'] = [process.env['PATH'], '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'].join(delimiter);

/** @param {string} program */
function find(program) {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder || '.', program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

/**
 * Debian's packages are for this Python; another may come first on the path.
 * @param {string} module
 */
const imports = (module) => spawnSync('/usr/bin/python3', ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;

const missingTools = () =>
  Object.entries(TOOLS).flatMap(([tool, { present = () => find(tool) }]) => (present() ? [] : [tool]));

/** @param {string[]} tools */
function install(tools) {
  /** @type {(command: string, args: string[]) => boolean} */
  const run = (command, args) => {
    console.log(`test: ${[command, ...args].join(' ')}`);
    return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
  };
  /** @param {'apt' | 'brew'} manager */
  const packages = (manager) => [...new Set(tools.flatMap((tool) => TOOLS[tool]?.[manager] ?? []))];
  if (process.platform === 'darwin' && find('brew')) {
    if (packages('brew').length > 0) run('brew', ['install', ...packages('brew')]);
  } else if (process.platform === 'linux' && find('apt-get')) {
    const isRoot = process.getuid?.() === 0;
    if (!isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) return;
    /** @param {string[]} args */
    const apt = (...args) => {
      const words = ['DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
      return isRoot ? run('env', words) : run('sudo', ['-n', 'env', ...words]);
    };
    apt('update'); // old lists may do as well
    apt('install', '-y', '--no-install-recommends', ...packages('apt'));
  }
}

/** @param {string[]} missing */
function warn(missing) {
  const bar = '='.repeat(100);
  console.error(bar);
  for (const tool of missing) console.error(`SKIPPED: ${TOOLS[tool]?.without}: ${tool} was not found`);
  console.error(bar);
}

/** @param {string} reportFile */
function count(reportFile) {
  /** @type {JsonTestResults} */
  let report;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    return undefined; // vitest did not get as far
  }
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return [
    `${report.numPassedTests} passed`,
    `${report.numFailedTests + broken.length} failed`,
    `${report.numPendingTests + (report.numTodoTests ?? 0)} skipped`,
  ].join(', ');
}

/** @param {string[]} words */
async function main(words) {
  const args = words.filter((word) => word !== '--all');
  const onlyCore = words.length === 0;
  try {
    await build();
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    console.error(`test: the build failed${isBuildFailure(error) ? '' : `: ${reason}`}`);
    return 1;
  }
  if (missingTools().length > 0) install(missingTools());
  const missing = missingTools();
  if (missing.length > 0) warn(missing);
  if (missing.length > 0 && inCi) return 1;

  const scratch = mkdtempSync(join(tmpdir(), 'tsmosq-test-run-'));
  try {
    const report = join(scratch, 'report.json');
    const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...environment } = process.env;
    const vitest = [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...args];
    const { status } = spawnSync(
      process.execPath,
      [...vitest, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: {
          FUZZ_SECONDS: '3',
          ...environment,
          TSMOSQ_TEST_MOSQUITTO: find('mosquitto') ?? 'none',
          ...(onlyCore && { TSMOSQ_TEST_CORE: '1' }),
        },
      },
    );
    if (missing.length > 0) warn(missing);
    console.log(`Node ${process.version}`);
    console.log(count(report) ?? 'no test result: vitest stopped early');
    return status ?? 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exitCode = await main(process.argv.slice(2));
