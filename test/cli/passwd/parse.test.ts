/**
 * The words of tspasswd: the plan of each subcommand, and the messages about other words.
 * Covers src/cli/passwd/options.ts, src/cli/passwd/usage.ts.
 */
import { describe, expect, it } from 'vitest';
import { completionScript } from '../../../src/cli/help/completion.ts';
import { isInformation } from '../../../src/cli/informational.ts';
import { GRAMMAR, readPasswdWords } from '../../../src/cli/passwd/parse.ts';
import { fullUsageText, usageText } from '../../../src/cli/passwd/usage.ts';
import { colorOf } from '../../../src/cli/small-grammar.ts';

const planOf = (argv: readonly string[], raw?: readonly Uint8Array[]) =>
  readPasswdWords({ argv, raw, version: '1.2.3', runtime: 'a test', features: async () => [] });
/** With the text, where there is one. */
async function toldOf(argv: readonly string[]): Promise<object> {
  const plan = planOf(argv);
  return isInformation(plan) ? { ...plan, text: await plan.text() } : plan;
}
/** Words apart by blanks; `''` is an empty one. */
const wordsOf = (line: string): string[] => line.split(' ').map((word) => (word === "''" ? '' : word));

/** The settings without options. */
const SETTINGS = {
  user: Buffer.alloc(0),
  password: { from: 'prompt' },
  batch: false,
  scheme: 'sha512-pbkdf2',
  iterations: 1000,
  saltLength: undefined,
  passwordFile: undefined,
  force: false,
  broker: undefined,
  json: false,
  upgrade: false,
  color: 'auto',
};
const PROMPT = { from: 'prompt' };
const WORD = { from: 'words', password: Buffer.from('x') };
const user = Buffer.from('u');

describe('the words', () => {
  it.each<[line: string, plan: object]>([
    ['pw u', { form: 'put', file: 'pw', user, password: PROMPT }],
    ['-c pw u', { form: 'create', file: 'pw', user, password: PROMPT }],
    ['-c --force pw u', { form: 'create', file: 'pw', user, password: PROMPT, force: true }],
    ['-b pw u x', { form: 'put', file: 'pw', user, password: WORD, batch: true }],
    ['-b -c ./-pw u x', { form: 'create', file: './-pw', user, password: WORD, batch: true }],
    ['-b -c - u x', { form: 'create', file: '-', user, password: WORD, batch: true }],
    ['-b -c /dev/stdout u x', { form: 'create', file: '-', user, password: WORD, batch: true }],
    ['-b -c /dev/fd/1 u x', { form: 'create', file: '-', user, password: WORD, batch: true }],
    ['-D pw u', { form: 'delete', file: 'pw', user }],
    ['-D -- pw --check', { form: 'delete', file: 'pw', user: Buffer.from('--check') }],
    ['-D -- -pw -u', { form: 'delete', file: '-pw', user: Buffer.from('-u') }],
    ['--list -- pw', { form: 'list', file: 'pw' }],
    [
      '-b pw u -x',
      {
        form: 'put',
        file: 'pw',
        user,
        password: { ...WORD, password: Buffer.from('-x') },
        batch: true,
      },
    ],
    ['-U pw', { form: 'hash', file: 'pw' }],
    ['-H argon2id -U pw', { form: 'hash', file: 'pw', scheme: 'argon2id' }],
    ['-H sha512-pbkdf2 -I 2147483647 -U pw', { form: 'hash', file: 'pw', iterations: 2_147_483_647 }],
    ['--salt-length 12 -U pw', { form: 'hash', file: 'pw', saltLength: 12 }],
    ['--salt-length=64 -U pw', { form: 'hash', file: 'pw', saltLength: 64 }],
    ['--list pw', { form: 'list', file: 'pw' }],
    ['--list pw --json', { form: 'list', file: 'pw', json: true }],
    ['--check pw', { form: 'check', file: 'pw' }],
    ['--check --json --broker 2.0 pw', { form: 'check', file: 'pw', json: true, broker: '2.0' }],
    ['--check pw --broker=2.1', { form: 'check', file: 'pw', broker: '2.1' }],
    ['--verify pw u', { form: 'verify', file: 'pw', user, password: PROMPT }],
    ['--verify pw u --upgrade', { form: 'verify', file: 'pw', user, password: PROMPT, upgrade: true }],
    ['--verify -b pw u x', { form: 'verify', file: 'pw', user, password: WORD, batch: true }],
    [
      '--password-file f pw u',
      { form: 'put', file: 'pw', user, password: { from: 'file', path: 'f' }, passwordFile: 'f' },
    ],
    ['--version', { form: 'text', text: 'tspasswd 1.2.3 (a test)\n', status: 0 }],
    ['--completion fish', { form: 'text', text: completionScript('passwd', 'fish'), status: 0 }],
    ['--help', { form: 'text', text: usageText(), status: 0 }],
    ['--help all', { form: 'text', text: fullUsageText(), status: 0 }],
    ['--help -b', { form: 'text', text: usageText(), status: 0 }],
  ])('%s are a plan', async (line, plan) => {
    expect(await toldOf(wordsOf(line))).toStrictEqual('text' in plan ? plan : { ...SETTINGS, ...plan });
  });

  it('that are none, or -h, are answered with the usage, and 1', async () => {
    for (const argv of [[], ['-h']]) expect(await toldOf(argv)).toEqual({ form: 'text', text: usageText(), status: 1 });
  });

  const PROMPTS = 'Usage: tspasswd [-c] FILE USER\n';
  const BATCH = 'Usage: tspasswd [-c] -b FILE USER PASSWORD\n';
  it.each([
    ['pw', PROMPTS, 'USER is missing.'],
    ['-H sha512', PROMPTS, 'FILE and USER are missing.'],
    ['-b', BATCH, 'FILE, USER and PASSWORD are missing.'],
    ['-b pw u', BATCH, 'PASSWORD is missing.'],
    ['-b pw u x y', BATCH, 'Too many words.'],
    [
      '-b pw -c u x',
      BATCH,
      'Write the option -c before the file name, or -- before the file name for a user of that name.',
    ],
    ['-bc pw u x', BATCH, 'Write -bc as -b -c.'],
    ['-cb pw u x', BATCH, 'Write -cb as -c -b.'],
    ['-cb pw', BATCH, 'Write -cb as -c -b.'],
  ])(
    'that are too few or too many are answered with one line of usage, and what is wrong: %s',
    async (line, text, hint) => {
      expect(await toldOf(wordsOf(line))).toEqual({ form: 'text', text, status: 1, hint });
    },
  );

  it.each([
    ['-U', '-U argument given but password file missing.'],
    ['-U a b', '-U argument given but password file missing.'],
    ['-c pw', '-c argument given but password file or username missing.'],
    ['-c -b pw u', '-c argument given but password file, username, or password missing.'],
    ['-c pw u x', 'Too many words. A password on the command line needs -b.'],
    ['-c -b pw u x y', 'Too many words.'],
    ['-D pw', '-D argument given but password file or username missing.'],
    ['-D pw u x', 'Too many words.'],
    ['pw u x', 'Too many words. A password on the command line needs -b.'],
    ['--check', '--check argument given but password file missing.'],
    ['--check --json', '--check argument given but password file missing.'],
    ['--list a b', 'Too many words. --list takes one password file.'],
    ['--verify pw', '--verify argument given but password file or username missing.'],
    ['--verify pw u x', 'Too many words. A password on the command line needs -b.'],
    ['--verify -b pw u', '--verify argument given but password file, username, or password missing.'],
    ['--verify -b pw u x y', 'Too many words.'],
    ['--help nonsense', "Unknown help topic 'nonsense'."],
    ['-I', '-I argument given but not enough other arguments.'],
    ['-H', '-H argument given but not enough other arguments.'],
    ['-H md5 -U pw', "Unknown hash type 'md5'"],
    ...['0', '-1', 'x', '1.5', '0x10', '2147483648'].map((value) => [
      `-I ${value} -U pw`,
      'Number of iterations must be > 0.',
    ]),
    ['--salt-length 13 -U pw', 'Salt length must be 12 or 64.'],
    ['--broker 2.2 --check pw', 'Broker must be 2.0 or 2.1.'],
    ['--color red --list pw', "Unknown value 'red' for --color: it is one of auto, always, never."],
    ['--completion ksh', "No completion for shell 'ksh': it is one of bash, zsh, fish."],
    ['--chek pw', "Unknown option '--chek'. Did you mean --check? A file of that name is ./--chek."],
    ['--pasword-file=x pw u', "Unknown option '--pasword-file=…'. Did you mean --password-file?"],
    ['-b --forse pw u x', "Unknown option '--forse'. Did you mean --force? A file of that name is ./--forse."],
    ['-x pw u y', "Unknown option '-x'. A file of that name is ./-x."],
    ['-x pw', "Unknown option '-x'. A file of that name is ./-x."],
    ['--json=1 pw', "Unknown option '--json=1'. Did you mean --json? A file of that name is ./--json=1."],
    ...['users --check', '-D users --check', 'users --check=1'].map((line) => [
      line,
      `Write the option ${line.replace(/.* /, '')} before the file name, or -- before the file name for a user of that name.`,
    ]),
    ['pw -x', 'A user name that begins with a dash needs -- before the file name.'],
    ['-b pw -x y', 'A user name that begins with a dash needs -- before the file name.'],
    ["-b pw u ''", 'Empty password.'],
    ["pw ''", 'Username must not be empty.'],
    ['pw a:b', "Username must not contain the ':' character."],
    ['-D pw a:b', "Username must not contain the ':' character."],
    ['--verify pw a:b', "Username must not contain the ':' character."],
    ['pw #a', "Username must not begin with '#': the line would be a comment."],
    ['-c -D pw u', '-c and -D cannot be used together.'],
    ['--force pw u', '--force needs -c.'],
    ['--upgrade pw u', '--upgrade needs --verify.'],
  ])('%s are refused', (line, message) => {
    expect(() => planOf(wordsOf(line))).toThrow(expect.objectContaining({ kind: 'usage', message }));
  });

  it.each([
    ['--check', 'Try tspasswd --help.'],
    ['pw u x', 'Try tspasswd --help.'],
    ['--help nonsense', '--help takes no word, or the word all.'],
  ])('%s are refused, with what to do', (line, advice) => {
    expect(() => planOf(wordsOf(line))).toThrow(expect.objectContaining({ kind: 'usage', advice }));
  });

  it('may name an entry to delete or verify that cannot be added', () => {
    expect(planOf(['-D', 'pw', '#a'])).toMatchObject({ form: 'delete' });
    expect(planOf(['--verify', 'pw', ''])).toMatchObject({ form: 'verify' });
  });

  it('are bytes where they are not UTF-8, but the name of a file is text', () => {
    const bytes = Buffer.from([0x61, 0xff]);
    const raw = [Buffer.from('-D'), Buffer.from('pw'), bytes];
    expect(planOf(['-D', 'pw', 'a\ufffd'], raw)).toEqual({ ...SETTINGS, form: 'delete', file: 'pw', user: bytes });
    expect(() => planOf(['-D', 'p\ufffd', 'u'], [raw[0]!, bytes, Buffer.from('u')])).toThrow(
      'Malformed UTF-8 in the name of the file.',
    );
  });
});

describe('--color', () => {
  it.each([
    ['--list pw', 'auto'],
    ['--color always --list pw', 'always'],
    ['--list --color=never pw', 'never'],
    ['--color always --color red --list pw', 'always'],
    ['--color never -H md5', 'never'],
    ['--color', 'auto'],
  ])('%s: %s, also for messages about the other words', (line, when) => {
    expect(colorOf(GRAMMAR, wordsOf(line))).toBe(when);
  });
});
