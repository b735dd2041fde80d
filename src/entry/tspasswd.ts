/** The root of tspasswd, which has a small grammar of its own and no broker to talk to. */
import { readPasswdWords } from '../cli/passwd/parse.ts';
import { passwd } from '../commands/passwd.ts';
import { systemFiles } from '../runtime/files.ts';
import { systemAccount, systemProcesses } from '../runtime/processes.ts';
import { openTerminal } from '../runtime/terminal.ts';
import { start } from './start.ts';

void start('tspasswd', (io, build) => {
  const plan = readPasswdWords({ argv: io.argv, ...build });
  const surroundings = { fs: systemFiles, processes: systemProcesses, account: systemAccount, terminal: openTerminal };
  return passwd(plan, { ...io, ...surroundings });
});
