/** What a check comes to: a status, one sentence, and the figures that it measured. */
import type { ValueRange } from './range.ts';
import type { CheckStatus } from './status.ts';

/** `ms`: milliseconds; `d`: days; `B`: bytes; `c`: a counter that only grows; empty: a number of things, or a value of yours. */
export type Unit = 'ms' | 'd' | 'B' | 'c' | '';

/** A figure that a check measured. */
export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  readonly warn?: ValueRange | undefined;
  readonly critical?: ValueRange | undefined;
  /** The topic that the figure is about, where the check has several. */
  readonly topic?: string | undefined;
}

export interface Verdict {
  readonly status: CheckStatus;
  /** One sentence without a full stop. Nothing in it is escaped yet. */
  readonly text: string;
  readonly metrics: readonly Metric[];
  /** Further lines, such as the topics that are silent. */
  readonly details?: readonly string[];
  /** What to change, where that is known: for standard error. */
  readonly advice?: string | undefined;
}

/** A verdict, and what it is about. */
export interface CheckResult extends Verdict {
  /** The name of the check, such as `roundtrip`. */
  readonly check: string;
  /** A name that the user gave it (`--name`). */
  readonly label?: string | undefined;
  /** The broker, such as `localhost:1883`. */
  readonly broker: string;
}

export const verdict = (
  status: CheckStatus,
  text: string,
  metrics: readonly Metric[] = [],
  more: Pick<Verdict, 'details' | 'advice'> = {},
): Verdict => ({ status, text, metrics, ...more });
