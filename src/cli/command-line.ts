/** Turns the words of a command line into a plan. */
import type { Feature } from '../runtime/features.ts';
import { Complaint, UsageError } from './complaint.ts';
import { emptySettings, type Settings } from './options/settings.ts';
import { EnvironmentOptions, unknownVariables } from './parse/environment.ts';
import { readOptionsFile } from './parse/options-file.ts';
import { parse } from './parse/parse.ts';
import { type PlanCheck, planFor } from './plan/plan.ts';
import type { Plan } from './plan/types.ts';
import { PROGRAMS, type ProgramId } from './programs.ts';
import type { LineSurroundings } from './surroundings.ts';
import type { ReadFormat } from './values/format.ts';
import { toWords } from './words/words.ts';

export interface CommandLine extends LineSurroundings {
  /** The words after the runtime and the script. */
  readonly argv: readonly string[];
  /** The same words as bytes, on platforms that provide them. */
  readonly raw?: readonly Uint8Array[] | undefined;
  /** The version of this program, such as `1.2.3`. */
  readonly version: string;
  /** The runtime, such as `Node.js 20.20.2`. */
  readonly runtime: string;
  /** Reads `-F`, in programs with this option. */
  readonly readFormat?: ReadFormat | undefined;
  /** Makes the plan of tscheck. */
  readonly planCheck?: PlanCheck | undefined;
  /** The features of this build, for `--version`. */
  readonly features?: (() => Promise<readonly Feature[]>) | undefined;
}

/** Makes the plan from options file, environment and command line. Throws a UsageError for an invalid request. */
export function readCommandLine(program: ProgramId, line: CommandLine): Plan {
  const settings = emptySettings(line.readFormat);
  const words = toWords(line.argv, line.raw);
  const used = new Set<string>();
  try {
    const environment = new EnvironmentOptions(program, line.env ?? {}, words);
    const fileWarnings = readOptionsFile(program, words, settings, used, line, environment);
    environment.apply(settings);
    parse(program, words, settings, used);
    if (settings.show !== undefined) {
      const { show } = settings;
      return { program: 'text', text: () => textFor(program, show, settings, line) };
    }
    const plan = planFor(settings, program, line, line.planCheck);
    return { ...plan, warnings: [...fileWarnings, ...unknownVariables(line.env ?? {}), ...plan.warnings] };
  } catch (error) {
    throw asUsageError(program, error, settings);
  }
}

async function textFor(
  program: ProgramId,
  show: NonNullable<Settings['show']>,
  settings: Settings,
  line: CommandLine,
): Promise<string> {
  if (show === 'version') {
    const { versionLines } = await import('./help/version.ts');
    return versionLines(PROGRAMS[program].name, line.version, line.runtime, (await line.features?.()) ?? []);
  }
  if (show !== 'help') return (await import('./help/completion.ts')).completionScript(program, show);
  const { helpOn } = await import('./help/help.ts');
  try {
    return await helpOn(program, settings.helpTopic);
  } catch (error) {
    throw asUsageError(program, error, settings);
  }
}

/** What is wrong with the words, as the program that they were for prints it. */
function asUsageError(program: ProgramId, error: unknown, { quiet, color }: Settings): unknown {
  return error instanceof Complaint ? new UsageError(PROGRAMS[program], error, quiet, color) : error;
}
