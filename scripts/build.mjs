// Bundles every src/entry/ts*.ts into dist/. It builds in its own directory and then renames that, so concurrent builds
// cannot mix their files. An unchanged dist/ is left alone, so that programs running from it are not disturbed.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { bundleLibrary, bundlePrograms, dist, isBuildFailure, root, target } from './bundle.mjs';
import { compileAhead, compiledFolder, isCompiledAhead } from './compile-ahead.mjs';
import { mergeChunks, partsOf } from './merge-chunks.mjs';

const temporary = join(root, `.dist-${process.pid}`);
const FILE_URL = "const __url=require('node:url').pathToFileURL(__filename).href;";
/** Programs whose code is in the file of tssub (src/entry/tssub.ts). */
const IN_TSSUB = ['tsrr', 'tscheck'];
/** Smaller files gain nothing from compiling ahead. */
const WORTH_BYTES = 8 * 1024;

export async function build() {
  const { outputFiles, metafile, names } = await bundlePrograms();
  // esbuild splits only ES modules, which Node starts 10 ms later than CommonJS (src/DESIGN.md, decision 1). So each
  // program becomes one CommonJS file of all it loads at once; what it loads later is in separate files.
  const modules = new Map(outputFiles.map(({ path, text }) => [relative(dist, path), text]));
  const imports = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [relative('dist', path), output.imports]),
  );
  /** @type {Map<string, string>} */
  const files = new Map();
  for (const name of names) {
    const { later, shared } = partsOf(name, imports);
    addFile(files, name, await mergeChunks(name, modules, shared, target), shared);
    for (const chunk of later)
      if (!files.has(chunk)) addFile(files, chunk, await toCommonJs(/** @type {string} */ (modules.get(chunk))), []);
  }
  for (const name of IN_TSSUB) files.set(`${name}.cjs`, `globalThis.tsmosqProgram='${name}';require('./tssub.cjs');\n`);
  for (const { path, text } of (await bundleLibrary()).outputFiles) files.set(relative(dist, path), text);
  if (!isCurrent(files)) await replace(files);
  // Another version of Node built this dist/, so code compiled for this version is added. Stale compiled code is replaced.
  else if (!isCompiledAhead(dist)) await compileAhead(dist);
}

/** @param {string} text */
async function toCommonJs(text) {
  const usesUrl = text.includes('import.meta.url');
  const { code } = await esbuild.transform(text, {
    format: 'cjs',
    platform: 'node',
    target,
    minify: true,
    legalComments: 'none',
    supported: { 'dynamic-import': false },
    // yargs asks for the place of its file, which CommonJS provides differently.
    ...(usesUrl && { define: { 'import.meta.url': '__url' }, banner: FILE_URL }),
  });
  return code;
}

/**
 * Splits a large file into the code and a loader in its place, which uses the compiled code if there is one.
 * @param {Map<string, string>} files
 * @param {string} name
 * @param {string} code
 * @param {string[]} shared
 */
function addFile(files, name, code, shared) {
  if (code.length < WORTH_BYTES) {
    files.set(name, code);
    return;
  }
  const strange = /[^\0-\x7f]/.exec(code)?.[0];
  if (strange !== undefined)
    throw new Error(`${name} has ${JSON.stringify(strange)}: load-compiled.cjs reads latin1, so write \\u escapes`);
  const id = name.replace(/^.*\//, '').replace(/\.cjs$/, '');
  const up = name.includes('/') ? '/..' : '';
  const loader = readFileSync(join(root, 'scripts', 'load-compiled.cjs'), 'utf8');
  const { code: small } = esbuild.transformSync(loader, {
    format: 'cjs',
    target,
    minify: true,
    define: {
      ID: JSON.stringify(id),
      UP: JSON.stringify(up),
      SHARED: JSON.stringify(shared),
      NEEDED: JSON.stringify(target.replace('node', '')),
    },
  });
  files.set(name, small);
  files.set(join('code', `${id}.js`), `(function(exports,require,module,__filename,__dirname){${code}\n})`);
}

/**
 * Compares all files except the compiled ones, which follow from the others.
 * @param {Map<string, string>} files
 */
function isCurrent(files) {
  if (!existsSync(dist)) return false;
  try {
    const present = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((item) => item.isFile());
    const written = present.filter((item) => !item.parentPath.includes(join('dist', 'compiled')));
    return (
      written.length === files.size &&
      [...files].every(([name, text]) => readFileSync(join(dist, name), 'utf8') === text)
    );
  } catch {
    return false; // another build is at work there
  }
}

/** @param {unknown} error */
const codeOf = (error) => (error instanceof Error && 'code' in error ? `${error.code}` : '');

/** @param {Map<string, string>} files */
async function replace(files) {
  const old = `${temporary}-old`;
  try {
    for (const [name, text] of files) {
      const path = join(temporary, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    await compileAhead(temporary);
    for (let attempt = 0; ; attempt++) {
      rmSync(old, { recursive: true, force: true });
      try {
        if (existsSync(dist)) renameSync(dist, old);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error; // another process has just moved it away
      }
      try {
        renameSync(temporary, dist);
        return;
      } catch (error) {
        if (attempt === 20 || !['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error))) throw error;
      }
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

/** A package contains code compiled for the Node that packs it, and for no other. */
function dropOthers() {
  const own = compiledFolder(dist);
  for (const name of existsSync(own) ? readdirSync(dirname(own)) : []) {
    const folder = join(dirname(own), name);
    if (folder !== own) rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await build();
    if (process.argv.includes('--for-package')) dropOthers();
  } catch (error) {
    // esbuild has already printed its own errors.
    if (!isBuildFailure(error)) console.error(`build: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
