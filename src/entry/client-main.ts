/** How a process runs one of the clients: from its arguments to its exit status. */
import { type CommandLine, readCommandLine } from '../cli/command-line.ts';
import { UsageError } from '../cli/complaint.ts';
import type { Plan, TextPlan } from '../cli/plan/types.ts';
import { PROGRAMS } from '../cli/programs.ts';
import type { ReadFormat } from '../cli/values/format.ts';
import type { BrokerIo } from '../commands/broker/connection.ts';
import { loadWords } from '../commands/broker/explain.ts';
import { print } from '../commands/terminal/stdout.ts';
import { terminalIo } from '../commands/terminal/terminal-io.ts';
import { Failure } from '../errors.ts';
import { dialer } from '../net/dial.ts';
import { hangupIsIgnored, ignoreHangup, systemTraces } from '../runtime/inherited-signals.ts';
import type { Io } from '../runtime/io.ts';
import { packetRoom } from '../runtime/memory.ts';
import { withoutAllocatingThreads } from '../runtime/v8-compilers.ts';
import { type SelfKnowledge, start } from './main.ts';

type Runnable = Exclude<Plan, TextPlan>;
type PlanOf<Id extends Runnable['program']> = Extract<Runnable, { program: Id }>;

/** Runs a client in this process. Its root file passes `execute`, so that no code of other clients is loaded. */
export function run<Id extends Runnable['program']>(
  id: Id,
  execute: (plan: PlanOf<Id>, io: BrokerIo) => Promise<number>,
  readFormat?: ReadFormat,
): Promise<void> {
  return start(PROGRAMS[id].name, (io, self) => runWith(id, execute, readFormat, { ...io, dialer }, self));
}

/** What a program does in its own way. */
interface Ways {
  readonly read?: (line: CommandLine) => Plan;
  /** Prints why the command line cannot be used, and resolves with the exit status. */
  readonly unusable?: (error: UsageError) => Promise<number>;
}

/** Runs a client with any Io; resolves with the exit status. */
export async function runWith<Id extends Runnable['program']>(
  id: Id,
  execute: (plan: PlanOf<Id>, io: BrokerIo) => Promise<number>,
  readFormat: ReadFormat | undefined,
  io: BrokerIo,
  self: SelfKnowledge,
  { read = (line) => readCommandLine(id, line), unusable }: Ways = {},
): Promise<number> {
  const { argv, env, files, pid, random } = io;
  const { readNow } = files;
  const system = { env, readOptionsFile: readNow, readSecretFile: readNow, pid, random, packetRoom };
  try {
    const plan = read({ argv, ...system, ...self, readFormat });
    if (!isBrief(plan)) withoutAllocatingThreads();
    if (plan.program !== 'text') return await execute(plan as PlanOf<Id>, await ioFor(plan, io));
    await print(io, await plan.text());
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (unusable !== undefined) return unusable(error);
    // Errors of the command line keep Mosquitto's form and words.
    (await terminalIo(io, error.color, String)).stderr(error.stderr);
    return error.status;
  }
}

/** The Io of the run, after printing the warnings that precede the work. */
async function ioFor(plan: Runnable, io: BrokerIo): Promise<BrokerIo> {
  if (prints(plan) && io.stdoutIsClosed?.()) throw new Failure('file', { message: 'Standard output is closed' });
  const dressed = await terminalIo(io, plan.color ?? 'auto');
  const warn = (text: string): void => {
    if (!plan.quiet) dressed.stderr(text);
  };
  for (const warning of plan.warnings) warn(`${warning}\n`);
  // tspub and tscheck never show local time.
  const env = plan.program === 'pub' || plan.program === 'check' ? io.env : await withZone(io.env, warn);
  if (plan.explain) await loadWords();
  // A single message is sent before these files could be read.
  const lasts = plan.program === 'pub' ? plan.source.kind === 'lines' : plan.program !== 'check';
  if (!hangupIsIgnored(io.env, lasts ? systemTraces : () => undefined)) return { ...dressed, env };
  ignoreHangup();
  return { ...dressed, env, onSignal: withoutHangup(dressed.onSignal) };
}

/** The program does not react to SIGHUP when the caller ignores that signal. */
const withoutHangup =
  (onSignal: Io['onSignal']): Io['onSignal'] =>
  (signal, callback) =>
    signal === 'SIGHUP' ? () => {} : onSignal(signal, callback);

/** Whether messages arrive that would be lost without standard output. */
const prints = (plan: Runnable): boolean =>
  plan.program === 'rr' || (plan.program === 'sub' && plan.exec === undefined);

/** Whether the run sends one message and ends before any code is warm. */
const isBrief = (plan: Plan): boolean =>
  plan.program === 'check' ||
  (plan.program === 'pub' && plan.source.kind !== 'lines' && plan.repeat === 1 && plan.spool === undefined);

/** Replaces a TZ that JavaScript does not support, in this process only. Commands of `--exec` get the original TZ. */
async function withZone(env: Io['env'], warn: (text: string) => void): Promise<Io['env']> {
  const given = env['TZ'];
  if (given === undefined || (/^[A-Z][\w+/-]*$/i.test(given) && !/\d/.test(given))) return env;
  const before = { ...env };
  const { settleZone } = await import('../runtime/time-zone.ts');
  if (!settleZone(given)) warn(`Warning: The time zone '${given}' in TZ is unknown; times are in UTC.\n`);
  return before;
}
