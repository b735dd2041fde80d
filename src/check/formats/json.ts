/** One JSON object for all results. docs/monitoring.md describes its members. */
import { rangeText, type ValueRange } from '../range.ts';
import type { CheckResult, Metric } from '../result.ts';
import { STATUS_NAMES, worst } from '../status.ts';

const range = (key: string, value: ValueRange | undefined) => (value === undefined ? {} : { [key]: rangeText(value) });

const metric = ({ name, value, unit, topic, warn, critical }: Metric) => ({
  name,
  ...(topic !== undefined && { topic }),
  value,
  ...(unit !== '' && { unit }),
  ...range('warn', warn),
  ...range('critical', critical),
});

export function json(results: readonly CheckResult[]): string {
  const status = worst(results.map((result) => result.status));
  const checks = results.map(({ check, label, broker, status: own, text, metrics, details }) => ({
    check,
    ...(label !== undefined && { name: label }),
    broker,
    status: STATUS_NAMES[own],
    text,
    metrics: metrics.map(metric),
    ...(details !== undefined && { details }),
  }));
  return `${JSON.stringify({ status: STATUS_NAMES[status], code: status, checks })}\n`;
}
