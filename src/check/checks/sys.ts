/** `sys`: the broker's own figures, which it publishes below `$SYS`. */

import { decimalNumber } from '../../util/decimal-number.ts';
import type { Millis } from '../../util/millis.ts';
import type { BeginCheck } from '../link.ts';
import { judge, reasonOf, type Thresholds } from '../range.ts';
import { type Metric, type Unit, type Verdict, verdict } from '../result.ts';
import { type CheckStatus, OK, UNKNOWN, worst } from '../status.ts';
import { listenTo } from './listening.ts';

/**
 * One name for the same figure of several brokers: Mosquitto (mosquitto(8), "Broker status"), FlashMQ (flashmq.conf(5)) and EMQX
 * ("$SYS Topics"; `+` is its node).
 */
const FIGURES: readonly { readonly name: string; readonly unit: Unit; readonly topics: readonly string[] }[] = [
  { name: 'uptime', unit: '', topics: ['$SYS/broker/uptime', '$SYS/brokers/+/uptime'] },
  {
    name: 'clients-connected',
    unit: '',
    topics: ['$SYS/broker/clients/connected', '$SYS/broker/clients/total', '$SYS/brokers/+/stats/connections/count'],
  },
  {
    name: 'clients-total',
    unit: '',
    topics: ['$SYS/broker/clients/total', '$SYS/broker/sessions/total', '$SYS/brokers/+/stats/sessions/count'],
  },
  {
    name: 'subscriptions',
    unit: '',
    topics: ['$SYS/broker/subscriptions/count', '$SYS/brokers/+/stats/subscriptions/count'],
  },
  {
    name: 'retained',
    unit: '',
    topics: ['$SYS/broker/retained messages/count', '$SYS/brokers/+/stats/retained/count'],
  },
  { name: 'stored', unit: '', topics: ['$SYS/broker/store/messages/count', '$SYS/broker/messages/stored'] },
  {
    name: 'messages-received',
    unit: 'c',
    topics: [
      '$SYS/broker/messages/received',
      '$SYS/broker/load/messages/received/total',
      '$SYS/brokers/+/metrics/messages/received',
    ],
  },
  {
    name: 'messages-sent',
    unit: 'c',
    topics: [
      '$SYS/broker/messages/sent',
      '$SYS/broker/load/messages/sent/total',
      '$SYS/brokers/+/metrics/messages/sent',
    ],
  },
  {
    name: 'dropped',
    unit: 'c',
    topics: ['$SYS/broker/publish/messages/dropped', '$SYS/brokers/+/metrics/messages/dropped'],
  },
  {
    name: 'bytes-received',
    unit: 'c',
    topics: ['$SYS/broker/bytes/received', '$SYS/brokers/+/metrics/bytes/received'],
  },
  { name: 'bytes-sent', unit: 'c', topics: ['$SYS/broker/bytes/sent', '$SYS/brokers/+/metrics/bytes/sent'] },
  { name: 'heap', unit: 'B', topics: ['$SYS/broker/heap/current'] },
];

export const FIGURE_NAMES: readonly string[] = FIGURES.map(({ name }) => name);

/** A topic as a pattern: `+` stands for one level. */
const patternOf = (topic: string): RegExp =>
  new RegExp(`^${topic.replace(/[.*?^${}()|[\]\\]/g, '\\$&').replaceAll('+', '[^/]+')}$`);

const PATTERNS = FIGURES.flatMap(({ name, unit, topics }) =>
  topics.map((topic, rank) => ({ name, unit, rank, pattern: patternOf(topic) })),
);

export interface SysOptions {
  /** By the name of a figure, or by a topic below `$SYS`. */
  readonly thresholds: ReadonlyMap<string, Thresholds>;
  /** How long to wait for figures that are not retained, as those of EMQX. */
  readonly wait: Millis;
}

const FILTER = '$SYS/#';

export const sys =
  ({ thresholds, wait }: SysOptions): BeginCheck =>
  (link, finish) => {
    const values = new Map<string, string>();
    let stop = (): void => {};
    const done = (outcome: Verdict): void => {
      stop();
      finish(outcome);
    };
    const total = (): Verdict => summary(values, thresholds);
    const isComplete = (): boolean => {
      const found = metricsOf(values, thresholds);
      return [...thresholds.keys()].every((name) => found.some((metric) => metric.name === name));
    };
    const silence = listenTo(link, [FILTER], 0, {
      rejected: done,
      complete: () => {
        if (wait === 0 || (values.size > 0 && isComplete())) return done(total());
        stop = link.callAt(link.now() + wait, () => done(total()));
      },
    });
    return {
      message: ({ topic, payload }) => void values.set(topic, new TextDecoder().decode(payload).trim()),
      expired: () => silence() ?? total(),
    };
  };

function summary(values: ReadonlyMap<string, string>, thresholds: SysOptions['thresholds']): Verdict {
  if (values.size === 0)
    return verdict(UNKNOWN, 'the broker publishes nothing below $SYS', [], {
      advice: 'Wait for its next figures with --wait, or allow $SYS/# in its access rules.',
    });
  const metrics = metricsOf(values, thresholds);
  const missing = [...thresholds.keys()].filter((name) => !metrics.some((metric) => metric.name === name));
  const judged = metrics.filter((metric) => thresholds.has(metric.name));
  const bad = judged.filter((metric) => judge(metric.value, metric) !== OK);
  const faults = [
    ...bad.map((metric) => `${metric.name} is ${metric.value}, ${reasonOf(metric.value, metric)}`),
    ...missing.map((name) => `the broker publishes no figure '${name}'`),
  ];
  const status = worst([
    ...judged.map((metric) => judge(metric.value, metric)),
    ...missing.map((): CheckStatus => UNKNOWN),
  ]);
  const version = values.get('$SYS/broker/version');
  const good = [version ?? 'the broker', ...metrics.slice(0, 4).map(({ name, value }) => `${name} ${value}`)].join(
    ', ',
  );
  return verdict(status, faults.length === 0 ? good : faults.join('; '), metrics);
}

/** Of several topics for one figure, the first in the table counts. Topics that thresholds name are figures too. */
function metricsOf(values: ReadonlyMap<string, string>, thresholds: SysOptions['thresholds']): Metric[] {
  const found = new Map<string, { readonly rank: number; readonly metric: Metric }>();
  for (const [topic, text] of values) {
    // Mosquitto writes `123 seconds`.
    const value = decimalNumber(text.replace(/ seconds$/, ''));
    if (value === undefined) continue;
    if (thresholds.has(topic)) {
      const metric: Metric = { name: topic, value, unit: '', ...thresholds.get(topic) };
      found.set(topic, { rank: 0, metric });
    }
    for (const { name, unit, rank, pattern } of PATTERNS) {
      if (!pattern.test(topic) || (found.get(name)?.rank ?? Infinity) <= rank) continue;
      found.set(name, { rank, metric: { name, value, unit, ...thresholds.get(name) } });
    }
  }
  const order = (name: string): number => FIGURE_NAMES.indexOf(name) + 1 || Infinity;
  return [...found.values()].map(({ metric }) => metric).sort((a, b) => order(a.name) - order(b.name));
}
