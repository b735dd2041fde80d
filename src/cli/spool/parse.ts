/** Turns the words of tsspool into a plan. */
import { nearest } from '../../util/nearest.ts';
import { helpOn, type Topics, topicOf } from '../help/small-topics.ts';
import { type Information, type Invocation, information, informational } from '../informational.ts';
import { type Grammar, type SettingsOf, scan, settingsOf, usageFailure } from '../small-grammar.ts';
import { toWords } from '../words/words.ts';
import { FORMS, type FormName, OPTIONS, type SpoolOption, usageText } from './options.ts';

/** A complete, checked request. */
export interface SpoolPlan extends SettingsOf<typeof OPTIONS> {
  readonly form: FormName;
  readonly folder: string;
  /** The IDs on the command line: with `show` one. */
  readonly ids: readonly number[];
}

const TRY_HELP = 'See tsspool --help.';

const TOPICS: Topics = { program: 'tsspool', subjects: [...FORMS, ...OPTIONS], short: usageText, full: usageText };

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
  // A topic may be an option, whose value would be missing.
  if (argv[0] === '--help') return information(helpOn(TOPICS, argv[1]), 0);
  const { given, words } = scan(GRAMMAR, toWords(argv));
  const asked = informational(
    GRAMMAR,
    given,
    () =>
      helpOn(
        TOPICS,
        topicOf(
          argv,
          FORMS.map(({ name }) => name),
        ),
      ),
    line,
  );
  if (asked !== undefined) return asked;
  const [folder, form, ...rest] = words.map(({ text }) => text);
  if (folder === undefined || folder === '')
    throw usageFailure('DIR and SUBCOMMAND are missing.', 'Write tsspool DIR list to see what is queued in DIR.');
  // In the other order, `list DIR`.
  if (isForm(folder) && (form === undefined || !isForm(form)))
    throw usageFailure(
      `The directory of the spool is missing before '${folder}'.`,
      `Write the directory first: ${['tsspool', form ?? 'DIR', folder, ...rest].join(' ')}`,
    );
  if (form === undefined)
    throw usageFailure(`The subcommand is missing after '${folder}'.`, `Use one of ${formNames()}.`);
  if (!isForm(form)) throw usageFailure(`Unknown subcommand '${form}'.`, nearForm(form));
  for (const { name, goesWith } of OPTIONS as readonly SpoolOption[])
    if (given.has(name) && goesWith?.includes(form) === false)
      throw usageFailure(`${name} cannot be used with ${form}.`, `It goes with ${goesWith.join(', ')}.`);
  if (form === 'show' && rest.length !== 1)
    throw usageFailure("'show' needs the ID of one message.", 'See the IDs with tsspool DIR list.');
  if (form !== 'show' && form !== 'drop' && rest.length > 0)
    throw usageFailure(`Unexpected word '${rest[0]}' after '${form}'.`, TRY_HELP);

  const plan = { ids: rest.map(idOf), ...settingsOf(OPTIONS, given), form, folder };
  // A forgotten word must not remove everything.
  if (form === 'drop' && rest.length === 0 && plan.topic === undefined && plan.olderThan === undefined)
    throw usageFailure("'drop' needs an ID, --topic or --older-than.", "Use --topic '#' to remove every message.");
  return plan;
}

function idOf(text: string): number {
  const id = Number(text);
  if (!/^\d{1,15}$/.test(text) || id === 0)
    throw usageFailure(`'${text}' is not a message ID.`, 'See the IDs with tsspool DIR list.');
  return id;
}

const isForm = (word: string): word is FormName => FORMS.some(({ name }) => name === word);
const formNames = (): string => FORMS.map(({ name }) => name).join(', ');

function nearForm(word: string): string {
  const near = nearest(
    word,
    FORMS.map(({ name }) => name),
  );
  return near === undefined ? `Use one of ${formNames()}.` : `Did you mean ${near}?`;
}

/** `--list` and `--tpoic`. */
function meant(name: string): string {
  const form = name.replace(/^-+/, '');
  if (isForm(form)) return `Write the subcommand without dashes: tsspool DIR ${form}`;
  const near = nearest(
    name,
    OPTIONS.map((option) => option.name),
  );
  return near === undefined ? TRY_HELP : `Did you mean ${near}?`;
}
