// Runs every fault scenario with the commands of tsmosq and the Mosquitto clients on PATH, and prints a row for each run.
// `npm run faults -- --table` prints the Markdown table of docs/fault-results.md; `-- --ours` runs only tsmosq.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

/**
 * @import { Outcome, Scenario } from '../test/faults/scenario.ts'
 *
 * @typedef {Pick<Scenario, 'title' | 'qos' | 'program'> & Outcome & { number: number, whose: 'ours' | 'theirs' }} Result
 *   A line that faults.test.ts writes.
 * @typedef {(string | number)[][]} Table
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const HEADS = ['fault', 'QoS', 'program', 'sent', 'received', 'lost', 'twice', 'exit status'];
const NAMES = {
  ours: { pub: 'tspub', sub: 'tssub', rr: 'tsrr' },
  theirs: { pub: 'mosquitto_pub', sub: 'mosquitto_sub', rr: 'mosquitto_rr' },
};

function hasTheirs() {
  const { status } = spawnSync('sh', ['-c', 'command -v mosquitto_pub mosquitto_sub mosquitto_rr'], {
    stdio: 'ignore',
  });
  return status === 0;
}

/**
 * Puts both runs of a scenario one below the other.
 * @param {Result[]} results
 */
function rows(results) {
  return results
    .toSorted((a, b) => a.number - b.number || a.whose.localeCompare(b.whose))
    .map((row) => {
      const { title, qos, program, whose, sent, received, lost, duplicated, status } = row;
      // tsmosq promises that no run with a loss has exit status 0.
      const mark = lost > 0 && status === 0 ? '**' : '';
      const first = whose === 'ours' ? [title, qos] : ['', ''];
      return [
        ...first,
        NAMES[whose][program],
        sent,
        received,
        `${mark}${lost}${mark}`,
        duplicated,
        `${mark}${status}${mark}`,
      ];
    });
}

/** @param {Table} table */
function markdown(table) {
  /** @param {Table[number]} cells */
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(HEADS), line(HEADS.map((_, i) => (i === 0 || i === 2 ? '---' : '--:'))), ...table.map(line)].join('\n');
}

/** @param {Table} table */
function plain(table) {
  const widths = HEADS.map((head, i) => Math.max(head.length, ...table.map((cells) => String(cells[i]).length)));
  return [HEADS, ...table]
    .map((cells) =>
      cells
        .map((cell, i) => String(cell).padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** @param {string[]} args */
async function main(args) {
  await build();
  const theirs = !args.includes('--ours') && hasTheirs();
  if (!theirs && !args.includes('--ours'))
    console.error('faults: The Mosquitto clients are not on PATH, so only the commands of tsmosq run.');
  const scratch = mkdtempSync(join(tmpdir(), 'tsmosq-faults-'));
  try {
    const results = join(scratch, 'results');
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...environment } = process.env;
    const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/faults/faults.test.ts', '--reporter=dot'], {
      cwd: root,
      // Only the table goes to standard output.
      stdio: ['ignore', process.stderr, process.stderr],
      env: { ...environment, FAULTS_THEIRS: theirs ? '1' : '0', FAULTS_RESULTS: results },
    });
    const table = rows(
      readFileSync(results, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
    console.log(args.includes('--table') ? markdown(table) : plain(table));
    return status ?? 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exitCode = await main(process.argv.slice(2));
