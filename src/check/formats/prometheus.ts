/** The text format of Prometheus, for the textfile collector of node_exporter. Base units: seconds and bytes. */

import { numberText } from '../number-text.ts';
import type { CheckResult, Metric, Unit } from '../result.ts';
import { STATUS_NAMES } from '../status.ts';

/** The suffix of the name, and what a value is multiplied by [Prometheus, Metric and label naming]. */
const UNITS: Readonly<Record<Unit, readonly [suffix: string, factor: number]>> = {
  ms: ['_seconds', 0.001],
  d: ['_seconds', 86_400],
  B: ['_bytes', 1],
  c: ['', 1],
  '': ['', 1],
};

interface Family {
  readonly help: string;
  readonly lines: string[];
}

const STATUS = 'tsmosq_check_status';

export function prometheus(results: readonly CheckResult[]): string {
  const families = new Map<string, Family>();
  const add = (name: string, help: string, labels: Labels, value: string): void => {
    const family = families.get(name) ?? { help, lines: [] };
    families.set(name, family);
    const line = `${name}${labelText(labels)} ${value}`;
    family.lines.push(line);
  };
  const labelled = numbered(results);
  for (const [result, own] of labelled) {
    add(
      STATUS,
      `Result of a check: ${STATUS_NAMES.map((name, i) => `${i} ${name}`).join(', ')}.`,
      own,
      `${result.status}`,
    );
    for (const metric of result.metrics) addMetric(metric, result, own, add);
  }
  return [...families]
    .flatMap(([name, { help, lines }]) => [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines])
    .map((line) => `${line}\n`)
    .join('');
}

/** The labels of each result. Results that are alike in all labels get a number too, as a series must not appear twice. */
function numbered(results: readonly CheckResult[]): (readonly [CheckResult, Labels])[] {
  const texts = results.map((result) => labelText(labelsOf(result)));
  return results.map((result, i) => {
    const isAlone = texts.indexOf(texts[i]!) === texts.lastIndexOf(texts[i]!);
    return [result, isAlone ? labelsOf(result) : { ...labelsOf(result), number: `${i + 1}` }];
  });
}

type Labels = Readonly<Record<string, string | undefined>>;

const labelsOf = ({ check, label, broker }: CheckResult): Labels => ({ check, name: label, broker });

function addMetric(
  { name, value, unit, topic }: Metric,
  result: CheckResult,
  labels: Labels,
  add: (name: string, help: string, labels: Labels, value: string) => void,
): void {
  const [suffix, factor] = UNITS[unit];
  // A topic that stands for its figure is a label, not a name.
  const isTopic = name.startsWith('$');
  const word = isTopic ? 'value' : name.replace(/[^A-Za-z0-9]+/g, '_');
  const family = `tsmosq_check_${result.check}_${word}${suffix}`;
  const help = `The figure "${word}" of tscheck ${result.check}.`;
  add(family, help, { ...labels, topic: isTopic ? name : topic }, scaled(value, factor));
}

const scaled = (value: number, factor: number): string =>
  factor === 1 ? numberText(value) : String(Number((value * factor).toPrecision(12)));

/** Backslash, quote and newline are escaped [Prometheus, Exposition formats]. */
function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`],
  );
  return `{${pairs.join(',')}}`;
}
