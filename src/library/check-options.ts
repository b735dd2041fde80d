/** What check() takes and returns. */
import type { Metric } from '../check/result.ts';
import type { StatusName } from '../check/status.ts';
import type { QoS } from '../mqtt/types.ts';

/** A range in the notation of the Monitoring Plugins (`10:20`, `@10:20`, `~:5`). A number is the largest good value. */
export type Limit = number | string;

export interface CheckLimits {
  readonly warn?: Limit;
  readonly critical?: Limit;
}

/** What to check. Times are milliseconds. */
export type CheckRequest =
  /** Limits are of the milliseconds until CONNACK; `wait`: how long to try again. */
  | ({ readonly check: 'up'; readonly wait?: number } & CheckLimits)
  /** Limits are of the milliseconds from PUBLISH to its return. Default of `topic`: `tscheck/CLIENTID`. */
  | ({ readonly check: 'roundtrip'; readonly topic?: string; readonly qos?: QoS } & CheckLimits)
  | ({
      readonly check: 'value';
      readonly topics: readonly string[];
      readonly qos?: QoS;
      /** Where in the JSON of the payload the value is, such as `.state.temp`. */
      readonly path?: string;
      readonly match?: RegExp;
      readonly wait?: number;
    } & CheckLimits)
  | {
      readonly check: 'fresh';
      readonly topics: readonly string[];
      readonly qos?: QoS;
      readonly olderThan: number;
      /** Default: `olderThan`, and 0 with `path`. */
      readonly listen?: number;
      readonly min?: number;
      /** Where in the JSON of the payload its time is. */
      readonly path?: string;
    }
  /** Such as `max-qos=2` or `packet-size>=1000000`. */
  | { readonly check: 'limits'; readonly require?: readonly string[] }
  | {
      readonly check: 'sys';
      /** By the name of a figure, or by a topic below `$SYS`. */
      readonly warn?: Readonly<Record<string, Limit>>;
      readonly critical?: Readonly<Record<string, Limit>>;
      readonly wait?: number;
    }
  /** Limits are of days: a number is the fewest good ones. */
  | ({ readonly check: 'cert' } & CheckLimits);

/** What a check comes to. */
export interface CheckReport {
  readonly status: StatusName;
  readonly text: string;
  readonly metrics: readonly Metric[];
  readonly details: readonly string[];
}
