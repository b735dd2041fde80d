/**
 * How the single executable selects a program: by the name it is called by, including the names of Mosquitto's clients,
 * as with a link to `bin/`. scripts/standalone.mjs builds it.
 */

/** Each root runs its program when it is loaded; the other roots are not loaded. */
const ROOTS: Readonly<Record<string, () => Promise<unknown>>> = {
  tspub: () => import('./tspub.ts'),
  tssub: () => import('./tssub.ts'),
  tsrr: () => withName('tsrr'),
  tspasswd: () => import('./tspasswd.ts'),
  tsspool: () => import('./tsspool.ts'),
  tscheck: () => withName('tscheck'),
};

/** tssub.ts starts this one. */
function withName(name: string): Promise<unknown> {
  globalThis.tsmosqProgram = name;
  return import('./tssub.ts');
}

const called = process.argv0.replace(/^.*[\\/]/, '').replace(/\.exe$/i, '');

function rootOf(name: string | undefined): (() => Promise<unknown>) | undefined {
  const own = name?.replace(/^mosquitto_/, 'ts') ?? '';
  return Object.hasOwn(ROOTS, own) ? ROOTS[own] : undefined;
}

function start(): void {
  const named = rootOf(called);
  if (named !== undefined) return void named();
  // When the executable has another name, its first argument selects the program.
  const given = rootOf(process.argv[2]);
  if (given !== undefined) {
    process.argv.splice(2, 1);
    return void given();
  }
  const names = Object.keys(ROOTS).join(', ');
  process.stderr.write(
    `Error: "${called}" is not a command: use ${names} as the name of the file or as the first argument.\n`,
  );
  process.exit(1);
}

start();
