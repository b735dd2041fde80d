/** How a process runs tspasswd or tsspool, which have a small grammar and no connection to a broker. */
import { type Information, type Invocation, isInformation } from '../cli/informational.ts';
import { colorOf, type Grammar } from '../cli/small-grammar.ts';
import { inform } from '../commands/terminal/stdout.ts';
import { terminalIo } from '../commands/terminal/terminal-io.ts';
import type { DiskIo, Io } from '../runtime/io.ts';
import { systemMachine } from '../runtime/processes.ts';
import { withoutAllocatingThreads } from '../runtime/v8-compilers.ts';
import { start } from './main.ts';

export interface SmallProgram<Plan extends { readonly form: string }> {
  readonly grammar: Grammar;
  /** Throws a Failure of the kind usage. */
  readonly read: (line: Invocation) => Plan | Information;
  readonly execute: (plan: Plan, io: DiskIo) => Promise<number>;
}

export const runSmall = <Plan extends { readonly form: string }>(program: SmallProgram<Plan>): Promise<void> =>
  start(
    `ts${program.grammar.program}`,
    (io, self) => {
      withoutAllocatingThreads();
      // Both programs always use the machine: loading it later would take longer than it saves.
      return runSmallWith(program, { ...io, machine: async () => systemMachine() }, { ...self, argv: io.argv });
    },
    (argv) => colorOf(program.grammar, argv),
  );

/** Runs a program with any Io; resolves with the exit status. */
export async function runSmallWith<Plan extends { readonly form: string }>(
  { grammar, read, execute }: SmallProgram<Plan>,
  plain: Io,
  line: Invocation,
): Promise<number> {
  const io = await terminalIo(plain, colorOf(grammar, line.argv));
  const plan = read(line);
  return isInformation(plan) ? inform(plan, io) : execute(plan, { ...io, ...(await io.machine()) });
}
