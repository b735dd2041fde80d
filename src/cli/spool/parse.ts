/** From the words of tsspool to a plan. */
import { Failure } from '../../errors.ts';
import { isTopicFilter } from '../../mqtt/topic.ts';
import type { ColorWhen } from '../../runtime/color.ts';
import { nearest } from '../../util/nearest.ts';
import { COLORS, colorGiven, isColor } from '../colors.ts';
import { readAge } from '../values/age.ts';
import { completionHint, SHELLS, type Shell } from '../values/shells.ts';
import { FORMS, type FormName, OPTIONS, type OptionName, type SpoolOption } from './options.ts';
import type { Selection, SpoolPlan } from './plan.ts';
import { usageText } from './usage.ts';

export interface SpoolWords {
  readonly argv: readonly string[];
  readonly version: string;
  readonly runtime: string;
}

const MOST_LEVELS = 100;
const TRY_HELP = 'Try tsspool --help.';

/** Throws a Failure of the kind usage. */
export function readSpoolWords({ argv, version, runtime }: SpoolWords): SpoolPlan {
  if (argv.length === 0) return { form: 'text', text: usageText(), status: 1 };
  const { given, words } = scan(argv);
  if (given.has('--help')) return { form: 'text', text: helpText(argv), status: 0 };
  if (given.has('--version')) return { form: 'version', version, runtime };
  const wanted = given.get('--completion');
  if (wanted !== undefined) return { form: 'completion', shell: shellOf(wanted) };
  const [folder, form, ...rest] = words;
  if (folder === undefined || folder === '') throw usageFailure('the folder of the spool is missing.', TRY_HELP);
  // Where the words stand the other way round, `list DIR`.
  if (isForm(folder) && (form === undefined || !isForm(form)))
    throw usageFailure(
      `the folder of the spool is missing before ${folder}.`,
      `Write the folder first: ${['tsspool', form ?? 'DIR', folder, ...rest].join(' ')}`,
    );
  if (form === undefined) throw usageFailure(`what to do with ${folder} is missing: ${formNames()}.`, TRY_HELP);
  if (!isForm(form)) throw usageFailure(`unknown form '${form}': it must be ${formNames()}.`, TRY_HELP);
  for (const row of OPTIONS as readonly SpoolOption[])
    if (given.has(row.name as OptionName) && row.forms !== undefined && !row.forms.includes(form))
      throw usageFailure(`${row.name} goes with ${row.forms.join(', ')}, not with ${form}.`);
  if (form !== 'show' && form !== 'drop' && rest.length > 0)
    throw usageFailure(`${form} takes no more words: '${rest[0]}'.`, TRY_HELP);
  const common = { folder, json: given.has('--json') };
  switch (form) {
    case 'show':
      if (rest.length !== 1) throw usageFailure('show needs the identifier of one message.', TRY_HELP);
      return { ...common, form, id: idOf(rest[0]!) };
    case 'drop': {
      const selection = selectionOf(given, rest);
      // Everything, for want of a word, would be too easily said.
      if (selection.ids === undefined && selection.topic === undefined && selection.olderThan === undefined)
        throw usageFailure("drop needs identifiers, --topic or --older-than; everything is --topic '#'.");
      return { ...common, form, selection };
    }
    case 'shape':
      return { ...common, form, selection: selectionOf(given, []), levels: levelsOf(given.get('--levels') ?? '2') };
    case 'list':
    case 'export':
      return { ...common, form, selection: selectionOf(given, []) };
    case 'import':
    case 'verify':
      return { ...common, form };
  }
}

interface Scanned {
  readonly given: ReadonlyMap<OptionName, string>;
  readonly words: readonly string[];
}

export const colorOf = (argv: readonly string[]): ColorWhen => colorGiven<OptionName>((given) => scan(argv, given));

function scan(argv: readonly string[], given = new Map<OptionName, string>()): Scanned {
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--') return { given, words: [...words, ...argv.slice(i + 1)] };
    if (!/^-./.test(word)) {
      words.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const row = OPTIONS.find((option) => option.name === name);
    if (row === undefined) throw usageFailure(`unknown option '${name}'.`, meant(name));
    const takesValue = 'value' in row;
    if (!takesValue && equals >= 0) throw usageFailure(`${name} takes no value.`);
    if (takesValue && equals < 0 && i + 1 === argv.length)
      throw usageFailure(`${name} needs a value.`, name === '--completion' ? completionHint('tsspool') : undefined);
    const value = !takesValue ? '' : equals < 0 ? argv[++i]! : word.slice(equals + 1);
    if (row.name === '--color' && !isColor(value))
      throw usageFailure(`unknown value '${value}' for --color: it is one of ${COLORS.join(', ')}.`);
    given.set(row.name, value);
  }
  return { given, words };
}

function selectionOf(given: Scanned['given'], ids: readonly string[]): Selection {
  const topic = given.get('--topic');
  if (topic !== undefined && !isTopicFilter(topic)) throw usageFailure(`--topic '${topic}' is not a topic filter.`);
  const age = given.get('--older-than');
  return {
    ids: ids.length === 0 ? undefined : ids.map(idOf),
    topic,
    olderThan: age === undefined ? undefined : ageOf('--older-than', age),
  };
}

function shellOf(text: string): Shell {
  const shell = SHELLS.find((known) => known === text);
  if (shell === undefined) throw usageFailure(`no completion for shell '${text}': it is one of ${SHELLS.join(', ')}.`);
  return shell;
}

function ageOf(option: string, text: string): number {
  // drop removes what is older: seconds must have been meant.
  if (/^\d+$/.test(text))
    throw usageFailure(
      `${option} ${text} needs a unit: ${['s', 'm', 'h', 'd', 'w'].map((unit) => text + unit).join(', ')}.`,
    );
  const age = readAge(text);
  if (age === undefined)
    throw usageFailure(`${option} '${text}' is not an age: a whole number and s, m, h, d or w, such as 15m.`);
  return age;
}

function levelsOf(text: string): number {
  const levels = Number(text);
  if (!/^\d+$/.test(text) || levels < 1 || levels > MOST_LEVELS)
    throw usageFailure(`--levels '${text}' must be a whole number from 1 to ${MOST_LEVELS}.`);
  return levels;
}

function idOf(text: string): number {
  const id = Number(text);
  if (!/^\d{1,15}$/.test(text) || id === 0) throw usageFailure(`'${text}' is not the identifier of a message.`);
  return id;
}

const isForm = (word: string): word is FormName => FORMS.some(({ name }) => name === word);
const formNames = (): string => FORMS.map(({ name }) => name).join(', ');

/** `--list` and `--tpoic`. */
function meant(name: string): string {
  const form = name.replace(/^-+/, '');
  if (isForm(form)) return `${form} is written without dashes: tsspool DIR ${form}`;
  const near = nearest(
    name,
    OPTIONS.map((option) => option.name),
  );
  return near === undefined ? TRY_HELP : `Did you mean ${near}?`;
}

/** A word right behind `--help` at the beginning is a topic, and there is one text for all. */
function helpText([first, topic]: readonly string[]): string {
  if (first !== '--help' || topic === undefined || /^-|^all$/.test(topic) || isForm(topic)) return usageText();
  throw usageFailure(`unknown help topic '${topic}'.`, '--help takes no word.');
}

function usageFailure(message: string, advice?: string): Failure {
  return new Failure('usage', { message: `${message[0]!.toUpperCase()}${message.slice(1)}`, advice });
}
