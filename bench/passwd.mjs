// Compares tspasswd with mosquitto_passwd on large files, in turns, in one run: only the ratios are meaningful.
//   node bench/passwd.mjs [--runs 5]      build first
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './median.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'tsmosq-bench-'));
const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const env = { ...process.env };
delete env['NODE_EXTRA_CA_CERTS'];
delete env['NODE_OPTIONS'];

/**
 * @import { Command } from './rows.mjs'
 *
 * @typedef {{ what: string, content: string, ours: Command, theirs: Command }} Row
 */

const FIELD = `$7$101$2Ms2wqe84uoJ1yef$${'A'.repeat(86)}==`;
const file = join(folder, 'pw');
/** @type {Command} */
const ours = [process.execPath, join(root, 'bin', 'tspasswd.js')];
/** @type {(count: number, line: (i: number) => string) => string} */
const lines = (count, line) => Array.from({ length: count }, (_, i) => line(i)).join('');
/** @param {number} count */
const hashed = (count) => lines(count, (i) => `user${i}:${FIELD}\n`);
/** @param {number} count */
const plain = (count) => lines(count, (i) => `user${i}:secret${i}\n`);

/**
 * Each row: the file before, and two commands for the same work. -U hashes with the same cost in both programs.
 * @type {Row[]}
 */
const ROWS = [
  { what: 'node -e 0 (beside `true`)', content: '', ours: [process.execPath, '-e', '0'], theirs: ['true'] },
  ...[10_000, 100_000].flatMap((count) => [
    row(`add to ${count} users`, hashed(count), ['-b', file, 'new', 'pw']),
    row(`update the last of ${count}`, hashed(count), ['-b', file, `user${count - 1}`, 'pw']),
    row(`delete the last of ${count}`, hashed(count), ['-D', file, `user${count - 1}`]),
    row(`-U of ${count}, 101 rounds each`, plain(count), ['-U', file], ['-I', '101']),
  ]),
];

/**
 * @param {string} what
 * @param {string} content
 * @param {string[]} args
 * @param {string[]} ourOptions
 * @returns {Row}
 */
function row(what, content, args, ourOptions = []) {
  return { what, content, ours: [...ours, ...ourOptions, ...args], theirs: ['mosquitto_passwd', ...args] };
}

/**
 * @param {Command} command
 * @param {string} content
 */
function time([command, ...args], content) {
  writeFileSync(file, content, { mode: 0o600 });
  const before = performance.now();
  const { status, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return performance.now() - before;
}

try {
  console.log(`${'work'.padEnd(36)}${'tspasswd'.padStart(12)}${'mosquitto'.padStart(12)}${'ratio'.padStart(8)}`);
  for (const { what, content, ours: mine, theirs } of ROWS) {
    /** @type {{ ours: number[], theirs: number[] }} */
    const times = { ours: [], theirs: [] };
    for (let i = 0; i < Number(values.runs); i++) {
      times.ours.push(time(mine, content));
      times.theirs.push(time(theirs, content));
    }
    const [a, b] = [median(times.ours), median(times.theirs)];
    /** @param {number} ms */
    const shown = (ms) => `${ms.toFixed(0)} ms`.padStart(12);
    console.log(`${what.padEnd(36)}${shown(a)}${shown(b)}${(a / b).toFixed(2).padStart(8)}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
