/**
 * What was typed, made from the rows of options: a setting for each. What was not typed is absent, false or empty; `DEFAULTS` has
 * the `default` of each row, which plan/ fills in. The types of settings and plans follow from the rows as well.
 */
import type { Property } from '../../mqtt/properties.ts';
import type { Complaint } from '../complaint.ts';
import type { ProgramId } from '../programs.ts';
import type { ReadFormat } from '../values/format.ts';
import type { Kind } from '../values/kinds.ts';
import type { PropertyTarget } from '../values/property.ts';
import { OPTIONS, type OptionRow } from './index.ts';

/** What the value of an option, or the presence of a flag, says. */
type ValueOf<R> = R extends { readonly arity: 0; readonly to: infer V }
  ? V extends boolean
    ? boolean
    : V
  : R extends { readonly kind: { read(...args: never): infer V } }
    ? V
    : never;

type Fitted = Fitting<OptionRow>;
type Switch = Extract<Fitted, { readonly to: boolean }>;
type Single = Exclude<Extract<Fitted, { readonly sets: string }>, Switch>;
type Many = Extract<Fitted, { readonly adds: string }>;
type Defaulted = Extract<Single, { readonly default: unknown }>;

type Switches = { [R in Switch as R['sets']]: boolean };
type Singles = { [R in Single as R['sets']]?: ValueOf<R> | undefined };
type Lists = { readonly [R in Many as R['adds']]: ValueOf<R>[] };

export interface Settings extends Switches, Singles, Lists {
  /** Reads the value of `-F`; undefined in programs that have none. */
  readonly readFormat?: ReadFormat | undefined;
  /** What is wrong with the last value of an option that is late. */
  readonly faults: { [R in Extract<Single, { readonly late: true }> as R['sets']]?: Complaint };
  /** Of `-D`. */
  readonly properties: Readonly<Record<PropertyTarget, Property[]>>;
  /** The word after `--help`. */
  helpTopic?: string;
  /** The last `-L` was an mqtts or wss URL. */
  tlsUrl?: boolean;
  /** The last `-L` was a ws or wss URL. */
  wsUrl?: boolean;
}

/** Some settings by their names, of a list one more entry. */
type SomeSettings = {
  readonly [K in keyof Settings]?: Settings[K] extends (infer Entry)[] ? Entry : Settings[K];
};

/** What a row sets beside its own setting, or several at once, has to be of their types, or this does not compile. */
type Fitting<
  R extends { readonly also?: SomeSettings } & (
    | { readonly sets: string }
    | { readonly adds: string }
    | { readonly kind: Kind<SomeSettings> }
    | { readonly arity: 'property' }
  ),
> = R;

/** What the plan has of settings that were not typed. */
export const DEFAULTS = Object.fromEntries(
  OPTIONS.flatMap((row) => ('sets' in row && row.arity === 1 && 'default' in row ? [[row.sets, row.default]] : [])),
) as { readonly [R in Defaulted as R['sets']]: ValueOf<R> };

/** The settings of an empty command line. `readFormat` is for programs that have `-F`. */
export function emptySettings(readFormat?: ReadFormat): Settings {
  const settings: Record<string, unknown> = {
    readFormat,
    faults: {},
    properties: { connect: [], publish: [], subscribe: [], unsubscribe: [], disconnect: [], will: [] },
  };
  for (const row of OPTIONS) {
    if ('adds' in row) settings[row.adds] = [];
    else if (row.arity === 0 && typeof row.to === 'boolean') settings[row.sets] = 'default' in row && row.default;
  }
  return settings as unknown as Settings;
}

/** The settings that are fields of the plan by their own names, of options that all the programs P have. */
type PlainRow<P extends ProgramId> = Fitted extends infer R
  ? R extends { readonly programs: readonly (infer Q)[]; readonly part?: undefined }
    ? [P] extends [Q]
      ? R
      : never
    : never
  : never;

export type PlainSettings<P extends ProgramId> = {
  readonly [R in Extract<PlainRow<P>, Switch> as R['sets']]: boolean;
} & { readonly [R in Extract<PlainRow<P>, Many> as R['adds']]: readonly ValueOf<R>[] } & {
  readonly [R in Extract<PlainRow<P>, Defaulted> as R['sets']]: ValueOf<R>;
} & { readonly [R in Exclude<Extract<PlainRow<P>, Single>, Defaulted> as R['sets']]?: ValueOf<R> | undefined };
