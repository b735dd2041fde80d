/** The manual pages: what is in man/ is what the tables say. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manualPages } from '../../../src/cli/help/man.ts';

const folder = join(import.meta.dirname, '../../../man');
const pages = [...manualPages()];

describe('man/', () => {
  it.each(pages)('%s is what npm run man writes', (name, text) => {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
  });

  it('has a page for each program, and package.json installs them', () => {
    const { bin, man } = JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8'));
    const names = pages.map(([name]) => name).sort();
    expect(readdirSync(folder).sort()).toEqual(names);
    expect([...man].sort()).toEqual(names.map((name) => `man/${name}`));
    expect(Object.keys(bin)).toEqual(expect.arrayContaining(names.map((name) => name.replace('.1', ''))));
  });

  it.each(['tssub.1', 'tsrr.1'])('%s says what closed standard output does', (name) => {
    expect(readFileSync(join(folder, name), 'utf8')).toContain('With standard output closed');
  });
});
