/**
 * The root of the single executable: all programs in one file, chosen by the name it is called by. The names of the
 * originals are taken too, as a link to `bin/` by such a name is. scripts/standalone.mjs builds it.
 */

/** Each program is a root of its own that runs when it is loaded; the others are not. */
const ROOTS: Readonly<Record<string, () => Promise<unknown>>> = {
  tspub: () => import('./tspub.ts'),
  tssub: () => import('./tssub.ts'),
  tsrr: () => import('./tsrr.ts'),
  tspasswd: () => import('./tspasswd.ts'),
  tsspool: () => import('./tsspool.ts'),
};

const called = process.argv0.replace(/^.*[\\/]/, '').replace(/\.exe$/i, '');

function rootOf(name: string | undefined): (() => Promise<unknown>) | undefined {
  const own = name?.replace(/^mosquitto_/, 'ts') ?? '';
  return Object.hasOwn(ROOTS, own) ? ROOTS[own] : undefined;
}

function start(): void {
  const named = rootOf(called);
  if (named !== undefined) return void named();
  // By any other name its first word is the program.
  const given = rootOf(process.argv[2]);
  if (given !== undefined) {
    process.argv.splice(2, 1);
    return void given();
  }
  const names = Object.keys(ROOTS).join(', ');
  process.stderr.write(`Error: "${called}" is none of the programs: call it ${names}, or give that name first.\n`);
  process.exit(1);
}

start();
