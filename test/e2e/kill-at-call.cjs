// Preloaded: kills the process with SIGKILL before its N-th call that changes a file (KILL_AT), or counts them (KILL_COUNT).
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const at = Number(process.env['KILL_AT'] ?? 0);
let calls = 0;
for (const name of /** @type {const} */ ([
  'writeSync',
  'fsyncSync',
  'renameSync',
  'unlinkSync',
  'linkSync',
  'ftruncateSync',
])) {
  const original = /** @type {(...args: unknown[]) => unknown} */ (fs[name]);
  /** @param {unknown[]} args */
  const counted = (...args) => {
    if (++calls === at) process.kill(process.pid, 'SIGKILL');
    return original(...args);
  };
  Object.assign(fs, { [name]: counted });
}
syncBuiltinESMExports();
const { KILL_COUNT } = process.env;
if (KILL_COUNT) process.on('exit', () => fs.appendFileSync(KILL_COUNT, `${calls}\n`));
