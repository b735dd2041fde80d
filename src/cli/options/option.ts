/**
 * What a row of the table of options contains: names, what it `sets`, its `default`, its help. Parser, settings, plan,
 * help, manual, completion and environment are all made from these rows.
 */
import type { Complaint } from '../complaint.ts';
import type { ProgramId } from '../programs.ts';
import type { Kind } from '../values/kinds.ts';

/** The groups of the help text, in its order, with their headings. `--help` knows a group by its heading, in lower case. */
export const GROUPS = {
  checks: 'Checks',
  thresholds: 'Thresholds',
  report: 'Report',
  message: 'Message',
  subscriptions: 'Subscriptions',
  response: 'Response',
  output: 'Output',
  spool: 'Spool',
  commands: 'Commands',
  connection: 'Connection',
  session: 'Session',
  credentials: 'Credentials',
  will: 'Will',
  mqtt5: 'MQTT 5',
  tls: 'TLS',
  other: 'Other',
} as const;

export type OptionGroup = keyof typeof GROUPS;

// Sets of programs that share options.
export const ALL = ['pub', 'sub', 'rr', 'check'] as const satisfies readonly ProgramId[];
export const CLIENTS = ['pub', 'sub', 'rr'] as const satisfies readonly ProgramId[];
export const SENDERS = ['pub', 'rr'] as const satisfies readonly ProgramId[];
export const PRINTERS = ['sub', 'rr'] as const satisfies readonly ProgramId[];

/** The values that a shell may offer. */
export type Completion = 'none' | 'file' | 'directory' | readonly string[];

/** The part of the plan for a setting that plan/ transforms. Without a part, the setting is a field of the plan itself. */
type PlanPart =
  | 'check'
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
  /** The short name first, if there is one: messages use it. */
  readonly names: readonly [string, ...string[]];
  readonly programs: readonly ProgramId[];
  readonly group: OptionGroup;
  /** One line, at most 60 characters. */
  readonly help: string;
  /** The default shown in help, if it differs from the value of `default`. */
  readonly defaultText?: string | Readonly<Record<ProgramId, string>>;
  /** Replaces `help` on the one-screen page, where `help` needs two lines. */
  readonly brief?: { readonly help: string };
  readonly part?: PlanPart;
  /** Further settings that the option sets. */
  readonly also?: object;
  /** First names of options (or its own) that must not precede this one. */
  readonly conflict?: { readonly with: readonly string[]; readonly complaint: () => Complaint };
  /**
   * First names of further options that make no sense together with this one. An option on the command line excludes
   * those in the environment, and one in the environment excludes those in an options file.
   */
  readonly instead?: readonly string[];
}

/** An option without a value. */
interface FlagOption extends AnyOption {
  readonly arity: 0;
  /** The name of the setting. */
  readonly sets: string;
  /** The value of the setting; true by default. */
  readonly to: unknown;
  /** The value of a true-or-false setting without the option; false by default. */
  readonly default?: boolean;
}

interface Valued extends AnyOption {
  /** The name of the value in help. */
  readonly placeholder: string;
  /** The message for a missing value, if it does not name the value as help does. */
  readonly missing?: string;
  /** The hint for a missing value, with the name of the program. */
  readonly missingHint?: (program: string) => string;
}

interface OneValue extends Valued {
  readonly arity: 1;
  readonly kind: Kind<unknown>;
  /** The values that a shell may offer; by default the choices of the kind, if any. */
  readonly completion?: Completion;
}

/** An option whose value is a setting; the last occurrence counts. */
interface ValueOption extends OneValue {
  readonly sets: string;
  /** The plan's value without the option. */
  readonly default?: unknown;
  /**
   * The Mosquitto clients check the value when they open the session. So an error in it is printed after errors in the
   * rest of the line, without the reference to help, and not at all when a valid value follows.
   */
  readonly late?: true;
}

/** An option of which every occurrence counts: the setting is a list of the values. */
interface ListOption extends OneValue {
  readonly adds: string;
}

/** An option whose value contains several settings by their names. A setting that is a list gets one more entry. */
interface SeveralOption extends OneValue {
  readonly kind: Kind<object>;
}

/** `-D`: the number of words depends on the words. */
interface PropertyOption extends Valued {
  readonly arity: 'property';
}

export type Option = FlagOption | ValueOption | ListOption | SeveralOption | PropertyOption;

// These functions keep the literal type of the row, because the types of settings and plans are made from it.

type Unmade<O extends Option> = Omit<O, 'arity'>;
type FlagValue<R> = R extends { readonly to: infer V } ? V : true;

export const flag = <const R extends Omit<Unmade<FlagOption>, 'to'> & { readonly to?: unknown }>(row: R) =>
  ({ to: true, ...row, arity: 0 }) as R & { readonly arity: 0; readonly to: FlagValue<R> };

export const value = <T, const R extends Unmade<ValueOption>>(
  row: R & { readonly kind: Kind<T>; readonly default?: NoInfer<T> },
): R & { readonly arity: 1 } => ({ ...row, arity: 1 });

export const list = <const R extends Unmade<ListOption>>(row: R): R & { readonly arity: 1 } => ({ ...row, arity: 1 });

export const several = <const R extends Unmade<SeveralOption>>(row: R): R & { readonly arity: 1 } => ({
  ...row,
  arity: 1,
});

/** The message for a missing value. */
export const missingText = ({ names, placeholder, missing }: OneValue): string =>
  missing ?? `Error: ${names[0]} argument given but no ${placeholder.toLowerCase()} specified.`;

/** What a shell may offer as its value. */
export const completionOf = (option: Option): Completion =>
  'kind' in option ? (option.completion ?? option.kind.choices ?? 'none') : 'none';

/** The default for help; undefined when help mentions none. */
export function defaultText(option: Option, program: ProgramId): string | undefined {
  const text = option.defaultText;
  if (text !== undefined) return typeof text === 'string' ? text : text[program];
  return option.arity === 1 && 'default' in option ? String(option.default) : undefined;
}

/** The environment variable of an option. Only an option with a long name and at most one value has one. */
export function environmentName(option: Option): string | undefined {
  const long = option.names.find((name) => name.startsWith('--'));
  if (long === undefined || option.arity === 'property' || option.group === 'other') return undefined;
  return `TSMOSQ_${long.slice(2).replaceAll('-', '_').toUpperCase()}`;
}
