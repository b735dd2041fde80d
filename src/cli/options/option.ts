/** The row of an option, from which parser, help, manual and completion are made. */
import { Complaint, late } from '../complaint.ts';
import type { ProgramId } from '../programs.ts';
import type { Kind } from '../values/kinds.ts';
import type { Word } from '../words/words.ts';
import type { LateFault, Settings } from './settings.ts';

/** The groups of the help text, in its order, with their headings. */
export const GROUPS = {
  publishing: 'Message',
  subscribing: 'Subscriptions',
  response: 'Request and response',
  output: 'Output',
  spool: 'Spool (messages that cannot be sent now are kept)',
  exec: 'Commands',
  connection: 'Connection',
  session: 'Session',
  credentials: 'Credentials',
  will: 'Will (sent by the broker should the client vanish)',
  mqtt5: 'MQTT 5',
  tls: 'TLS',
  misc: 'Other',
} as const;

export type OptionGroup = keyof typeof GROUPS;

/** What a shell may offer as a value. */
export type Completion = 'none' | 'file' | 'directory' | readonly string[];

interface Common {
  /** Short name first, where there is one: messages call the option by it. */
  readonly names: readonly [string, ...string[]];
  readonly programs: readonly ProgramId[];
  readonly group: OptionGroup;
  /** One line, at most 60 characters. */
  readonly help: string;
  /** For documentation; the plan knows the value. */
  readonly default?: string;
  /** In place of these two where all has to fit on a screen, and they take two lines. */
  readonly brief?: { readonly help: string; readonly default?: string };
  /** First names of the options (itself perhaps) that may not stand before this one. */
  readonly conflict?: { readonly with: readonly string[]; readonly complaint: () => Complaint };
  /**
   * First names of further options that make no sense beside this one: given on the line they are not taken from the
   * environment, and given in the environment not from an options file.
   */
  readonly instead?: readonly string[];
}

interface Valued extends Common {
  /** What the value is called in help. */
  readonly placeholder: string;
  /** The message when the value is missing. */
  readonly missing: string;
  /** What to do then, in the program of that name. */
  readonly missingHint?: (program: string) => string;
}

export interface FlagOption extends Common {
  readonly arity: 0;
  readonly apply: (settings: Settings) => void;
}

export interface ValueOption extends Valued {
  readonly arity: 1;
  readonly kind: Kind<unknown>;
  readonly completion: Completion;
  /** Checks the word and sets what it says. */
  readonly take: (settings: Settings, word: Word) => void;
}

/** `-D`: the number of its words depends on the words. */
interface PropertyOption extends Valued {
  readonly arity: 'property';
  /** Returns the number of words used. */
  readonly takeWords: (settings: Settings, words: readonly Word[]) => number;
}

export type Option = FlagOption | ValueOption | PropertyOption;

/** An option without a value. */
export function flag(row: Common & { readonly apply: (settings: Settings) => void }): FlagOption {
  return { ...row, arity: 0 };
}

/** An option with one value. */
export function value<T>(
  row: Valued & {
    readonly kind: Kind<T>;
    readonly completion?: Completion;
    readonly apply: (settings: Settings, value: T) => void;
  },
): ValueOption {
  const { apply, ...rest } = row;
  return {
    ...rest,
    arity: 1,
    completion: row.completion ?? row.kind.choices ?? 'none',
    take: (settings, word) => apply(settings, row.kind.read(word, row.names[0])),
  };
}

/**
 * An option whose value the originals look at when they open the session: a fault of it is told after those of the rest
 * of the line, without the hint, and not at all when a good value comes after it.
 */
export function lateValue(row: Parameters<typeof value<string>>[0] & { readonly fault: LateFault }): ValueOption {
  const option = value(row);
  return {
    ...option,
    take: (settings, word) => {
      delete settings.faults[row.fault];
      try {
        option.take(settings, word);
      } catch (error) {
        if (!(error instanceof Complaint)) throw error;
        settings.faults[row.fault] = late(error.message);
        row.apply(settings, '');
      }
    },
  };
}

/** The environment variable that stands for an option: only options with a long name and at most one value have one. */
export function environmentName(option: Option): string | undefined {
  const long = option.names.find((name) => name.startsWith('--'));
  if (long === undefined || option.arity === 'property' || option.group === 'misc') return undefined;
  return `TSMOSQ_${long.slice(2).replaceAll('-', '_').toUpperCase()}`;
}
