/** Reading command lines in tests. */
import { readFileSync } from 'node:fs';
import { type CommandLine, readCommandLine } from '../../src/cli/command-line.ts';
import { UsageError } from '../../src/cli/complaint.ts';
import { emptySettings, type Settings } from '../../src/cli/options/settings.ts';
import { parse } from '../../src/cli/parse/parse.ts';
import type { Plan, PubPlan, RrPlan, SubPlan } from '../../src/cli/plan/types.ts';
import type { ProgramId } from '../../src/cli/programs.ts';
import { readFormat } from '../../src/cli/values/format.ts';
import { toWords, type Word } from '../../src/cli/words/words.ts';
import type { FileRead } from '../../src/runtime/io.ts';

const LINE = {
  argv: [],
  pid: 4711,
  random: () => 0,
  version: '1.2.3',
  runtime: 'Test 4',
  readFormat,
} satisfies CommandLine;

export const plan = (program: ProgramId, ...argv: string[]): Plan => readCommandLine(program, { ...LINE, argv });

/** The plan of a line on a machine with these files and this environment. */
export function planWith(
  program: ProgramId,
  world: {
    readonly files?: Readonly<Record<string, string | Uint8Array>>;
    readonly env?: Record<string, string>;
    /** Of all files. */
    readonly mode?: number;
  },
  ...argv: string[]
): Plan {
  const readOptionsFile = (path: string): FileRead => {
    const content = world.files?.[path];
    if (content === undefined) return { reason: 'No such file or directory' };
    return { bytes: typeof content === 'string' ? Buffer.from(content) : content, mode: world.mode };
  };
  return readCommandLine(program, { ...LINE, argv, env: world.env, readOptionsFile });
}

/** The same in surroundings of which this is known. */
export const planIn = (
  around: Partial<CommandLine>,
  program: ProgramId,
  ...argv: string[]
): PubPlan | SubPlan | RrPlan => readCommandLine(program, { ...LINE, ...around, argv }) as PubPlan | SubPlan | RrPlan;

/** A complete tspub line around the words. */
export const pub = (...argv: string[]): PubPlan => plan('pub', '-t', 'a', '-m', 'x', ...argv) as PubPlan;

/** A complete tssub line around the words. */
export const sub = (...argv: string[]): SubPlan => plan('sub', '-t', 'a', ...argv) as SubPlan;

/** A complete tsrr line around the words. */
export const rr = (...argv: string[]): RrPlan => plan('rr', '-t', 'a', '-e', 'b', '-m', 'x', ...argv) as RrPlan;

export const settingsOf = (program: ProgramId, ...argv: string[]): Settings =>
  parse(program, toWords(argv), emptySettings(readFormat));

/** The words as a platform gives them that knows their bytes. */
export const rawWords = (...words: (string | Uint8Array)[]): { argv: string[]; raw: Uint8Array[] } => {
  const raw = words.map((word) => (typeof word === 'string' ? Buffer.from(word) : word));
  return { argv: raw.map((bytes) => Buffer.from(bytes).toString()), raw };
};

export const planOfBytes = (program: ProgramId, ...words: (string | Uint8Array)[]): Plan =>
  readCommandLine(program, { ...LINE, ...rawWords(...words) });

export const words = (...texts: string[]): readonly Word[] => toWords(texts);

/** What the run puts on standard error. Fails when there is nothing wrong. */
export function stderrOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof UsageError) return error.stderr;
    throw error;
  }
  throw new Error('the command line was accepted');
}

/** The first line that says something. */
export const complaintOf = (run: () => unknown): string => stderrOf(run).trim().split('\n')[0]!;

export interface RecordedRun {
  readonly id: string;
  readonly command: `mosquitto_${ProgramId}`;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly needs?: 'broker';
  readonly stderr: string;
  readonly exit: number;
  readonly group: string;
}

export interface DocumentedOption {
  readonly names: readonly string[];
  readonly commands: readonly ProgramId[];
  readonly arity: number | string;
  readonly missing?: string;
  readonly bad?: string | readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
}

export const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')) as T;
