/** Turns the words of tsspool into a plan. */
import { nearest } from '../../util/nearest.ts';
import { type Information, type Invocation, information, informational } from '../informational.ts';
import { type Grammar, type SettingsOf, scan, settingsOf, usageFailure } from '../small-grammar.ts';
import { toWords } from '../words/words.ts';
import { FORMS, type FormName, OPTIONS, type SpoolOption, usageText } from './options.ts';

/** A complete, checked request. */
export interface SpoolPlan extends SettingsOf<typeof OPTIONS> {
  readonly form: FormName;
  readonly folder: string;
  /** Identifiers of the named messages; `show` names exactly one. */
  readonly ids: readonly number[];
}

const TRY_HELP = 'Try tsspool --help.';

export const GRAMMAR: Grammar = {
  program: 'spool',
  options: OPTIONS,
  missing: (option) => `${option} needs a value.`,
  goesOnBehind: (word) => {
    if (!/^-./.test(word)) return true;
    const name = word.replace(/=.*/s, '');
    if (OPTIONS.some((option) => option.name === name)) throw usageFailure(`${name} takes no value.`);
    throw usageFailure(`Unknown option '${name}'.`, meant(name));
  },
};

/** Throws a Failure of the kind usage. */
export function readSpoolWords(line: Invocation): SpoolPlan | Information {
  const { argv } = line;
  if (argv.length === 0) return information(usageText(), 1);
  const { given, words } = scan(GRAMMAR, toWords(argv));
  const asked = informational(GRAMMAR, given, () => helpText(argv), line);
  if (asked !== undefined) return asked;
  const [folder, form, ...rest] = words.map(({ text }) => text);
  if (folder === undefined || folder === '') throw usageFailure('The folder of the spool is missing.', TRY_HELP);
  // The words are in the opposite order, `list DIR`.
  if (isForm(folder) && (form === undefined || !isForm(form)))
    throw usageFailure(
      `The folder of the spool is missing before ${folder}.`,
      `Write the folder first: ${['tsspool', form ?? 'DIR', folder, ...rest].join(' ')}`,
    );
  if (form === undefined) throw usageFailure(`What to do with ${folder} is missing: ${formNames()}.`, TRY_HELP);
  if (!isForm(form)) throw usageFailure(`Unknown form '${form}': it must be ${formNames()}.`, TRY_HELP);
  for (const { name, goesWith } of OPTIONS as readonly SpoolOption[])
    if (given.has(name) && goesWith?.includes(form) === false)
      throw usageFailure(`${name} goes with ${goesWith.join(', ')}, not with ${form}.`);
  if (form === 'show' && rest.length !== 1) throw usageFailure('Show needs the identifier of one message.', TRY_HELP);
  if (form !== 'show' && form !== 'drop' && rest.length > 0)
    throw usageFailure(`${form.charAt(0).toUpperCase()}${form.slice(1)} takes no more words: '${rest[0]}'.`, TRY_HELP);

  const plan = { ids: rest.map(idOf), ...settingsOf(OPTIONS, given), form, folder };
  // Without this, a missing word would drop all messages.
  if (form === 'drop' && rest.length === 0 && plan.topic === undefined && plan.olderThan === undefined)
    throw usageFailure("Drop needs identifiers, --topic or --older-than; everything is --topic '#'.");
  return plan;
}

function idOf(text: string): number {
  const id = Number(text);
  if (!/^\d{1,15}$/.test(text) || id === 0) throw usageFailure(`'${text}' is not the identifier of a message.`);
  return id;
}

const isForm = (word: string): word is FormName => FORMS.some(({ name }) => name === word);
const formNames = (): string => FORMS.map(({ name }) => name).join(', ');

/** Suggestions for words such as `--list` and `--tpoic`. */
function meant(name: string): string {
  const form = name.replace(/^-+/, '');
  if (isForm(form)) return `${form} is written without dashes: tsspool DIR ${form}`;
  const near = nearest(
    name,
    OPTIONS.map((option) => option.name),
  );
  return near === undefined ? TRY_HELP : `Did you mean ${near}?`;
}

/** A word right after a leading `--help` is a topic; one text covers all topics. */
function helpText([first, topic]: readonly string[]): string {
  if (first !== '--help' || topic === undefined || /^-|^all$/.test(topic) || isForm(topic)) return usageText();
  throw usageFailure(`Unknown help topic '${topic}'.`, '--help takes no word.');
}
