// Runs our programs on a terminal of their own, with 80 columns or the system's default, through Python's pty.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe } from 'vitest';
import { root } from './root.ts';
import { childEnv, run } from './run.ts';

export interface TerminalRun {
  /** Everything sent to the terminal. */
  readonly shown: string;
  readonly status: number | null;
}

/** After this text appears: what to type, or `signal:N`, `size:ROWSxCOLUMNS`, or `touch:PATH` for a file to create. */
export type Step = readonly [wanted: string, keys: string];

/** Whether there is a Python that can open a terminal. */
export const hasPython = ((): boolean => {
  try {
    execFileSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** describe() for tests that need a terminal: skipped, with the reason, without Python, but failing under CI. */
export function describeOnTerminal(name: string, body: () => void): void {
  if (!hasPython && process.env['CI'] === 'true')
    throw new Error('python3 of 3.9 or later was not found, and CI=true demands it');
  if (!hasPython) console.warn(`SKIPPED: ${name}: there is no python3 of 3.9 or later`);
  describe.skipIf(!hasPython)(name, body);
}

export async function onTerminal(
  command: readonly string[],
  script: readonly Step[] = [],
  env: Record<string, string | undefined> = {},
): Promise<TerminalRun> {
  const driver = join(root, 'test/e2e/passwd-terminal.py');
  const { stdout, stderr } = await run('python3', [driver, JSON.stringify(script), ...command], {
    env: { ...childEnv(), TERM: 'xterm-256color', ...env },
    timeoutMs: 70_000,
  });
  if (stdout.length === 0) throw new Error(stderr);
  return JSON.parse(stdout.toString()) as TerminalRun;
}

/** The report of test/e2e/standstill.py. */
export interface StandstillRun {
  readonly tty: string;
  readonly still: string;
  readonly pipe: string;
  readonly socket: string;
  /** Null if the program did not end by itself. */
  readonly status: number | null;
  readonly stepsLeft: number;
  readonly nonBlocking: boolean;
  readonly echo: boolean;
}

/** Standard input, output and error: `tty`, `still`, `pipe`, `socket` or a file; and actions at certain events. */
export interface Standstill {
  readonly streams: readonly [string, string, string];
  readonly steps: readonly (readonly [wanted: string, ...actions: string[]])[];
}

/** Runs a program as test/e2e/standstill.py describes. */
export async function standingStill(
  plan: Standstill,
  command: readonly string[],
  env: Record<string, string | undefined> = {},
): Promise<StandstillRun> {
  const driver = join(root, 'test/e2e/standstill.py');
  const { stdout, stderr } = await run('python3', [driver, JSON.stringify(plan), ...command], {
    env: { ...childEnv(), NO_COLOR: '1', ...env },
    timeoutMs: 110_000,
  });
  if (stdout.length === 0) throw new Error(stderr);
  return JSON.parse(stdout.toString()) as StandstillRun;
}
