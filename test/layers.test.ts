/** The direction of imports is a rule, and so is what a layer may touch: src/DESIGN.md tells why. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { strip } from './support/source.ts';

/** What a layer must not touch: names in the code, and modules. */
const FORBIDDEN = {
  process: { code: /\bprocess\b/, modules: /^node:process$/ },
  console: { code: /\bconsole\b/, modules: /^node:console$/ },
  timers: {
    code: /\b(setTimeout|setInterval|setImmediate|clearTimeout|clearInterval|clearImmediate)\b/,
    modules: /^node:timers(\/|$)/,
  },
  microtasks: { code: /\bqueueMicrotask\b|\bnextTick\b/, modules: /^$/ },
  /** Any date. */
  dates: { code: /\bDate\b|\bperformance\b|\bhrtime\b/, modules: /^node:perf_hooks$/ },
  /** Asking for the present time; reading a time that was handed in is fine. */
  now: { code: /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\b|\bhrtime\b/, modules: /^node:perf_hooks$/ },
  random: { code: /\bMath\.random\b|\bcrypto\b|\brandomBytes\b|\brandomUUID\b/, modules: /^$/ },
  promises: { code: /\bPromise\b|\basync\b|\bawait\b/, modules: /^$/ },
  sockets: { code: /\bWebSocket\b|\bfetch\b/, modules: /^(node:(net|tls|dns|dgram|http|https|http2)|ws|socks)(\/|$)/ },
  node: { code: /\brequire\b|\bglobalThis\b/, modules: /^node:/ },
  packages: { code: /\brequire\b/, modules: /^[^.n]|^n(?!ode:)/ },
} as const satisfies Record<string, { readonly code: RegExp; readonly modules: RegExp }>;

type Forbidden = keyof typeof FORBIDDEN;

interface Layer {
  /** Folders whose values it may import. Itself goes without saying. */
  readonly imports: readonly string[];
  /** Folders of which it may import types. */
  readonly types?: readonly string[];
  readonly forbidden: readonly Forbidden[];
}

const PURE = [
  'process',
  'console',
  'timers',
  'microtasks',
  'dates',
  'random',
  'promises',
  'sockets',
  'node',
  'packages',
] as const;

const LAYERS: Readonly<Record<string, Layer>> = {
  errors: { imports: [], forbidden: PURE },
  util: { imports: [], forbidden: PURE },
  mqtt: { imports: ['util', 'errors'], forbidden: PURE },
  runtime: { imports: ['util', 'errors'], forbidden: ['sockets', 'packages'] },
  output: {
    imports: ['mqtt', 'util', 'errors'],
    types: ['runtime'],
    forbidden: ['process', 'console', 'timers', 'now', 'sockets'],
  },
  net: { imports: ['util', 'errors', 'runtime'], forbidden: ['console'] },
  client: {
    imports: ['mqtt', 'util', 'errors'],
    types: ['net', 'runtime'],
    forbidden: ['process', 'console', 'timers', 'dates', 'random', 'sockets', 'node', 'packages'],
  },
  library: {
    imports: ['client', 'net', 'mqtt', 'util', 'errors', 'runtime'],
    forbidden: ['console', 'timers', 'dates', 'sockets', 'node', 'packages'],
  },
  passwd: { imports: ['util', 'errors', 'runtime'], forbidden: ['process', 'console', 'timers', 'sockets'] },
  spool: {
    imports: ['util', 'errors', 'runtime'],
    types: ['mqtt'],
    forbidden: ['process', 'console', 'timers', 'sockets'],
  },
  cli: {
    imports: ['mqtt', 'output', 'passwd', 'util', 'errors'],
    types: ['runtime'],
    forbidden: ['process', 'console', 'timers', 'sockets'],
  },
  commands: {
    imports: ['cli', 'client', 'net', 'output', 'passwd', 'spool', 'mqtt', 'util', 'errors', 'runtime'],
    forbidden: ['process', 'console', 'timers', 'sockets'],
  },
  entry: {
    imports: ['commands', 'cli', 'client', 'net', 'output', 'passwd', 'spool', 'mqtt', 'util', 'errors', 'runtime'],
    forbidden: ['sockets'],
  },
};

/** Single files that a layer may know by type only, though the folder is open to it. */
const TYPES_ONLY: readonly { readonly layer: string; readonly file: string }[] = [
  { layer: 'cli', file: 'mqtt/session/session.ts' },
];

/** Single modules that a file may import against its row. */
const EXCEPTIONS: readonly { readonly file: string; readonly module: string; readonly reason: string }[] = [
  { file: 'runtime/stdio.ts', module: 'node:net', reason: 'to Node a pipe is a Socket; no network is meant' },
  { file: 'runtime/open-again.ts', module: 'node:net', reason: 'to Node a pipe is a Socket; no network is meant' },
];

/** Only the outermost layer ends the process. */
const ENDS_THE_PROCESS = { code: /\bprocess\.(exit|exitCode|abort|kill)\b/, allowedIn: 'entry' };

const MAX_LINES = 400;

// ------------------------------------------------------------------------------------------------- reading source

interface Import {
  readonly from: string;
  readonly typesOnly: boolean;
}

function importsOf(source: string): Import[] {
  const code = strip(source, false);
  const found: Import[] = [];
  for (const [, type, clause, from] of code.matchAll(
    /\b(?:import|export)\s+(type\s)?([^'"();=]*?)\bfrom\s*['"]([^'"]+)['"]/g,
  )) {
    const named = /^\{([^}]*)\}$/
      .exec(clause!.trim())?.[1]
      ?.split(',')
      .filter((name) => name.trim() !== '');
    const typesOnly = type !== undefined || (named?.length && named.every((name) => /^\s*type\s/.test(name))) === true;
    found.push({ from: from!, typesOnly });
  }
  for (const [, from] of code.matchAll(/\bimport\s*['"]([^'"]+)['"]/g)) found.push({ from: from!, typesOnly: false });
  for (const [, type, from] of code.matchAll(/(\btypeof\s+)?\bimport\(\s*['"]([^'"]+)['"]/g))
    found.push({ from: from!, typesOnly: type !== undefined });
  return found;
}

/** The folder below src that a file is in; errors.ts is a layer of its own. */
function layerOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path.replace(/\.ts$/, '');
}

/** What is wrong with a file, one line each. `path` is relative to src, with slashes. */
function faults(path: string, source: string): string[] {
  const name = layerOf(path);
  const layer = LAYERS[name];
  if (layer === undefined) return [`${path}: the folder ${name} is in no row of the table`];
  const found: string[] = [];
  const code = strip(source, true);

  for (const { from, typesOnly } of importsOf(source)) {
    if (from.startsWith('.')) {
      const target = posix.normalize(posix.join(posix.dirname(path), from));
      const folder = layerOf(target);
      const open = folder === name || layer.imports.includes(folder) || (typesOnly && layer.types?.includes(folder));
      if (!open) found.push(`${path}: imports ${typesOnly ? 'types of ' : ''}${target}`);
      if (!typesOnly && TYPES_ONLY.some((row) => row.layer === name && row.file === target))
        found.push(`${path}: imports more than types of ${target}`);
    } else {
      if (EXCEPTIONS.some((row) => row.file === path && row.module === from)) continue;
      for (const rule of layer.forbidden)
        if (FORBIDDEN[rule].modules.test(from)) found.push(`${path}: imports ${from} (${rule})`);
    }
  }
  for (const rule of layer.forbidden) {
    const match = FORBIDDEN[rule].code.exec(code);
    if (match) found.push(`${path}:${lineOf(code, match.index)}: touches ${match[0]} (${rule})`);
  }
  const end = name === ENDS_THE_PROCESS.allowedIn ? null : ENDS_THE_PROCESS.code.exec(code);
  if (end) found.push(`${path}:${lineOf(code, end.index)}: ${end[0]}`);
  const lines = source.trimEnd().split('\n').length;
  if (lines > MAX_LINES) found.push(`${path}: ${lines} lines, more than ${MAX_LINES}`);
  return found;
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

// ---------------------------------------------------------------------------------------------------------- tests

const ROOT = join(dirname(import.meta.dirname), 'src');
const FILES = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => relative(ROOT, join(ROOT, path)).split(sep).join('/'))
  .sort();

describe('the layers of src', () => {
  it('have no exception that is not used', () => {
    for (const { file, module } of EXCEPTIONS)
      expect(importsOf(readFileSync(join(ROOT, file), 'utf8')).map((entry) => entry.from)).toContain(module);
  });

  it('are found', () => {
    expect(FILES).toContain('errors.ts');
    expect(FILES).toContain('mqtt/packets/publish.ts');
  });

  it.each(FILES)('%s', (path) => {
    expect(faults(path, readFileSync(join(ROOT, path), 'utf8'))).toEqual([]);
  });
});

describe('the rules bite', () => {
  it.each([
    ['mqtt/a.ts', "import { x } from '../net/tcp.ts';", 'mqtt/a.ts: imports net/tcp.ts'],
    ['mqtt/a.ts', "import type { x } from '../net/tcp.ts';", 'mqtt/a.ts: imports types of net/tcp.ts'],
    ['mqtt/session/a.ts', "export { x } from '../../client/client.ts';", 'mqtt/session/a.ts: imports client/client.ts'],
    ['mqtt/a.ts', "export * from '../cli/x.ts';", 'mqtt/a.ts: imports cli/x.ts'],
    ['mqtt/a.ts', "const x = await import('../cli/x.ts');", 'mqtt/a.ts: imports cli/x.ts'],
    ['mqtt/a.ts', "import '../cli/x.ts';", 'mqtt/a.ts: imports cli/x.ts'],
    ['mqtt/a.ts', "import { Buffer } from 'node:buffer';", 'mqtt/a.ts: imports node:buffer (node)'],
    ['util/a.ts', "import x from 'yargs';", 'util/a.ts: imports yargs (packages)'],
    ['client/a.ts', "import { tcp, type Stream } from '../net/tcp.ts';", 'client/a.ts: imports net/tcp.ts'],
    ['client/a.ts', 'clock.callAt(Date.now());', 'client/a.ts:1: touches Date (dates)'],
    ['mqtt/a.ts', '\nconst id = Math.random();', 'mqtt/a.ts:2: touches Math.random (random)'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source to be looked at
    ['mqtt/a.ts', 'const x = `${process.pid}`;', 'mqtt/a.ts:1: touches process (process)'],
    ['mqtt/a.ts', 'const x = 4 / 2; setTimeout(f, 1 / x);', 'mqtt/a.ts:1: touches setTimeout (timers)'],
    ['mqtt/a.ts', 'async function f(): Promise<void> {}', 'mqtt/a.ts:1: touches async (promises)'],
    ['mqtt/a.ts', 'queueMicrotask(f);', 'mqtt/a.ts:1: touches queueMicrotask (microtasks)'],
    ['commands/a.ts', 'console.log(1);', 'commands/a.ts:1: touches console (console)'],
    ['commands/a.ts', "import { connect } from 'node:net';", 'commands/a.ts: imports node:net (sockets)'],
    [
      'cli/a.ts',
      "import { Session } from '../mqtt/session/session.ts';",
      'cli/a.ts: imports more than types of mqtt/session/session.ts',
    ],
    ['output/a.ts', 'const at = new Date();', 'output/a.ts:1: touches new Date() (now)'],
    ['runtime/a.ts', 'process.exit(1);', 'runtime/a.ts:1: process.exit'],
    ['novel/a.ts', '', 'novel/a.ts: the folder novel is in no row of the table'],
  ])('%s with %s', (path, source, fault) => {
    expect(faults(path, source)).toContain(fault);
  });

  it('on a file of 401 lines', () => {
    expect(faults('net/a.ts', 'x;\n'.repeat(401))).toEqual(['net/a.ts: 401 lines, more than 400']);
    expect(faults('net/a.ts', 'x;\n'.repeat(400))).toEqual([]);
  });

  it.each([
    ['mqtt/a.ts', "// process, Date and setTimeout\n/* import '../net/tcp.ts' */ const x = 'process';"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source to be looked at
    ['mqtt/a.ts', 'const x = `process ${1 + `Date`.length} console`;'],
    ['mqtt/a.ts', 'const x = /process[\'"/]/.test(y) ? 1 / 2 : 2 / 1;'],
    ['mqtt/a.ts', "import { Queue } from '../util/queue.ts'; import { Failure } from '../errors.ts';"],
    [
      'client/a.ts',
      "import type { ByteStream } from '../net/byte-stream.ts'; import { type Io } from '../runtime/io.ts';",
    ],
    ['client/a.ts', 'queueMicrotask(f); const p: Promise<void> = g();'],
    ['cli/a.ts', "import type { Session } from '../mqtt/session/session.ts'; const y = await import('yargs');"],
    ['output/a.ts', 'const at = new Date(ms);'],
    ['entry/a.ts', 'process.exit(1);'],
    ['mqtt/a.ts', 'const bytes = Buffer.alloc(1); export const from = 1;'],
  ])('%s may have %s', (path, source) => {
    expect(faults(path, source)).toEqual([]);
  });
});
