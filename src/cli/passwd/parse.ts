/** Turns the words of tspasswd into a plan. The order of the checks, the texts and the streams are those of mosquitto_passwd. */
import { nameFault, newNameFault, passwordFault } from '../../passwd/user-name.ts';
import { nearest } from '../../util/nearest.ts';
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
  // In our own subcommands, options may follow the file too.
  goesOnBehind: (_, given) => OWN_FORMS.some((form) => given.has(form)),
};

/** Names of standard output, which cannot be replaced by a file. */
const STDOUT_NAMES: ReadonlySet<string> = new Set(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

/** Subcommands without a user. */
const FILE_WIDE: ReadonlySet<PasswdForm> = new Set(['hash', 'check', 'list']);

const TRY_HELP = 'Try tspasswd --help.';

/** Throws a Failure of the kind usage. */
export function readPasswdWords(line: Invocation): PasswdPlan | Information {
  const { argv, raw } = line;
  // mosquitto_passwd has no -h, but prints its usage for it, as requested.
  if (argv.length === 0 || (argv.length === 1 && argv[0] === '-h')) return information(usageText(), 1);
  const { given, words, ended } = scan(GRAMMAR, toWords(argv, raw));
  const asked = informational(GRAMMAR, given, () => helpOn(words[0]?.text), line);
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
  const isDashed = !ended && file !== undefined && /^-./.test(file.text);
  const bundle = isDashed ? bundleFault(file.text) : undefined;
  const batch = settings.batch || (bundle !== undefined && file!.text.includes('b'));
  if (bundle !== undefined) return shortUsage(batch, bundle);
  // mosquitto_passwd treats it as the name of a missing file.
  if (isDashed) throw usageFailure(`Unknown option '${shown(file.text)}'.${meant(file.text)}`);
  const fault = countFault(form, asking ?? '', batch, words.length);
  if (fault === 'usage') return shortUsage(batch, usageFault(words, batch, ended));
  if (fault !== undefined) throw usageFailure(fault, TRY_HELP);
  if (!file!.wellFormed) throw usageFailure('Malformed UTF-8 in the name of the file.');
  if (!ended && user !== undefined && /^-./.test(user.text)) throw usageFailure(dashedUser(user.text));
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

/** An option after `--help` has no meaning. */
function helpOn(topic: string | undefined): string {
  if (topic === 'all') return fullUsageText();
  if (topic === undefined || /^-./.test(topic)) return usageText();
  throw usageFailure(`Unknown help topic '${shown(topic)}'.`, '--help takes no word, or the word all.');
}

/** Where mosquitto_passwd prints only its usage: the relevant line of it, and the problem. */
const shortUsage = (batch: boolean, hint: string): Information =>
  information(`Usage: tspasswd [-c] ${batch ? '-b FILE USER PASSWORD' : 'FILE USER'}\n`, 1, hint);

/** mosquitto_passwd does not accept bundled options either. */
function bundleFault(word: string): string | undefined {
  return /^-[bcDU]{2,}$/.test(word)
    ? `Write ${word} as ${[...word.slice(1)].map((c) => `-${c}`).join(' ')}.`
    : undefined;
}

function usageFault(words: readonly Word[], batch: boolean, ended: boolean): string {
  const missing = ['FILE', 'USER', ...(batch ? ['PASSWORD'] : [])].slice(words.length);
  const last = missing.pop();
  if (last !== undefined)
    return missing.length === 0 ? `${last} is missing.` : `${missing.join(', ')} and ${last} are missing.`;
  const user = words[1]!.text;
  return !ended && isOption(user) ? dashedUser(user) : 'Too many words.';
}

/** The problem with the number of words: a message, or `usage` where mosquitto_passwd prints its usage. */
function countFault(form: PasswdForm, option: string, batch: boolean, count: number): string | undefined {
  if (FILE_WIDE.has(form)) {
    if (count === 1) return undefined;
    if (count > 1 && form !== 'hash') return `Too many words. ${option} takes one password file.`;
    return `${option} argument given but password file missing.`;
  }
  const wanted = batch && form !== 'delete' ? 3 : 2;
  if (count === wanted) return undefined;
  if (count > wanted && !batch && form !== 'delete') return 'Too many words. A password on the command line needs -b.';
  if (form === 'put') return 'usage';
  if (count > wanted) return 'Too many words.';
  return `${option} argument given but password file${wanted === 3 ? ', username, or password' : ' or username'} missing.`;
}

const isOption = (word: string): boolean => OPTIONS.some(({ name }) => name === word);

/** For `users.txt --check`, mosquitto_passwd would create a user named --check. */
function dashedUser(word: string): string {
  return isOption(word.replace(/=.*/s, ''))
    ? `Write the option ${shown(word)} before the file name, or -- before the file name for a user of that name.`
    : 'A user name that begins with a dash needs -- before the file name.';
}

function meant(word: string): string {
  const long = OPTIONS.map(({ name }) => name).filter((name) => name.length > 2);
  const near = word.startsWith('--') ? nearest(word.replace(/=.*/s, ''), long) : undefined;
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return shown(word) === word ? `${hint} A file of that name is ./${word}.` : hint;
}
