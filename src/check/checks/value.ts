/** `value`: the retained value of a topic, or the next one, against ranges or a pattern. */
import { isTopicName } from '../../mqtt/topic.ts';
import type { QoS } from '../../mqtt/types.ts';
import type { Millis } from '../../util/millis.ts';
import { type JsonPath, valueAt } from '../json-path.ts';
import type { BeginCheck } from '../link.ts';
import { judge, plainNumber, reasonOf, type Thresholds } from '../range.ts';
import { type Metric, type Verdict, verdict } from '../result.ts';
import { type CheckStatus, CRITICAL, OK, UNKNOWN, worst } from '../status.ts';
import { refused } from './refusal.ts';

export interface ValueOptions {
  /** At least one. */
  readonly filters: readonly string[];
  readonly qos: QoS;
  readonly thresholds: Thresholds;
  /** Undefined: the payload is the value. */
  readonly path?: JsonPath | undefined;
  /** What the text of the value has to match. */
  readonly match?: RegExp | undefined;
  /** How long to wait for a message where none is retained. */
  readonly wait: Millis;
}

/** What one topic comes to. */
interface ValueRow {
  readonly status: CheckStatus;
  readonly text: string;
  readonly metrics: readonly Metric[];
}

export const value =
  (options: ValueOptions): BeginCheck =>
  (link, finish) => {
    const rows = new Map<string, ValueRow>();
    const { filters, qos, wait } = options;
    const several = filters.length > 1 || filters.some((filter) => !isTopicName(filter));
    let unanswered = filters.length;
    let waiting = false;
    let stop = (): void => {};

    const done = (outcome: Verdict): void => {
      stop();
      finish(outcome);
    };
    const total = (): Verdict => (rows.size === 0 ? nothing(filters) : summary(rows));

    for (const filter of filters)
      link.subscribe(filter, qos, (answer) => {
        if (answer.code >= 128) return done(refused(`the subscription to '${filter}'`, answer, link.version));
        if (--unanswered > 0) return;
        // A broker sends what is retained before it answers a later PINGREQ, so that nothing more is to be waited for.
        link.ping(() => {
          if (rows.size > 0 || wait === 0) return done(total());
          waiting = true;
          stop = link.callAt(link.now() + wait, () => done(total()));
        });
      });
    return {
      message: ({ topic, payload }) => {
        rows.set(topic, rowOf(topic, payload, options, several));
        if (waiting || !several) done(total());
      },
      expired: total,
    };
  };

const nothing = (filters: readonly string[]): Verdict =>
  verdict(UNKNOWN, `no value is retained on '${filters.join("', '")}', and no message arrived`, [], {
    advice: 'Give a message time to arrive with --wait.',
  });

function summary(rows: ReadonlyMap<string, ValueRow>): Verdict {
  const all = [...rows.values()];
  const status = worst(all.map((row) => row.status));
  const metrics = all.flatMap((row) => row.metrics);
  if (all.length === 1) return verdict(status, all[0]!.text, metrics);
  // The worst ones first.
  const bad = [...all.filter((row) => row.status === status), ...all.filter((row) => row.status !== status)].filter(
    (row) => row.status !== OK,
  );
  const text =
    bad.length === 0 ? `${all.length} values are good` : `${bad.length} of ${all.length} values are not good`;
  const [first] = bad;
  return verdict(status, first === undefined ? text : `${text}: ${first.text}`, metrics, {
    details: bad.map((row) => row.text),
  });
}

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
  const text = typeof found === 'string' ? found : JSON.stringify(found);
  const number = typeof found === 'boolean' ? Number(found) : plainNumber(text);
  const metrics: Metric[] =
    number === undefined ? [] : [{ name: 'value', value: number, unit: '', ...thresholds, ...(several && { topic }) }];
  if (match !== undefined && !match.test(text))
    return { status: CRITICAL, text: `'${topic}' is '${text}', which does not match ${match.source}`, metrics };
  if (thresholds.warn === undefined && thresholds.critical === undefined)
    return { status: OK, text: `'${topic}' is '${text}'`, metrics };
  if (number === undefined) return { status: UNKNOWN, text: `'${topic}' is '${text}', which is not a number`, metrics };
  const why = reasonOf(number, thresholds);
  return { status: judge(number, thresholds), text: `'${topic}' is ${text}${why === '' ? '' : `, ${why}`}`, metrics };
}
