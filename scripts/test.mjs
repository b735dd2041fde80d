// Builds, finds (or installs) the Mosquitto broker, its clients and openssl, and runs vitest with this Node. Without arguments
// it runs the core (test/tiers.ts), with --all everything. Other arguments go to vitest: `npm test -- test/mqtt`. Anything a
// test leaves behind is a failure. The last line counts the tests that passed, failed and were skipped.
import { spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { isBuildFailure } from './bundle.mjs';
import { endProcessesOf, MARK } from './leftovers.mjs';

/** @import { JsonTestResults } from 'vitest/node' */

const root = fileURLToPath(new URL('..', import.meta.url));
const inCi = process.env['CI'] === 'true';
/** @type {Record<string, { without: string, apt?: string, brew?: string, present?: () => boolean }>} */
const TOOLS = {
  mosquitto: { without: 'every test against the real broker', apt: 'mosquitto', brew: 'mosquitto' },
  mosquitto_pub: { without: 'the comparisons with mosquitto_pub', apt: 'mosquitto-clients', brew: 'mosquitto' },
  mosquitto_sub: { without: 'the comparisons with mosquitto_sub', apt: 'mosquitto-clients', brew: 'mosquitto' },
  openssl: { without: 'the tests against the TLS server of OpenSSL', apt: 'openssl', brew: 'openssl' },
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
      // not in this directory
    }
  }
  return undefined;
}

/**
 * Debian's packages are for this Python; another one may precede it on the path.
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
    apt('update'); // old lists may suffice
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
    return undefined; // vitest did not get this far
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

  const scratch = mkdtempSync(join(realpathSync(tmpdir()), 'tsmosq-test-run-'));
  // The broker may run as another user.
  chmodSync(scratch, 0o755);
  const folder = join(scratch, 'tmp');
  mkdirSync(folder, { mode: 0o1777 });
  chmodSync(folder, 0o1777);
  try {
    const report = join(scratch, 'report.json');
    const { status, interrupted } = await vitest([...args, `--outputFile.json=${report}`], {
      TSMOSQ_TEST_MOSQUITTO: find('mosquitto') ?? 'none',
      ...(onlyCore && { TSMOSQ_TEST_CORE: '1' }),
      TMPDIR: folder,
      [MARK]: scratch,
    });
    const left = await leftBehind(scratch, folder);
    if (interrupted) return 130;
    for (const what of left) console.error(`left behind: ${what}`);
    if (missing.length > 0) warn(missing);
    console.log(`Node ${process.version}`);
    console.log(count(report) ?? 'no test result: vitest stopped early');
    return status || (left.length > 0 ? 1 : 0);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Runs vitest. The terminal sends Ctrl-C to both processes; this one continues, to clean up.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} more
 * @returns {Promise<{ status: number, interrupted: boolean }>}
 */
function vitest(args, more) {
  const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...environment } = process.env;
  const words = [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--reporter=default', '--reporter=json'];
  let interrupted = false;
  process.on('SIGINT', () => {
    interrupted = true;
  });
  const child = spawn(process.execPath, [...words, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...environment, ...more },
  });
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ status: status ?? 1, interrupted }));
  });
}

/**
 * Finds processes and temporary files that a test left behind, and ends the processes.
 * @param {string} scratch
 * @param {string} folder
 */
async function leftBehind(scratch, folder) {
  const processes = (await endProcessesOf(scratch)).map(
    ({ pid, command, cwd }) => `process ${pid} in ${cwd}: ${command}`,
  );
  const files = readdirSync(folder).filter((name) => name.startsWith('tsmosq'));
  return [...processes, ...files.map((name) => `temporary folder ${name}: ${readdirSync(join(folder, name))}`)];
}

process.exitCode = await main(process.argv.slice(2));
