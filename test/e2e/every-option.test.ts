// Every option has at least one use on the built commands: as a word of a command line in a test of this folder, in a
// recorded run, or in a run next to the originals. A comment, a title or an expected text that names it is not a use.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHECK_NAMES } from '../../src/check/names.ts';
import { findOption, optionsOf } from '../../src/cli/options/index.ts';
import type { Option } from '../../src/cli/options/option.ts';
import { PROGRAMS, type ProgramId } from '../../src/cli/programs.ts';
import { CASES } from '../parity/side-by-side-cases.ts';
import { read } from '../support/source.ts';

interface Line {
  readonly program: ProgramId;
  readonly words: readonly string[];
}

const recorded = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/diagnostics.json'), 'utf8')) as {
  readonly command: string;
  readonly argv: readonly string[];
}[];

/** The command lines of check.test.ts are texts; a text that ends with an option goes on with a file. */
function checkLines(): Line[] {
  const { texts } = read(readFileSync(join(import.meta.dirname, 'check.test.ts'), 'utf8'));
  return texts
    .map(({ text }) => [...text.split(/\s+/), ''])
    .filter(([first]) => CHECK_NAMES.some((name) => name === first) || first === '--checks')
    .map((words) => ({ program: 'check', words }));
}

const LINES: readonly Line[] = [
  ...CASES,
  ...checkLines(),
  ...recorded.map(({ command, argv }) => ({ program: command.slice('mosquitto_'.length) as ProgramId, words: argv })),
];

const SOURCES = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'));

/** The options of these lines, by first name, that have their values. */
function inLines(program: ProgramId): Set<string> {
  const used = new Set<string>();
  for (const line of LINES.filter((entry) => entry.program === program))
    line.words.forEach((word, at) => {
      const option = findOption(program, word);
      if (option !== undefined && (option.arity === 0 || at + 1 < line.words.length)) used.add(option.names[0]);
    });
  return used;
}

/** The options that are words of a list in the code; those with `more` have another word behind them. */
const wordsOf = (source: string): { word: string; more: boolean }[] =>
  read(source)
    .words.filter(({ text }) => text.startsWith('-'))
    .map(({ text, more }) => ({ word: text, more }));

const inSources = new Map<string, { more: boolean }>();
for (const { word, more } of SOURCES.flatMap(wordsOf)) if (more || !inSources.has(word)) inSources.set(word, { more });

const isWord = ({ names, arity }: Option): boolean =>
  names.some((name) => inSources.has(name) && (arity === 0 || inSources.get(name)!.more));

test.each(Object.keys(PROGRAMS) as ProgramId[])('ts%s: every option is used end to end', (program) => {
  const options = optionsOf(program);
  expect(options.length).toBeGreaterThan(30);
  const used = inLines(program);
  expect(
    options.filter((option) => !used.has(option.names[0]) && !isWord(option)).map(({ names }) => names[0]),
  ).toEqual([]);
});

describe('an option in a source', () => {
  test.each([
    ['a word of a list', "run('tspub', ['-q', '1'])", [{ word: '-q', more: true }]],
    ['the last word of a list', "run('tspub', [...at(port), '-q'])", [{ word: '-q', more: false }]],
    ['in a comment', "// ['-q', '1']\n/* ['-q', '1'] */", []],
    ['in a title', "test('-q', () => {})", []],
    ['in prose', "expect(text).toBe('Error: -q argument given')", []],
    ['a word that is looked for', "words.includes('-q')", []],
  ])('%s', (_, source, words) => {
    expect(wordsOf(source)).toEqual(words);
  });
});
