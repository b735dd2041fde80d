// Loaded before a program by compile-ahead.mjs: writes, when the program ends, what V8 has compiled of it.
const { existsSync, mkdirSync, renameSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const vm = require('node:vm');

const scripts = [];
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    scripts.push({ script: this, filename: options.filename });
  }
};

process.on('exit', () => {
  for (const { script, filename } of scripts) {
    const folder = join(dirname(filename), '..', 'compiled', `${process.version}-${process.arch}`);
    const path = join(folder, basename(filename, '.js'));
    if (existsSync(path)) continue;
    mkdirSync(folder, { recursive: true });
    // A program that is started meanwhile must not find half of it.
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, script.createCachedData());
    renameSync(unfinished, path);
  }
});
