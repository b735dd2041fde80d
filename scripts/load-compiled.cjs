// What dist/NAME.cjs is made of: runs dist/code/ID.js, compiled ahead where the build did that for this very Node.
// The readable code decides: compiled code that was not made from exactly this text is left aside, and V8 compiles the text
// (decision 28). V8 itself compares only the length of the text, and its own version. The build puts in ID, UP, SHARED and NEEDED.
/* global ID, UP, SHARED, NEEDED */

// Node 20.16 and 22.3 brought it; Node 18 would find that out in the middle of the work.
if (!process.getBuiltinModule) {
  console.error(
    `Error: ${/** @type {Record<string, unknown>} */ (globalThis)['tsmosqProgram'] || ID} needs Node.js ${NEEDED}, or 22.3 or newer, and this is Node.js ${process.versions.node}.`,
  );
  process.exit(1);
}

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

/** At the end of the file: the CRC-32 of the readable and the compiled code (compiled-file.cjs). */
const CHECKSUM_BYTES = 4;

const filename = `${__dirname}${UP}/code/${ID}.js`;
const code = readFileSync(filename);
const script = new Script(code.toString('latin1'), { filename, cachedData: compiledCode() });
let shared = SHARED;

function compiledCode() {
  let file;
  try {
    file = readFileSync(`${__dirname}${UP}/compiled/${process.version}-${process.arch}/${ID}`);
  } catch {
    return undefined; // of another Node, most likely
  }
  const end = file.length - CHECKSUM_BYTES;
  if (end <= 0) return undefined;
  const compiled = file.subarray(0, end);
  // The checksum of zlib is native; a loop over the text would take longer than it takes to load zlib.
  const { crc32 } = require('node:zlib');
  return crc32(compiled, crc32(code)) === file.readUInt32LE(end) ? compiled : undefined;
}

/**
 * Chunks that are part of this file, and that files loaded later import too: they get the same, not one of their own.
 * Most runs load none, and a module each would be a tenth of what a short one allocates.
 * @param {string} name
 */
function requireLater(name) {
  if (name.startsWith('.')) {
    for (const chunk of shared) {
      // What require.resolve() would find, without looking for it.
      const path = join(__dirname, chunk);
      const part = new /** @type {typeof import('node:module')} */ (module.constructor)(
        path,
        /** @type {NodeJS.Module} */ (module),
      );
      part.exports = /** @type {Record<string, unknown>} */ (module.exports)[chunk];
      part.loaded = true;
      require.cache[path] = part;
    }
    shared = [];
  }
  return require(name);
}

script.runInThisContext()(exports, requireLater, module, __filename, __dirname);
