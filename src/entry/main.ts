/** What every program begins and ends with. The only place that ends the process. */
import { writeFileSync } from 'node:fs';
import type { Invocation } from '../cli/informational.ts';
import { terminalIo } from '../commands/terminal/terminal-io.ts';
import { Failure } from '../errors.ts';
import type { ColorWhen } from '../runtime/color.ts';
import type { Feature } from '../runtime/features.ts';
import type { Io } from '../runtime/io.ts';
import { systemIo } from '../runtime/system.ts';
import { printable } from '../util/printable.ts';
import { end } from './end.ts';

/** Put in by scripts/build.mjs, from package.json. */
declare const TSMOSQ_VERSION: string;

/** What a shell reports for a program that broke: EX_SOFTWARE of sysexits.h. */
const BUG = 70;

/** What a program knows of itself. */
export type SelfKnowledge = Omit<Invocation, 'argv'>;

/** `program` returns the exit status; a Failure that it throws is one line and its status, coloured as `colorOf` finds. */
export async function start(
  name: string,
  program: (io: Io, self: SelfKnowledge) => Promise<number>,
  colorOf: (argv: readonly string[]) => ColorWhen = () => 'auto',
): Promise<void> {
  nameProcess(name);
  const io = systemIo();
  // Not a failure of the user's but a mistake of ours. Still one line, never a stack trace.
  const bug = async (error: unknown): Promise<void> => {
    const message = error instanceof Error ? error.message : String(error);
    io.stderr(`Error: Internal error in ${name} ${TSMOSQ_VERSION}: ${printable(message)}. Please report it.\n`);
    await end(BUG, io);
  };
  process.on('uncaughtException', (error) => void bug(error));
  // Ends the program, as any other; left alone, Node opens a debugger and goes on.
  process.once('SIGUSR1', () => process.kill(process.pid, 'SIGUSR1'));
  try {
    const raw = io.argv.some((word) => word.includes('\ufffd')) ? io.rawArgv() : undefined;
    const self = { version: TSMOSQ_VERSION, runtime: runtimeName(), raw, features: buildFeatures };
    await end(await program(io, self), io);
  } catch (error) {
    if (!(error instanceof Failure)) return bug(error);
    const text = await failureText(error);
    (await terminalIo(io, colorOf(io.argv))).stderr(text);
    await end(error.status, io);
  }
}

/** What is printed of a failure: nothing where the user wanted the end, or the reader has gone. */
export async function failureText(failure: Failure): Promise<string> {
  if (failure.message === '') return '';
  const { message, advice } =
    failure.remedy === undefined ? failure : (await import('../cli/advice.ts')).worded(failure);
  return `Error: ${message}\n${advice === undefined ? '' : `Hint: ${advice}\n`}`;
}

/** Loaded when somebody asks. */
export async function buildFeatures(): Promise<readonly Feature[]> {
  const [{ features }, { hasArgon2 }] = await Promise.all([
    import('../runtime/features.ts'),
    import('../passwd/argon2id.ts'),
  ]);
  return features(hasArgon2);
}

/** Under this name pgrep, killall and ps -C find the process on Linux; without it they find `node`. */
function nameProcess(name: string): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/comm', name);
  } catch {
    // Nothing mounted at /proc: the name stays that of the runtime.
  }
}

function runtimeName(): string {
  const bun = process.versions['bun'];
  return bun === undefined ? `Node.js ${process.versions.node}` : `Bun ${bun}`;
}
