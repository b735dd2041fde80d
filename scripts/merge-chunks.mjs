// Merges the ES modules that esbuild split into one CommonJS file for each program, with all chunks that it imports at once.
import { posix } from 'node:path';
import * as esbuild from 'esbuild';

/**
 * @import { Metafile, Plugin } from 'esbuild'
 *
 * @typedef {ReadonlyMap<string, Metafile['outputs'][string]['imports']>} Imports
 */

/**
 * Everything that `name` loads at once, including itself.
 * @param {string} name
 * @param {Imports} imports
 * @param {Set<string>} found
 */
function closure(name, imports, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const { path, kind } of imports.get(name) ?? [])
    if (kind === 'import-statement' && path.startsWith('dist/')) closure(posix.relative('dist', path), imports, found);
  return found;
}

/**
 * What a program loads at once, what it may load later with all dependencies, and what is part of both.
 * @param {string} name
 * @param {Imports} imports
 */
export function partsOf(name, imports) {
  const own = closure(name, imports);
  /** @type {Set<string>} */
  const later = new Set();
  const todo = [...own];
  for (let module = todo.pop(); module !== undefined; module = todo.pop()) {
    for (const { path, kind } of imports.get(module) ?? []) {
      if (kind !== 'dynamic-import' || !path.startsWith('dist/')) continue;
      for (const loaded of closure(posix.relative('dist', path), imports)) {
        if (later.has(loaded)) continue;
        later.add(loaded);
        todo.push(loaded);
      }
    }
  }
  return { later, shared: [...own].filter((chunk) => later.has(chunk)).sort() };
}

/**
 * The program as CommonJS. It exports the shared chunks by their names.
 * @param {string} name
 * @param {ReadonlyMap<string, string>} modules
 * @param {string[]} shared
 * @param {string} target
 */
export async function mergeChunks(name, modules, shared, target) {
  const lines = [
    `import './${name}';`,
    ...shared.map((chunk, i) => `import * as chunk${i} from './${chunk}';`),
    `export {${shared.map((chunk, i) => `chunk${i} as ${JSON.stringify(chunk)}`).join(',')}};`,
  ];
  const { outputFiles } = await esbuild.build({
    stdin: { contents: lines.join('\n'), sourcefile: 'all.js', resolveDir: '/' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target,
    minify: true,
    legalComments: 'none',
    supported: { 'dynamic-import': false },
    logLevel: 'warning',
    write: false,
    plugins: [fromMemory(modules)],
  });
  return /** @type {{ text: string }} */ (outputFiles[0]).text;
}

/**
 * Provides the modules from memory; what is imported later stays a file next to the program.
 * @param {ReadonlyMap<string, string>} modules
 * @returns {Plugin}
 */
function fromMemory(modules) {
  return {
    name: 'from-memory',
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ path, importer, namespace, kind }) => {
        const name = posix.join(namespace === 'memory' ? posix.dirname(importer) : '.', path);
        if (kind === 'dynamic-import') return { path: `./${name}`, external: true };
        return { path: name, namespace: 'memory' };
      });
      build.onLoad({ filter: /.*/, namespace: 'memory' }, ({ path }) => ({
        contents: /** @type {string} */ (modules.get(path)),
        loader: 'js',
      }));
    },
  };
}
