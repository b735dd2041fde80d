// Runs of tspub --spool, one after the other, and what they leave on the disk.
import { basename } from 'node:path';
import { expect } from 'vitest';
import { type FileSystem, systemFiles } from '../../src/runtime/files.ts';
import { type Outcome, type ProgramOptions, type RunningProgram, startProgram } from '../support/program.ts';
import { tempDir } from '../support/tmp.ts';
import { runTool } from '../support/tools.ts';

export const DOWN: ProgramOptions = { attempt: () => ({ fails: 'connect' }) };
/** A broker that accepts the connection, and then says nothing. */
export const DEAF: ProgramOptions = { server: { intercept: ({ type }) => type !== 'connect' } };
export const newSpool = (): string => `${tempDir()}/spool`;

export function spoolRun(folder: string, words: string, options: ProgramOptions = {}): RunningProgram {
  return startProgram('tspub', ['--spool', folder, ...words.split(' ')], options);
}

/** Keeps the message without a broker. */
export async function keep(folder: string, words: string, options: ProgramOptions = {}): Promise<void> {
  const { status, stderr } = await spoolRun(folder, words, { ...DOWN, ...options }).finish();
  expect([status, stderr]).toEqual([0, expect.stringContaining(' waiting')]);
}

export const payloads = ({ server }: RunningProgram): string =>
  server.accepted.map(({ payload }) => Buffer.from(payload).toString()).join('/');

/** What waits in the spool, looked at with tsspool. */
export async function waitingIn(folder: string): Promise<string> {
  const { stdout } = await runTool('tsspool', [folder, 'export']);
  const lines = stdout.split('\n').filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { payload: string | null }).payload ?? '').join('/');
}

/** Without the names of folders, and the age of what waits. */
export const said = ({ stderr }: Outcome, folder: string): string =>
  stderr.replaceAll(folder, 'DIR').replaceAll(/oldest -?\d+ \w+/g, 'oldest N s');

/** A disk that answers some calls with an errno, or with an error that is none; `name` is that of the file, without its folder. */
export function disk(
  faults: (call: keyof FileSystem, name: string) => string | Error | undefined,
): Partial<FileSystem> {
  const names = new Map<number, string>();
  const calls = ['mkdirSync', 'openSync', 'readSync', 'writeSync', 'fsyncSync', 'readFileSync', 'readdirSync'] as const;
  const wrapped = calls.map((call) => {
    const real = systemFiles[call] as (...args: unknown[]) => unknown;
    const answer = (...args: unknown[]): unknown => {
      const [what] = args;
      const name = typeof what === 'number' ? (names.get(what) ?? '') : basename(String(what));
      const fault = faults(call, name);
      if (fault instanceof Error) throw fault;
      if (fault !== undefined) throw Object.assign(new Error(fault), { code: fault });
      const result = real(...args);
      if (call === 'openSync') names.set(result as number, name);
      return result;
    };
    return [call, answer];
  });
  return Object.fromEntries(wrapped) as Partial<FileSystem>;
}
