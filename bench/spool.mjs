// Measures a spool: adding messages to many, `tsspool shape`, --flush compared with tspub -l at the same QoS, and
// --flush of alternating QoS levels compared with QoS 1.
//   node bench/spool.mjs                     100,000 messages, medians of 3
//   node bench/spool.mjs --count 10000 --runs 5
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, cpSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { env, Places } from './fixtures.mjs';
import { median } from './median.mjs';

/** @import { Command } from './rows.mjs' */

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: { count: { type: 'string', default: '100000' }, runs: { type: 'string', default: '3' } },
});
const count = Number(values.count);
const runs = Number(values.runs);
/** Messages added at a time to measure the cost. */
const PART = 1000;
const MIXES = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 1, 2],
  [2, 0, 1, 1, 0, 2, 0],
];

const folder = mkdtempSync(join(tmpdir(), 'tsmosq-bench-'));
const places = new Places();
/** @type {(name: string, ...words: string[]) => Command} */
const program = (name, ...words) => [process.execPath, join(root, 'bin', `${name}.js`), ...words];

/**
 * Milliseconds from start to exit.
 * @param {Command} command
 * @param {string} [stdin] A file.
 * @returns {Promise<number>}
 */
function timed([command, ...args], stdin) {
  return new Promise((resolve, reject) => {
    const input = stdin === undefined ? 'ignore' : openSync(stdin, 'r');
    const start = process.hrtime.bigint();
    const child = spawn(command, args, { env, stdio: [input, 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (status) => {
      const time = Number(process.hrtime.bigint() - start) / 1e6;
      if (input !== 'ignore') closeSync(input);
      if (status === 0) resolve(time);
      else reject(new Error(`${args.join(' ')} ended with ${status}`));
    });
  });
}

/** @param {() => Promise<number>} once */
async function medianOf(once) {
  const times = [];
  for (let i = 0; i < runs; i++) times.push(await once());
  return median(times);
}

/**
 * @param {string} name
 * @param {number} number
 * @param {readonly number[]} mix The QoS levels, used in turn.
 * @param {number} topics
 */
function lines(name, number, mix, topics = 50) {
  const path = join(folder, name);
  /** @type {(_: unknown, i: number) => string} */
  const text = (_, i) => `{"topic":"bench/${i % topics}","payload":"message ${i}","qos":${mix[i % mix.length]}}\n`;
  writeFileSync(path, Array.from({ length: number }, text).join(''));
  return path;
}

/**
 * @param {string} spool
 * @param {string} name
 */
function copyOf(spool, name) {
  const copy = join(folder, name);
  rmSync(copy, { recursive: true, force: true });
  cpSync(spool, copy, { recursive: true });
  return copy;
}

/** @type {(what: string, ...cells: string[]) => void} */
const row = (what, ...cells) => console.log(what.padEnd(52), cells.join('   '));

async function main() {
  const part = lines('part', PART, [1]);
  const empty = join(folder, 'empty');
  execFileSync(process.execPath, program('tsspool', empty, 'import').slice(1), { env, input: '' });
  /** @param {number | string} qos */
  const spoolOf = (qos) => join(folder, `spool-${qos}`);
  for (const qos of [1, 2])
    await timed(program('tsspool', spoolOf(qos), 'import'), lines(`lines-${qos}`, count, [qos]));
  const first = await medianOf(() => timed(program('tsspool', copyOf(empty, 'add'), 'import'), part));
  const last = await medianOf(() => timed(program('tsspool', copyOf(spoolOf(1), 'add'), 'import'), part));
  row(
    `add ${PART} to none, and to ${count}`,
    `${first.toFixed(0)} ms`,
    `${last.toFixed(0)} ms`,
    `x ${(last / first).toFixed(2)} (mark 1.5)`,
  );
  const shape = await medianOf(() => timed(program('tsspool', spoolOf(1), 'shape')));
  row(`tsspool shape of ${count}`, `${shape.toFixed(0)} ms`, '(mark 2000)');
  const { tcp } = await places.broker();
  const input = await places.lines(count);
  for (const qos of [1, 2])
    for (const version of ['311', '5']) {
      const at = ['-h', '127.0.0.1', '-p', `${tcp}`, '-V', version];
      const streamed = await medianOf(() => timed(program('tspub', ...at, '-t', 'bench', '-l', '-q', `${qos}`), input));
      const flushed = await medianOf(async () => {
        const spool = copyOf(spoolOf(qos), 'flush');
        return timed(program('tspub', ...at, '--spool', spool, '--flush', '--spool-status', '1'));
      });
      row(
        `${count} at QoS ${qos}, MQTT ${version}: -l, and --flush`,
        `${streamed.toFixed(0)} ms`,
        `${flushed.toFixed(0)} ms`,
        `${(streamed / flushed).toFixed(2)} of its speed (mark 0.33)`,
      );
    }
  const at = ['-h', '127.0.0.1', '-p', `${tcp}`];
  /** @param {number | string} name */
  const flush = (name) =>
    medianOf(() => {
      const spool = copyOf(spoolOf(name), 'flush');
      return timed(program('tspub', ...at, '--spool', spool, '--flush', '--spool-status', '1'));
    });
  const alone = await flush(1);
  for (const topics of [50, 1])
    for (const mix of MIXES) {
      const name = `${mix.join('')}-${topics}`;
      await timed(program('tsspool', spoolOf(name), 'import'), lines(`lines-${name}`, count, mix, topics));
      const time = await flush(name);
      row(
        `--flush of ${count}, QoS ${mix.join(', ')} in turns, ${topics === 1 ? '1 topic' : `${topics} topics`}`,
        `${time.toFixed(0)} ms`,
        `${((1000 * count) / time).toFixed(0)}/s (mark 10000)`,
        `${(alone / time).toFixed(2)} of QoS 1`,
      );
    }
}

try {
  await main();
} finally {
  places.end();
  rmSync(folder, { recursive: true, force: true });
}
