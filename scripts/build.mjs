// Bundles every src/entry/ts*.ts into dist/.
// It builds in a folder of its own and then renames, so builds that run side by side cannot mix their files;
// a dist/ that would come out the same is left alone, so nothing that runs from it is disturbed.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const temporary = join(root, `.dist-${process.pid}`);
const target = 'node20.19';
const FILE_URL = "const __url=require('node:url').pathToFileURL(__filename).href;";
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

export async function build() {
  const entry = join(root, 'src', 'entry');
  const names = existsSync(entry) ? readdirSync(entry).filter((name) => /^ts\w+\.ts$/.test(name)) : [];
  if (names.length === 0) throw new Error('nothing to build: there is no src/entry/ts*.ts');

  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: names.map((name) => join(entry, name)),
    entryNames: '[name]',
    chunkNames: 'chunks/[name]-[hash]', // the hash is of the content: the same source, the same names
    outExtension: { '.js': '.cjs' },
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target,
    // It is native code, found in node_modules when it is asked for.
    external: ['argon2'],
    minify: true,
    define: { TSMOSQ_VERSION: JSON.stringify(version) },
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
  });

  // esbuild splits only ES modules, and Node starts those 10 ms later than CommonJS (src/DESIGN.md, decision 1):
  // so the finished files are turned into CommonJS one by one. They share their chunks all the same.
  const files = new Map();
  for (const { path, text } of outputFiles) {
    const usesUrl = text.includes('import.meta.url');
    const { code } = await esbuild.transform(text, {
      format: 'cjs',
      platform: 'node',
      target,
      minify: true,
      legalComments: 'none',
      supported: { 'dynamic-import': false },
      // yargs asks where its file is, which CommonJS says in another way.
      ...(usesUrl && { define: { 'import.meta.url': '__url' }, banner: FILE_URL }),
    });
    files.set(relative(dist, path), code);
  }
  for (const { path, text } of await library()) files.set(relative(dist, path), text);
  if (!isCurrent(files)) replace(files);
}

/** The package as a library: an ES module, which leaves the packages it needs to the loader. */
async function library() {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [{ in: join(root, 'src', 'entry', 'library.ts'), out: 'index' }],
    chunkNames: 'library/[name]-[hash]',
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target,
    packages: 'external',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
  });
  return outputFiles;
}

function isCurrent(files) {
  if (!existsSync(dist)) return false;
  try {
    const present = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((item) => item.isFile());
    return (
      present.length === files.size &&
      [...files].every(([name, text]) => readFileSync(join(dist, name), 'utf8') === text)
    );
  } catch {
    return false; // another build is at work there
  }
}

function replace(files) {
  const old = `${temporary}-old`;
  try {
    for (const [name, text] of files) {
      const path = join(temporary, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    for (let attempt = 0; ; attempt++) {
      rmSync(old, { recursive: true, force: true });
      try {
        if (existsSync(dist)) renameSync(dist, old);
      } catch (error) {
        if (error.code !== 'ENOENT') throw error; // somebody else has just moved it away
      }
      try {
        renameSync(temporary, dist);
        return;
      } catch (error) {
        if (attempt === 20 || !['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code)) throw error;
      }
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await build();
  } catch (error) {
    if (!error.errors) console.error(`build: ${error.message}`); // esbuild has printed its own
    process.exitCode = 1;
  }
}
