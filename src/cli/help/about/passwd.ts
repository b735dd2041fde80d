/** The options of tspasswd in full sentences, its exit statuses, and its tasks: for the manual page and `--help TOPIC`. */
import type { PasswdOptionName } from '../../passwd/options.ts';
import type { Rows, Task } from './small.ts';

export const PASSWD_ABOUT = {
  '-b': 'Use _PASSWORD_, the word after _USER_, and do not prompt. Other users of the machine can see the command line, and a shell may keep it in its history. In scripts, use *--password-file* instead. *-b* cannot be used with *-D*, *--check*, *--list* or *--password-file*.',
  '-c': 'Create a password file with one user. The file is readable by its owner only (mode 0600). If _FILE_ exists and is not empty, *-c* rejects it; *--force* replaces it. An empty file is filled, and keeps its owner and mode. If _FILE_ is *-*, the entry is printed and no file is written.',
  '-D': 'Delete every entry of _USER_ from _FILE_. The exit status is 1, with a warning, if the file does not contain that user. The broker rejects the user after its next reload.',
  '--force': 'Let *-c* replace a file that exists. All users of the old file are lost. *--force* works only with *-c*.',
  '-U': 'Hash every plain-text password of _FILE_, which has lines of the form user:password. Hashed entries, comments and empty lines stay as they are, so *-U* can run again. A password may contain colons. A line without a colon or a user name stops *-U* before it changes anything. *-H*, *-I* and *--salt-length* choose the hash.',
  '--check':
    'Print a line for each entry that a broker would reject, with the reason and the broker versions, and change nothing. The exit status is 1 if there is such a line, else 0. *--check* also reports a file that the user mosquitto of this machine cannot read. Use *--broker* to check for one version, *--json* for a program.',
  '--broker':
    'Let *--check* report only what this version of the Mosquitto broker rejects: *2.0*, or *2.1* and later. By default *--check* reports both.',
  '--list':
    'Print a line for each user: the name, the hash, and its parameters, separated by tabs. The word *refused* at the end marks an entry that neither a 2.0 nor a 2.1 broker accepts. Comments are not printed. *--json* prints all users as one JSON object.',
  '--json':
    'Print the result of *--check* or *--list* as one JSON object on one line. For *--check* it has file, entries, problems and unreadable; for *--list* it has file and users.',
  '--verify':
    'Prompt for the password of _USER_ once, and compare it with _FILE_. The exit status is 0 if it is right, and 1 if the password is wrong or the user is not in the file. It is 2 if the file cannot be read, or if the entry has a hash that *tspasswd* cannot compute. *-b* and *--password-file* replace the prompt. If a user appears twice, the last entry counts, as for a 2.0 broker.',
  '--upgrade':
    'Let *--verify* replace the hash of a right password if the entry has another scheme, fewer iterations, or a salt that some brokers reject. *-H*, *-I* and *--salt-length* choose the new hash. The file is not changed if the password is wrong. The exit status is 2 if another process changed the entry in the meantime.',
  '-H': 'Hash new passwords with _SCHEME_. Every Mosquitto broker from 2.0 on accepts *sha512-pbkdf2*, the default. *sha512* is for brokers before 2.0; it has one round, so passwords are easier to guess. *argon2id* is the strongest, but only brokers that were built with Argon2 accept it.',
  '-I': 'Use _NUMBER_ iterations of sha512-pbkdf2, from 1 to 2147483647; the default is 1000. More iterations make guessing slower. The broker computes as many at each login, so 100000 costs it tens of milliseconds. Other schemes ignore *-I*.',
  '--salt-length':
    'Use 12 or 64 bytes of random salt. The default is 12, which every broker accepts; argon2id has 64. Brokers before 2.1 reject a sha512 or sha512-pbkdf2 entry with 64.',
  '--password-file':
    'Read the password from _PATH_, a file of one line of at most 65535 bytes, and do not prompt. The newline at its end is not part of the password. If _PATH_ is *-*, the password is one line of standard input. Let only its owner read the file (*chmod 600*).',
  '--color':
    'Color headings, user names, errors and hints. *always* colors in pipes and files too, *never* turns color off. *auto*, the default, colors what goes to a terminal, unless the variable NO_COLOR is set.',
  '--help':
    'Print the everyday options. *--help all* prints every option, *--help status* the exit statuses, *--help examples* commands for common tasks. *--help --check*, or *--help check*, explains one option.',
  '--completion':
    'Print a script that completes options and file names in _SHELL_: *bash*, *zsh* or *fish*. For bash, add this line to ~/.bashrc: *eval "$(tspasswd --completion bash)"*',
  '--version': 'Print the version of *tspasswd*, its runtime, and whether this build can do TLS, argon2 and the like.',
} as const satisfies Readonly<Record<PasswdOptionName, string>>;

export const PASSWD_STATUS: Rows = [
  ['0', 'Done. With *--check*: no problem. With *--verify*: the password is right.'],
  [
    '1',
    'Not done: a usage error, an empty password, or a file that cannot be read or written. With *--check*: a broker would reject something. With *--verify*: the password is wrong, or the user is unknown. With *-D*: the user is not in the file.',
  ],
  [
    '2',
    'The two passwords that you typed differ, and nothing was changed. With *--verify*: unknown, because the file cannot be read, or *tspasswd* cannot compute the hash of the entry.',
  ],
  ['10', 'This build cannot compute argon2id.'],
  ['129, 130, 131, 143', 'SIGHUP, SIGINT, SIGQUIT or SIGTERM ended the program. The file is unchanged.'],
];

export const PASSWD_TASKS: readonly Task[] = [
  ['Create a file with one user; the password is typed twice', ['tspasswd -c passwords anna']],
  ['Add a user, or change (rotate) a password', ['tspasswd passwords ben']],
  ['Delete a user', ['tspasswd -D passwords ben']],
  [
    'Change a password from a script, without showing it to other users, and reload the broker',
    ['tspasswd --password-file ~/.secret /etc/mosquitto/passwords sensor', 'systemctl reload mosquitto'],
  ],
  [
    'Give a user a random password',
    ['(umask 077; openssl rand -base64 18 > sensor.secret)', 'tspasswd --password-file sensor.secret passwords sensor'],
  ],
  [
    'Make a file from a list of users with plain-text passwords',
    ["printf 'anna:secret1\\nben:secret2\\n' > passwords", 'tspasswd -U passwords'],
  ],
  [
    'Let the broker of a Debian system read a new file',
    ['chown mosquitto: /etc/mosquitto/passwords', 'tspasswd --check /etc/mosquitto/passwords'],
  ],
  [
    'Find out why a login fails: is the password right, and does the broker accept the entry?',
    ['tspasswd --verify passwords anna', 'tspasswd --check passwords'],
  ],
  ['List the users with the hash of each', ['tspasswd --list passwords']],
  ['Replace a weak hash when the password is known', ['tspasswd --verify --upgrade passwords anna']],
  [
    'Get mail from cron when the broker would reject the file',
    [
      'PATH=/usr/local/bin:/usr/bin:/bin',
      '0 6 * * * found=$(tspasswd --check /etc/mosquitto/passwords) || echo "$found"',
    ],
  ],
];
