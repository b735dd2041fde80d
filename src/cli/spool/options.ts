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
  /** The words that follow it. */
  readonly value?: string;
  readonly help: string;
}

export const FORMS = [
  { name: 'list', help: 'List the queued messages, oldest first' },
  { name: 'shape', help: 'Count the queued messages by topic and age in minutes' },
  { name: 'show', value: 'ID', help: 'Print one message: its fields, an empty line, its payload' },
  { name: 'drop', value: '[ID...]', help: 'Remove messages by ID, --topic or --older-than' },
  { name: 'export', help: 'Print the messages as JSON lines, like tssub -F %j' },
  { name: 'import', help: 'Add messages from JSON lines on standard input' },
  { name: 'verify', help: 'Check every message; exit status 1 if one is damaged' },
] as const satisfies readonly SpoolForm[];

export type FormName = (typeof FORMS)[number]['name'];
export type SpoolOptionName = (typeof OPTIONS)[number]['name'];

export interface SpoolOption extends SmallOption {
  readonly goesWith?: readonly FormName[];
}

const SELECTING = ['list', 'shape', 'drop', 'export'] as const;

export const OPTIONS = [
  { name: '--json', sets: 'json', help: 'Print JSON' },
  {
    name: '--topic',
    sets: 'topic',
    value: 'FILTER',
    read: filterOf,
    late: true,
    help: 'Select the messages whose topic matches FILTER',
    goesWith: SELECTING,
  },
  {
    name: '--older-than',
    sets: 'olderThan',
    value: 'AGE',
    read: ageOf,
    late: true,
    help: 'Select messages queued for longer than AGE, such as 2h',
    goesWith: SELECTING,
  },
  {
    name: '--levels',
    sets: 'levels',
    value: 'N',
    read: levelsOf,
    late: true,
    default: 2,
    help: 'Group topics by their first N levels (default 2)',
    goesWith: ['shape'],
  },
  COLOR,
  { ...COMPLETION, late: true },
  { name: '--help', help: 'Print help; status, examples or a name above may follow' },
  VERSION,
] as const satisfies readonly SpoolOption[];

function filterOf(text: string): string {
  if (!isTopicFilter(text)) throw usageFailure(`--topic '${text}' is not a topic filter.`);
  return text;
}

/** An age in milliseconds. */
function ageOf(text: string): number {
  // drop removes what is older, so a number without a unit must not become seconds.
  if (/^\d+$/.test(text)) {
    const meant = ['s', 'm', 'h', 'd', 'w'].map((unit) => text + unit).join(', ');
    throw usageFailure(`--older-than ${text} needs a unit.`, `Write one of ${meant}.`);
  }
  const age = readAge(text);
  if (age !== undefined) return age;
  throw usageFailure(`--older-than '${text}' is not an age.`, 'Write a whole number and s, m, h, d or w, such as 15m.');
}

const MOST_LEVELS = 100;

function levelsOf(text: string): number {
  const levels = Number(text);
  if (!/^\d+$/.test(text) || levels < 1 || levels > MOST_LEVELS)
    throw usageFailure(`--levels '${text}' must be a whole number from 1 to ${MOST_LEVELS}.`);
  return levels;
}

const EXAMPLES: readonly Example[] = [
  ['spool shape', 'count by topic and age'],
  ["spool drop --topic 'home/#' --older-than 2d", 'remove old messages'],
];

/** Fits on a screen of 24 lines, including the prompt. */
export function usageText(): string {
  const row = (one: SpoolForm | SpoolOption) => [labelOf(one), one.help] as const;
  return smallHelp(
    'tsspool',
    [
      'Usage: tsspool DIR SUBCOMMAND [options]',
      'tsspool lists, checks and edits a spool, where tspub --spool queues messages.',
    ],
    [...FORMS.map(row), '', ...OPTIONS.map(row)],
    EXAMPLES,
  );
}
