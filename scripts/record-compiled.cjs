// Loaded before a program by compile-ahead.mjs: writes, when the program ends, what V8 has compiled of it.
const { existsSync, mkdirSync, renameSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const v8 = require('node:v8');
const vm = require('node:vm');

// What is compiled fits only where V8 has the same options when it is loaded. Programs switch Maglev off on the way
// (src/runtime/compiler.ts): what they have loaded before is kept as if they had not.
const { setFlagsFromString } = v8;
let maglev;
v8.setFlagsFromString = (flag) => {
  maglev = { before: '--maglev', since: flag };
  setFlagsFromString(flag);
};

const scripts = [];
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    scripts.push({ script: this, filename: options.filename, when: maglev === undefined ? 'before' : 'since' });
  }
};

process.on('exit', () => {
  for (const { script, filename, when } of scripts) {
    const folder = join(dirname(filename), '..', 'compiled', `${process.version}-${process.arch}`);
    const path = join(folder, basename(filename, '.js'));
    if (existsSync(path)) continue;
    mkdirSync(folder, { recursive: true });
    if (maglev !== undefined) setFlagsFromString(maglev[when]);
    // A program that is started meanwhile must not find half of it.
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, script.createCachedData());
    renameSync(unfinished, path);
  }
});
