/** From the words of tspasswd to a plan. Order of checks, texts and streams are those of mosquitto_passwd. */
import { Failure } from '../../errors.ts';
import { BROKERS } from '../../passwd/broker-verdict.ts';
import { DEFAULT_ITERATIONS, isSchemeName, type Recipe } from '../../passwd/schemes.ts';
import { nameFault, newNameFault, passwordFault } from '../../passwd/user-name.ts';
import type { ColorWhen } from '../../runtime/color.ts';
import { nearest } from '../../util/nearest.ts';
import { COLORS, colorGiven, isColor } from '../colors.ts';
import { completionHint, SHELLS } from '../values/shells.ts';
import { shown } from '../words/shown.ts';
import { CONFLICTS, NEEDS, OPTIONS, type OptionName, OWN_FORMS } from './options.ts';
import type { PasswdPlan, PasswordSource } from './plan.ts';
import { fullUsageText, usageText } from './usage.ts';

export interface PasswdWords {
  readonly argv: readonly string[];
  /** The same words as bytes, where some are not UTF-8. */
  readonly raw: readonly Uint8Array[] | undefined;
  readonly version: string;
  readonly runtime: string;
}

interface Word {
  readonly text: string;
  readonly bytes: Buffer;
}

interface Scanned {
  readonly given: ReadonlyMap<OptionName, string>;
  readonly words: readonly Word[];
  /** `--` said that no option follows. */
  readonly ended: boolean;
}

/** A file cannot be made in their place. */
const STDOUT_NAMES: ReadonlySet<string> = new Set(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

const LARGEST = 2_147_483_647;

/** Throws a Failure of the kind usage. */
export function readPasswdWords({ argv, raw, version, runtime }: PasswdWords): PasswdPlan {
  // -h is no option of the original, but what it prints is what was asked for.
  if (argv.length === 0 || (argv.length === 1 && argv[0] === '-h'))
    return { form: 'text', text: usageText(), status: 1 };
  const { given, words, ended } = scan(wordsOf(argv, raw));
  if (given.has('--help')) return { form: 'text', text: helpOn(words[0]?.text), status: 0 };
  if (given.has('--version')) return { form: 'version', version, runtime };
  const shell = SHELLS.find((known) => known === given.get('--completion'));
  if (shell !== undefined) return { form: 'completion', shell };
  for (const [one, other] of CONFLICTS)
    if (given.has(one) && given.has(other)) throw usageFailure(`${one} and ${other} cannot be used together.`);
  for (const [option, others] of NEEDS)
    if (given.has(option) && !others.some((other) => given.has(other)))
      throw usageFailure(`${option} needs ${others.join(' or ')}.`);

  const [file, user, password] = words;
  const isDashed = !ended && file !== undefined && /^-./.test(file.text);
  const bundle = isDashed ? bundleFault(file.text) : undefined;
  const batch = given.has('-b') || (bundle !== undefined && file!.text.includes('b'));
  if (bundle !== undefined) return shortUsage(batch, bundle);
  // The original takes it for the name of a file, and says that there is none.
  if (isDashed) throw usageFailure(`Unknown option '${shown(file.text)}'.${meant(file.text)}`);
  const fault = countFault(given, words);
  if (fault === 'usage') return shortUsage(batch, usageFault(words, batch, ended));
  if (fault !== undefined) throw usageFailure(fault, TRY_HELP);
  if (!Buffer.from(file!.text).equals(file!.bytes)) throw usageFailure('Malformed UTF-8 in the name of the file.');
  if (!ended && user !== undefined && /^-./.test(user.text)) throw usageFailure(dashedUser(user.text));
  return planOf(given, file!.text, user?.bytes ?? Buffer.alloc(0), password?.bytes);
}

function planOf(given: Scanned['given'], file: string, user: Buffer, word: Buffer | undefined): PasswdPlan {
  const recipe = recipeOf(given);
  const json = given.has('--json');
  if (given.has('-U')) return { form: 'hash', file, recipe };
  if (given.has('--list')) return { form: 'list', file, json };
  if (given.has('--check')) {
    const broker = given.get('--broker');
    return { form: 'check', file, json, brokers: BROKERS.filter((known) => (broker ?? known) === known) };
  }
  const changes = !given.has('-D') && !given.has('--verify');
  const fault = nameFault(user) ?? (changes ? newNameFault(user) : undefined);
  if (fault !== undefined) throw usageFailure(fault);
  if (given.has('-D')) return { form: 'delete', file, user };
  const password = sourceOf(given, word);
  if (given.has('--verify')) return { form: 'verify', file, user, password, upgrade: given.has('--upgrade'), recipe };
  const force = given.has('--force');
  if (!given.has('-c')) return { form: 'put', file, user, password, recipe, force };
  return { form: 'create', file: STDOUT_NAMES.has(file) ? '-' : file, user, password, recipe, force };
}

export const colorOf = (argv: readonly string[]): ColorWhen =>
  colorGiven<OptionName>((given) => scan(wordsOf(argv, undefined), given));

const TRY_HELP = 'Try tspasswd --help.';

/** An option behind `--help` has no meaning. */
function helpOn(topic: string | undefined): string {
  if (topic === 'all') return fullUsageText();
  if (topic === undefined || /^-./.test(topic)) return usageText();
  throw usageFailure(`Unknown help topic '${shown(topic)}'.`, '--help takes no word, or the word all.');
}

const wordsOf = (argv: readonly string[], raw: PasswdWords['raw']): Word[] =>
  argv.map((text, i) => ({ text, bytes: Buffer.from(raw?.[i] ?? text) }));

/** Up to the first word that is no option; in our own forms, options may stand behind it too. */
function scan(all: readonly Word[], given = new Map<OptionName, string>()): Scanned {
  const words: Word[] = [];
  for (let i = 0; i < all.length; i++) {
    const { text } = all[i]!;
    const equals = text.startsWith('--') ? text.indexOf('=') : -1;
    const name = equals < 0 ? text : text.slice(0, equals);
    const row = OPTIONS.find((option) => option.name === name);
    const takesValue = row !== undefined && 'value' in row;
    if (row === undefined || (equals >= 0 && !takesValue)) {
      words.push(all[i]!);
      if (text === '--') return { given, words: [...words.slice(0, -1), ...all.slice(i + 1)], ended: true };
      if (OWN_FORMS.some((form) => given.has(form))) continue;
      return { given, words: [...words, ...all.slice(i + 1)], ended: false };
    }
    let value = '';
    if (takesValue) {
      if (equals < 0 && ++i === all.length)
        throw usageFailure(
          `${name} argument given but not enough other arguments.`,
          name === '--completion' ? completionHint('tspasswd') : undefined,
        );
      value = equals < 0 ? all[i]!.text : text.slice(equals + 1);
      checkValue(row.name, value);
    }
    given.set(row.name, value);
  }
  return { given, words, ended: false };
}

function checkValue(option: OptionName, value: string): void {
  if (option === '-H' && !isSchemeName(value)) throw usageFailure(`Unknown hash type '${value}'`);
  if (option === '-I' && !(/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= LARGEST))
    throw usageFailure('Number of iterations must be > 0.');
  if (option === '--salt-length' && value !== '12' && value !== '64')
    throw usageFailure('Salt length must be 12 or 64.');
  if (option === '--completion' && !SHELLS.some((known) => known === value))
    throw usageFailure(`No completion for shell '${value}': it is one of ${SHELLS.join(', ')}.`);
  if (option === '--color' && !isColor(value))
    throw usageFailure(`Unknown value '${value}' for --color: it is one of ${COLORS.join(', ')}.`);
  if (option === '--broker' && !BROKERS.some((known) => known === value))
    throw usageFailure('Broker must be 2.0 or 2.1.');
}

/** Where mosquitto_passwd prints nothing but its usage: the line of it that is meant, and what is wrong. */
const shortUsage = (batch: boolean, hint: string): PasswdPlan => ({
  form: 'text',
  text: `Usage: tspasswd [-c] ${batch ? '-b FILE USER PASSWORD' : 'FILE USER'}\n`,
  status: 1,
  hint,
});

/** mosquitto_passwd takes no options in one word, either. */
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
  return !ended && OPTIONS.some(({ name }) => name === user) ? dashedUser(user) : 'Too many words.';
}

/** What is wrong with the number of words: a message, or `usage` where mosquitto_passwd prints that. */
function countFault(given: Scanned['given'], words: readonly Word[]): string | undefined {
  const { length: count } = words;
  const batch = given.has('-b');
  if (given.has('-U')) return count === 1 ? undefined : '-U argument given but password file missing.';
  const look = (['--check', '--list'] as const).find((form) => given.has(form));
  if (look !== undefined && count > 1) return `Too many words. ${look} takes one password file.`;
  if (look !== undefined) return count === 1 ? undefined : `${look} argument given but password file missing.`;
  const form = (['-c', '-D', '--verify'] as const).find((name) => given.has(name));
  const wanted = batch && form !== '-D' ? 3 : 2;
  if (count === wanted) return undefined;
  if (count > wanted && !batch && form !== '-D') return 'Too many words. A password on the command line needs -b.';
  if (form === undefined) return 'usage';
  if (count > wanted) return 'Too many words.';
  return `${form} argument given but password file${wanted === 3 ? ', username, or password' : ' or username'} missing.`;
}

/** mosquitto_passwd makes a user named --check of `users.txt --check`. */
function dashedUser(word: string): string {
  const isOption = OPTIONS.some(({ name }) => name === word.replace(/=.*/s, ''));
  return isOption
    ? `Write the option ${shown(word)} before the file name, or -- before the file name for a user of that name.`
    : 'A user name that begins with a dash needs -- before the file name.';
}

function meant(word: string): string {
  const near = word.startsWith('--')
    ? nearest(
        word.replace(/=.*/s, ''),
        OPTIONS.map(({ name }) => name).filter((name) => name.length > 2),
      )
    : undefined;
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return shown(word) === word ? `${hint} A file of that name is ./${word}.` : hint;
}

function recipeOf(given: Scanned['given']): Recipe {
  const scheme = given.get('-H') ?? '';
  const saltLength = given.get('--salt-length');
  return {
    scheme: isSchemeName(scheme) ? scheme : 'sha512-pbkdf2',
    iterations: Number(given.get('-I') ?? DEFAULT_ITERATIONS),
    saltLength: saltLength === undefined ? undefined : Number(saltLength),
  };
}

function sourceOf(given: Scanned['given'], word: Buffer | undefined): PasswordSource {
  const path = given.get('--password-file');
  if (path !== undefined) return { from: 'file', path };
  if (!given.has('-b')) return { from: 'prompt' };
  const password = word ?? Buffer.alloc(0);
  const fault = passwordFault(password) ?? (password.length === 0 ? 'Empty password.' : undefined);
  if (fault !== undefined) throw usageFailure(fault);
  return { from: 'words', password };
}

function usageFailure(message: string, advice?: string): Failure {
  return new Failure('usage', { message, advice });
}
