/** From a process to a program and back to an exit status. The only place that ends the process. */
import { type Plan, PROGRAMS, readCommandLine, type TextPlan, UsageError } from '../cli/index.ts';
import { terminalIo } from '../commands/terminal-io.ts';
import type { Feature } from '../runtime/features.ts';
import type { Io } from '../runtime/io.ts';
import { systemIo } from '../runtime/system.ts';

/** Put in by scripts/build.mjs, from package.json. */
declare const TSMOSQ_VERSION: string;

/** What a shell reports for a program that broke: EX_SOFTWARE of sysexits.h. */
const BUG = 70;

type Runnable = Exclude<Plan, TextPlan>;
type PlanOf<Id extends Runnable['program']> = Extract<Runnable, { program: Id }>;

/** `execute` is handed in by the root file of the program, so that no other program is loaded with it. */
export async function run<Id extends Runnable['program']>(
  id: Id,
  execute: (plan: PlanOf<Id>, io: Io) => Promise<number>,
): Promise<void> {
  const io = systemIo();
  // Not a failure of the user's but a mistake of ours. Still one line, never a stack trace.
  const bug = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    io.stderr(`Error: Internal error in ${PROGRAMS[id].name} ${TSMOSQ_VERSION}: ${message}. Please report it.\n`);
    process.exit(BUG);
  };
  process.on('uncaughtException', bug);
  try {
    process.exit(await start(id, execute, io));
  } catch (error) {
    if (!(error instanceof UsageError)) return bug(error);
    (await terminalIo(io, error.color)).stderr(error.stderr);
    process.exit(error.status);
  }
}

async function start<Id extends Runnable['program']>(
  id: Id,
  execute: (plan: PlanOf<Id>, io: Io) => Promise<number>,
  io: Io,
): Promise<number> {
  const { argv, pid, random } = io;
  // The bytes are needed only where Node could not make text of them.
  const raw = argv.some((word) => word.includes('\ufffd')) ? io.rawArgv() : undefined;
  const plan = readCommandLine(id, {
    argv,
    raw,
    env: io.env,
    readOptionsFile: (path) => io.files.readNow(path),
    readSecretFile: (path, most) => io.files.readSecretNow(path, most),
    pid,
    random,
    version: TSMOSQ_VERSION,
    runtime: runtimeName(),
    features: buildFeatures,
  });
  if (plan.program === 'text') {
    const text = Buffer.from(await plan.text());
    return new Promise((resolve) => io.stdout.write(text, (errno) => resolve(errno === undefined ? 0 : 1)));
  }
  const dressed = await terminalIo(io, plan.color ?? 'auto');
  if (!plan.quiet) for (const warning of plan.warnings) dressed.stderr(`${warning}\n`);
  return execute(plan as PlanOf<Id>, dressed);
}

/** Loaded when somebody asks. */
async function buildFeatures(): Promise<readonly Feature[]> {
  const [{ features }, { hasArgon2 }] = await Promise.all([
    import('../runtime/features.ts'),
    import('../passwd/argon2id.ts'),
  ]);
  return features(hasArgon2);
}

function runtimeName(): string {
  const bun = process.versions['bun'];
  return bun === undefined ? `Node.js ${process.versions.node}` : `Bun ${bun}`;
}
