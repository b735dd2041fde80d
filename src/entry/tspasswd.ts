/** The root of tspasswd, which has a small grammar of its own and no broker to talk to. */
import { colorOf, readPasswdWords } from '../cli/passwd/parse.ts';
import { passwd } from '../commands/passwd/program.ts';
import { terminalIo } from '../commands/terminal/terminal-io.ts';
import { systemFiles } from '../runtime/files.ts';
import type { Io } from '../runtime/io.ts';
import { systemAccount, systemBroker, systemProcesses } from '../runtime/processes.ts';
import { openTerminal } from '../runtime/terminal.ts';
import { withoutAllocatingThreads } from '../runtime/v8-compilers.ts';
import { endBy } from './end.ts';
import { type Build, start } from './main.ts';

const program = async (plain: Io, build: Build): Promise<number> => {
  withoutAllocatingThreads();
  const io = await terminalIo(plain, colorOf(plain.argv));
  const plan = readPasswdWords({ argv: io.argv, ...build });
  const system = { fs: systemFiles, processes: systemProcesses, account: systemAccount, broker: systemBroker };
  return passwd(plan, { ...io, ...system, terminal: openTerminal, endBy });
};

void start('tspasswd', program, colorOf);
