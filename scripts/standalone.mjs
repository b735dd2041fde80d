// Makes single executables with Bun, which need neither Node nor node_modules: standalone/tspub, and links to it by the
// names of the other programs. `--target NAME` (see TARGETS, or `all`) makes those for other systems in
// standalone/NAME/, with a Bun from npm of the same version as the installed one.
import { execFileSync } from 'node:child_process';
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { ALIAS, isBuildFailure } from './bundle.mjs';
import { NOTICES, noticesOf } from './notices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Bun's packages on npm, by the names of Node's platforms. */
const TARGETS = {
  'linux-x64': 'bun-linux-x64',
  'linux-arm64': 'bun-linux-aarch64',
  'linux-x64-musl': 'bun-linux-x64-musl',
  'linux-arm64-musl': 'bun-linux-aarch64-musl',
  'darwin-x64': 'bun-darwin-x64',
  'darwin-arm64': 'bun-darwin-aarch64',
  'windows-x64': 'bun-windows-x64',
};

/**
 * @param {string} name
 * @returns {name is keyof typeof TARGETS}
 */
const isTarget = (name) => name in TARGETS;

/** Native code, which one file cannot contain; src/runtime/features.ts reports it. `ws` works without the last two. */
const EXTERNAL = ['argon2', 'bufferutil', 'utf-8-validate'];

/** The npm package of Bun does not include a license text. */
const BUN = `
The executables also contain Bun ${devDependencies.bun} (MIT), with JavaScriptCore (LGPL-2.0) and other libraries. Their
licenses: https://github.com/oven-sh/bun/blob/bun-v${devDependencies.bun}/LICENSE.md
`;

/**
 * Bundles with esbuild, because Bun's bundler replaces the package `ws` by its own WebSocket, which does not accept our
 * streams. What is loaded later is in separate files, so that the rest needs few files and no function around each
 * module. Returns the notices that the bundled packages require.
 * @param {string} outdir
 */
async function bundle(outdir) {
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [join(root, 'src', 'entry', 'multi.ts')],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    external: EXTERNAL,
    alias: ALIAS,
    minify: true,
    // yargs asks for the place of its file to find translations, which are switched off.
    define: { TSMOSQ_VERSION: JSON.stringify(version), 'import.meta.url': '"file:///tsmosq/"' },
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  return noticesOf([metafile]) + BUN;
}

/**
 * @param {string} entry
 * @param {string} outfile
 * @param {{ name: string, runtime: string }} [target]
 */
function compile(entry, outfile, target) {
  const words = ['build', entry, '--compile', '--splitting', '--format=esm', '--bytecode', '--outfile', outfile];
  // The optimizing compiler starts ten times later: it cost a run of one message 3 ms, and bulk work is as fast without it.
  words.push('--compile-jit-policy=10');
  // Files that happen to be in the working directory must have no effect, .env least of all.
  words.push('--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig');
  for (const name of EXTERNAL) words.push('--external', name);
  if (target !== undefined) words.push(`--target=${target.name}`, `--compile-executable-path=${target.runtime}`);
  execFileSync(join(root, 'node_modules', '.bin', 'bun'), words, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

/**
 * Fetches Bun for another system from npm.
 * @param {keyof typeof TARGETS} name
 * @param {string} folder
 */
function fetchRuntime(name, folder) {
  const bun = `@oven/${TARGETS[name]}@${devDependencies.bun}`;
  const [tarball] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', folder, bun], { encoding: 'utf8' }),
  );
  execFileSync('tar', ['-xzf', join(folder, tarball.filename), '-C', folder]);
  return join(folder, 'package', 'bin', name.startsWith('windows') ? 'bun.exe' : 'bun');
}

/**
 * @param {string} made
 * @param {string} folder
 * @param {string} notices
 * @param {string[]} names
 */
function install(made, folder, notices, names, extension = '') {
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const path = join(folder, `${name}${extension}`);
    rmSync(path, { force: true });
    if (name === names[0]) copyFileSync(made, path);
    else linkSync(join(folder, `${names[0]}${extension}`), path);
  }
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(join(folder, NOTICES), notices);
  console.log(`${folder}: ${names.join(', ')}`);
}

/** @param {string[]} words */
async function main(words) {
  const wanted = words
    .filter((word) => word !== '--target')
    .flatMap((word) => word.replace('--target=', '').split(','));
  const asked = wanted.includes('all') ? Object.keys(TARGETS) : wanted;
  const targets = asked.filter(isTarget);
  const unknown = asked.find((name) => !isTarget(name));
  if (unknown !== undefined)
    throw new Error(`"${unknown}" is none of the targets: ${Object.keys(TARGETS).join(', ')}, all`);
  const names = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).bin);
  const scratch = mkdtempSync(join(tmpdir(), 'tsmosq-standalone-'));
  try {
    const notices = await bundle(join(scratch, 'bundle'));
    const entry = join(scratch, 'bundle', 'multi.js');
    if (targets.length === 0) {
      compile(entry, join(scratch, 'made'));
      install(join(scratch, 'made'), join(root, 'standalone'), notices, names);
    }
    for (const name of targets) {
      const folder = join(scratch, name);
      mkdirSync(folder);
      const extension = name.startsWith('windows') ? '.exe' : '';
      const made = join(folder, `made${extension}`);
      compile(entry, made, { name: TARGETS[name], runtime: fetchRuntime(name, folder) });
      install(made, join(root, 'standalone', name), notices, names, extension);
      rmSync(folder, { recursive: true, force: true });
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  // esbuild has already printed its own errors.
  if (!isBuildFailure(error)) console.error(`standalone: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
