/**
 * The grammar of tspasswd and tsspool, which have a table of options each: from words to settings, and from the table to the
 * help text. What a setting is follows from its row, by type too.
 */
import { Failure } from '../errors.ts';
import type { ColorWhen } from '../runtime/color.ts';
import { helpRows } from '../util/columns.ts';
import { completionHint, SHELLS } from './values/shells.ts';
import { toWords, type Word } from './words/words.ts';

/** The row of an option. */
export interface SmallOption {
  readonly name: `-${string}`;
  /** What stands for its value in the help; without one it takes none, and is a setting that is true or false. */
  readonly value?: string;
  readonly help: string;
  /** What a help of one screen says of it, where there is a longer one; what has none is not in it. */
  readonly brief?: string;
  readonly group?: string;
  /** The name of the setting. Without one it stands for a form, or asks for a text. */
  readonly sets?: string;
  /** The setting without it; of a value, undefined when there is none. */
  readonly default?: unknown;
  /** All that it takes. */
  readonly choices?: readonly (string | number)[];
  /** The message for what is none of them, in place of the usual one. */
  readonly refusal?: (value: string) => string;
  /** Makes the setting from a value without choices. Throws a Failure of the kind usage. */
  readonly read?: (value: string) => unknown;
  /** Its value is looked at when the other words are known to be good, not where it stands. */
  readonly late?: true;
  /** The forms that it has a meaning with, by the words that ask for them. */
  readonly goesWith?: readonly string[];
  /** What a shell may offer as a value that has no choices. */
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

/** What the rows of a table set. */
export type SettingsOf<Options extends readonly SmallOption[]> = {
  readonly [Row in Options[number] as Row extends { readonly sets: infer Key extends string } ? Key : never]:
    | ChoiceOf<Row>
    | DefaultOf<Row>;
};

/** What `--color` takes. */
const COLORS: readonly ColorWhen[] = ['auto', 'always', 'never'];

/** The options that both programs have. */
export const COLOR = {
  name: '--color',
  sets: 'color',
  value: 'WHEN',
  choices: COLORS,
  default: 'auto',
  help: 'colours: always, never, or auto (default): on a terminal',
} as const;
export const COMPLETION = {
  name: '--completion',
  value: 'SHELL',
  choices: SHELLS,
  refusal: (value: string) => `No completion for shell '${value}': it is one of ${SHELLS.join(', ')}.`,
} as const;
export const VERSION = { name: '--version', help: 'print the version, and what this build can do' } as const;

/** The options that were given, with their values. */
export type Given = ReadonlyMap<string, string>;

/** How a program reads words by its table. */
export interface Grammar {
  /** Its name without `ts`. */
  readonly program: 'passwd' | 'spool';
  readonly options: readonly SmallOption[];
  /** The message for an option whose value is missing. */
  readonly missing: (option: string) => string;
  /** Whether options may follow a word that is none. Throws a Failure of the kind usage when it should have been one. */
  readonly goesOnBehind: (word: string, given: Given) => boolean;
}

interface Scanned {
  readonly given: Given;
  /** The words that are no options. */
  readonly words: readonly Word[];
  /** `--` said that no option follows. */
  readonly ended: boolean;
}

/** Tells options from other words. `given` is filled up to the first fault. Throws a Failure of the kind usage. */
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

/** What was given, and the defaults of the rest. Throws a Failure of the kind usage. */
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

/** What a value that was given comes to. Throws a Failure of the kind usage. */
export function settingOf({ name, value, choices, refusal, read }: Omit<SmallOption, 'help'>, text: string): unknown {
  if (value === undefined) return true;
  if (choices === undefined) return read === undefined ? text : read(text);
  const choice = choices.find((known) => String(known) === text);
  if (choice !== undefined) return choice;
  throw usageFailure(refusal?.(text) ?? `Unknown value '${text}' for ${name}: it is one of ${choices.join(', ')}.`);
}

/** What `--color` says, up to the first fault in the words, which is reported when they are read for good. */
export function colorOf(grammar: Grammar, argv: readonly string[]): ColorWhen {
  const given = new Map<string, string>();
  try {
    scan(grammar, toWords(argv), given);
  } catch {
    // As above.
  }
  return COLORS.find((color) => color === given.get(COLOR.name)) ?? 'auto';
}

/** A command line without the name of the program, and what it is for. */
export type Example = readonly [line: string, about: string];

/** The help text: lines, a table, examples, lines. It has 80 columns. */
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
