/** How every program begins and ends. Only this file ends the process. */
import { writeFileSync } from 'node:fs';
import type { Invocation } from '../cli/informational.ts';
import { terminalIo } from '../commands/terminal/terminal-io.ts';
import { Failure } from '../errors.ts';
import type { ColorWhen } from '../runtime/color.ts';
import type { Feature } from '../runtime/features.ts';
import type { Io } from '../runtime/io.ts';
import { systemIo } from '../runtime/system.ts';
import { hintLine } from '../util/phrases.ts';
import { printable } from '../util/printable.ts';
import { end } from './end.ts';

/** Inserted by scripts/build.mjs, from package.json. */
declare const TSMOSQ_VERSION: string;

/** The exit status for a bug: EX_SOFTWARE of sysexits.h. */
const BUG = 70;

/** Facts about the program itself. */
export type SelfKnowledge = Omit<Invocation, 'argv'>;

/** `program` returns the exit status. A Failure that it throws is printed in the color of `colorOf`, and sets the status. */
export async function start(
  name: string,
  program: (io: Io, self: SelfKnowledge) => Promise<number>,
  colorOf: (argv: readonly string[]) => ColorWhen = () => 'auto',
): Promise<void> {
  nameProcess(name);
  const io = systemIo();
  // A bug, not a failure of the user's. It is still reported in one line, without a stack trace.
  const bug = async (error: unknown): Promise<void> => {
    const message = error instanceof Error ? error.message : String(error);
    io.stderr(`Error: Internal error in ${name} ${TSMOSQ_VERSION}: ${printable(message)}. Please report it.\n`);
    await end(BUG, io);
  };
  process.on('uncaughtException', (error) => void bug(error));
  // SIGUSR1 ends the program, as it does others; by default Node would open a debugger and continue.
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

/** The text for a failure: empty when the user ended the run, or the reader is gone. */
export async function failureText(failure: Failure): Promise<string> {
  if (failure.message === '') return '';
  const { message, advice } =
    failure.remedy === undefined ? failure : (await import('../cli/advice.ts')).worded(failure);
  return `Error: ${message}\n${advice === undefined ? '' : hintLine(advice)}`;
}

/** Loaded when requested. */
export async function buildFeatures(): Promise<readonly Feature[]> {
  const [{ features }, { hasArgon2 }] = await Promise.all([
    import('../runtime/features.ts'),
    import('../passwd/argon2id.ts'),
  ]);
  return features(hasArgon2);
}

/** pgrep, killall and ps -C find the process on Linux by this name; without it they find `node`. */
function nameProcess(name: string): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/comm', name);
  } catch {
    // Without /proc, the process keeps the name of the runtime.
  }
}

function runtimeName(): string {
  const bun = process.versions['bun'];
  return bun === undefined ? `Node.js ${process.versions.node}` : `Bun ${bun}`;
}
