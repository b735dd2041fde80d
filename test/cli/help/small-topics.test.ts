/** `--help TOPIC` of the two small programs: which words are topics, and which text each of them gets. */
import { describe, expect, it } from 'vitest';
import { helpOn, type Topics, topicOf } from '../../../src/cli/help/small-topics.ts';

const TOPICS: Topics = {
  program: 'tsspool',
  subjects: [
    { name: 'list', help: 'List' },
    { name: '--topic', value: 'FILTER', help: 'Select' },
  ],
  short: () => 'short',
  full: () => 'full',
};

const textOf = async (topic: string | undefined): Promise<string> => {
  const text = helpOn(TOPICS, topic);
  return typeof text === 'string' ? text : text();
};

describe('a topic', () => {
  it.each([
    [['--help', 'list'], 'list'],
    [['--color', 'never', '--help', '--topic'], '--topic'],
    [['d', '--help'], undefined],
    [['d'], undefined],
    [['d', 'drop', '--help'], 'drop'],
    [['d', 'drop', '--help', 'list'], 'list'],
  ])('is the word after --help: %j', (argv, topic) => {
    expect(topicOf(argv, ['list', 'drop'])).toBe(topic);
  });

  it.each([
    [undefined, 'short'],
    ['all', 'full'],
  ])('may be missing, or all: %s', async (topic, text) => {
    expect(await textOf(topic)).toBe(text);
  });

  it.each(['--topic', 'topic', '-topic'])('may be an option, with or without its dashes: %s', async (topic) => {
    expect(await textOf(topic)).toMatch(/^ {2}--topic FILTER {2}Select\n\nSelect the messages whose topic/);
  });

  it.each(['list', '--list'])('may be a subcommand: %s', async (topic) => {
    expect(await textOf(topic)).toMatch(/^ {2}list {2}List\n\nPrint a line/);
  });

  it('may be man', async () => {
    expect(await textOf('man')).toMatch(/^NAME\n/);
  });

  it('may be status or examples', async () => {
    expect(await textOf('status')).toMatch(/^Exit status of tsspool:\n\n {2}0 /);
    expect(await textOf('examples')).toMatch(/^See what is queued:\n {2}tsspool /);
  });

  it.each([
    ['x', 'Use all, man, status, examples, or the name of an option or a subcommand.'],
    ['', 'Use all, man, status, examples, or the name of an option or a subcommand.'],
    ['10', 'Use tsspool --help status.'],
    ['lisst', 'Did you mean tsspool --help list?'],
    ['--stauts', 'Did you mean tsspool --help status?'],
  ])('that is unknown is an error with a suggestion: %j', (topic, advice) => {
    const message = `Unknown help topic '${topic}'.`;
    expect(() => helpOn(TOPICS, topic)).toThrow(expect.objectContaining({ kind: 'usage', message, advice }));
  });
});
