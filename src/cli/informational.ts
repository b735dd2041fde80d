/** The texts that tspasswd and tsspool print instead of any work: help, version, completion script. */
import type { Feature } from '../runtime/features.ts';
import { versionLines } from './help/version.ts';
import { COMPLETION, type Given, type Grammar, settingOf, VERSION } from './small-grammar.ts';
import type { Shell } from './values/shells.ts';

/** A command line, and the values for `--version`. */
export interface Invocation {
  readonly argv: readonly string[];
  /** The same words as bytes, if some are not UTF-8. */
  readonly raw?: readonly Uint8Array[] | undefined;
  readonly version: string;
  readonly runtime: string;
  readonly features: () => Promise<readonly Feature[]>;
}

/** A text that is printed instead of any work. */
export interface Information {
  readonly form: 'text';
  readonly text: () => Promise<string>;
  readonly status: number;
}

export const isInformation = (plan: { readonly form: string }): plan is Information => plan.form === 'text';

export const information = (text: string | (() => Promise<string>), status: number): Information => ({
  form: 'text',
  text: typeof text === 'string' ? async () => text : text,
  status,
});

/** The response to --help, --version or --completion, despite other words. Throws a Failure of the kind usage. */
export function informational(
  { program }: Grammar,
  given: Given,
  help: () => string | (() => Promise<string>),
  { version, runtime, features }: Invocation,
): Information | undefined {
  if (given.has('--help')) return information(help(), 0);
  if (given.has(VERSION.name))
    return information(async () => versionLines(`ts${program}`, version, runtime, await features()), 0);
  const shell = given.get(COMPLETION.name);
  if (shell === undefined) return undefined;
  const known = settingOf(COMPLETION, shell) as Shell;
  return information(async () => (await import('./help/completion.ts')).completionScript(program, known), 0);
}
