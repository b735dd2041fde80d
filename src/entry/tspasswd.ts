/** The root of tspasswd, which has a small grammar of its own and no broker to talk to. */
import { readPasswdWords } from '../cli/passwd/parse.ts';
import { passwd } from '../commands/passwd.ts';
import { terminalIo } from '../commands/terminal-io.ts';
import { systemFiles } from '../runtime/files.ts';
import { systemAccount, systemProcesses } from '../runtime/processes.ts';
import { openTerminal } from '../runtime/terminal.ts';
import { start } from './start.ts';

void start('tspasswd', async (plain, build) => {
  const io = await terminalIo(plain, 'auto');
  const plan = readPasswdWords({ argv: io.argv, ...build });
  const surroundings = { fs: systemFiles, processes: systemProcesses, account: systemAccount, terminal: openTerminal };
  return passwd(plan, { ...io, ...surroundings });
});
