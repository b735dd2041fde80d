/** The answer to `--help`, or to `--help` and a word: a topic or an option. Loaded when it is asked for. */
import { nearest } from '../../util/nearest.ts';
import { printable } from '../../util/printable.ts';
import { type Complaint, usage } from '../complaint.ts';
import { findOption, optionsOf } from '../options/index.ts';
import { defaultText, environmentName, type Option } from '../options/option.ts';
import { PROGRAMS, type ProgramId } from '../programs.ts';
import { shown } from '../words/shown.ts';
import { aboutOf } from './about.ts';
import { groupsOf, isSectionTopic, SECTIONS, topicsOf } from './topics.ts';
import { helpText } from './usage.ts';

/** Ends in a newline. Throws a Complaint when there is no such topic. */
export async function helpOn(program: ProgramId, topic?: string): Promise<string> {
  if (topic === undefined || topic === 'all') return helpText(program, topic);
  const group = groupsOf(program).find((known) => known === topic);
  if (group === 'mqtt5') return `${await helpText(program, group)}\n${await manual(program, 'properties')}`;
  if (group !== undefined) return helpText(program, group);
  if (topic === 'man' || isSectionTopic(program, topic)) return manual(program, topic);
  const option = optionFor(program, topic);
  if (option !== undefined) return optionText(program, option);
  // A short name is case-sensitive; topics and long names are in lower case.
  const lower = topic.toLowerCase();
  if (lower !== topic && topic.replace(/^-+/, '').length > 1 && isKnown(program, lower)) return helpOn(program, lower);
  throw unknownTopic(program, topic);
}

async function manual(program: ProgramId, topic: 'man' | keyof typeof SECTIONS): Promise<string> {
  const { pageOf } = await import('./man.ts');
  const { pageText, sectionsText } = await import('./man/plain.ts');
  const page = pageOf(program);
  if (topic === 'man') return pageText(page);
  const titles: readonly string[] = SECTIONS[topic];
  const sections = page.sections.filter(({ title }) => titles.includes(title));
  return sectionsText(sections, page.name);
}

/** The option of that name, with or without its dashes. */
function optionFor(program: ProgramId, word: string): Option | undefined {
  if (word.startsWith('-')) return findOption(program, word);
  const named = findOption(program, word);
  if (named !== undefined) return named;
  return findOption(program, `--${word}`) ?? findOption(program, `-${word}`);
}

async function optionText(program: ProgramId, option: Option): Promise<string> {
  const { bodyText } = await import('./man/plain.ts');
  const variable = environmentName(option);
  const usual = defaultText(option, program);
  const facts: readonly (readonly [label: string, text: string | undefined])[] = [
    ['Default:     ', usual],
    ['Environment: ', variable],
    ['See also:    ', `${PROGRAMS[program].name} --help ${option.group}`],
  ];
  const names = option.names.join(', ');
  return [
    option.arity === 0 ? names : `${names} ${option.placeholder}`,
    bodyText(pointing(program, aboutOf(program, option))),
    '',
    ...facts.flatMap(([label, text]) => (text === undefined ? [] : [`  ${label}${text}`])),
    '',
  ].join('\n');
}

/** Where a text names a section of the manual page, `--help` has a topic for it. */
function pointing(program: ProgramId, text: string): string {
  const topics = Object.entries(SECTIONS).flatMap(([topic, titles]) => titles.map((title) => [title, topic] as const));
  return topics.reduce(
    (all, [title, topic]) =>
      all.replace(new RegExp(`\\b${title}\\b`, 'g'), `${PROGRAMS[program].name} --help ${topic}`),
    text,
  );
}

/** What people call a topic or an option that has another name here; of several, the first that the program has. */
const ALIASES: Readonly<Record<string, string | readonly string[]>> = {
  auth: 'credentials',
  certificate: 'tls',
  codes: 'status',
  configuration: 'config',
  env: 'config',
  environment: 'config',
  errors: 'status',
  exit: 'status',
  'exit-status': 'status',
  file: 'config',
  format: 'formats',
  login: 'credentials',
  manual: 'man',
  misc: 'other',
  offline: ['spool', 'drain'],
  password: 'credentials',
  publish: 'message',
  publishing: 'message',
  queue: ['drain', 'spool'],
  queued: ['drain', 'spool'],
  request: 'response',
  ssl: 'tls',
  subscribe: 'subscriptions',
  subscribing: 'subscriptions',
  user: 'credentials',
  websocket: 'ws',
};

function unknownTopic(program: ProgramId, word: string): Complaint {
  return usage(`Error: Unknown help topic '${printable(shown(word))}'.`).hinting(hintFor(program, word));
}

/** Words of other notations: variables of the environment, specifiers of a format, variables of a command. */
const NOTATIONS: readonly { readonly of: RegExp; readonly topic: string }[] = [
  { of: /^TSMOSQ_/i, topic: 'config' },
  { of: /^%/, topic: 'formats' },
  { of: /^MQTT_/, topic: 'exec' },
];

const isKnown = (program: ProgramId, topic: string): boolean =>
  topicsOf(program).includes(topic) || optionFor(program, topic) !== undefined;

/** The hint for `-F` or `F`, an option of another program, and for `-qq`, which begins with an option of this one. */
function shortNameHint(program: ProgramId, word: string): string | undefined {
  const [, letter, more] = /^-?([A-Za-z])([^-]*)$/.exec(word) ?? [];
  if (letter === undefined) return undefined;
  if (more === '') {
    const others = (Object.keys(PROGRAMS) as ProgramId[]).filter((id) => findOption(id, `-${letter}`) !== undefined);
    const names = others.map((id) => PROGRAMS[id].name);
    return names.length === 0 ? undefined : `-${letter} is an option of ${names.join(' and ')}.`;
  }
  return /^-[^-]/.test(word) && findOption(program, `-${letter}`) !== undefined
    ? `Did you mean ${PROGRAMS[program].name} --help -${letter}?`
    : undefined;
}

function hintFor(program: ProgramId, word: string): string {
  const { name } = PROGRAMS[program];
  const bare = word.replace(/^-+/, '').toLowerCase();
  // An exit status.
  if (/^\d+$/.test(bare)) return `Use ${name} --help status.`;
  const short = shortNameHint(program, word);
  if (short !== undefined) return short;
  const variable = optionsOf(program).find((option) => environmentName(option) === word.toUpperCase());
  const aliases = [
    (Object.hasOwn(ALIASES, bare) ? ALIASES[bare] : undefined) ??
      variable?.names.at(-1)?.slice(2) ??
      NOTATIONS.find(({ of }) => of.test(word))?.topic ??
      bare,
  ].flat();
  const own = aliases.find((alias) => isKnown(program, alias));
  if (own !== undefined) return `Did you mean ${name} --help ${own}?`;
  for (const id of Object.keys(PROGRAMS) as ProgramId[]) {
    const alias = aliases.find((topic) => isKnown(id, topic));
    if (alias !== undefined) return `Use ${PROGRAMS[id].name} --help ${alias}.`;
  }
  const long = optionsOf(program).flatMap(({ names }) => names.filter((known) => known.startsWith('--')));
  const near = nearest(bare, [...topicsOf(program), ...long.map((known) => known.slice(2))]);
  return near === undefined ? `Use ${name} --help to see the topics.` : `Did you mean ${name} --help ${near}?`;
}
