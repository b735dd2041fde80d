/**
 * What a row of the table of options looks like: names, what it `sets`, its `default`, its help. Parser, settings, plan, help, manual,
 * completion and environment are made from rows.
 */
import type { Complaint } from '../complaint.ts';
import type { ProgramId } from '../programs.ts';
import type { Kind } from '../values/kinds.ts';

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

// Sets of programs that share options.
export const ALL = ['pub', 'sub', 'rr'] as const satisfies readonly ProgramId[];
export const SENDERS = ['pub', 'rr'] as const satisfies readonly ProgramId[];
export const PRINTERS = ['sub', 'rr'] as const satisfies readonly ProgramId[];

/** What a shell may offer as a value. */
export type Completion = 'none' | 'file' | 'directory' | readonly string[];

/** What a setting is for when plan/ makes something else of it; without a part it is a field of the plan by its own name. */
type PlanPart =
  | 'drain'
  | 'exec'
  | 'reading'
  | 'ready'
  | 'records'
  | 'retry'
  | 'session'
  | 'spool'
  | 'subscriptions'
  | 'target'
  | 'topics';

interface AnyOption {
  /** Short name first, where there is one: messages call the option by it. */
  readonly names: readonly [string, ...string[]];
  readonly programs: readonly ProgramId[];
  readonly group: OptionGroup;
  /** One line, at most 60 characters. */
  readonly help: string;
  /** What help says of the default, where it is not the value of `default`. */
  readonly defaultText?: string;
  /** In place of `help` where all has to fit on a screen, and it takes two lines. */
  readonly brief?: { readonly help: string };
  readonly part?: PlanPart;
  /** Further settings that it sets. */
  readonly also?: object;
  /** First names of the options (itself perhaps) that may not stand before this one. */
  readonly conflict?: { readonly with: readonly string[]; readonly complaint: () => Complaint };
  /**
   * First names of further options that make no sense together with this one: given on the line they are not taken from the
   * environment, and given in the environment not from an options file.
   */
  readonly instead?: readonly string[];
}

/** An option without a value. */
interface FlagOption extends AnyOption {
  readonly arity: 0;
  /** The name of the setting. */
  readonly sets: string;
  /** True if the row names nothing else. */
  readonly to: unknown;
  /** Of a setting that is true or false: what it is without the option, false if the row says nothing. */
  readonly default?: boolean;
}

interface Valued extends AnyOption {
  /** What the value is called in help. */
  readonly placeholder: string;
  /** The message when the value is missing, where it does not call the value as help does. */
  readonly missing?: string;
  /** What to do then, in the program of that name. */
  readonly missingHint?: (program: string) => string;
}

interface OneValue extends Valued {
  readonly arity: 1;
  readonly kind: Kind<unknown>;
  /** Without it the choices of the kind, if it has any. */
  readonly completion?: Completion;
}

/** An option whose value is a setting; the last one counts. */
interface ValueOption extends OneValue {
  readonly sets: string;
  /** What the plan has when nothing was typed. */
  readonly default?: unknown;
  /**
   * The originals look at the value when they open the session: they print a fault of it after those of the rest of the
   * line, without the line that says where help is, and not at all when a good value comes after it.
   */
  readonly late?: true;
}

/** An option of which every value counts: its setting is the list of them. */
interface ListOption extends OneValue {
  readonly adds: string;
}

/** An option whose value is several settings at once, by their names. A setting that is a list gets one more. */
interface SeveralOption extends OneValue {
  readonly kind: Kind<object>;
}

/** `-D`: the number of its words depends on the words. */
interface PropertyOption extends Valued {
  readonly arity: 'property';
}

export type Option = FlagOption | ValueOption | ListOption | SeveralOption | PropertyOption;

// These keep the type of the row, down to its words: the types of settings and plans are made from them.

type Unmade<O extends Option> = Omit<O, 'arity'>;
type Told<R> = R extends { readonly to: infer V } ? V : true;

export const flag = <const R extends Omit<Unmade<FlagOption>, 'to'> & { readonly to?: unknown }>(row: R) =>
  ({ to: true, ...row, arity: 0 }) as R & { readonly arity: 0; readonly to: Told<R> };

export const value = <T, const R extends Unmade<ValueOption>>(
  row: R & { readonly kind: Kind<T>; readonly default?: NoInfer<T> },
): R & { readonly arity: 1 } => ({ ...row, arity: 1 });

export const list = <const R extends Unmade<ListOption>>(row: R): R & { readonly arity: 1 } => ({ ...row, arity: 1 });

export const several = <const R extends Unmade<SeveralOption>>(row: R): R & { readonly arity: 1 } => ({
  ...row,
  arity: 1,
});

/** The message when the value is missing. */
export const missingText = ({ names, placeholder, missing }: OneValue): string =>
  missing ?? `Error: ${names[0]} argument given but no ${placeholder.toLowerCase()} specified.`;

/** What a shell may offer as its value. */
export const completionOf = (option: Option): Completion =>
  'kind' in option ? (option.completion ?? option.kind.choices ?? 'none') : 'none';

/** What help says of the value without the option; undefined: nothing. */
export function defaultText(option: Option): string | undefined {
  if (option.defaultText !== undefined || option.arity !== 1 || !('default' in option)) return option.defaultText;
  return String(option.default);
}

/** The environment variable that stands for an option: only options with a long name and at most one value have one. */
export function environmentName(option: Option): string | undefined {
  const long = option.names.find((name) => name.startsWith('--'));
  if (long === undefined || option.arity === 'property' || option.group === 'misc') return undefined;
  return `TSMOSQ_${long.slice(2).replaceAll('-', '_').toUpperCase()}`;
}
