// Compares our programs with those of Mosquitto, in turns, in one run: only the ratios are meaningful.
//   npm run bench                            every row, medians of 7
//   npm run bench -- --row l-0 --row sub-1   some rows
//   npm run bench -- --runs 21 --row one-0   more runs
//   npm run bench -- --cpu --row one-0       processor time instead of elapsed time, on a shared machine
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { env, Places } from './fixtures.mjs';
import { FILTER_COUNTS, measureFilters, measureFormats } from './functions.mjs';
import { median } from './median.mjs';
import { allRows } from './rows.mjs';

/** @import { Command, Row } from './rows.mjs' */

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values, positionals } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    row: { type: 'string', multiple: true, default: [] },
    cpu: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const runs = Number(values.runs);
const names = [...values.row, ...positionals];
/** How often to measure the memory of a running program. */
const LOOK_MS = 20;
/** Most nanoseconds for rendering a message. */
const FORMAT_MARK = 1000;

/** @param {number | undefined} time */
const shown = (time) => (time === undefined ? '' : `${time.toFixed(time < 100 ? 1 : 0)} ms`);

const COLUMNS = [-13, -44, 11, 11, 8, 7];
/** @param {string[]} cells */
const print = (...cells) =>
  console.log(
    cells
      .map((cell, i) => {
        const width = COLUMNS[i];
        if (width === undefined) return `  ${cell}`;
        return width < 0 ? cell.padEnd(-width) : cell.padStart(width);
      })
      .join('')
      .trimEnd(),
  );

/** @param {Places} places */
async function main(places) {
  for (const program of ['mosquitto', 'mosquitto_pub', 'mosquitto_sub', 'mosquitto_rr', 'openssl'])
    if (spawnSync(program, ['--help'], { env, stdio: 'ignore' }).error)
      throw new Error(`${program} is not on PATH: npm test installs it`);
  const rows = allRows(root);
  const known = [...rows.map((row) => row.name), 'format', 'filters'];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no row is called ${unknown.join(' or ')}; there are: ${known.join(' ')}`);
  /** @param {string} name */
  const isWanted = (name) => names.length === 0 || names.includes(name);

  const { version } = process;
  console.log(
    `Medians of ${runs} runs in turns${values.cpu ? ', processor time' : ''}; ${cpus()[0]?.model}, ${cpus().length} cores, Node ${version.slice(1)}\n`,
  );
  print('row', 'work', 'tsmosq', 'mosquitto', 'ratio', 'mark', '');
  for (const row of rows) if (isWanted(row.name)) await measureRow(row, places);
  if (isWanted('format'))
    for (const { pattern, each } of await measureFormats(root, runs))
      print('format', pattern, `${each.toFixed(0)} ns`, '', '', `${FORMAT_MARK}`, each > FORMAT_MARK ? 'MISSED' : '');
  if (isWanted('filters'))
    for (const { count, each, linear } of await measureFilters(root, runs)) {
      const what = `look a topic up among ${count.toLocaleString('en')} filters`;
      // The cost must not grow with the number of filters.
      const mark = count === FILTER_COUNTS.at(-1) ? 'flat' : '';
      print('filters', what, `${each.toFixed(0)} ns`, '', '', mark, `one by one: ${linear.toFixed(0)} ns`);
    }
}

/**
 * @param {Row} row
 * @param {Places} places
 */
async function measureRow(row, places) {
  if (row.missing) return print(row.name, row.what, '', '', '', `${row.mark?.most ?? ''}`, row.missing);
  const commands = await row.commands(places);
  const stdin = await row.stdin?.(places);
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(commands).map((who) => [who, []]));
  let memory = 0;
  for (let i = 0; i < (row.runs ?? runs); i++)
    for (const [who, command] of Object.entries(commands)) {
      const result = await measure(command, stdin);
      times[who]?.push(result.time);
      if (who === 'ours') memory = Math.max(memory, result.memory);
    }
  /** @type {{ ours?: number, theirs?: number, node?: number }} */
  const medians = Object.fromEntries(Object.entries(times).map(([who, list]) => [who, median(list)]));
  const { ours = Number.NaN, theirs } = medians;
  const notes = [];
  if (row.mark) {
    const { most, of, plus } = row.mark;
    const ratio = (ours - ((plus && medians[plus]) ?? 0)) / (medians[of] ?? Number.NaN);
    if (of !== 'theirs') notes.push(`${ratio.toFixed(2)} x ${of} -e 0 (${shown(medians[of])})`);
    if (ratio > most) notes.push('MISSED');
  }
  if (row.memory && memory > 0)
    notes.push(`${memory.toFixed(0)} MB${memory > row.memory ? `, MISSED ${row.memory} MB` : ''}`);
  const ratio = !theirs ? '' : (ours / theirs).toFixed(2);
  print(row.name, row.what, shown(ours), shown(theirs), ratio, row.mark ? `${row.mark.most}` : '', notes.join('  '));
}

/**
 * Node does not report a child's processor time; bash does, through its own pipe.
 * @type {Command}
 */
const TIMED = ['bash', '-c', '"$@"; status=$?; times >&3; exit $status', 'bash'];

/**
 * Milliseconds from start to exit, or of processor time; and the most memory seen in MB (0 if unknown).
 * @param {Command} command
 * @param {string | undefined} stdin
 * @returns {Promise<{ time: number, memory: number }>}
 */
function measure(command, stdin) {
  /** @type {Command} */
  const [program, ...args] = values.cpu ? [...TIMED, ...command] : command;
  return new Promise((resolve, reject) => {
    const input = stdin === undefined ? 'ignore' : openSync(stdin, 'r');
    const start = process.hrtime.bigint();
    const child = spawn(program, args, { env, stdio: [input, 'ignore', 'inherit', values.cpu ? 'pipe' : 'ignore'] });
    let output = '';
    let memory = 0;
    let time = 0;
    child.stdio[3]?.on('data', (text) => {
      output += text;
    });
    const looking = setInterval(() => {
      if (!values.cpu) memory = Math.max(memory, memoryOf(child.pid));
    }, LOOK_MS);
    child.on('error', reject);
    child.on('exit', () => {
      time = Number(process.hrtime.bigint() - start) / 1e6;
      clearInterval(looking);
      if (input !== 'ignore') closeSync(input);
    });
    child.on('close', (status, signal) => {
      if (status === 0) resolve({ time: values.cpu ? processorTime(output) : time, memory });
      else reject(new Error(`${command.join(' ')} ended with ${signal ?? status}`));
    });
  });
}

/**
 * The second line of bash's `times` is for its children, such as `0m0.031s 0m0.008s`.
 * @param {string} output
 */
function processorTime(output) {
  const figures = output
    .split('\n')[1]
    ?.match(/[\d.]+/g)
    ?.map(Number);
  if (figures?.length !== 4) throw new Error(`bash printed no times: ${output}`);
  const [minutes, seconds, systemMinutes, systemSeconds] = /** @type {[number, number, number, number]} */ (figures);
  return ((minutes + systemMinutes) * 60 + seconds + systemSeconds) * 1000;
}

/** @param {number | undefined} pid */
function memoryOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const places = new Places();
try {
  await main(places);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  places.end();
}
