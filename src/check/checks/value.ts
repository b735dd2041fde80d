/** `value`: the retained value of a topic, or the next one, against ranges or a pattern. */
import { isTopicName, matches } from '../../mqtt/topic.ts';
import type { QoS } from '../../mqtt/types.ts';
import { decimalNumber } from '../../util/decimal-number.ts';
import type { Millis } from '../../util/millis.ts';
import { type JsonPath, valueAt } from '../json-path.ts';
import type { BeginCheck } from '../link.ts';
import { judge, reasonOf, type Thresholds } from '../range.ts';
import { type Metric, type Verdict, verdict } from '../result.ts';
import { type CheckStatus, CRITICAL, OK, UNKNOWN, worst } from '../status.ts';
import { listenTo } from './listening.ts';

export interface ValueOptions {
  /** At least one. */
  readonly filters: readonly string[];
  readonly qos: QoS;
  readonly thresholds: Thresholds;
  /** Undefined: the payload is the value. */
  readonly path?: JsonPath | undefined;
  /** What the text of the value has to match; its test gives undefined when it takes too long. */
  readonly match?: { readonly source: string; test(text: string): boolean | undefined } | undefined;
  /** How long to wait for a message where none is retained. */
  readonly wait: Millis;
}

/** What one topic comes to. */
interface ValueRow {
  readonly status: CheckStatus;
  readonly text: string;
  readonly metrics: readonly Metric[];
  readonly advice?: string;
}

export const value =
  (options: ValueOptions): BeginCheck =>
  (link, finish) => {
    const rows = new Map<string, ValueRow>();
    const { filters, qos, wait } = options;
    const several = filters.length > 1 || filters.some((filter) => !isTopicName(filter));
    let waiting = false;
    let stop = (): void => {};

    const done = (outcome: Verdict): void => {
      stop();
      finish(outcome);
    };
    /** The filters without a value. */
    const missing = (): string[] =>
      filters.filter((filter) => ![...rows.keys()].some((topic) => matches(filter, topic)));
    const total = (): Verdict =>
      summary(new Map([...rows, ...missing().map((filter) => [filter, nothing(filter)] as const)]));
    const silence = listenTo(link, filters, qos, {
      rejected: done,
      complete: () => {
        if (wait === 0 || missing().length === 0) return done(total());
        waiting = true;
        stop = link.callAt(link.now() + wait, () => done(total()));
      },
    });
    return {
      message: ({ topic, payload }) => {
        rows.set(topic, rowOf(topic, payload, options, several));
        if (!several || (waiting && missing().length === 0)) done(total());
      },
      expired: () => silence() ?? total(),
    };
  };

const nothing = (filter: string): ValueRow => ({
  status: UNKNOWN,
  text: `no value is retained on '${filter}', and no message arrived`,
  metrics: [],
  advice: 'Give a message time to arrive with --wait. Some brokers send nothing where an access rule forbids reading.',
});

function summary(rows: ReadonlyMap<string, ValueRow>): Verdict {
  const all = [...rows.values()];
  const status = worst(all.map((row) => row.status));
  const metrics = all.flatMap((row) => row.metrics);
  const advice = all.find((row) => row.status === status)?.advice;
  if (all.length === 1) return verdict(status, all[0]!.text, metrics, { advice });
  // The worst ones first.
  const bad = [...all.filter((row) => row.status === status), ...all.filter((row) => row.status !== status)].filter(
    (row) => row.status !== OK,
  );
  const text =
    bad.length === 0 ? `${all.length} values are good` : `${bad.length} of ${all.length} values are not good`;
  const [first] = bad;
  return verdict(status, first === undefined ? text : `${text}: ${first.text}`, metrics, {
    details: bad.map((row) => row.text),
    advice,
  });
}

/** The most of a value that is shown. */
const MOST_CHARACTERS = 200;

/** Bytes that are not UTF-8 become replacement characters: they are not part of a number. */
function textOf(payload: Uint8Array): string {
  return new TextDecoder().decode(payload);
}

function rowOf(topic: string, payload: Uint8Array, options: ValueOptions, several: boolean): ValueRow {
  const { path, match, thresholds } = options;
  let found: unknown;
  try {
    found = path === undefined ? textOf(payload).trim() : valueAt(textOf(payload), path);
  } catch {
    return { status: UNKNOWN, text: `the payload of '${topic}' is not JSON`, metrics: [] };
  }
  if (found === undefined)
    return { status: UNKNOWN, text: `the payload of '${topic}' has no value at the JSON path`, metrics: [] };
  const whole = typeof found === 'string' ? found : JSON.stringify(found);
  const text = whole.length > MOST_CHARACTERS ? `${whole.slice(0, MOST_CHARACTERS)}…` : whole;
  const number = typeof found === 'boolean' ? Number(found) : decimalNumber(whole);
  const metrics: Metric[] =
    number === undefined ? [] : [{ name: 'value', value: number, unit: '', ...thresholds, ...(several && { topic }) }];
  const fits = match === undefined || match.test(whole);
  if (fits === undefined)
    return { status: UNKNOWN, text: `comparing '${topic}' with ${match!.source} takes too long`, metrics };
  if (!fits)
    return { status: CRITICAL, text: `'${topic}' is '${text}', which does not match ${match!.source}`, metrics };
  if (thresholds.warn === undefined && thresholds.critical === undefined)
    return { status: OK, text: `'${topic}' is '${text}'`, metrics };
  if (number === undefined) return { status: UNKNOWN, text: `'${topic}' is '${text}', which is not a number`, metrics };
  const why = reasonOf(number, thresholds);
  return { status: judge(number, thresholds), text: `'${topic}' is ${text}${why === '' ? '' : `, ${why}`}`, metrics };
}
