/** The line of a monitoring plugin: `MQTT OK - text | performance data`, then further lines. */
import { escaped } from '../../util/printable.ts';
import { millisText, numberText } from '../number-text.ts';
import { rangeText } from '../range.ts';
import type { CheckResult, Metric } from '../result.ts';
import { STATUS_NAMES, worst } from '../status.ts';

/** A bar begins performance data, so that text has none [Monitoring Plugins Development Guidelines, Performance data]. */
const plain = (text: string): string => escaped(text).replaceAll('|', '¦');

/** Days are not a unit of measurement there. */
const UNITS = { ms: 'ms', d: '', B: 'B', c: 'c', '': '' } as const;

/** The most lines of details. */
const MOST_DETAILS = 20;

/** `'label'=value[UOM];[warn];[crit];[min];[max]`; a label has neither quotes nor `=`. */
function performance({ name, value, unit, warn, critical, topic }: Metric, prefix: string): string {
  const label = [prefix, topic, name].filter((part) => part !== undefined && part !== '').join(' ');
  const quoted = /^[\w./-]+$/.test(label) ? label : `'${plain(label).replaceAll("'", "''").replaceAll('=', ':')}'`;
  const fields = [warn, critical].map((range) => (range === undefined ? '' : rangeText(range)));
  return `${quoted}=${unit === 'ms' ? millisText(value) : numberText(value)}${UNITS[unit]};${fields.join(';')}`.replace(
    /;+$/,
    '',
  );
}

export const subjectOf = ({ check, label, broker }: CheckResult): string => label ?? `${check} of ${broker}`;

export function nagios(results: readonly CheckResult[]): string {
  const status = worst(results.map((result) => result.status));
  const data = results.flatMap(({ metrics, label, check }, i) =>
    metrics.map((metric) => performance(metric, results.length === 1 ? '' : (label ?? `${check}-${i + 1}`))),
  );
  const tail = data.length === 0 ? '' : ` | ${data.join(' ')}`;
  const lines =
    results.length === 1
      ? shortened((results[0]!.details ?? []).map(plain))
      : results.map((result) => `${STATUS_NAMES[result.status]}: ${plain(subjectOf(result))}: ${plain(result.text)}`);
  return [`MQTT ${STATUS_NAMES[status]} - ${headline(results)}${tail}`, ...lines, ''].join('\n');
}

function shortened(lines: readonly string[]): string[] {
  const more = lines.length - MOST_DETAILS;
  return more <= 0 ? [...lines] : [...lines.slice(0, MOST_DETAILS), `and ${more} more`];
}

/** Of several results, how many are not good, and the worst of them. */
export function headline(results: readonly CheckResult[]): string {
  const [only] = results;
  if (only === undefined) return 'nothing was checked';
  if (results.length === 1) return plain(`${only.label === undefined ? '' : `${only.label}: `}${only.text}`);
  const bad = results.filter((result) => result.status !== 0);
  if (bad.length === 0) return `all ${results.length} checks are OK`;
  const status = worst(bad.map((result) => result.status));
  const first = bad.find((result) => result.status === status)!;
  return plain(`${bad.length} of ${results.length} checks are not OK: ${subjectOf(first)}: ${first.text}`);
}
