// Measures tspub and tssub beside mosquitto_pub and mosquitto_sub, in turns, in one run: only the ratios mean something.
//   npm run bench                      every row, medians of 7
//   npm run bench -- --runs 3 l-0      some rows, fewer runs
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'tsmosq-bench-'));
const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '7' } },
  allowPositionals: true,
});
const runs = Number(values.runs);

// It makes every start of Node read and parse a file, by 35 ms on some machines: not what is measured here.
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
delete env.NODE_EXTRA_CA_CERTS;
delete env.NODE_OPTIONS;

const LINES = 60_000;
const MESSAGES = 500_000;
const ours = (name) => [process.execPath, join(root, 'bin', `${name}.js`)];
const linesFile = join(folder, 'lines');
const children = [];

/** Each row: two commands for the same work, and the bar that the second column may not pass, where there is one. */
const ROWS = [
  {
    name: 'node',
    what: 'node -e 0 (the floor of the next two)',
    ours: () => [process.execPath, '-e', '0'],
    theirs: () => ['true'],
  },
  ...[0, 1].map((qos) => ({
    name: `one-${qos}`,
    what: `one publish, start to exit, QoS ${qos}`,
    ours: ({ port }) => [...ours('tspub'), ...one(port, qos)],
    theirs: ({ port }) => ['mosquitto_pub', ...one(port, qos)],
  })),
  ...[0, 1, 2].map((qos) => ({
    name: `l-${qos}`,
    what: `-l, ${LINES.toLocaleString('en')} lines, QoS ${qos}`,
    ours: ({ port }) => [...ours('tspub'), ...lines(port, qos)],
    theirs: ({ port }) => ['mosquitto_pub', ...lines(port, qos)],
    stdin: linesFile,
  })),
  ...[0, 1].map((qos) => ({
    name: `sub-${qos}`,
    what: `receive ${MESSAGES.toLocaleString('en')} messages, QoS ${qos}`,
    ours: ({ senders }) => [...ours('tssub'), ...receive(senders[qos], qos)],
    theirs: ({ senders }) => ['mosquitto_sub', ...receive(senders[qos], qos)],
  })),
];

const one = (port, qos) => ['-h', '127.0.0.1', '-p', `${port}`, '-t', 'bench', '-m', 'message', '-q', `${qos}`];
const lines = (port, qos) => ['-h', '127.0.0.1', '-p', `${port}`, '-t', 'bench', '-l', '-q', `${qos}`];
const receive = (port, qos) => ['-h', '127.0.0.1', '-p', `${port}`, '-t', '#', '-C', `${MESSAGES}`, '-q', `${qos}`];

async function main() {
  for (const program of ['mosquitto', 'mosquitto_pub', 'mosquitto_sub'])
    if (spawnSync(program, ['--help'], { env, stdio: 'ignore' }).error)
      throw new Error(`${program} is not on PATH: npm test installs it`);
  const wanted = ROWS.filter((row) => positionals.length === 0 || positionals.includes(row.name));
  if (wanted.length === 0) throw new Error(`no such row; there are: ${ROWS.map((row) => row.name).join(' ')}`);

  writeFileSync(linesFile, Array.from({ length: LINES }, (_, i) => `line ${i + 1}\n`).join(''));
  const place = { port: await startBroker(), senders: [await startSender(0), await startSender(1)] };

  console.log(
    `${runs} runs each, in turns; ${cpus()[0].model}, ${cpus().length} cores, Node ${process.versions.node}\n`,
  );
  console.log(
    `${'row'.padEnd(8)}${'work'.padEnd(42)}${'tsmosq'.padStart(10)}${'mosquitto'.padStart(12)}${'ratio'.padStart(8)}`,
  );
  for (const row of wanted) {
    const times = { ours: [], theirs: [] };
    for (let i = 0; i < runs; i++)
      for (const who of ['ours', 'theirs']) times[who].push(await measure(row[who](place), row.stdin));
    const [a, b] = [median(times.ours), median(times.theirs)];
    console.log(
      `${row.name.padEnd(8)}${row.what.padEnd(42)}${ms(a).padStart(10)}${ms(b).padStart(12)}${(a / b).toFixed(2).padStart(8)}`,
    );
  }
}

function measure([command, ...args], stdin) {
  return new Promise((resolve, reject) => {
    const input = stdin === undefined ? 'ignore' : openSync(stdin, 'r');
    const start = process.hrtime.bigint();
    const child = spawn(command, args, { env, stdio: [input, 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (status, signal) => {
      const time = Number(process.hrtime.bigint() - start) / 1e6;
      if (status === 0) resolve(time);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? status}`));
    });
  });
}

async function startBroker() {
  const port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\n`,
  );
  children.push(spawn('mosquitto', ['-c', config], { env, stdio: 'ignore' }));
  for (let i = 0; i < 100; i++) {
    if (spawnSync('mosquitto_pub', one(port, 1), { env, stdio: 'ignore' }).status === 0) return port;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('mosquitto does not start');
}

function startSender(qos) {
  const child = spawn(process.execPath, [join(root, 'bench', 'stand-in.mjs'), `${qos}`, `${MESSAGES}`], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve) => child.stdout.once('data', (line) => resolve(Number(line))));
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
const ms = (time) => `${time.toFixed(time < 100 ? 1 : 0)} ms`;

try {
  await main();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
}
