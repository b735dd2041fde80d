/** The options of tspasswd, one row each, in their own table because mosquitto_passwd has its own grammar. */
import { BROKERS } from '../../passwd/broker-verdict.ts';
import { DEFAULT_ITERATIONS, SCHEME_NAMES } from '../../passwd/schemes.ts';
import { COLOR, COMPLETION, type SettingsOf, type SmallOption, usageFailure, VERSION } from '../small-grammar.ts';

/** The groups and their headings, in the order of the help text. */
export const GROUPS = {
  change: 'Change a file',
  look: 'Look at a file',
  password: 'Where the password comes from',
  hash: 'How it is stored',
  misc: 'Other',
} as const;

export type PasswdForm = 'create' | 'put' | 'delete' | 'hash' | 'check' | 'list' | 'verify';

export interface PasswdOption extends SmallOption {
  readonly group: keyof typeof GROUPS;
  /** The subcommand that the option requests. */
  readonly form?: PasswdForm;
}

export const OPTIONS = [
  {
    name: '-b',
    sets: 'batch',
    group: 'password',
    help: 'take the password from the command line, where other users of the machine can see it',
    brief: 'the password is the word after USER, for all to see',
  },
  {
    name: '-c',
    form: 'create',
    group: 'change',
    help: 'create a new password file; the file "-" is standard output',
    brief: 'create a new password file',
  },
  { name: '-D', form: 'delete', group: 'change', help: 'delete the user', brief: 'delete the user' },
  {
    name: '-U',
    form: 'hash',
    group: 'change',
    help: 'hash the plain text passwords of a file; entries that are hashed stay as they are',
    brief: 'hash the plain text passwords of a file (without USER)',
  },
  {
    name: '-H',
    sets: 'scheme',
    choices: SCHEME_NAMES,
    default: 'sha512-pbkdf2',
    refusal: (value: string) => `Unknown hash type '${value}'`,
    group: 'hash',
    value: 'SCHEME',
    help: 'sha512-pbkdf2 (default), sha512, or argon2id, which most brokers refuse',
    brief: 'sha512-pbkdf2 (default), sha512, or argon2id',
  },
  {
    name: '-I',
    sets: 'iterations',
    read: iterationsOf,
    default: DEFAULT_ITERATIONS,
    group: 'hash',
    value: 'NUMBER',
    help: 'iterations of sha512-pbkdf2 (default 1000); a login costs the broker as many',
    brief: 'iterations of sha512-pbkdf2 (default 1000)',
  },
  {
    name: '--salt-length',
    sets: 'saltLength',
    choices: [12, 64],
    refusal: () => 'Salt length must be 12 or 64.',
    group: 'hash',
    value: '12|64',
    help: 'bytes of salt (default 12; brokers before 2.1 refuse 64)',
  },
  {
    name: '--password-file',
    sets: 'passwordFile',
    completion: 'file',
    group: 'password',
    value: 'PATH',
    help: 'take the password from a file of one line; "-" is standard input',
    brief: 'take the password from a file; "-" is standard input',
  },
  { name: '--force', sets: 'force', goesWith: ['-c'], group: 'change', help: 'with -c, replace a file that exists' },
  {
    name: '--check',
    form: 'check',
    group: 'look',
    help: 'report each line that a broker would refuse; exit status 1 if there is one',
    brief: 'report what a broker would refuse (without USER)',
  },
  {
    name: '--broker',
    sets: 'broker',
    choices: BROKERS,
    refusal: () => 'Broker must be 2.0 or 2.1.',
    goesWith: ['--check'],
    group: 'look',
    value: '2.0|2.1',
    help: 'with --check, ask for this broker only',
  },
  {
    name: '--list',
    form: 'list',
    group: 'look',
    help: 'list the users and how their passwords are stored',
    brief: 'list the users (without USER)',
  },
  {
    name: '--json',
    sets: 'json',
    goesWith: ['--check', '--list'],
    group: 'look',
    help: 'with --check or --list, print JSON',
  },
  {
    name: '--verify',
    form: 'verify',
    group: 'look',
    help: 'ask for the password: exit status 0 if it is right, 1 if wrong, 2 if nobody can tell',
    brief: 'ask for the password: exit status 0 if it is right',
  },
  {
    name: '--upgrade',
    sets: 'upgrade',
    goesWith: ['--verify'],
    group: 'look',
    help: 'with --verify, store a right password anew if it was stored in another way',
  },
  { ...COLOR, group: 'misc' },
  { name: '--help', group: 'misc', help: 'print the everyday options; with the word all behind it, everything' },
  { ...COMPLETION, group: 'misc', help: 'print a script that completes options in bash, zsh or fish' },
  { ...VERSION, group: 'misc' },
] as const satisfies readonly PasswdOption[];

type OptionName = (typeof OPTIONS)[number]['name'];

export type PasswdSettings = SettingsOf<typeof OPTIONS>;

/** Subcommands that mosquitto_passwd lacks: with these, options may be anywhere. */
export const OWN_FORMS: readonly OptionName[] = ['--check', '--list', '--verify'];

/** Pairs that exclude each other, in the order of the checks: the first four are Mosquitto's. */
export const CONFLICTS: readonly (readonly [OptionName, OptionName])[] = [
  ['-c', '-D'],
  ['-c', '-U'],
  ['-D', '-U'],
  ['-b', '-D'],
  ...OWN_FORMS.flatMap((own, i) =>
    [...(['-c', '-D', '-U'] as const), ...OWN_FORMS.slice(i + 1)].map((other) => [other, own] as const),
  ),
  ['-b', '--check'],
  ['-b', '--list'],
  ['-b', '--password-file'],
  ...(['-D', '-U', '--check', '--list'] as const).map((form) => [form, '--password-file'] as const),
];

const MOST_ITERATIONS = 2_147_483_647;

function iterationsOf(value: string): number {
  const number = /^\d+$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > MOST_ITERATIONS) throw usageFailure('Number of iterations must be > 0.');
  return number;
}
