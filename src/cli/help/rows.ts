/** Rows of a help text: a label, and beside it what it means, in lines of 80 columns. */
import { wrap } from './wrap.ts';

const COLUMNS = 80;

/** Undefined is an empty line. */
export function helpRows(rows: readonly (readonly [label: string, help: string] | undefined)[]): string[] {
  const width = Math.max(...rows.map((row) => row?.[0].length ?? 0)) + 4;
  return rows.map((row) => {
    if (row === undefined) return '';
    const [first, ...more] = wrap(row[1], COLUMNS - width);
    return [`  ${row[0]}`.padEnd(width) + first, ...more.map((line) => ' '.repeat(width) + line)].join('\n');
  });
}
