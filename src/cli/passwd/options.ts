/** The options of tspasswd, one row each, in their own table because mosquitto_passwd has its own grammar. */
import { BROKERS } from '../../passwd/broker-verdict.ts';
import { DEFAULT_ITERATIONS, SCHEME_NAMES } from '../../passwd/schemes.ts';
import { COLOR, COMPLETION, type SettingsOf, type SmallOption, usageFailure, VERSION } from '../small-grammar.ts';

/** The groups and their headings, in the order of the help text. */
export const GROUPS = {
  change: 'Change a file',
  look: 'Inspect a file',
  password: 'Source of the password',
  hash: 'Hash of the password',
  misc: 'Other options',
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
    everyday: true,
    help: 'Use PASSWORD from the command line; other users see it',
  },
  {
    name: '-c',
    form: 'create',
    group: 'change',
    everyday: true,
    help: 'Create a password file, or print it if FILE is "-"',
  },
  { name: '-D', form: 'delete', group: 'change', everyday: true, help: 'Delete USER from a password file' },
  {
    name: '-U',
    form: 'hash',
    group: 'change',
    everyday: true,
    help: 'Hash the plain-text passwords of a file',
  },
  {
    name: '-H',
    sets: 'scheme',
    choices: SCHEME_NAMES,
    default: 'sha512-pbkdf2',
    refusal: (value: string) => `Unknown hash type '${value}'`,
    refusalHint: `Use ${SCHEME_NAMES.join(', ').replace(/, ([^,]+)$/, ' or $1')}.`,
    group: 'hash',
    value: 'SCHEME',
    everyday: true,
    help: 'Hash with sha512-pbkdf2 (default), sha512 or argon2id',
  },
  {
    name: '-I',
    sets: 'iterations',
    read: iterationsOf,
    default: DEFAULT_ITERATIONS,
    group: 'hash',
    value: 'NUMBER',
    everyday: true,
    help: 'Use NUMBER iterations of sha512-pbkdf2 (default 1000)',
  },
  {
    name: '--salt-length',
    sets: 'saltLength',
    choices: [12, 64],
    refusal: () => 'Salt length must be 12 or 64.',
    group: 'hash',
    value: '12|64',
    help: 'Use 12 or 64 bytes of salt (default 12; argon2id 64)',
  },
  {
    name: '--password-file',
    sets: 'passwordFile',
    completion: 'file',
    group: 'password',
    value: 'PATH',
    everyday: true,
    help: 'Read the password from a file; "-" is standard input',
  },
  { name: '--force', sets: 'force', goesWith: ['-c'], group: 'change', help: 'Let -c replace a file that exists' },
  {
    name: '--check',
    form: 'check',
    group: 'look',
    everyday: true,
    help: 'Report each line that a broker would reject',
  },
  {
    name: '--broker',
    sets: 'broker',
    choices: BROKERS,
    refusal: () => 'Broker must be 2.0 or 2.1.',
    goesWith: ['--check'],
    group: 'look',
    value: '2.0|2.1',
    help: 'Let --check report for this version of the broker only',
  },
  {
    name: '--list',
    form: 'list',
    group: 'look',
    everyday: true,
    help: 'List the users and how their passwords are stored',
  },
  {
    name: '--json',
    sets: 'json',
    goesWith: ['--check', '--list'],
    group: 'look',
    help: 'Print the result of --check or --list as JSON',
  },
  {
    name: '--verify',
    form: 'verify',
    group: 'look',
    everyday: true,
    help: 'Test a password: exit status 0 if right, 1 if wrong',
  },
  {
    name: '--upgrade',
    sets: 'upgrade',
    goesWith: ['--verify'],
    group: 'look',
    help: 'Let --verify rehash an entry that is weaker or outdated',
  },
  { ...COLOR, group: 'misc' },
  { name: '--help', group: 'misc', help: 'Print help; all, status, examples or OPTION may follow' },
  { ...COMPLETION, group: 'misc' },
  { ...VERSION, group: 'misc' },
] as const satisfies readonly PasswdOption[];

export type PasswdOptionName = (typeof OPTIONS)[number]['name'];

export type PasswdSettings = SettingsOf<typeof OPTIONS>;

/** Forms that mosquitto_passwd does not have. With them, options may follow the file. */
export const OWN_FORMS: readonly PasswdOptionName[] = ['--check', '--list', '--verify'];

/** Options that exclude each other, in the order of the checks. The first four are those of mosquitto_passwd. */
export const CONFLICTS: readonly (readonly [PasswdOptionName, PasswdOptionName])[] = [
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
