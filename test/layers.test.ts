/** The direction of imports is a rule, and so is what a layer may touch: src/DESIGN.md tells why. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { read } from './support/source.ts';

/** What a layer must not touch: names in the code, and modules. */
const FORBIDDEN = {
  process: { names: /^process$/, modules: /^node:process$/ },
  console: { names: /^console$/, modules: /^node:console$/ },
  timers: { names: /^(set|clear)(Timeout|Interval|Immediate)$/, modules: /^node:timers(\/|$)/ },
  microtasks: { names: /^queueMicrotask$|\.nextTick$/, modules: /^$/ },
  /** Any date. */
  dates: { names: /^(Date|performance)$|\.hrtime$/, modules: /^node:perf_hooks$/ },
  /** Asking for the present time; reading a time that was handed in is fine. */
  now: { names: /^(Date\.now|new Date\(\)|performance)$|\.hrtime$/, modules: /^node:perf_hooks$/ },
  random: { names: /^(Math\.random|crypto)$|\brandom(Bytes|UUID)$/, modules: /^$/ },
  promises: { names: /^(Promise|async|await)$/, modules: /^$/ },
  sockets: { names: /^(WebSocket|fetch)$/, modules: /^(node:(net|tls|dns|dgram|http|https|http2)|ws|socks)(\/|$)/ },
  node: { names: /^(require|globalThis)$/, modules: /^node:/ },
  packages: { names: /^require$/, modules: /^[^.n]|^n(?!ode:)/ },
} as const satisfies Record<string, { readonly names: RegExp; readonly modules: RegExp }>;

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
  // Reads times that payloads and certificates have; the present time is handed in.
  check: {
    imports: ['mqtt', 'util', 'errors'],
    types: ['net', 'runtime'],
    forbidden: PURE.filter((one) => one !== 'dates'),
  },
  client: {
    imports: ['mqtt', 'util', 'errors'],
    types: ['net', 'runtime'],
    forbidden: ['process', 'console', 'timers', 'dates', 'random', 'sockets', 'node', 'packages'],
  },
  library: {
    imports: ['check', 'client', 'net', 'mqtt', 'util', 'errors', 'runtime'],
    forbidden: ['console', 'timers', 'dates', 'sockets', 'node', 'packages'],
  },
  passwd: { imports: ['util', 'errors', 'runtime'], forbidden: ['process', 'console', 'timers', 'sockets'] },
  spool: {
    imports: ['util', 'errors', 'runtime'],
    types: ['mqtt'],
    forbidden: ['process', 'console', 'timers', 'sockets'],
  },
  cli: {
    imports: ['check', 'mqtt', 'output', 'passwd', 'util', 'errors'],
    types: ['runtime'],
    forbidden: ['process', 'console', 'timers', 'sockets'],
  },
  commands: {
    imports: ['check', 'cli', 'client', 'net', 'output', 'passwd', 'spool', 'mqtt', 'util', 'errors', 'runtime'],
    forbidden: ['process', 'console', 'timers', 'sockets'],
  },
  entry: {
    imports: [
      'check',
      'commands',
      'cli',
      'client',
      'net',
      'output',
      'passwd',
      'spool',
      'mqtt',
      'util',
      'errors',
      'runtime',
    ],
    forbidden: ['sockets'],
  },
};

/**
 * The inner floors of the two largest layers, from the ground up: files and folders, of which each imports only what stands
 * before it, or itself.
 */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  cli: [
    ...[
      'yargs.d',
      'programs',
      'complaint',
      'surroundings',
      'words',
      'values',
      'options',
      'parse',
      'plan',
      'small-grammar',
    ],
    // The tables come before the help that is made of them, and what reads a command line by them after it.
    ...[
      'passwd/options',
      'passwd/usage',
      'spool/options',
      'help',
      'informational',
      'passwd',
      'spool',
      'command-line',
      'check-line',
    ],
    'advice',
  ],
  commands: [
    'ending',
    'run',
    'terminal',
    'broker',
    'input',
    'pub',
    'rr',
    'sub',
    'spool',
    'pub-spool',
    'passwd',
    'check',
  ],
};

/** The floor of a file by its number; -1: it stands on none. */
function floorOf(path: string): number {
  const layer = layerOf(path);
  const inner = path.slice(layer.length + 1).replace(/\.ts$/, '');
  const isOn = (floor: string): boolean => inner === floor || inner.startsWith(`${floor}/`);
  const floors = FLOORS[layer] ?? [];
  return floors.findLastIndex(
    (floor) => isOn(floor) && !floors.some((other) => isOn(other) && other.length > floor.length),
  );
}

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
const ENDS_THE_PROCESS = { names: /^process\.(exit|exitCode|abort|kill)$/, allowedIn: 'entry' };

/** MQTT's word for a filter with its options, and the public name of what the library gives for one. */
const TWO_SUBSCRIPTIONS = 'Subscription';

const MAX_LINES = 300;
const MAX_FIELDS = 12;

// ------------------------------------------------------------------------------------------------- looking at files

/** The folder below src that a file is in; errors.ts is a layer of its own. */
function layerOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path.replace(/\.ts$/, '');
}

/** What another file of src is called, relative to src, when `path` imports it as `from`. */
const target = (path: string, from: string): string => posix.normalize(posix.join(posix.dirname(path), from));

/** What is wrong with a file, one line each. `path` is relative to src, with slashes. */
function faults(path: string, source: string): string[] {
  const name = layerOf(path);
  const layer = LAYERS[name];
  if (layer === undefined) return [`${path}: the folder ${name} is in no row of the table`];
  const found: string[] = [];
  if (name in FLOORS && floorOf(path) < 0) found.push(`${path}: is on no floor of ${name}`);
  const { imports, names, classes, passesOn } = read(source);

  for (const { from, typesOnly } of imports) {
    if (from.startsWith('.')) {
      const other = target(path, from);
      const folder = layerOf(other);
      const open = folder === name || layer.imports.includes(folder) || (typesOnly && layer.types?.includes(folder));
      if (!open) found.push(`${path}: imports ${typesOnly ? 'types of ' : ''}${other}`);
      if (folder === name && floorOf(other) > floorOf(path))
        found.push(`${path}: imports ${other}, which is on a higher floor`);
      if (!typesOnly && TYPES_ONLY.some((row) => row.layer === name && row.file === other))
        found.push(`${path}: imports more than types of ${other}`);
    } else {
      if (EXCEPTIONS.some((row) => row.file === path && row.module === from)) continue;
      for (const rule of layer.forbidden)
        if (FORBIDDEN[rule].modules.test(from)) found.push(`${path}: imports ${from} (${rule})`);
    }
  }
  for (const rule of layer.forbidden) {
    const use = names.find((entry) => FORBIDDEN[rule].names.test(entry.name));
    if (use) found.push(`${path}:${use.line}: touches ${use.name} (${rule})`);
  }
  if (name !== ENDS_THE_PROCESS.allowedIn)
    for (const use of names.filter((entry) => ENDS_THE_PROCESS.names.test(entry.name)))
      found.push(`${path}:${use.line}: ${use.name}`);
  const lines = source.trimEnd().split('\n').length;
  if (lines > MAX_LINES) found.push(`${path}: ${lines} lines, more than ${MAX_LINES}`);
  for (const { name: called, fields } of classes)
    if (fields > MAX_FIELDS) found.push(`${path}: ${called} has ${fields} fields, more than ${MAX_FIELDS}`);
  if (passesOn) found.push(`${path}: only passes on what other files export`);
  return found;
}

/** The circles of imports among files, types included: each as the names of its files. */
function circles(sources: ReadonlyMap<string, string>): string[][] {
  const edges = new Map(
    [...sources].map(([path, source]) => [
      path,
      read(source)
        .imports.filter(({ from }) => from.startsWith('.'))
        .map(({ from }) => target(path, from)),
    ]),
  );
  // Tarjan's strongly connected components.
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): void => {
    order.set(path, order.size);
    low.set(path, order.get(path)!);
    open.push(path);
    for (const next of edges.get(path) ?? []) {
      if (!edges.has(next)) continue;
      if (!order.has(next)) visit(next);
      if (open.includes(next)) low.set(path, Math.min(low.get(path)!, low.get(next)!));
    }
    if (low.get(path) !== order.get(path)) return;
    const circle = open.splice(open.indexOf(path));
    if (circle.length > 1 || edges.get(path)!.includes(path)) found.push(circle.sort());
  };
  for (const path of edges.keys()) if (!order.has(path)) visit(path);
  return found;
}

// ---------------------------------------------------------------------------------------------------------- tests

const ROOT = join(dirname(import.meta.dirname), 'src');
const SOURCES = new Map(
  readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => [path.split(sep).join('/'), readFileSync(join(ROOT, path), 'utf8')]),
);

describe('the layers of src', () => {
  it('have no exception that is not used', () => {
    for (const { file, module } of EXCEPTIONS)
      expect(read(SOURCES.get(file)!).imports.map((entry) => entry.from)).toContain(module);
  });

  it('are found', () => {
    expect([...SOURCES.keys()]).toContain('errors.ts');
    expect([...SOURCES.keys()]).toContain('mqtt/packets/publish.ts');
  });

  it('have no circle of imports', () => {
    expect(circles(SOURCES)).toEqual([]);
  });

  it('give a name to one type only', () => {
    const places = new Map<string, string[]>();
    for (const [path, source] of SOURCES)
      for (const name of read(source).types) places.set(name, [...(places.get(name) ?? []), path]);
    expect([...places].filter(([name, paths]) => paths.length > 1 && name !== TWO_SUBSCRIPTIONS)).toEqual([]);
  });

  it.each([...SOURCES])('%s', (path, source) => {
    expect(faults(path, source)).toEqual([]);
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
    ['commands/run.ts', 'console.log(1);', 'commands/run.ts:1: touches console (console)'],
    ['commands/run.ts', "import { connect } from 'node:net';", 'commands/run.ts: imports node:net (sockets)'],
    [
      'cli/a.ts',
      "import { Session } from '../mqtt/session/session.ts';",
      'cli/a.ts: imports more than types of mqtt/session/session.ts',
    ],
    ['output/a.ts', 'const at = new Date();', 'output/a.ts:1: touches new Date() (now)'],
    [
      'cli/values/a.ts',
      "import type { B } from '../options/b.ts';",
      'cli/values/a.ts: imports cli/options/b.ts, which is on a higher floor',
    ],
    [
      'cli/help/a.ts',
      "import { B } from '../passwd/parse.ts';",
      'cli/help/a.ts: imports cli/passwd/parse.ts, which is on a higher floor',
    ],
    ['commands/a.ts', '', 'commands/a.ts: is on no floor of commands'],
    [
      'commands/run.ts',
      "import './pub/b.ts';",
      'commands/run.ts: imports commands/pub/b.ts, which is on a higher floor',
    ],
    ['runtime/a.ts', 'process.exit(1);', 'runtime/a.ts:1: process.exit'],
    ['novel/a.ts', '', 'novel/a.ts: the folder novel is in no row of the table'],
  ])('%s with %s', (path, source, fault) => {
    expect(faults(path, source)).toContain(fault);
  });

  it('on a file of 301 lines', () => {
    expect(faults('net/a.ts', 'x;\n'.repeat(301))).toEqual(['net/a.ts: 301 lines, more than 300']);
    expect(faults('net/a.ts', 'x;\n'.repeat(300))).toEqual([]);
  });

  it('on a class of 13 fields', () => {
    const source = (count: number): string =>
      `class A { static s = 1; ${Array.from({ length: count }, (_, at) => `#f${at} = 1;`).join(' ')} m() {}
        constructor(private readonly x: number, y: number) {} }`;
    expect(faults('net/a.ts', source(12))).toEqual(['net/a.ts: A has 13 fields, more than 12']);
    expect(faults('net/a.ts', source(11))).toEqual([]);
  });

  it('on a door, which only passes on what other files export', () => {
    expect(faults('net/index.ts', "export { a } from './a.ts';\nexport * from './b.ts';")).toEqual([
      'net/index.ts: only passes on what other files export',
    ]);
    expect(faults('net/a.ts', "export { a } from './a.ts';\nexport const b = 1;")).toEqual([]);
  });

  it.each([
    ['values', "import { b } from './b.ts';", "export { a } from './a.ts';"],
    ['types', "import type { B } from './b.ts';", "import { type A } from './a.ts';"],
    ['a type in place', "let b: import('./b.ts').B;", "import './a.ts';"],
    ['what is loaded later', "const b = await import('./b.ts');", "import './a.ts';"],
  ])('on a circle by %s', (_, a, b) => {
    const c = "import './a.ts'; import './d.ts';";
    expect(
      circles(
        new Map([
          ['net/a.ts', a],
          ['net/b.ts', b],
          ['net/c.ts', c],
        ]),
      ),
    ).toEqual([['net/a.ts', 'net/b.ts']]);
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
    ['cli/plan/a.ts', "import type { Session } from '../../mqtt/session/session.ts'; const y = await import('yargs');"],
    ['output/a.ts', 'const at = new Date(ms);'],
    ['cli/help/a.ts', "import { B } from '../passwd/options.ts'; import { C } from './c.ts';"],
    ['commands/pub-spool/a.ts', "import { B } from '../pub/b.ts'; import { Run } from '../run.ts';"],
    ['entry/a.ts', 'process.exit(1);'],
    ['mqtt/a.ts', 'const bytes = Buffer.alloc(1); export const from = 1;'],
  ])('%s may have %s', (path, source) => {
    expect(faults(path, source)).toEqual([]);
  });
});
