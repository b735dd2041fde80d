/**
 * How long each program takes from a signal, or from the end of -W, to its exit, in every phase of a run, as a table of
 * milliseconds; each is the slowest of several runs. `node bench/ends.mjs [--standalone] [--runs N] [--at-once N]
 * [--only PHASE]`. Needs root for the phase `lookup` (a mount namespace), without root that phase is left out.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const number = /** @type {const} */ ({ type: 'string', default: '3' });
const { values } = parseArgs({
  options: { standalone: { type: 'boolean' }, runs: number, 'at-once': number, only: { type: 'string' } },
});
const folder = mkdtempSync(join(tmpdir(), 'tsmosq-ends-'));
const CA = join(root, 'test/fixtures/certificates/ca.crt');

const PROGRAMS = /** @type {const} */ ({
  tspub: ['tspub', '-l'],
  tssub: ['tssub', '-t', 'a', '-q', 'QOS', '-c', '-i', 'ID'],
  tsrr: ['tsrr', '-t', 'a', '-e', 'b', '-m', 'x', '-q', 'QOS'],
  'tspub --spool': ['tspub', '-t', 'a', '-m', 'x', '-q', 'QOS', '--spool', 'SPOOL'],
  'tssub --exec': ['tssub', '-t', 'a', '-q', 'QOS', '-c', '-i', 'ID', '--exec', 'cat'],
});
/** @typedef {keyof typeof PROGRAMS} Program */

/**
 * @typedef {object} Phase
 * @property {number} [qos]
 * @property {string[]} [words]
 * @property {boolean} [blocked] Nothing reads standard output.
 * @property {boolean} [unreached] Nothing accepts the connection.
 * @property {boolean} [named] The broker has a name, and no name server answers.
 * @property {string} [until] The packet whose receipt starts the measurement; by default, SETTLED milliseconds start it.
 * @property {(type: number) => boolean} [deaf] Whether the broker leaves a packet of this type unanswered.
 * @property {boolean} [stops] The broker stops reading.
 */
/** @type {Readonly<Record<string, Phase>>} */
const PHASES = {
  lookup: { named: true },
  connect: { unreached: true },
  TLS: { words: ['--cafile', CA], deaf: () => true },
  CONNACK: { deaf: () => true, until: 'connect' },
  idle: {},
  'in flight, QoS 1': { qos: 1, deaf: (type) => type === 3 },
  'in flight, QoS 2': { qos: 2, deaf: (type) => type === 3 || type === 5 },
  'blocked output': { qos: 1, blocked: true },
  'broker stopped': { qos: 1, stops: true },
  'broker does not close': { qos: 1, deaf: (type) => type === 14 },
};
const TRIGGERS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'second SIGINT', '-W']);
/** Milliseconds after its start in which every phase is reached. */
const SETTLED = 1500;

const ANSWERS = new Map([
  [1, () => '20020000'],
  [3, (/** @type {Buffer} */ id) => `4002${id.toString('hex')}`],
  [8, (/** @type {Buffer} */ id) => `9003${id.toString('hex')}02`],
  [12, () => 'd000'],
]);

/** Sends a message to every subscriber. @param {Phase} phase */
function broker(phase) {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    let rest = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      for (let length = sizeOf(rest); length > 0 && rest.length >= length; length = sizeOf(rest)) {
        const packet = rest.subarray(0, length);
        rest = rest.subarray(length);
        take(packet[0] ?? 0, packet);
      }
    });
    /** @type {(head: number, packet: Buffer) => void} */
    const take = (head, packet) => {
      const type = head >> 4;
      if (phase.deaf?.(type)) return;
      if (type === 14) return void socket.end();
      // A PUBLISH to topic a, followed by its packet identifier.
      const id = type === 3 ? packet.subarray(5, 7) : packet.subarray(2, 4);
      const answer = type === 3 && (head & 6) === 0 ? undefined : ANSWERS.get(type)?.(id);
      if (answer !== undefined) socket.write(Buffer.from(answer, 'hex'));
      if (type === 8) socket.write(message(phase));
      if (phase.stops && (type === 8 || type === 3)) socket.pause();
    };
    if (phase.deaf?.(14)) return;
    socket.on('end', () => socket.end());
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** @param {Phase} phase */
function message({ qos = 0, blocked }) {
  const payload = Buffer.alloc(blocked ? 500_000 : 3, 'x');
  const body = Buffer.concat([Buffer.from([0, 1, 0x61, ...(qos > 0 ? [0, 5] : [])]), payload]);
  const length = [];
  for (let left = body.length; left > 0 || length.length === 0; left >>= 7)
    length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
  return Buffer.concat([Buffer.from([0x30 | (qos << 1), ...length]), body]);
}

/** @param {Buffer} bytes */
function sizeOf(bytes) {
  let size = 0;
  for (let i = 1; i < bytes.length && i < 5; i++) {
    size |= ((bytes[i] ?? 0) & 0x7f) << (7 * (i - 1));
    if ((bytes[i] ?? 0) < 0x80) return size + i + 1;
  }
  return 0;
}

/** A pipe that is full. */
function fullPipe() {
  const path = join(folder, `pipe${Math.random()}`);
  spawnSync('mkfifo', [path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096));
  } catch {
    return openSync(path, constants.O_RDWR);
  }
}

/** @type {Promise<{ port: number }> | undefined} */
let holeOnce;
/** A port whose queue of connections is full. */
const hole = () =>
  (holeOnce ??= new Promise((resolve) => {
    const script = `import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(0); port = s.getsockname()[1]
kept = [socket.socket() for _ in range(3)]
for one in kept: one.setblocking(False); one.connect_ex(("127.0.0.1", port))
print(port, flush=True); sys.stdin.read()`;
    const child = spawn('python3', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdout.once('data', (port) => resolve({ port: Number(port) }));
  }));

let runs = 0;
/** @type {(name: Program, phase: Phase, trigger: string) => Promise<[ms: number, end: string]>} */
async function measure(name, phase, trigger) {
  const server = await broker(phase);
  const { port } = phase.unreached ? await hole() : server.address();
  const id = `ends${++runs}`;
  const [program, ...own] = PROGRAMS[name].map((word) =>
    word === 'QOS' ? `${phase.qos ?? 0}` : word === 'ID' ? id : word === 'SPOOL' ? join(folder, id) : word,
  );
  const place = ['-h', phase.named ? 'broker.test' : '127.0.0.1'];
  const words = [...place, '-p', `${port}`, '-V', '311', ...own, ...(phase.words ?? [])];
  if (name === 'tspub') words.push('-t', 'a', '-q', `${phase.qos ?? 0}`, ...(phase.blocked ? ['-d'] : []));
  if (trigger === '-W') words.push('-W', `${SETTLED / 1000}`);
  const command = values.standalone
    ? [join(root, 'standalone', program ?? '')]
    : [process.execPath, join(root, 'bin', `${program}.js`)];
  const outside = phase.named
    ? [
        'unshare',
        '-m',
        'sh',
        '-c',
        `mount --bind ${folder}/resolv.conf /etc/resolv.conf; mount --bind ${folder}/hosts /etc/hosts; exec "$@"`,
        'sh',
      ]
    : [];
  const [file, ...argv] = [...outside, ...command, ...words];
  const stdout = phase.blocked ? fullPipe() : 'ignore';
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const started = performance.now();
  const child = spawn(file ?? '', argv, { stdio: ['pipe', stdout, 'pipe'], env });
  if (child.stdin === null || child.stderr === null) throw new Error('no pipes');
  if (typeof stdout === 'number') closeSync(stdout);
  child.stderr.resume();
  child.stdin.on('error', () => {});
  // With blocked output there are several lines, so that -d prints more than fits.
  if (name === 'tspub' && (phase.qos ?? 0) > 0) child.stdin.write('x\n');
  /** @type {Promise<string>} */
  const over = new Promise((resolve) => child.once('exit', (status, signal) => resolve(`${signal ?? status}`)));
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  let began = started + SETTLED;
  const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
  if (trigger !== '-W') {
    await wait(SETTLED);
    began = isOver() ? Number.NaN : performance.now();
    child.kill(trigger === 'SIGTERM' ? 'SIGTERM' : 'SIGINT');
    if (trigger === 'second SIGINT') {
      await wait(100);
      began = isOver() ? Number.NaN : performance.now();
      child.kill('SIGINT');
    }
  }
  const end = await Promise.race([over, wait(20_000).then(() => 'never')]);
  child.kill('SIGKILL');
  const took = performance.now() - began;
  server.close();
  return [took, end];
}

writeFileSync(join(folder, 'resolv.conf'), 'nameserver 192.0.2.53\n');
writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost\n');
const jobs = Object.entries(PHASES)
  .filter(([phase]) => values.only === undefined || phase === values.only)
  .filter(([, phase]) => !phase.named || process.getuid?.() === 0)
  .flatMap(([phaseName, phase]) =>
    /** @type {Program[]} */ (Object.keys(PROGRAMS)).flatMap((name) =>
      TRIGGERS.filter((trigger) => trigger !== '-W' || !name.startsWith('tspub')).flatMap((trigger) =>
        Array.from({ length: Number(values.runs) }, () => ({ phaseName, phase, name, trigger })),
      ),
    ),
  );
/** @type {Map<string, { took: number; ends: Set<string> }>} */
const found = new Map();
const queue = [...jobs];
const worker = async () => {
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    const [took, end] = await measure(job.name, job.phase, job.trigger);
    const key = `${job.phaseName}|${job.name}|${job.trigger}`;
    const before = found.get(key) ?? { took: 0, ends: new Set() };
    before.took = Number.isNaN(took) ? took : Math.max(before.took, took);
    before.ends.add(end);
    found.set(key, before);
  }
};
await Promise.all(Array.from({ length: Number(values['at-once']) }, worker));
console.log(`| phase | program | ${TRIGGERS.join(' | ')} |\n|---|---|${'---|'.repeat(TRIGGERS.length)}`);
for (const phaseName of Object.keys(PHASES)) {
  for (const name of Object.keys(PROGRAMS)) {
    const cells = TRIGGERS.map((trigger) => {
      const cell = found.get(`${phaseName}|${name}|${trigger}`);
      if (cell === undefined) return '';
      return `${Number.isNaN(cell.took) ? 'over before' : Math.round(cell.took)} (${[...cell.ends].join(', ')})`;
    });
    if (cells.some((cell) => cell !== '')) console.log(`| ${phaseName} | ${name} | ${cells.join(' | ')} |`);
  }
}
rmSync(folder, { recursive: true, force: true });
process.exit();
