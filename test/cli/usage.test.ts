/** The help text, as it was read and found good. `UPDATE=1` writes it anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../src/cli/options/index.ts';
import { helpText, versionText } from '../../src/cli/usage.ts';

const PLANNED = ['pub', 'sub', 'rr'] as const;

describe('--help', () => {
  it.each(PLANNED)('of %s is the text in the golden file', async (program) => {
    const golden = new URL(`../golden/help-ts${program}.txt`, import.meta.url);
    const text = await helpText(program);
    if (process.env['UPDATE'] === '1') writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });

  it.each(PLANNED)('of %s fits into 80 columns and ends in one line end', async (program) => {
    const text = await helpText(program);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toMatch(/[^\n]\n$/);
  });

  it.each(PLANNED)('of %s shows each option', async (program) => {
    const text = await helpText(program);
    for (const option of optionsOf(program)) {
      const placeholder = option.arity === 0 ? '' : ` ${option.placeholder}`;
      const shown = new RegExp(`^ +${option.names.join(', ')}${placeholder}( |$)`, 'm').test(text);
      expect(`${option.names[0]} ${shown}`).toBe(`${option.names[0]} true`);
    }
  });
});

describe('--version', () => {
  it('is one line', () => {
    expect(versionText('sub', '1.2.3', 'Node.js 20.20.2')).toBe('tssub 1.2.3 (Node.js 20.20.2)\n');
    expect(versionText('rr', '1.2.3', '')).toBe('tsrr 1.2.3\n');
  });
});
