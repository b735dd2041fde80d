/** The tables of COMPATIBILITY.md fit into 120 columns and say nothing twice. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/root.ts';

const TEXT = readFileSync(join(root, 'COMPATIBILITY.md'), 'utf8');
const LINES = TEXT.split('\n');
const repeated = (texts: readonly string[]): string[] => texts.filter((text, i) => texts.indexOf(text) !== i);

describe('COMPATIBILITY.md', () => {
  it('has no row of more than 120 columns', () => {
    expect(LINES.filter((line) => line.startsWith('|') && [...line].length > 120)).toEqual([]);
  });

  it('has no line of text twice', () => {
    // The heads of tables alone are equal.
    const isHead = (line: string): boolean => /^\| (?:case|command|---) \|/.test(line);
    expect(repeated(LINES.filter((line) => line !== '' && !isHead(line)))).toEqual([]);
  });

  it.each(TEXT.split(/^#+ /m).map((section) => [section.split('\n')[0]!, section] as const))(
    '%s: has each case once',
    (heading, section) => {
      if (heading === 'Additions') return;
      const cells = [...section.matchAll(/^\| (.+?)(?: †)? \| /gm)].map(([, cell]) => cell!);
      expect(repeated(cells)).toEqual([]);
    },
  );

  it('has no sentence twice', () => {
    const sentences = LINES.filter((line) => !line.startsWith('|'))
      .join(' ')
      .split(/(?<=[.:])\s+/)
      .filter((sentence) => sentence.length > 30);
    expect(repeated(sentences)).toEqual([]);
  });
});
