// Every option has at least one use on the built commands, in this folder or beside the originals.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { optionsOf } from '../../src/cli/options/index.ts';
import { PROGRAMS, type ProgramId } from '../../src/cli/programs.ts';

const folders = [import.meta.dirname, join(import.meta.dirname, '../parity')];
const sources = folders
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
  .filter((path) => path.endsWith('.ts') && !path.endsWith('every-option.test.ts'))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');
const recorded = readFileSync(join(import.meta.dirname, '../fixtures/diagnostics.json'), 'utf8');

const isUsed = (name: string): boolean =>
  [`'${name}'`, `"${name}"`, `${name} `].some((use) => sources.includes(use) || recorded.includes(use));

test.each(Object.keys(PROGRAMS) as ProgramId[])('ts%s: every option is used end to end', (program) => {
  const options = optionsOf(program);
  expect(options.length).toBeGreaterThan(30);
  expect(options.filter(({ names }) => !names.some(isUsed)).map(({ names }) => names[0])).toEqual([]);
});
