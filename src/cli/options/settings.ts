/**
 * The settings that the user typed, by the rows of options. A setting that was not typed is absent, false or empty; `DEFAULTS`
 * has the `default` of each row, which plan/ fills in. The types of settings and plans follow from the rows as well.
 */
import type { Property } from '../../mqtt/properties.ts';
import type { Complaint } from '../complaint.ts';
import type { ProgramId } from '../programs.ts';
import type { ReadFormat } from '../values/format.ts';
import type { Kind } from '../values/kinds.ts';
import type { PropertyTarget } from '../values/property.ts';
import { OPTIONS, type OptionRow } from './index.ts';

/** The type of an option's value, or of a flag's presence. */
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
  /** Reads the value of `-F`; undefined in programs without it. */
  readonly readFormat?: ReadFormat | undefined;
  /** The error in the last value of each late option. */
  readonly faults: { [R in Extract<Single, { readonly late: true }> as R['sets']]?: Complaint };
  /** Properties given by `-D`. */
  readonly properties: Readonly<Record<PropertyTarget, Property[]>>;
  /** The word after `--help`. */
  helpTopic?: string | undefined;
  /** The last `-L` was an mqtts or wss URL. */
  tlsUrl?: boolean;
  /** The last `-L` was a ws or wss URL. */
  wsUrl?: boolean;
}

/** Some settings by their names; for a list, one more entry. */
type SomeSettings = {
  readonly [K in keyof Settings]?: Settings[K] extends (infer Entry)[] ? Entry : Settings[K];
};

/** Compiles only if the settings of a row have the right types. */
type Fitting<
  R extends { readonly also?: SomeSettings } & (
    | { readonly sets: string }
    | { readonly adds: string }
    | { readonly kind: Kind<SomeSettings> }
    | { readonly arity: 'property' }
  ),
> = R;

/** The plan's values for settings that were not typed. */
export const DEFAULTS = Object.fromEntries(
  OPTIONS.flatMap((row) => ('sets' in row && row.arity === 1 && 'default' in row ? [[row.sets, row.default]] : [])),
) as { readonly [R in Defaulted as R['sets']]: ValueOf<R> };

/** The settings of an empty command line. `readFormat` is for programs with `-F`. */
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

/** Settings that are fields of the plan with the same names, of options that all programs P have. */
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
