/** The text of `--version`: name, version and runtime on the first line, then a line for each feature. */
import type { Feature } from '../../runtime/features.ts';

export function versionLines(name: string, version: string, runtime: string, features: readonly Feature[]): string {
  const width = Math.max(...features.map((feature) => feature.name.length), 0) + 2;
  const rows = features.map(
    (feature) =>
      `${feature.name.padEnd(width)}${feature.available ? (feature.by ?? 'yes') : `no: ${feature.reason}`}\n`,
  );
  return `${name} ${version}${runtime === '' ? '' : ` (${runtime})`}\n${rows.join('')}`;
}
