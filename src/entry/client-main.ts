/** From a process to one of the clients and back to an exit status. */
import { readCommandLine } from '../cli/command-line.ts';
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

/** What it runs is handed in by the root file of the program, so that nothing of another is loaded with it. */
export function run<Id extends Runnable['program']>(
  id: Id,
  execute: (plan: PlanOf<Id>, io: BrokerIo) => Promise<number>,
  readFormat?: ReadFormat,
): Promise<void> {
  return start(PROGRAMS[id].name, (io, self) => runWith(id, execute, readFormat, { ...io, dialer }, self));
}

/** The same in any surroundings; resolves with the exit status. */
export async function runWith<Id extends Runnable['program']>(
  id: Id,
  execute: (plan: PlanOf<Id>, io: BrokerIo) => Promise<number>,
  readFormat: ReadFormat | undefined,
  io: BrokerIo,
  self: SelfKnowledge,
): Promise<number> {
  const { argv, env, files, pid, random } = io;
  const { readNow } = files;
  const system = { env, readOptionsFile: readNow, readSecretFile: readNow, pid, random, packetRoom };
  try {
    const plan = readCommandLine(id, { argv, ...system, ...self, readFormat });
    if (!isBrief(plan)) withoutAllocatingThreads();
    if (plan.program !== 'text') return await execute(plan as PlanOf<Id>, await ioFor(plan, io));
    await print(io, await plan.text());
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // Mosquitto's form for what is wrong with the command line has its words as they are.
    (await terminalIo(io, error.color, String)).stderr(error.stderr);
    return error.status;
  }
}

/** What the program is to touch, after the warnings that come before it begins. */
async function ioFor(plan: Runnable, io: BrokerIo): Promise<BrokerIo> {
  if (prints(plan) && io.stdoutIsClosed?.()) throw new Failure('file', { message: 'Standard output is closed' });
  const dressed = await terminalIo(io, plan.color ?? 'auto');
  const warn = (text: string): void => {
    if (!plan.quiet) dressed.stderr(text);
  };
  for (const warning of plan.warnings) warn(`${warning}\n`);
  // Nothing of tspub shows the local time.
  const env = plan.program === 'pub' ? io.env : await withZone(io.env, warn);
  if (plan.explain) await loadWords();
  // One message is on its way before files could be read.
  const lasts = plan.program !== 'pub' || plan.source.kind === 'lines';
  if (!hangupIsIgnored(io.env, lasts ? systemTraces : () => undefined)) return { ...dressed, env };
  ignoreHangup();
  return { ...dressed, env, onSignal: withoutHangup(dressed.onSignal) };
}

/** What a program does at SIGHUP it does not do where that is ignored. */
const withoutHangup =
  (onSignal: Io['onSignal']): Io['onSignal'] =>
  (signal, callback) =>
    signal === 'SIGHUP' ? () => {} : onSignal(signal, callback);

/** Messages come in that would be lost without standard output. */
const prints = (plan: Runnable): boolean =>
  plan.program === 'rr' || (plan.program === 'sub' && plan.exec === undefined);

/** One message, which is sent before anything of ours is warm. */
const isBrief = (plan: Plan): boolean =>
  plan.program === 'pub' && plan.source.kind !== 'lines' && plan.repeat === 1 && plan.spool === undefined;

/** TZ in a form that JavaScript does not know is put right for this process. Commands of `--exec` get it as it was. */
async function withZone(env: Io['env'], warn: (text: string) => void): Promise<Io['env']> {
  const given = env['TZ'];
  if (given === undefined || (/^[A-Z][\w+/-]*$/i.test(given) && !/\d/.test(given))) return env;
  const before = { ...env };
  const { settleZone } = await import('../runtime/time-zone.ts');
  if (!settleZone(given)) warn(`Warning: The time zone in TZ is not known, times are in UTC: '${given}'.\n`);
  return before;
}
