/** One table, and all that follows from it: what a new row of tspasswd or tsspool gets without another line. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  COLOR,
  COMPLETION,
  colorOf,
  type Grammar,
  labelOf,
  type SettingsOf,
  type SmallOption,
  scan,
  settingsOf,
  smallHelp,
  usageFailure,
} from '../../src/cli/small-grammar.ts';
import { toWords } from '../../src/cli/words/words.ts';

const OPTIONS = [
  { name: '-f', sets: 'flag', help: 'a flag' },
  { name: '--kind', sets: 'kind', value: 'KIND', choices: ['a', 'b', 3], default: 'a', help: 'one of three' },
  { name: '--text', sets: 'text', value: 'TEXT', help: 'any text' },
  { name: '--size', sets: 'size', value: 'N', read: sizeOf, late: true, default: 7, help: 'a number' },
  { name: '--form', help: 'sets nothing' },
  COLOR,
  { ...COMPLETION, help: 'a script' },
] as const satisfies readonly SmallOption[];

function sizeOf(value: string): number {
  if (!/^\d+$/.test(value)) throw usageFailure(`'${value}' is no size.`);
  return Number(value);
}

const GRAMMAR: Grammar = {
  program: 'spool',
  options: OPTIONS,
  missing: (option) => `${option} needs more.`,
  goesOnBehind: (word) => word !== 'end',
};

const scanned = (line: string) => scan(GRAMMAR, toWords(line.split(' ')));
const settings = (line: string) => settingsOf(OPTIONS, scanned(line).given);
const DEFAULTS = { flag: false, kind: 'a', text: undefined, size: 7, color: 'auto' };

describe('a row', () => {
  it.each([
    ['x', {}],
    ['-f', { flag: true }],
    ['--kind b', { kind: 'b' }],
    ['--kind=3', { kind: 3 }],
    ['--text --kind', { text: '--kind' }],
    ['--text=', { text: '' }],
    ['--size 12 x -f', { size: 12, flag: true }],
    ['--form --color never', { color: 'never' }],
    ['--kind a --kind b', { kind: 'b' }],
  ])('sets what it names, and the others keep their defaults: %s', (line, expected) => {
    expect(settings(line)).toStrictEqual({ ...DEFAULTS, ...expected });
  });

  it('gives its setting the type of its choices, its reader or its default', () => {
    expectTypeOf<SettingsOf<typeof OPTIONS>>().toEqualTypeOf<{
      readonly flag: boolean;
      readonly kind: 'a' | 'b' | 3;
      readonly text: string | undefined;
      readonly size: number;
      readonly color: 'auto' | 'always' | 'never';
    }>();
  });

  it.each([
    ['--kind c', "Unknown value 'c' for --kind: it is one of a, b, 3."],
    ['--kind 3.0', "Unknown value '3.0' for --kind: it is one of a, b, 3."],
    ['--text', '--text needs more.'],
    ['--completion ksh', "No completion for shell 'ksh': it is one of bash, zsh, fish."],
  ])('refuses a value where it stands: %s', (line, message) => {
    expect(() => scanned(line)).toThrow(expect.objectContaining({ kind: 'usage', message }));
  });

  it('that is late refuses its value when the other words are known', () => {
    const { given, words } = scanned('--size x y');
    expect(words.map(({ text }) => text)).toEqual(['y']);
    expect(() => settingsOf(OPTIONS, given)).toThrow("'x' is no size.");
  });

  it('is in the help with its value', () => {
    const rows = OPTIONS.map((option) => [labelOf(option), option.help] as const);
    expect(smallHelp('tsx', ['Usage: tsx'], [...rows.slice(0, 2), '', 'More:'], [['-f y', 'why']], ['End.'])).toBe(
      'Usage: tsx\n\n  -f           a flag\n  --kind KIND  one of three\n\nMore:\n\nExamples:\n  tsx -f y  why\nEnd.\n',
    );
  });
});

describe('words that are no options', () => {
  it.each([
    ['x -f y', ['x', 'y'], true, false],
    ['end -f y', ['end', '-f', 'y'], false, false],
    ['x -- -f', ['x', '-f'], false, true],
    ['-f=1', ['-f=1'], false, false],
    ['--form=1', ['--form=1'], false, false],
    ['-', ['-'], false, false],
  ])('%s', (line, words, flag, ended) => {
    const found = scanned(line);
    expect([found.words.map(({ text }) => text), found.given.has('-f'), found.ended]).toEqual([words, flag, ended]);
  });
});

it('--color is known up to the first fault', () => {
  expect(colorOf(GRAMMAR, ['--color', 'always', '--kind', 'c', '--color', 'never'])).toBe('always');
  expect(colorOf(GRAMMAR, ['--color', 'red'])).toBe('auto');
});
