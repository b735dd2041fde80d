// Loaded before a program by compile-ahead.mjs: writes, when the program ends, what V8 has compiled of it.
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const v8 = require('node:v8');
const vm = require('node:vm');
const { isSealed, seal } = require('./compiled-file.cjs');

// What is compiled fits only where V8 has the same options when it is loaded. Programs keep two compilers off their threads
// (src/runtime/v8-compilers.ts), but not from the first moment: what they have loaded before is kept as if they did not.
const { setFlagsFromString } = v8;
/** @type {{ before: string, since: string } | undefined} */
let flags;
v8.setFlagsFromString = (flag) => {
  flags = { before: '--maglev --concurrent-sparkplug', since: flag };
  setFlagsFromString(flag);
};
// V8 notes with a function that Sparkplug has compiled it, and when that happens is chance: two builds would differ.
setFlagsFromString('--no-sparkplug');

/** This run has more of the same program: what it needed and the run before did not is added. */
const adds = process.env['COMPILE_MORE'] !== undefined;

/** @type {{ script: vm.Script, code: Buffer, filename: string, when: 'before' | 'since' }[]} */
const scripts = [];
vm.Script = class extends vm.Script {
  /**
   * @param {string} source
   * @param {vm.ScriptOptions & { filename: string }} options
   */
  constructor(source, options) {
    // V8 keeps the name with what it compiled. Without the folder of this build in it, each build gives the same bytes. It
    // would keep the whole path with a slice of it, therefore the copy.
    // V8 takes what an earlier run has compiled only with the options that it was stored with: else a run with `more` would
    // replace it, and not add to it.
    setFlagsFromString('--sparkplug');
    super(source, { ...options, filename: Buffer.from(`code/${basename(options.filename)}`).toString() });
    setFlagsFromString('--no-sparkplug');
    const when = flags === undefined ? 'before' : 'since';
    scripts.push({ script: this, code: Buffer.from(source, 'latin1'), filename: options.filename, when });
  }
};

process.on('exit', () => {
  setFlagsFromString('--sparkplug');
  for (const { script, code, filename, when } of scripts) {
    const folder = join(dirname(filename), '..', 'compiled', `${process.version}-${process.arch}`);
    const path = join(folder, basename(filename, '.js'));
    if (!adds && existsSync(path) && isSealed(readFileSync(path), code)) continue;
    mkdirSync(folder, { recursive: true });
    if (flags !== undefined) setFlagsFromString(flags[when]);
    // A program that is started meanwhile must not find half of it.
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, seal(script.createCachedData(), code));
    renameSync(unfinished, path);
  }
});
