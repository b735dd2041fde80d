/**
 * The words of tspasswd: the plan of each subcommand, and the messages about other words.
 * Covers src/cli/passwd/options.ts, src/cli/passwd/usage.ts.
 */
import { describe, expect, it } from 'vitest';
import { completionScript } from '../../../src/cli/help/completion.ts';
import { examplesText, statusText, subjectText } from '../../../src/cli/help/small-texts.ts';
import { isInformation } from '../../../src/cli/informational.ts';
import { OPTIONS } from '../../../src/cli/passwd/options.ts';
import { GRAMMAR, readPasswdWords } from '../../../src/cli/passwd/parse.ts';
import { fullUsageText, usageText } from '../../../src/cli/passwd/usage.ts';
import { colorOf } from '../../../src/cli/small-grammar.ts';
import { Failure } from '../../../src/errors.ts';

const planOf = (argv: readonly string[], raw?: readonly Uint8Array[]) =>
  readPasswdWords({ argv, raw, version: '1.2.3', runtime: 'a test', features: async () => [] });
const rowOf = (name: string) => OPTIONS.find((option) => option.name === name)!;
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
    ['--help -H', { form: 'text', text: subjectText('tspasswd', rowOf('-H')), status: 0 }],
    ['--help check', { form: 'text', text: subjectText('tspasswd', rowOf('--check')), status: 0 }],
    ['--color never --help --check', { form: 'text', text: subjectText('tspasswd', rowOf('--check')), status: 0 }],
    ['--help status', { form: 'text', text: statusText('tspasswd'), status: 0 }],
    ['--help examples', { form: 'text', text: examplesText('tspasswd'), status: 0 }],
  ])('%s are a plan', async (line, plan) => {
    expect(await toldOf(wordsOf(line))).toStrictEqual('text' in plan ? plan : { ...SETTINGS, ...plan });
  });

  it('that are only -h are answered with the usage and status 1, as by mosquitto_passwd', async () => {
    expect(await toldOf(['-h'])).toEqual({ form: 'text', text: usageText(), status: 1 });
  });

  it('that are missing are named, with the command to write', () => {
    const failureOf = (argv: readonly string[]) => {
      try {
        return planOf(argv);
      } catch (error) {
        const { kind, message, advice } = Failure.of(error);
        return [kind, message, advice];
      }
    };
    const SET = 'Write tspasswd FILE USER to set a password, or ';
    const BATCH = 'Write tspasswd -b FILE USER PASSWORD, or see tspasswd --help.';
    expect(failureOf([])).toEqual(['usage', 'FILE and USER are missing.', `${SET}see tspasswd --help.`]);
    expect(failureOf(['-H', 'sha512'])).toEqual(failureOf([]));
    expect(failureOf(['pw'])).toEqual(['usage', 'USER is missing.', `${SET}tspasswd --list FILE to list the users.`]);
    expect(failureOf(['-b'])).toEqual(['usage', 'FILE, USER and PASSWORD are missing.', BATCH]);
    expect(failureOf(['-b', 'pw', 'u'])).toEqual(['usage', 'PASSWORD is missing.', BATCH]);
  });

  it.each([
    ['-U', '-U argument given but password file missing.'],
    ['-U a b', '-U argument given but password file missing.'],
    ['-c pw', '-c argument given but password file or username missing.'],
    ['-c -b pw u', '-c argument given but password file, username, or password missing.'],
    ['-c pw u x', 'Too many words.'],
    ['-c -b pw u x y', 'Too many words.'],
    ['-D pw', '-D argument given but password file or username missing.'],
    ['-D pw u x', 'Too many words.'],
    ['pw u x', 'Too many words.'],
    ['--check', '--check argument given but password file missing.'],
    ['--check --json', '--check argument given but password file missing.'],
    ['--list a b', 'Too many words: --list takes one password file.'],
    ['--verify pw', '--verify argument given but password file or username missing.'],
    ['--verify pw u x', 'Too many words.'],
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
    ...['users --check', '-D users --check', 'users --check=1', '-b pw -c u x'].map((line) => [
      line,
      `The option ${line.includes('-c u') ? '-c' : line.replace(/.* /, '')} must be written before FILE.`,
    ]),
    ['pw -x', 'The user name begins with a dash.'],
    ['-b pw -x y', 'The user name begins with a dash.'],
    ['-b pw u x y', 'Too many words.'],
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
    ['--chek pw', "Unknown option '--chek'.", 'Did you mean --check? For a file of that name, write ./--chek.'],
    ['--pasword-file=x pw u', "Unknown option '--pasword-file=…'.", 'Did you mean --password-file?'],
    ['--pw=x pw u', "Unknown option '--pw=…'.", 'See tspasswd --help.'],
    [
      '-b --forse pw u x',
      "Unknown option '--forse'.",
      'Did you mean --force? For a file of that name, write ./--forse.',
    ],
    ['-x pw u y', "Unknown option '-x'.", 'For a file of that name, write ./-x.'],
    ['-x pw', "Unknown option '-x'.", 'For a file of that name, write ./-x.'],
    ['--json=1 pw', "Unknown option '--json=1'.", 'Did you mean --json? For a file of that name, write ./--json=1.'],
    ['-bc pw u x', "Unknown option '-bc'.", 'Write -b -c.'],
    ['-cb pw', "Unknown option '-cb'.", 'Write -c -b.'],
    ['--check', '--check argument given but password file missing.', 'Write tspasswd --check FILE.'],
    ['--list a b', 'Too many words: --list takes one password file.', 'Write tspasswd --list FILE.'],
    ['-D pw', '-D argument given but password file or username missing.', 'Write tspasswd -D FILE USER.'],
    [
      '-c -b pw u',
      '-c argument given but password file, username, or password missing.',
      'Write tspasswd -c -b FILE USER PASSWORD.',
    ],
    ['pw u x', 'Too many words.', 'Use -b for a password on the command line: tspasswd -b FILE USER PASSWORD.'],
    [
      '-b pw u x y',
      'Too many words.',
      'Write tspasswd -b FILE USER PASSWORD, with quotes around a value that has spaces.',
    ],
    [
      'users --check',
      'The option --check must be written before FILE.',
      'For a user of that name, write -- before FILE.',
    ],
    ['--help nonsense', "Unknown help topic 'nonsense'.", 'Use all, man, status, examples, or the name of an option.'],
    ['-H md5 -U pw', "Unknown hash type 'md5'", 'Use sha512, sha512-pbkdf2 or argon2id.'],
    ['--help chek', "Unknown help topic 'chek'.", 'Did you mean tspasswd --help check?'],
  ])('%s are refused, with what to do', (line, message, advice) => {
    expect(() => planOf(wordsOf(line))).toThrow(expect.objectContaining({ kind: 'usage', message, advice }));
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
      'The file name is not valid UTF-8.',
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
