// Changes the sources in one place at a time and runs the unit tests that load the file: `npm run mutate -- --count 60
// --seed 7`. Prints each change that no test detects: either an equivalent program, or a gap in the tests. --core runs
// `npm test` with those. --only PATH (src/mqtt, src/client/client.ts …) chooses the sources.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseSync, Visitor } from 'oxc-parser';

/** @typedef {{ file: string, start: number, end: number, text: string, kind: string }} Mutant */

const root = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['mqtt', 'client', 'commands', 'cli', 'output', 'spool', 'passwd', 'net'].map((name) => `src/${name}`);
/** The tests take seconds; a change that makes them run indefinitely counts as detected. */
const PATIENCE_MS = 120_000;
const CORE_PATIENCE_MS = 900_000;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: FOLDERS },
    core: { type: 'boolean', default: false },
  },
});

/** @type {Readonly<Record<string, string>>} */
const OPERATORS = {
  ...{ '<': '<=', '<=': '<', '>': '>=', '>=': '>', '===': '!==', '!==': '===' },
  ...{ '+': '-', '-': '+', '*': '/', '/': '*', '%': '*', '&': '|', '|': '&', '<<': '>>', '>>': '<<' },
  ...{ '&&': '||', '||': '&&', '??': '&&', '+=': '-=', '-=': '+=', '||=': '&&=', '??=': '&&=' },
};

/**
 * Every place of a source that can be changed, with its new text.
 * @param {string} file
 * @returns {Mutant[]}
 */
function mutantsOf(file) {
  const source = readFileSync(join(root, file), 'utf8');
  /** @type {Mutant[]} */
  const found = [];
  /** @type {(at: { start: number, end: number }, text: string, kind: string) => void} */
  const add = ({ start, end }, text, kind) => {
    if (source.slice(start, end) !== text) found.push({ file, start, end, text, kind });
  };
  /** @type {(node: { operator: string, left: { end: number }, right: { start: number } }) => void} */
  const operator = ({ operator: before, left, right }) => {
    const after = OPERATORS[before];
    if (after === undefined) return;
    const at = source.indexOf(before, left.end);
    if (at >= 0 && at < right.start) add({ start: at, end: at + before.length }, after, 'operator');
  };
  new Visitor({
    BinaryExpression: operator,
    LogicalExpression: operator,
    AssignmentExpression: operator,
    UnaryExpression: (node) => {
      if (node.operator === '!') add(node, source.slice(node.argument.start, node.argument.end), 'negation');
    },
    Literal: (node) => {
      if (typeof node.value === 'number') add(node, `(${node.value} + 1)`, 'number');
      else if (typeof node.value === 'boolean') add(node, `${!node.value}`, 'boolean');
    },
    ConditionalExpression: ({ consequent, alternate }) => {
      const [yes, no] = [consequent, alternate].map(({ start, end }) => source.slice(start, end));
      add({ start: consequent.start, end: alternate.end }, `${no} : ${yes}`, 'branches');
    },
    IfStatement: ({ test }) => {
      add(test, 'true', 'condition');
      add(test, 'false', 'condition');
    },
    ExpressionStatement: (node) => {
      if (node.expression.type === 'CallExpression' || node.expression.type === 'AssignmentExpression')
        add(node, ';', 'statement');
    },
    ReturnStatement: (node) => {
      if (node.argument !== null) add(node.argument, 'undefined', 'result');
    },
  }).visit(parseSync(file, source).program);
  return found;
}

/** @param {string} path */
const sourcesIn = (path) =>
  path.endsWith('.ts')
    ? [path]
    : readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .sort()
        .map((name) => join(path, name));

/** mulberry32: the same numbers for the same seed. @param {number} seed */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A random choice of `count` of them, each at most once.
 * @param {Mutant[]} all
 * @param {number} count
 */
function drawn(all, count) {
  const random = randomOf(Number(values.seed));
  const left = [...all];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const at = Math.floor(random() * left.length);
    return /** @type {Mutant} */ (left.splice(at, 1)[0]);
  });
}

/**
 * Whether a command fails or exceeds its time.
 * @param {string} folder
 * @param {string[]} words
 * @param {number} patience
 * @returns {Promise<boolean>}
 */
function fails(folder, words, patience) {
  const child = spawn(process.execPath, words, { cwd: folder, stdio: 'ignore', detached: true });
  return new Promise((resolve) => {
    const timer = setTimeout(() => process.kill(-Number(child.pid), 'SIGKILL'), patience);
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve(status !== 0);
    });
  });
}

/** @param {Mutant} mutant */
function shown({ file, start, end, text, kind }) {
  const source = readFileSync(join(root, file), 'utf8');
  const line = source.slice(0, start).split('\n').length;
  const short = /** @param {string} it */ (it) => (it.length > 60 ? `${it.slice(0, 57)}…` : it).replaceAll(/\s+/g, ' ');
  return `${file}:${line} ${kind}: ${short(source.slice(start, end))} → ${short(text)}`;
}

/** Changes the sources in a copy, so that the working tree stays as it is. */
async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'tsmosq-mutate-'));
  try {
    for (const name of readdirSync(root))
      if (!/^(\.|node_modules$|dist$|standalone$)/.test(name))
        cpSync(join(root, name), join(folder, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const mutants = drawn(values.only.flatMap(sourcesIn).flatMap(mutantsOf), Number(values.count));
    const vitest = join(folder, 'node_modules', 'vitest', 'vitest.mjs');
    let caught = 0;
    const survivors = [];
    for (const mutant of mutants) {
      const path = join(folder, mutant.file);
      const source = readFileSync(path, 'utf8');
      writeFileSync(path, source.slice(0, mutant.start) + mutant.text + source.slice(mutant.end));
      const unit = [vitest, 'related', mutant.file, '--run', '--project', 'unit', '--bail', '1'];
      const isCaught = await fails(folder, unit, PATIENCE_MS);
      const later = !isCaught && values.core && (await fails(folder, [join('scripts', 'test.mjs')], CORE_PATIENCE_MS));
      writeFileSync(path, source);
      if (isCaught) caught++;
      else survivors.push(mutant);
      console.log(`${isCaught ? 'caught  ' : later ? 'later   ' : 'SURVIVED'} ${shown(mutant)}`);
    }
    console.log(`mutate: ${caught} of ${mutants.length} caught by the unit tests, seed ${values.seed}`);
    for (const mutant of survivors) console.log(`  ${shown(mutant)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
