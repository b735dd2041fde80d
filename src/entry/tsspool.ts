/** The root of tsspool, which has a small grammar of its own and no broker to talk to. */
import { readSpoolWords } from '../cli/spool/parse.ts';
import { spool } from '../commands/spool.ts';
import { systemFiles } from '../runtime/files.ts';
import { systemProcesses, systemUser } from '../runtime/processes.ts';
import { start } from './start.ts';

void start('tsspool', (io, { version, runtime }) => {
  const plan = readSpoolWords({ argv: io.argv, version, runtime });
  return spool(plan, { ...io, fs: systemFiles, processes: systemProcesses, user: systemUser() });
});
