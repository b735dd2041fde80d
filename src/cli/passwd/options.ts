/** The options of tspasswd: one row each. mosquitto_passwd's grammar is not that of the clients, so neither is the table. */

/** The groups of the help text, in its order, with their headings. */
export const GROUPS = {
  change: 'Change a file',
  look: 'Look at a file',
  password: 'Where the password comes from',
  hash: 'How it is stored',
  misc: 'Other',
} as const;

export interface PasswdOption {
  readonly group: keyof typeof GROUPS;
  readonly name: `-${string}`;
  /** What stands for its value in the help; without one it takes none. */
  readonly value?: string;
  readonly help: string;
  /** What `--help` says, in one line; what has none is in `--help all`. */
  readonly brief?: string;
}

export const OPTIONS = [
  {
    name: '-b',
    group: 'password',
    help: 'take the password from the command line, where other users of the machine can see it',
    brief: 'the password is the word after USER, for all to see',
  },
  {
    name: '-c',
    group: 'change',
    help: 'create a new password file; the file "-" is standard output',
    brief: 'create a new password file',
  },
  { name: '-D', group: 'change', help: 'delete the user', brief: 'delete the user' },
  {
    name: '-U',
    group: 'change',
    help: 'hash the plain text passwords of a file; entries that are hashed stay as they are',
    brief: 'hash the plain text passwords of a file (without USER)',
  },
  {
    name: '-H',
    group: 'hash',
    value: 'SCHEME',
    help: 'sha512-pbkdf2 (default), sha512, or argon2id, which most brokers refuse',
    brief: 'sha512-pbkdf2 (default), sha512, or argon2id',
  },
  {
    name: '-I',
    group: 'hash',
    value: 'NUMBER',
    help: 'iterations of sha512-pbkdf2 (default 1000); a login costs the broker as many',
    brief: 'iterations of sha512-pbkdf2 (default 1000)',
  },
  {
    name: '--salt-length',
    group: 'hash',
    value: '12|64',
    help: 'bytes of salt (default 12; brokers before 2.1 refuse 64)',
  },
  {
    name: '--password-file',
    group: 'password',
    value: 'PATH',
    help: 'take the password from a file of one line; "-" is standard input',
    brief: 'take the password from a file; "-" is standard input',
  },
  { name: '--force', group: 'change', help: 'with -c, replace a file that exists' },
  {
    name: '--check',
    group: 'look',
    help: 'report each line that a broker would refuse; exit status 1 if there is one',
    brief: 'report what a broker would refuse (without USER)',
  },
  { name: '--broker', group: 'look', value: '2.0|2.1', help: 'with --check, ask for this broker only' },
  {
    name: '--list',
    group: 'look',
    help: 'list the users and how their passwords are stored',
    brief: 'list the users (without USER)',
  },
  { name: '--json', group: 'look', help: 'with --check or --list, print JSON' },
  {
    name: '--verify',
    group: 'look',
    help: 'ask for the password: exit status 0 if it is right, 1 if wrong, 2 if nobody can tell',
    brief: 'ask for the password: exit status 0 if it is right',
  },
  {
    name: '--upgrade',
    group: 'look',
    help: 'with --verify, store a right password anew if it was stored in another way',
  },
  {
    name: '--color',
    group: 'misc',
    value: 'WHEN',
    help: 'colours: always, never, or auto (default): on a terminal',
  },
  { name: '--help', group: 'misc', help: 'print the everyday options; with the word all behind it, everything' },
  {
    name: '--completion',
    group: 'misc',
    value: 'SHELL',
    help: 'print a script that completes options in bash, zsh or fish',
  },
  { name: '--version', group: 'misc', help: 'print the version, and what this build can do' },
] as const satisfies readonly PasswdOption[];

export type OptionName = (typeof OPTIONS)[number]['name'];

/** Forms that mosquitto_passwd does not have: there, options may stand anywhere. */
export const OWN_FORMS: readonly OptionName[] = ['--check', '--list', '--verify'];

/** Pairs that make no sense, in the order in which they are complained of: the first four are the original's. */
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

/** Options that do something with certain others only. */
export const NEEDS: readonly (readonly [OptionName, readonly OptionName[]])[] = [
  ['--force', ['-c']],
  ['--broker', ['--check']],
  ['--json', ['--check', '--list']],
  ['--upgrade', ['--verify']],
];
