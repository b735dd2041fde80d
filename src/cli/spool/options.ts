/** The subcommands and options of tsspool, one row each, and the help text made from them. */
import { isTopicFilter } from '../../mqtt/topic.ts';
import {
  COLOR,
  COMPLETION,
  type Example,
  labelOf,
  type SmallOption,
  smallHelp,
  usageFailure,
  VERSION,
} from '../small-grammar.ts';
import { readAge } from '../values/age.ts';

export interface SpoolForm {
  readonly name: string;
  /** The value after the option. */
  readonly value?: string;
  readonly help: string;
}

export const FORMS = [
  { name: 'list', help: 'the messages that wait, the oldest first' },
  { name: 'shape', help: 'how many wait, by topic and by age in minutes (see qshape)' },
  { name: 'show', value: 'ID', help: 'one message: what it is, an empty line, its payload' },
  { name: 'drop', value: '[ID...]', help: 'remove messages, by identifier, topic or age' },
  { name: 'export', help: 'print the messages as JSON lines, as tssub -F %j does' },
  { name: 'import', help: 'add messages from such lines on standard input' },
  { name: 'verify', help: 'read everything; exit status 1 if something is damaged' },
] as const satisfies readonly SpoolForm[];

export type FormName = (typeof FORMS)[number]['name'];

export interface SpoolOption extends SmallOption {
  readonly goesWith?: readonly FormName[];
}

const SELECTING = ['list', 'shape', 'drop', 'export'] as const;

export const OPTIONS = [
  { name: '--json', sets: 'json', help: 'print JSON; with list an object a line, else one object' },
  {
    name: '--topic',
    sets: 'topic',
    value: 'FILTER',
    read: filterOf,
    late: true,
    help: 'only messages whose topic the filter takes',
    goesWith: SELECTING,
  },
  {
    name: '--older-than',
    sets: 'olderThan',
    value: 'AGE',
    read: ageOf,
    late: true,
    help: 'only messages that have waited longer: 90s, 15m, 2h, 7d',
    goesWith: SELECTING,
  },
  {
    name: '--levels',
    sets: 'levels',
    value: 'N',
    read: levelsOf,
    late: true,
    default: 2,
    help: 'levels of a topic that make a line (default 2)',
    goesWith: ['shape'],
  },
  COLOR,
  { ...COMPLETION, late: true, help: 'print a completion script for bash, zsh or fish' },
  { name: '--help', help: 'print this text' },
  VERSION,
] as const satisfies readonly SpoolOption[];

function filterOf(text: string): string {
  if (!isTopicFilter(text)) throw usageFailure(`--topic '${text}' is not a topic filter.`);
  return text;
}

/** An age in milliseconds. */
function ageOf(text: string): number {
  // Without a unit, the user must have meant seconds, and drop would remove too much.
  if (/^\d+$/.test(text)) {
    const meant = ['s', 'm', 'h', 'd', 'w'].map((unit) => text + unit).join(', ');
    throw usageFailure(`--older-than ${text} needs a unit: ${meant}.`);
  }
  const age = readAge(text);
  if (age !== undefined) return age;
  throw usageFailure(`--older-than '${text}' is not an age: a whole number and s, m, h, d or w, such as 15m.`);
}

const MOST_LEVELS = 100;

function levelsOf(text: string): number {
  const levels = Number(text);
  if (!/^\d+$/.test(text) || levels < 1 || levels > MOST_LEVELS)
    throw usageFailure(`--levels '${text}' must be a whole number from 1 to ${MOST_LEVELS}.`);
  return levels;
}

const EXAMPLES: readonly Example[] = [
  ['spool shape', 'where is the jam?'],
  ["spool drop --topic 'home/#' --older-than 2d", 'what is too old'],
];

/** Fits on a screen of 24 lines, including the prompt. */
export function usageText(): string {
  const row = (one: SpoolForm | SpoolOption) => [labelOf(one), one.help] as const;
  return smallHelp(
    'tsspool',
    [
      'Usage: tsspool DIR FORM [options]',
      'tsspool looks into a spool, where messages wait until they can be delivered.',
    ],
    [...FORMS.map(row), '', ...OPTIONS.map(row)],
    EXAMPLES,
  );
}
