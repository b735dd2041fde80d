// Bundles the sources with esbuild: the programs and the library, in memory. Every package is bundled except argon2.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const dist = join(root, 'dist');
export const target = 'node20.19';
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Replacements for packages; their files give the reasons. */
export const ALIAS = { 'string-width': join(root, 'scripts', 'string-width.mjs') };

const COMMON = /** @satisfies {import('esbuild').BuildOptions} */ ({
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target,
  // Native code, loaded from node_modules when it is needed.
  external: ['argon2'],
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  write: false,
});

/**
 * Whether this is an error that esbuild has already printed.
 * @param {unknown} error
 */
export const isBuildFailure = (error) => error instanceof Error && 'errors' in error;

/** Bundles every src/entry/ts*.ts, with chunks for what they share and load later. */
export async function bundlePrograms() {
  const entry = join(root, 'src', 'entry');
  const names = existsSync(entry) ? readdirSync(entry).filter((name) => /^ts\w+\.ts$/.test(name)) : [];
  if (names.length === 0) throw new Error('nothing to build: there is no src/entry/ts*.ts');
  const made = await esbuild.build({
    ...COMMON,
    entryPoints: names.map((name) => join(entry, name)),
    entryNames: '[name]',
    chunkNames: 'chunks/[name]-[hash]', // the hash is of the content: the same source has the same names
    outExtension: { '.js': '.cjs' },
    alias: ALIAS,
    minify: true,
    define: { TSMOSQ_VERSION: JSON.stringify(version) },
  });
  return { ...made, names: names.map((name) => name.replace(/\.ts$/, '.cjs')) };
}

/** CommonJS packages load Node's modules by require(), which an ES module does not have. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);\n";

/** Minifies the code of node_modules, with short lines. @type {esbuild.Plugin} */
const smallPackages = {
  name: 'small-packages',
  setup: ({ onLoad }) => {
    onLoad({ filter: /node_modules.*\.[cm]?js$/ }, async ({ path }) => {
      const { code } = await esbuild.transform(readFileSync(path, 'utf8'), {
        minify: true,
        lineLimit: 120,
        legalComments: 'none',
        target,
      });
      return { contents: code, loader: 'js' };
    });
  },
};

/** Bundles the package as a library: an ES module. */
export async function bundleLibrary() {
  const { outputFiles, metafile } = await esbuild.build({
    ...COMMON,
    entryPoints: [{ in: join(root, 'src', 'library', 'library.ts'), out: 'index' }],
    // Our code is not minified, because Node prints the source line of an uncaught error.
    plugins: [smallPackages],
    chunkNames: 'library/[name]-[hash]',
  });
  const files = outputFiles.map(({ path, text }) => ({
    path,
    text: text.includes('typeof require') ? REQUIRE + text : text,
  }));
  return { outputFiles: files, metafile };
}
