/** From the words of tspasswd to a plan. The order of the checks and most messages are those of mosquitto_passwd. */
import type { Failure } from '../../errors.ts';
import { nameFault, newNameFault, passwordFault } from '../../passwd/user-name.ts';
import { nearest } from '../../util/nearest.ts';
import { helpOn, type Topics, topicOf } from '../help/small-topics.ts';
import { type Information, type Invocation, information, informational } from '../informational.ts';
import { type Grammar, scan, settingsOf, usageFailure } from '../small-grammar.ts';
import { shown } from '../words/shown.ts';
import { toWords, type Word } from '../words/words.ts';
import { CONFLICTS, OPTIONS, OWN_FORMS, type PasswdForm, type PasswdOption, type PasswdSettings } from './options.ts';
import { fullUsageText, usageText } from './usage.ts';

export type PasswordSource =
  | { readonly from: 'prompt' }
  | { readonly from: 'words'; readonly password: Buffer }
  /** `-` is standard input. */
  | { readonly from: 'file'; readonly path: string };

/** A complete, checked request. */
export interface PasswdPlan extends PasswdSettings {
  readonly form: PasswdForm;
  readonly file: string;
  /** Empty in subcommands without a user. */
  readonly user: Buffer;
  readonly password: PasswordSource;
}

export const GRAMMAR: Grammar = {
  program: 'passwd',
  options: OPTIONS,
  missing: (option) => `${option} argument given but not enough other arguments.`,
  // With our own forms, options may follow the file too.
  goesOnBehind: (_, given) => OWN_FORMS.some((form) => given.has(form)),
};

/** Names of standard output, where no file can be created. */
const STDOUT_NAMES: ReadonlySet<string> = new Set(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

/** Subcommands without a user. */
const FILE_WIDE: ReadonlySet<PasswdForm> = new Set(['hash', 'check', 'list']);

const TRY_HELP = 'See tspasswd --help.';

const TOPICS: Topics = { program: 'tspasswd', subjects: OPTIONS, short: usageText, full: fullUsageText };

/** Throws a Failure of the kind usage. */
export function readPasswdWords(line: Invocation): PasswdPlan | Information {
  const { argv, raw } = line;
  // mosquitto_passwd does not know -h, but prints its usage for it, with this exit status.
  if (argv.length === 1 && argv[0] === '-h') return information(usageText(), 1);
  // A topic may be an option, whose value would be missing.
  if (argv[0] === '--help') return information(helpOn(TOPICS, argv[1]), 0);
  const { given, words, ended } = scan(GRAMMAR, toWords(argv, raw));
  const asked = informational(GRAMMAR, given, () => helpOn(TOPICS, topicOf(argv)), line);
  if (asked !== undefined) return asked;
  for (const [one, other] of CONFLICTS)
    if (given.has(one) && given.has(other)) throw usageFailure(`${one} and ${other} cannot be used together.`);
  for (const { name, goesWith } of OPTIONS as readonly PasswdOption[])
    if (given.has(name) && goesWith?.some((other) => given.has(other)) === false)
      throw usageFailure(`${name} needs ${goesWith.join(' or ')}.`);

  const settings = settingsOf(OPTIONS, given);
  const { form = 'put', name: asking }: Partial<PasswdOption> =
    (OPTIONS as readonly PasswdOption[]).find((row) => row.form !== undefined && given.has(row.name)) ?? {};
  const [file, user, password] = words;
  if (!ended && file !== undefined && /^-./.test(file.text)) throw unknownOption(file.text);
  checkCount(form, asking ?? '', settings.batch, words, ended);
  if (!file!.wellFormed) throw usageFailure('The file name is not valid UTF-8.');
  if (!ended && user !== undefined && /^-./.test(user.text)) throw dashedUser(user.text);
  const isStdout = form === 'create' && STDOUT_NAMES.has(file!.text);
  return {
    ...settings,
    form,
    file: isStdout ? '-' : file!.text,
    user: userOf(form, bytesOf(user)),
    password: sourceOf(form, settings, bytesOf(password)),
  };
}

const bytesOf = (word: Word | undefined): Buffer => Buffer.from(word?.bytes ?? []);

function userOf(form: PasswdForm, user: Buffer): Buffer {
  const isNew = form === 'create' || form === 'put';
  const fault = nameFault(user) ?? (isNew ? newNameFault(user) : undefined);
  if (fault !== undefined) throw usageFailure(fault);
  return user;
}

function sourceOf(form: PasswdForm, { batch, passwordFile }: PasswdSettings, password: Buffer): PasswordSource {
  if (passwordFile !== undefined) return { from: 'file', path: passwordFile };
  if (!batch || FILE_WIDE.has(form)) return { from: 'prompt' };
  const fault = passwordFault(password);
  if (fault !== undefined) throw usageFailure(fault);
  return { from: 'words', password };
}

/** The words of a line that is complete, for a hint. */
function wantedLine(form: PasswdForm, option: string, batch: boolean): string {
  const words = FILE_WIDE.has(form) ? 'FILE' : batch && form !== 'delete' ? 'FILE USER PASSWORD' : 'FILE USER';
  return ['tspasswd', option, batch && form !== 'delete' ? '-b' : '', words].filter((part) => part !== '').join(' ');
}

/** What is wrong with the number of words. Messages that name an option are those of mosquitto_passwd. */
function checkCount(form: PasswdForm, option: string, batch: boolean, words: readonly Word[], ended: boolean): void {
  const wanted = FILE_WIDE.has(form) ? 1 : batch && form !== 'delete' ? 3 : 2;
  if (words.length === wanted) return;
  const line = wantedLine(form, option, batch);
  if (form === 'hash') throw usageFailure(`${option} argument given but password file missing.`, `Write ${line}.`);
  if (words.length > wanted) {
    if (wanted === 1) throw usageFailure(`Too many words: ${option} takes one password file.`, `Write ${line}.`);
    if (form === 'put' && !ended && isOption(words[1]!.text)) throw dashedUser(words[1]!.text);
    throw batch || form === 'delete'
      ? usageFailure('Too many words.', `Write ${line}, with quotes around a value that has spaces.`)
      : usageFailure(
          'Too many words.',
          `Use -b for a password on the command line: ${wantedLine(form, option, true)}.`,
        );
  }
  if (form === 'put') throw incomplete(words.length, batch);
  const names = wanted === 1 ? '' : wanted === 3 ? ', username, or password' : ' or username';
  throw usageFailure(`${option} argument given but password file${names} missing.`, `Write ${line}.`);
}

/** Where mosquitto_passwd prints its usage and no error: some of the words are there, or none. */
function incomplete(count: number, batch: boolean): Failure {
  const missing = ['FILE', 'USER', ...(batch ? ['PASSWORD'] : [])].slice(count);
  const last = missing.pop();
  return usageFailure(
    missing.length === 0 ? `${last} is missing.` : `${missing.join(', ')} and ${last} are missing.`,
    batch
      ? 'Write tspasswd -b FILE USER PASSWORD, or see tspasswd --help.'
      : `Write tspasswd FILE USER to set a password${count === 1 ? ', or tspasswd --list FILE to list the users' : ', or see tspasswd --help'}.`,
  );
}

const isOption = (word: string): boolean => OPTIONS.some(({ name }) => name === word);

/** mosquitto_passwd makes a user named --check of `users.txt --check`. */
function dashedUser(word: string): Failure {
  return isOption(word.replace(/=.*/s, ''))
    ? usageFailure(
        `The option ${shown(word)} must be written before FILE.`,
        'For a user of that name, write -- before FILE.',
      )
    : usageFailure('The user name begins with a dash.', 'For a user of that name, write -- before FILE.');
}

/** mosquitto_passwd takes an unknown option for the name of a file, and several options in one word for nothing it knows. */
function unknownOption(word: string): Failure {
  const long = OPTIONS.map(({ name }) => name).filter((name) => name.length > 2);
  const near = word.startsWith('--') ? nearest(word.replace(/=.*/s, ''), long) : undefined;
  const hints = near === undefined ? [] : [`Did you mean ${near}?`];
  if (/^-[bcDU]{2,}$/.test(word)) hints.push(`Write ${[...word.slice(1)].map((c) => `-${c}`).join(' ')}.`);
  else if (shown(word) === word) hints.push(`For a file of that name, write ./${word}.`);
  return usageFailure(`Unknown option '${shown(word)}'.`, hints.length === 0 ? TRY_HELP : hints.join(' '));
}
