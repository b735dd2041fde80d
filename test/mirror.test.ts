/**
 * test/ mirrors src/: `src/mqtt/topic.ts` has its tests in `test/mqtt/topic.test.ts`, or beside it in `topic-MORE.test.ts`. A file
 * without such a twin is named in the first comment of the tests that cover it, behind the word Covers.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { read } from './support/source.ts';
import { tiers } from './tiers.ts';

type Files = ReadonlyMap<string, string>;

/** What the first comment of a file of tests says that it covers. */
function coveredBy(test: string): string[] {
  const head = /^(?:\/\*[\s\S]*?\*\/|(?:\/\/.*\n)+)/.exec(test)?.[0] ?? '';
  return head.slice(head.indexOf('Covers ')).match(/src\/[\w./-]+\.ts/g) ?? [];
}

/** Whether a file of tests is the twin of a source. */
function isTwin(test: string, source: string): boolean {
  const stem = source.replace(/^src\//, 'test/').replace(/\.ts$/, '');
  return test === `${stem}.test.ts` || (test.startsWith(`${stem}-`) && test.endsWith('.test.ts'));
}

const hasTwin = (source: string, tests: Files): boolean => [...tests.keys()].some((test) => isTwin(test, source));

/** The sources that have neither a twin nor a test that names them. Types alone need none: the compiler tests them. */
function uncovered(sources: Files, tests: Files): string[] {
  const named = new Set([...tests.values()].flatMap(coveredBy));
  return [...sources]
    .filter(([path, text]) => !named.has(path) && !hasTwin(path, tests) && !read(text).typesOnly)
    .map(([path]) => path);
}

/** All that a file leads to by its imports, itself included. */
function reached(path: string, files: Files, seen = new Set<string>()): Set<string> {
  const text = files.get(path);
  if (text === undefined || seen.has(path)) return seen;
  seen.add(path);
  for (const { from } of read(text).imports)
    if (from.startsWith('.')) reached(posix.join(posix.dirname(path), from), files, seen);
  return seen;
}

const ROOT = dirname(import.meta.dirname);

function filesIn(folder: string): Map<string, string> {
  const paths = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  return new Map(
    paths
      .sort()
      .map((path) => [`${folder}/${path.split(sep).join('/')}`, readFileSync(join(ROOT, folder, path), 'utf8')]),
  );
}

const sources = filesIn('src');
const others = filesIn('test');
const tests = new Map([...others].filter(([path]) => path.endsWith('.test.ts')));
const all = new Map([...sources, ...others]);
const startsProcesses = new Set(tiers(ROOT).processes);

describe('the tests mirror the sources', () => {
  it('each source has a twin, or tests that name it', () => {
    expect(uncovered(sources, tests)).toEqual([]);
  });

  const folders = new Set([...sources.keys()].map((path) => path.split('/')[1]));
  const rooms = [...tests.keys()].filter((path) => folders.has(path.split('/')[1]));
  it.each(rooms)('%s is the twin of a source, or names what it covers', (path) => {
    expect([...sources.keys()].some((source) => isTwin(path, source)) || coveredBy(tests.get(path)!).length > 0).toBe(
      true,
    );
  });

  const claims = [...tests].flatMap(([path, text]) => coveredBy(text).map((source) => [path, source] as const));
  it.each(claims)('%s covers %s, which has no twin', (path, source) => {
    expect(sources.has(source)).toBe(true);
    expect(hasTwin(source, tests)).toBe(false);
    expect(startsProcesses.has(path) || reached(path, all).has(source)).toBe(true);
  });
});

describe('the rule of the mirror bites', () => {
  const source = ['src/mqtt/a.ts', 'export const a = 1;'] as const;
  it.each<[string, readonly [string, string], string, string[]]>([
    ['a source without tests', source, '', ['src/mqtt/a.ts']],
    ['a source that is named in a head', source, '/** Laws.\n * Covers src/mqtt/b.ts, src/mqtt/a.ts. */', []],
    ['a source that is named elsewhere', source, "import 'x';\n// Covers src/mqtt/a.ts", ['src/mqtt/a.ts']],
    ['types alone', ['src/mqtt/a.ts', "import type { B } from './b.ts';\nexport interface A { b: B }"], '', []],
  ])('%s', (_, file, text, found) => {
    expect(uncovered(new Map([file]), new Map([['test/mqtt/c.test.ts', text]]))).toEqual(found);
  });

  it.each([
    ['test/mqtt/a.test.ts', true],
    ['test/mqtt/a-mosquitto.test.ts', true],
    ['test/mqtt/aa.test.ts', false],
    ['test/net/a.test.ts', false],
  ])('%s is a twin of src/mqtt/a.ts: %s', (test, isOne) => {
    expect(isTwin(test, 'src/mqtt/a.ts')).toBe(isOne);
  });
});
