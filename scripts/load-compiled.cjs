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
script.runInThisContext()(exports, require, module, __filename, __dirname);

// Chunks that are part of this file, and that files loaded later import too: they get the same, not one of their own.
for (const name of SHARED) {
  // What require.resolve() would find, without looking for it.
  const path = join(__dirname, name);
  const chunk = new module.constructor(path, module);
  chunk.exports = module.exports[name];
  chunk.loaded = true;
  require.cache[path] = chunk;
}
