/** A line a check for people: `OK: roundtrip of localhost:1883: text`, with further lines indented. */
import { escaped } from '../../util/printable.ts';
import type { CheckResult } from '../result.ts';
import { STATUS_NAMES } from '../status.ts';
import { subjectOf } from './nagios.ts';

export function text(results: readonly CheckResult[]): string {
  return results
    .flatMap((result) => [
      `${STATUS_NAMES[result.status]}: ${escaped(subjectOf(result))}: ${escaped(result.text)}`,
      ...(result.details ?? []).map((line) => `    ${escaped(line)}`),
      '',
    ])
    .join('\n')
    .replaceAll('\n\n', '\n');
}
