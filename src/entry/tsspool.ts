/** The root of tsspool, which has a small grammar of its own and no broker to talk to. */
import { colorOf, readSpoolWords } from '../cli/spool/parse.ts';
import { spool } from '../commands/spool/program.ts';
import { terminalIo } from '../commands/terminal/terminal-io.ts';
import { systemFiles } from '../runtime/files.ts';
import type { Io } from '../runtime/io.ts';
import { systemProcesses, systemUser } from '../runtime/processes.ts';
import { withoutAllocatingThreads } from '../runtime/v8-compilers.ts';
import { type Build, start } from './main.ts';

const program = async (plain: Io, { version, runtime }: Build): Promise<number> => {
  withoutAllocatingThreads();
  const io = await terminalIo(plain, colorOf(plain.argv));
  const plan = readSpoolWords({ argv: io.argv, version, runtime });
  return spool(plan, { ...io, fs: systemFiles, processes: systemProcesses, user: systemUser() });
};

void start('tsspool', program, colorOf);
