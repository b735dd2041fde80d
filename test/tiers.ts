/**
 * Which tests are unit tests: those from which nothing is reached that starts a process. They need no build, no broker and
 * nothing that is not in node_modules. Found by looking, so that no list can be wrong.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const IMPORTS = /^(?:import|export)\b[^'"]*?\bfrom '([^']+)'|^import '([^']+)'/gm;

/** What a file imports, as it is written. */
function importsOf(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(IMPORTS)].map(([, from, alone]) => from ?? alone ?? '');
}

/** Paths of the test files of both kinds, relative to `root`. */
export function tiers(root: string): { readonly unit: string[]; readonly processes: string[] } {
  const folder = join(root, 'test');
  const known = new Map<string, boolean>();

  /** Whether a file of the tests, or one that it imports, starts processes. What the sources can start does not count. */
  const starts = (path: string): boolean => {
    const told = known.get(path);
    if (told !== undefined) return told;
    // Until it is known: a file that imports itself adds nothing.
    known.set(path, false);
    const found = importsOf(path).some((name) => {
      if (!name.startsWith('.')) return name === 'node:child_process';
      const imported = join(dirname(path), name);
      return !relative(folder, imported).startsWith('..') && imported.endsWith('.ts') && starts(imported);
    });
    known.set(path, found);
    return found;
  };

  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
    .sort();
  const named = (isWanted: boolean): string[] =>
    files.filter((path) => starts(path) === isWanted).map((path) => relative(root, path));
  return { unit: named(false), processes: named(true) };
}

/**
 * What `npm test` leaves to `npm run test:all`: other people's brokers and clients, long runs, the package, and what the
 * rest shows in another way.
 */
export const BEYOND_CORE: readonly string[] = [
  'test/e2e/aedes.test.ts',
  'test/e2e/compilers.test.ts',
  'test/e2e/completion.test.ts',
  'test/e2e/spool-crash.test.ts',
  'test/package/build.test.ts',
  'test/package/notices.test.ts',
  'test/package/package.test.ts',
  'test/faults/cron.test.ts',
  'test/faults/endurance.test.ts',
  'test/faults/siege.test.ts',
  'test/faults/soak.test.ts',
  'test/interop/**',
  'test/net/dial-transports.test.ts',
  'test/parity/side-by-side.test.ts',
];

/** The files that take longest, on two cores. */
export const LONGEST: readonly string[] = [
  'test/e2e/count-unread.test.ts',
  'test/e2e/exec-crash.test.ts',
  'test/e2e/explain.test.ts',
  'test/e2e/interruptions.test.ts',
  'test/e2e/silent-names.test.ts',
  'test/e2e/spool-crash.test.ts',
  'test/e2e/standstill.test.ts',
  'test/e2e/stopped.test.ts',
  'test/e2e/streams.test.ts',
  'test/e2e/unread.test.ts',
  'test/examples.test.ts',
];
