// What dist/NAME.cjs is made of: runs dist/code/ID.js, compiled ahead where the build did that for this very Node.
// V8 looks at what it is given and compiles anew when it does not fit. The build puts in ID, UP and SHARED.
/* global ID, UP, SHARED */
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const filename = `${__dirname}${UP}/code/${ID}.js`;
const compiled = `${__dirname}${UP}/compiled/${process.version}-${process.arch}/${ID}`;
const script = new Script(readFileSync(filename, 'latin1'), {
  filename,
  cachedData: existsSync(compiled) ? readFileSync(compiled) : undefined,
});
let shared = SHARED;

/**
 * Chunks that are part of this file, and that files loaded later import too: they get the same, not one of their own.
 * Most runs load none, and a module each would be a tenth of what a short one allocates.
 */
function requireLater(name) {
  if (name.startsWith('.')) {
    for (const chunk of shared) {
      // What require.resolve() would find, without looking for it.
      const path = join(__dirname, chunk);
      const part = new module.constructor(path, module);
      part.exports = module.exports[chunk];
      part.loaded = true;
      require.cache[path] = part;
    }
    shared = [];
  }
  return require(name);
}

script.runInThisContext()(exports, requireLater, module, __filename, __dirname);
