// Preloaded: kills the process with SIGKILL before its N-th call that changes a file (KILL_AT), or counts them (KILL_COUNT).
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const at = Number(process.env.KILL_AT ?? 0);
let calls = 0;
for (const name of ['writeSync', 'fsyncSync', 'renameSync', 'unlinkSync', 'linkSync', 'ftruncateSync']) {
  const original = fs[name];
  fs[name] = (...args) => {
    if (++calls === at) process.kill(process.pid, 'SIGKILL');
    return original(...args);
  };
}
syncBuiltinESMExports();
if (process.env.KILL_COUNT) process.on('exit', () => fs.appendFileSync(process.env.KILL_COUNT, `${calls}\n`));
