/** How text is set in columns: rows of a label and its meaning, and lines of limited width. */

const COLUMNS = 80;

/** The rows of a help text, in lines of 80 columns; a string is a separate line: a heading, or empty. */
export function helpRows(rows: readonly (readonly [label: string, help: string] | string)[]): string[] {
  const width = Math.max(...rows.map((row) => (typeof row === 'string' ? 0 : row[0].length))) + 4;
  return rows.map((row) => {
    if (typeof row === 'string') return row;
    const [first, ...more] = wrap(row[1], COLUMNS - width);
    return [`  ${row[0]}`.padEnd(width) + first, ...more.map((line) => ' '.repeat(width) + line)].join('\n');
  });
}

/** The text in lines of at most `columns` characters; a longer word gets its own line. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
