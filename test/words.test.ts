/** What people read is in plain English: help, manual pages, messages, README.md, docs/ and the other documents. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aboutOf } from '../src/cli/help/about.ts';
import { helpOn } from '../src/cli/help/help.ts';
import { passwdPage } from '../src/cli/help/man/passwd.ts';
import { spoolPage } from '../src/cli/help/man/spool.ts';
import { pageOf } from '../src/cli/help/man.ts';
import { topicsOf } from '../src/cli/help/topics.ts';
import { optionsOf } from '../src/cli/options/index.ts';
import { fullUsageText, usageText } from '../src/cli/passwd/usage.ts';
import { PROGRAMS, type ProgramId } from '../src/cli/programs.ts';
import { usageText as spoolUsageText } from '../src/cli/spool/options.ts';
import { root } from './support/root.ts';
import { read } from './support/source.ts';
import { longSentencesIn, proseOf, textsOf, unwantedIn } from './support/words.ts';

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const filesIn = (folder: string, end: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => `${folder}/${name}`);

const CLIENTS = Object.keys(PROGRAMS) as ProgramId[];

/** Documents whose sentences have to be short, too. */
const GUIDES = ['README.md', ...filesIn('docs', '.md')];
const RECORDS = ['CHANGELOG.md', 'COMPATIBILITY.md', 'SECURITY.md', 'CONTRIBUTING.md'];

/** Every text that Mosquitto's programs printed in the recorded runs: its words stay as they are. */
const MOSQUITTO = filesIn('test/fixtures', '.json').flatMap((path) => stringsIn(JSON.parse(textOf(path))));

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.includes(' ') ? value.split('\n') : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

function isMosquittos(text: string): boolean {
  const pieces = text
    .trim()
    .split('…')
    .map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(pieces.join('.*'));
  return MOSQUITTO.some((line) => pattern.test(line));
}

/** Texts of a source that look like words for people. */
const messagesOf = (source: string): string[] =>
  read(source).texts.flatMap(({ text }) => (/\p{L} \p{L}/u.test(text) ? [text] : []));

const unwantedMessages = (source: string): string[] =>
  messagesOf(source).flatMap((text) => {
    const found = unwantedIn(text);
    return found.length > 0 && isMosquittos(text) ? [] : found;
  });

/** What is looked at, and what there is to write again. */
const WORDS: readonly (readonly [place: string, found: () => string[] | Promise<string[]>])[] = [
  ...CLIENTS.map((id): [string, () => Promise<string[]>] => [
    `${PROGRAMS[id].name} --help`,
    async () => {
      const topics = [undefined, ...topicsOf(id), ...optionsOf(id).map(({ names }) => names[0])];
      const texts = await Promise.all(topics.map((topic) => helpOn(id, topic)));
      return [...new Set(texts.flatMap(unwantedIn))];
    },
  ]),
  ['tspasswd --help', () => unwantedIn(usageText() + fullUsageText())],
  ['tsspool --help', () => unwantedIn(spoolUsageText())],
  ...[...CLIENTS.map(pageOf), passwdPage(), spoolPage()].map((page): [string, () => string[]] => [
    `${page.name}(1)`,
    () => textsOf(page).flatMap(unwantedIn),
  ]),
  ...[...GUIDES, ...RECORDS].map((path): [string, () => string[]] => [
    path,
    () => proseOf(textOf(path)).map(withoutCode).flatMap(unwantedIn),
  ]),
  ...filesIn('src', '.ts').map((path): [string, () => string[]] => [path, () => unwantedMessages(textOf(path))]),
];

const SENTENCES: readonly (readonly [place: string, found: () => string[]])[] = [
  ...CLIENTS.map((id): [string, () => string[]] => [
    `${PROGRAMS[id].name} --help`,
    () => longSentencesIn(optionsOf(id).map((option) => aboutOf(id, option))),
  ]),
  ...[...CLIENTS.map(pageOf), passwdPage(), spoolPage()].map((page): [string, () => string[]] => [
    `${page.name}(1)`,
    () => longSentencesIn(textsOf(page)),
  ]),
  ...GUIDES.map((path): [string, () => string[]] => [path, () => longSentencesIn(proseOf(textOf(path)))]),
];

const withoutCode = (text: string): string => text.replace(/`[^`]*`/g, '`…`');

describe.each([
  ['words', WORDS],
  ['sentences', SENTENCES],
] as const)('the %s of', (_, all) => {
  it.each(all)('%s are plain', async (_place, find) => {
    expect(await find()).toEqual([]);
  });
});

describe('what is looked for', () => {
  it.each([
    'The reason is told.',
    'It tells each step.',
    'One message was said to be lost.',
    'Retry so often.',
    'A line is no message.',
    'It waits for ever.',
    'The file is written anew.',
    'Who knows the broker sets -M.',
    'The reader, who has gone, gets nothing.',
    'The connection ends in order.',
    'Put a blank between them.',
    'The file beside it.',
    'The folder that nobody\n    may enter.',
  ])('is found: %s', (text) => {
    expect(unwantedIn(`A good one. ${text} A good one.`)).toHaveLength(1);
    expect(proseOf(`# A\n\n- b\n\n| c | ${text} |\n`).flatMap(unwantedIn)).toHaveLength(1);
  });

  it('is found in the strings and templates of a source, and nowhere else', () => {
    const planted = (text: string): string[] => unwantedMessages(text);
    expect(planted("throw new Error('The argument is no command.');")).toHaveLength(1);
    expect(planted(`const hint = \`Run \${name} so often: \${count}.\`;`)).toHaveLength(1);
    expect(
      planted("/** It is no command. */ import x from 'is no y'; type T = 'is no y'; const z = { 'is no y': 1 };"),
    ).toEqual([]);
    expect(planted("const word = 'anew';")).toEqual([]);
  });

  it('is not found in what Mosquitto prints', () => {
    expect(MOSQUITTO.length).toBeGreaterThan(500);
    expect(isMosquittos("Use '… --help' to see usage.")).toBe(true);
    expect(isMosquittos('A line is no message.')).toBe(false);
  });

  it('is a sentence of more than 30 words', () => {
    const words = (count: number): string => `A${' word'.repeat(count - 1)}.`;
    expect(longSentencesIn([`${words(30)} ${words(30)}`])).toEqual([]);
    expect(longSentencesIn([`${words(30)} ${words(31)}`])).toEqual([`31 words: ${words(31)}`]);
    expect(longSentencesIn([`${'`a b c` '.repeat(30)}`, words(3)])).toEqual([]);
    expect(
      longSentencesIn(proseOf(`- ${words(31)}\n- ${words(2)}\n\n    ${words(40)}\n\n\`\`\`sh\n${words(40)}\n\`\`\`\n`)),
    ).toEqual([`31 words: ${words(31)}`]);
  });
});
