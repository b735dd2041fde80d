/** The answers to `--help` and a word. `UPDATE=1` rewrites their golden files. Covers src/cli/help/topics.ts. */
import { describe, expect, it } from 'vitest';
import { Complaint } from '../../../src/cli/complaint.ts';
import { helpOn } from '../../../src/cli/help/help.ts';
import { pageOf } from '../../../src/cli/help/man.ts';
import { groupsOf, topicsOf } from '../../../src/cli/help/topics.ts';
import { helpText } from '../../../src/cli/help/usage.ts';
import { findOption, optionsOf } from '../../../src/cli/options/index.ts';
import { GROUPS } from '../../../src/cli/options/option.ts';
import { PROGRAMS, type ProgramId } from '../../../src/cli/programs.ts';
import { expectGolden } from '../../support/golden.ts';

const CLIENTS = Object.keys(PROGRAMS) as ProgramId[];

/** The lines that are not wrapped, here or in the manual page: commands. */
const literalsOf = (program: ProgramId): readonly string[] =>
  pageOf(program).sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.as === 'literal' ? block.lines : [])),
  );

const tooLong = (program: ProgramId, text: string): readonly string[] =>
  text.split('\n').filter((line) => line.length > 80 && !literalsOf(program).includes(line.trim()));

const hintOf = async (program: ProgramId, word: string): Promise<string> => {
  const error = await helpOn(program, word).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Complaint);
  expect((error as Complaint).message).toBe(`Error: Unknown help topic '${word}'.`);
  return (error as Complaint).hint!;
};

describe.each(CLIENTS)('--help TOPIC of %s', (program) => {
  it('is the text in the golden file for each topic', async () => {
    // Other golden files have `all`, and man/ has the manual pages.
    const topics = topicsOf(program).filter((topic) => topic !== 'all' && topic !== 'man');
    const texts = await Promise.all(topics.map(async (topic) => `### ${topic}\n${await helpOn(program, topic)}`));
    expectGolden(`help-ts${program}-topics.txt`, texts.join('\n'));
  });

  it.each(topicsOf(program))('%s fits into 80 columns and ends in one newline', async (topic) => {
    const text = await helpOn(program, topic);
    expect(tooLong(program, text)).toEqual([]);
    expect(text).toMatch(/[^\n]\n$/);
  });

  it('man has every section of the manual page', async () => {
    const text = await helpOn(program, 'man');
    const titles = ['NAME', ...pageOf(program).sections.map(({ title }) => title)];
    expect(text.match(/^(?! )[A-Z ]+$/gm)).toEqual(titles);
    for (const { names } of optionsOf(program)) expect(text).toMatch(new RegExp(`^ +${names.join(', ')}( |$)`, 'm'));
  });

  it('without a topic is the everyday text', async () => {
    expect(await helpOn(program)).toBe(await helpText(program));
  });
});

describe.each(CLIENTS)('--help OPTION of %s', (program) => {
  it('prints the names, the text, the default and the variable of each option in 80 columns', async () => {
    const texts = await Promise.all(optionsOf(program).map(({ names }) => helpOn(program, names[0])));
    expectGolden(`help-ts${program}-options.txt`, texts.join('\n'));
    expect(texts.flatMap((text) => text.split('\n')).filter((line) => line.length > 80)).toEqual([]);
  });

  it('takes each name of an option, and its long name without dashes unless that is a topic', async () => {
    for (const { names } of optionsOf(program)) {
      const text = await helpOn(program, names[0]);
      expect(text).toMatch(new RegExp(`^${names.join(', ')}( [A-Z ]+)?\\n`));
      for (const name of names) {
        expect(await helpOn(program, name)).toBe(text);
        const word = name.replace(/^-+/, '');
        // In tscheck, cert is a check and --cert an option.
        const isTaken = topicsOf(program).includes(word) || findOption(program, word) !== undefined;
        if (!isTaken && name.startsWith('--')) expect(await helpOn(program, word)).toBe(text);
      }
    }
  });
});

describe('a word that names a group and an option', () => {
  it.each([
    ['pub', 'message'],
    ['pub', 'spool'],
  ] as const)('in %s, %s, is the group, whose text names the option', async (program, word) => {
    const text = await helpOn(program, word);
    expect(text).toMatch(new RegExp(`^${word}:`, 'i'));
    expect(text).toMatch(new RegExp(`\nMore about an option: ts${program} --help --${word}\n$`));
  });
});

it.each(CLIENTS)('the topics of %s are the headings of its groups in lower case', (program) => {
  for (const group of groupsOf(program)) expect(GROUPS[group].toLowerCase().replaceAll(' ', '')).toBe(group);
});

describe('an unknown topic', () => {
  it.each([
    ['pub', 'exit', 'Did you mean tspub --help status?'],
    ['sub', 'format', 'Did you mean tssub --help formats?'],
    ['pub', 'publishing', 'Did you mean tspub --help message?'],
    ['pub', 'certt', 'Did you mean tspub --help cert?'],
    ['pub', 'websocket', 'Did you mean tspub --help ws?'],
    ['pub', '--retian', 'Did you mean tspub --help retain?'],
    ['pub', 'Z', 'Use tspub --help to see the topics.'],
    ['pub', '-Z', 'Use tspub --help to see the topics.'],
    ['pub', '-R', '-R is an option of tssub and tsrr.'],
    ['pub', 'F', '-F is an option of tssub and tsrr.'],
    ['pub', '-F', '-F is an option of tssub and tsrr.'],
    ['pub', '-qq', 'Did you mean tspub --help -q?'],
    ['pub', 'TSMOSQ_HOST', 'Did you mean tspub --help host?'],
    ['pub', 'TSMOSQ_NONE', 'Did you mean tspub --help config?'],
    ['sub', '%j', 'Did you mean tssub --help formats?'],
    ['pub', '%j', 'Use tssub --help formats.'],
    ['sub', 'MQTT_TOPIC', 'Did you mean tssub --help exec?'],
    ['pub', 'formats', 'Use tssub --help formats.'],
    ['pub', 'exec', 'Use tssub --help exec.'],
    ['sub', 'spool', 'Use tspub --help spool.'],
    ['pub', 'offline', 'Did you mean tspub --help spool?'],
    ['sub', 'queued', 'Did you mean tssub --help drain?'],
    ['sub', 'queue', 'Did you mean tssub --help drain?'],
    ['pub', 'queue', 'Did you mean tspub --help spool?'],
    ['rr', 'offline', 'Use tspub --help spool.'],
    ['pub', '27', 'Use tspub --help status.'],
    ['sub', '135', 'Use tssub --help status.'],
    ['pub', 'nonsense', 'Use tspub --help to see the topics.'],
    ['pub', '', 'Use tspub --help to see the topics.'],
    ['pub', 'toString', 'Use tspub --help to see the topics.'],
  ] as const)('of %s, %s, gets the hint: %s', async (program, word, hint) => {
    expect(await hintOf(program, word)).toBe(hint);
  });

  it('is printed without control characters, and cut', async () => {
    const complaint = (word: string) => helpOn('pub', word).catch((error: unknown) => (error as Complaint).message);
    expect(await complaint('a\nb\x1b')).toBe("Error: Unknown help topic 'a\\u000ab\\u001b'.");
    expect(await complaint('x'.repeat(257))).toBe(
      `Error: Unknown help topic '${'x'.repeat(256)}… (1 more character)'.`,
    );
  });

  it.each(['RETAIN', '--Retain', 'TLS', 'Status'])('is not one because of its case: %s', async (word) => {
    expect(await helpOn('pub', word)).toBe(await helpOn('pub', word.toLowerCase()));
  });
});
