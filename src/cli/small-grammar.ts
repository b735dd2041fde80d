/**
 * The grammar of tspasswd and tsspool, which have their own tables of options: turns words into settings, and a table
 * into the help text. The row of an option defines its setting and the type.
 */
import { Failure } from '../errors.ts';
import type { ColorWhen } from '../runtime/color.ts';
import { helpRows } from '../util/columns.ts';
import { completionHint, SHELLS } from './values/shells.ts';
import { toWords, type Word } from './words/words.ts';

/** The row of an option. */
export interface SmallOption {
  readonly name: `-${string}`;
  /** The placeholder of its value in help; an option without one is a setting that is true or false. */
  readonly value?: string;
  readonly help: string;
  /** Whether the short help shows it, where there is a longer one. */
  readonly everyday?: true;
  readonly group?: string;
  /** The name of the setting. An option without one requests a subcommand or a text. */
  readonly sets?: string;
  /** The setting without the option; undefined by default for an option with a value. */
  readonly default?: unknown;
  /** All valid values. */
  readonly choices?: readonly (string | number)[];
  /** The message for an invalid value, instead of the usual one. */
  readonly refusal?: (value: string) => string;
  /** What to do after that message, where it does not name the choices. */
  readonly refusalHint?: string;
  /** Makes the setting from a value without choices. Throws a Failure of the kind usage. */
  readonly read?: (value: string) => unknown;
  /** Its value is checked after all other words, not in its place. */
  readonly late?: true;
  /** Words that request the subcommands for which the option has a meaning. */
  readonly goesWith?: readonly string[];
  /** What a shell may offer as a value without choices. */
  readonly completion?: 'file';
}

type ChoiceOf<Row> = Row extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : Row extends { readonly read: (value: string) => infer Value }
    ? Value
    : Row extends { readonly value: string }
      ? string
      : boolean;

type DefaultOf<Row> = Row extends { readonly default: infer Default }
  ? Default
  : Row extends { readonly value: string }
    ? undefined
    : false;

/** The settings of the rows of a table. */
export type SettingsOf<Options extends readonly SmallOption[]> = {
  readonly [Row in Options[number] as Row extends { readonly sets: infer Key extends string } ? Key : never]:
    | ChoiceOf<Row>
    | DefaultOf<Row>;
};

/** The values of `--color`. */
const COLORS: readonly ColorWhen[] = ['auto', 'always', 'never'];

/** The options that both programs have. */
export const COLOR = {
  name: '--color',
  sets: 'color',
  value: 'WHEN',
  choices: COLORS,
  default: 'auto',
  help: 'Color the output: always, never or auto (default)',
} as const;
export const COMPLETION = {
  name: '--completion',
  value: 'SHELL',
  choices: SHELLS,
  refusal: (value: string) => `No completion for shell '${value}': it is one of ${SHELLS.join(', ')}.`,
  help: 'Print a completion script for bash, zsh or fish',
} as const;
export const VERSION = { name: '--version', help: 'Print the version and the features of this build' } as const;

/** The given options, with their values. */
export type Given = ReadonlyMap<string, string>;

/** How a program reads words by its table. */
export interface Grammar {
  /** Its name without `ts`. */
  readonly program: 'passwd' | 'spool';
  readonly options: readonly SmallOption[];
  /** The message for an option whose value is missing. */
  readonly missing: (option: string) => string;
  /** Whether options may follow a word that is not an option. Throws a Failure of the kind usage when it should be one. */
  readonly goesOnBehind: (word: string, given: Given) => boolean;
}

interface Scanned {
  readonly given: Given;
  /** The words that are not options. */
  readonly words: readonly Word[];
  /** True after `--`: no option follows. */
  readonly ended: boolean;
}

/** Separates options from other words. `given` is filled up to the first error. Throws a Failure of the kind usage. */
export function scan(grammar: Grammar, all: readonly Word[], given = new Map<string, string>()): Scanned {
  const words: Word[] = [];
  for (let i = 0; i < all.length; i++) {
    const { text } = all[i]!;
    if (text === '--') return { given, words: [...words, ...all.slice(i + 1)], ended: true };
    const equals = text.startsWith('--') ? text.indexOf('=') : -1;
    const name = equals < 0 ? text : text.slice(0, equals);
    const row = grammar.options.find((option) => option.name === name);
    if (row === undefined || (equals >= 0 && row.value === undefined)) {
      words.push(all[i]!);
      if (grammar.goesOnBehind(text, given)) continue;
      return { given, words: [...words, ...all.slice(i + 1)], ended: false };
    }
    let value = '';
    if (row.value !== undefined) {
      if (equals < 0 && ++i === all.length)
        throw usageFailure(
          grammar.missing(name),
          name === COMPLETION.name ? completionHint(`ts${grammar.program}`) : undefined,
        );
      value = equals < 0 ? all[i]!.text : text.slice(equals + 1);
      if (row.late !== true) settingOf(row, value);
    }
    given.set(name, value);
  }
  return { given, words, ended: false };
}

/** The given settings, and the defaults of the rest. Throws a Failure of the kind usage. */
export function settingsOf<Options extends readonly SmallOption[]>(
  options: Options,
  given: Given,
): SettingsOf<Options> {
  const settings = options.flatMap((row) => {
    if (row.sets === undefined) return [];
    const value = given.get(row.name);
    const without = row.default ?? (row.value === undefined ? false : undefined);
    return [[row.sets, value === undefined ? without : settingOf(row, value)]];
  });
  return Object.fromEntries(settings);
}

/** The setting for a given value. Throws a Failure of the kind usage. */
export function settingOf(
  { name, value, choices, refusal, refusalHint, read }: Omit<SmallOption, 'help'>,
  text: string,
): unknown {
  if (value === undefined) return true;
  if (choices === undefined) return read === undefined ? text : read(text);
  const choice = choices.find((known) => String(known) === text);
  if (choice !== undefined) return choice;
  throw usageFailure(
    refusal?.(text) ?? `Unknown value '${text}' for ${name}: it is one of ${choices.join(', ')}.`,
    refusalHint,
  );
}

/** The value of `--color` up to the first error in the words, which scan() reports later. */
export function colorOf(grammar: Grammar, argv: readonly string[]): ColorWhen {
  const given = new Map<string, string>();
  try {
    scan(grammar, toWords(argv), given);
  } catch {
    // The error is reported later.
  }
  return COLORS.find((color) => color === given.get(COLOR.name)) ?? 'auto';
}

/** A command line without the name of the program, and its purpose. */
export type Example = readonly [line: string, about: string];

/** The help text in 80 columns: lines, a table, examples, lines. */
export function smallHelp(
  program: string,
  head: readonly string[],
  rows: Parameters<typeof helpRows>[0],
  examples: readonly Example[],
  foot: readonly string[] = [],
): string {
  const wide = Math.max(...examples.map(([line]) => line.length)) + 2;
  const shown = examples.map(([line, about]) => `  ${program} ${line.padEnd(wide)}${about}`);
  return [...head, '', ...helpRows(rows), '', 'Examples:', ...shown, ...foot, ''].join('\n');
}

export const labelOf = ({ name, value }: { readonly name: string; readonly value?: string }): string =>
  value === undefined ? name : `${name} ${value}`;

export const usageFailure = (message: string, advice?: string): Failure => new Failure('usage', { message, advice });
