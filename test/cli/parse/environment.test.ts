/** Options in the environment: what they set, what overrides them, and the messages about invalid ones. */
import { describe, expect, it } from 'vitest';
import { OPTIONS, optionsOf } from '../../../src/cli/options/index.ts';
import { environmentName } from '../../../src/cli/options/option.ts';
import type { PubPlan, SubPlan } from '../../../src/cli/plan/types.ts';
import { withoutUsageHint } from '../../support/hint.ts';
import { planWith, stderrOf } from '../support.ts';

type Env = Record<string, string>;
const HINT = "Use 'tspub --help' to see usage.\n";

const pubIn = (env: Env, ...argv: string[]) => planWith('pub', { env }, ...argv) as PubPlan;
const subIn = (env: Env, ...argv: string[]) => planWith('sub', { env }, ...argv) as SubPlan;
/** With an options file as well. */
const pubWith = (env: Env, file: string, ...argv: string[]) =>
  planWith('pub', { env: { ...env, XDG_CONFIG_HOME: '/c' }, files: { '/c/tspub': file } }, ...argv) as PubPlan;
const subWith = (env: Env, file: string, ...argv: string[]) =>
  planWith('sub', { env: { ...env, XDG_CONFIG_HOME: '/c' }, files: { '/c/tssub': file } }, ...argv) as SubPlan;

const MESSAGE = { TSMOSQ_TOPIC: 'env/topic', TSMOSQ_MESSAGE: 'env' };
const bytes = (text: string) => ({ kind: 'bytes', payload: Buffer.from(text) });

describe('a variable', () => {
  it('sets what its option would on the line', () => {
    const plan = pubIn({
      ...MESSAGE,
      TSMOSQ_HOST: 'h',
      TSMOSQ_PORT: '1884',
      TSMOSQ_QOS: '2',
      TSMOSQ_USERNAME: 'me',
      TSMOSQ_PW: 'pw',
      TSMOSQ_PROTOCOL_VERSION: '5',
      TSMOSQ_WILL_TOPIC: 'w',
      TSMOSQ_CAFILE: 'ca',
      TSMOSQ_WS: '1',
      TSMOSQ_WS_HEADER: 'A: b',
      TSMOSQ_RETAIN: 'yes',
      TSMOSQ_RETRY: '3',
    });
    expect(plan).toMatchObject({
      topic: 'env/topic',
      source: bytes('env'),
      qos: 2,
      retain: true,
      retry: { count: 3 },
      session: { version: 5, username: 'me', password: Buffer.from('pw'), will: { topic: 'w' } },
      target: { host: 'h', port: 1884, tls: { caFile: 'ca' }, webSocket: { headers: [['A', 'b']] } },
    });
  });

  it('of a URL is read before those of its parts', () => {
    const plan = pubIn(
      { ...MESSAGE, TSMOSQ_PORT: '1884', TSMOSQ_PW: 'pw', TSMOSQ_URL: 'mqtt://u:url@h:1/t' },
      '-t',
      'a',
    );
    expect(plan.target).toMatchObject({ host: 'h', port: 1884 });
    expect(plan.session).toMatchObject({ username: 'u', password: Buffer.from('pw') });
  });

  it('takes its value whatever it looks like, also empty', () => {
    expect(pubIn({ TSMOSQ_TOPIC: '-x', TSMOSQ_MESSAGE: '' })).toMatchObject({ topic: '-x', source: bytes('') });
    expect(pubIn({ ...MESSAGE, TSMOSQ_MESSAGE: '--help' }).source).toEqual(bytes('--help'));
  });

  it.each(['1', 'true', 'yes', 'on', 'TRUE', 'On'])("'%s' sets an option without a value", (text) => {
    expect(pubIn({ ...MESSAGE, TSMOSQ_RETAIN: text }).retain).toBe(true);
  });

  it.each(['0', 'false', 'no', 'off', '', 'No'])("'%s' does not set an option without a value", (text) => {
    expect(pubIn({ ...MESSAGE, TSMOSQ_RETAIN: text, TSMOSQ_STDIN_FILE: text }).retain).toBe(false);
  });

  it.each(['2', 'maybe', ' 1', 'y'])("'%s' is not an answer for an option without a value", (text) => {
    expect(stderrOf(() => pubIn({ ...MESSAGE, TSMOSQ_RETAIN: text }))).toBe(
      `Error: The value of TSMOSQ_RETAIN is neither yes nor no.\nIn the environment variable TSMOSQ_RETAIN.\nHint: Use 1, true, yes or on to set --retain, and 0, false, no, off or nothing to leave it off.\n\n${HINT}`,
    );
  });

  it('exists for every option with a long name, but for those that print a text', () => {
    const without = OPTIONS.filter((option) => environmentName(option) === undefined).map(({ names }) => names.at(-1));
    expect([...new Set(without)].sort()).toEqual(
      [...new Set([...OPTIONS.map(({ names }) => names.at(-1)!).filter((name) => /^(-[A-Za-z]|[a-z]+)$/.test(name))])]
        .concat('--completion', '--help', '--property', '--version')
        .sort(),
    );
  });

  it.each(optionsOf('pub').filter((option) => environmentName(option) !== undefined))(
    'of $names acts as the option does',
    (option) => {
      // What the option says of this value on the line, the variable says too.
      const name = environmentName(option)!;
      const value = option.arity === 0 ? '1' : '7';
      const words = option.arity === 0 ? [option.names[0]] : [option.names[0], value];
      const outcome = (run: () => unknown): unknown => {
        try {
          return run();
        } catch {
          return stderrOf(run).replace(`In the environment variable ${name}.\n`, '');
        }
      };
      const rest = ['-t', '-m', '-f', '-s', '-l', '--json-lines', '-n'].includes(option.names[0])
        ? []
        : ['-t', 'a', '-m', 'x'];
      expect(outcome(() => pubIn({ [name]: value }, ...rest))).toEqual(
        outcome(() => planWith('pub', {}, ...words, ...rest)),
      );
    },
  );

  it('for the topic does not count where records have their own', () => {
    const env = { TSMOSQ_TOPIC: 'default' };
    expect(planWith('pub', { env }, '--json-lines')).toMatchObject({ records: { topic: undefined } });
    expect(planWith('pub', { env }, '-l', '--topic-from-line')).toMatchObject({ topic: '', warnings: [] });
    expect(planWith('pub', { env }, '--json-lines', '-t', 'b')).toMatchObject({ records: { topic: 'b' } });
  });

  it('of another program, of none, or with another prefix is ignored', () => {
    expect(pubIn({ ...MESSAGE, TSMOSQ_VERBOSE: 'x', TSMOSQ_NONSENSE: 'x', TSMOSQ_: 'x', XTSMOSQ_QOS: 'x' }).qos).toBe(
      0,
    );
    expect(pubIn({ ...MESSAGE, tsmosq_qos: 'x', TSMOSQ_VERSION: 'x', TSMOSQ_HELP: '1' }).program).toBe('pub');
  });

  it('of no option at all is warned of, as what was meant by it is not done', () => {
    const env = { ...MESSAGE, TSMOSQ_PASSWORD: 'secret', TSMOSQ_CAFILES: 'x', TSMOSQ_VERBOSE: '1' };
    expect(pubIn(env).warnings).toEqual([
      'Warning: TSMOSQ_CAFILES matches no option; the closest is TSMOSQ_CAFILE.',
      'Warning: TSMOSQ_PASSWORD matches no option; the closest is TSMOSQ_PASSWORD_FILE.',
    ]);
  });

  it('that is not wanted because of --help is not looked at', () => {
    expect(pubIn({ TSMOSQ_QOS: '9' }, '--help').program).toBe('text');
    expect(pubIn({ TSMOSQ_QOS: '9' }, '--version').program).toBe('text');
  });
});

describe('the command line', () => {
  it('wins over the environment', () => {
    const env = { ...MESSAGE, TSMOSQ_HOST: 'env', TSMOSQ_QOS: '1', TSMOSQ_PORT: '1' };
    expect(pubIn(env, '-h', 'line', '-q', '0')).toMatchObject({ target: { host: 'line', port: 1 }, qos: 0 });
    expect(pubIn(env, '--host=line').target.host).toBe('line');
  });

  it.each(['-m', '-f'])('wins with %s over a message in the environment', (name) => {
    const env = { ...MESSAGE, TSMOSQ_TOPIC: 'a' };
    expect(pubIn(env, name, 'x').source.kind).toBe(name === '-m' ? 'bytes' : 'file');
    expect(pubIn({ TSMOSQ_TOPIC: 'a', TSMOSQ_NULL_MESSAGE: '1' }, name, 'x').source).not.toEqual(bytes(''));
  });

  it('also where the variable is invalid', () => {
    expect(pubIn({ ...MESSAGE, TSMOSQ_QOS: '9' }, '-q', '1').qos).toBe(1);
    expect(pubIn({ ...MESSAGE, TSMOSQ_STDIN_LINE: 'maybe' }, '-m', 'x').source).toEqual(bytes('x'));
  });

  it('does not win by what is only a value', () => {
    expect(pubIn({ ...MESSAGE, TSMOSQ_QOS: '1' }, '-m', '-q').qos).toBe(1);
  });

  it('replaces the topics of the environment', () => {
    const filters = (env: Env, ...argv: string[]) => subIn(env, ...argv).subscriptions.map(({ filter }) => filter);
    expect(filters({ TSMOSQ_TOPIC: 'env' })).toEqual(['env']);
    expect(filters({ TSMOSQ_TOPIC: 'env' }, '-t', 'a', '-t', 'b')).toEqual(['a', 'b']);
    expect(filters({ TSMOSQ_TOPIC: 'env' }, '-L', 'mqtt://h/url')).toEqual(['url']);
    expect(filters({ TSMOSQ_URL: 'mqtt://h/url' }, '-t', 'a')).toEqual(['a']);
    expect(filters({ TSMOSQ_URL: 'mqtt://h/url', TSMOSQ_TOPIC: 'env' })).toEqual(['url', 'env']);
    expect(subIn({ TSMOSQ_URL: 'mqtt://h/url' }, '-t', 'a').target.host).toBe('h');
    expect(subIn({ TSMOSQ_FILTER_OUT: 'env' }, '-t', '#', '-T', 'a').filterOut).toEqual(['a']);
  });

  it('wins over what cannot stand beside it', () => {
    const line = (env: Env, ...argv: string[]) => pubIn({ ...MESSAGE, ...env }, ...argv);
    expect(line({ TSMOSQ_ID_PREFIX: 'p' }, '-i', 'me').session.clientId).toBe('me');
    expect(line({ TSMOSQ_ID: 'me' }, '-I', 'p').session.clientId).toBe('p4711');
    const { target } = line({ TSMOSQ_UNIX: '/s' }, '-h', 'h');
    expect([target.host, target.port, target.unixPath]).toEqual(['h', 1883, undefined]);
    expect(line({ TSMOSQ_HOST: 'h', TSMOSQ_PORT: '1', TSMOSQ_PROXY: 'http://p' }, '--unix', '/s').target).toMatchObject(
      {
        unixPath: '/s',
        proxy: undefined,
      },
    );
    const psk = ['--psk', '00ff', '--psk-identity', 'me'];
    expect(line({ TSMOSQ_CAFILE: 'f', TSMOSQ_CERT: 'c', TSMOSQ_KEY: 'k' }, ...psk).target.tls?.psk).toBeDefined();
    expect(line({ TSMOSQ_PSK: '00', TSMOSQ_PSK_IDENTITY: 'me' }, '--cafile', 'f').target.tls?.caFile).toBe('f');
  });

  it('wins with -P over a password file, and the other way round', () => {
    const read = (env: Env, ...argv: string[]) =>
      stderrOf(() => pubIn({ ...MESSAGE, TSMOSQ_USERNAME: 'u', ...env }, ...argv));
    expect(pubIn({ ...MESSAGE, TSMOSQ_PASSWORD_FILE: 'f' }, '-u', 'u', '-P', 'x').session.password).toEqual(
      Buffer.from('x'),
    );
    expect(read({ TSMOSQ_PW: 'env' }, '--password-file', 'f')).toContain('password file "f"');
    expect(read({ TSMOSQ_PASSWORD_FILE: 'f' })).toContain('password file "f"');
  });
});

describe('the environment', () => {
  it('wins over an options file', () => {
    const plan = pubWith({ TSMOSQ_HOST: 'env' }, '-h file\n-q 1\n', '-t', 'a', '-m', 'x');
    expect(plan).toMatchObject({ target: { host: 'env' }, qos: 1 });
  });

  it('wins over what cannot stand beside it', () => {
    expect(pubWith(MESSAGE, '-f x\n-s\n-t a\n').source).toEqual(bytes('env'));
    expect(pubWith({ ...MESSAGE, TSMOSQ_ID: 'env' }, '-I p\n').session.clientId).toBe('env');
  });

  it('replaces the topics of the file, and what else is a list', () => {
    const filters = (env: Env, file: string) => subWith(env, file).subscriptions.map(({ filter }) => filter);
    expect(filters({ TSMOSQ_TOPIC: 'env' }, '-t a\n-t b\n')).toEqual(['env']);
    expect(filters({ TSMOSQ_TOPIC: 'env' }, '-L mqtt://h/url\n')).toEqual(['env']);
    expect(filters({ TSMOSQ_URL: 'mqtt://h/url' }, '-t a\n')).toEqual(['url']);
    expect(subWith({ TSMOSQ_FILTER_OUT: 'env' }, '-t #\n-T a\n').filterOut).toEqual(['env']);
  });

  it('switches an option of the file off, and nothing else of its line', () => {
    const plan = pubWith({ TSMOSQ_RETAIN: '0' }, '-r -d\n', '-t', 'a', '-m', 'x');
    expect(plan).toMatchObject({ retain: false, debug: true });
    expect(pubWith({ TSMOSQ_STDIN_LINE: 'no' }, '-m file\n-t a\n').source).toEqual(bytes('file'));
  });

  it('leaves what it does not win over to the line', () => {
    // As without an environment, a message in the file and one on the line are two.
    expect(stderrOf(() => pubWith({ TSMOSQ_MESSAGE: 'env' }, '-m file\n', '-t', 'a', '-m', 'x'))).toBe(
      `Error: Only one type of message can be sent at once.\nHint: Use one of -m, -f, -s, -l, --json-lines and -n, and only once.\n\n\n${HINT}`,
    );
  });
});

describe('a fault in the environment', () => {
  it.each([
    [{ TSMOSQ_QOS: '9' }, 'Error: Invalid QoS given: 9', 'TSMOSQ_QOS', '\n'],
    [{ TSMOSQ_PORT: 'x' }, 'Error: Invalid port given: x', 'TSMOSQ_PORT', '\n'],
    [
      { TSMOSQ_KEEPALIVE: '' },
      'Error: Invalid keepalive given, it must be between 5 and 65535 inclusive.',
      'TSMOSQ_KEEPALIVE',
      '\n\n',
    ],
    [{ TSMOSQ_URL: 'mqtt://h' }, 'Error: Invalid URL for -L argument specified - topic missing.', 'TSMOSQ_URL', '\n'],
    [{ TSMOSQ_PROXY: 'ftp://u:secret@h' }, 'Error: Unsupported proxy protocol: ftp://u:***@h', 'TSMOSQ_PROXY', '\n'],
    [
      { TSMOSQ_ID: 'a', TSMOSQ_ID_PREFIX: 'b' },
      'Error: -i and -I argument cannot be used together.',
      'TSMOSQ_ID_PREFIX',
      '\n\n',
    ],
    [
      { TSMOSQ_MESSAGE: 'a', TSMOSQ_STDIN_FILE: '1' },
      'Error: Only one type of message can be sent at once.',
      'TSMOSQ_STDIN_FILE',
      '\n\n',
    ],
  ])('%j is told in the words of the line, and with its name', (env, text, name, gap) => {
    expect(withoutUsageHint(stderrOf(() => pubIn(env)))).toBe(
      `${text}\nIn the environment variable ${name}.\n${gap}${HINT}`,
    );
  });

  it.each([
    ['TSMOSQ_HOST', '--host'],
    ['TSMOSQ_ID', '--id'],
    ['TSMOSQ_CAFILE', '--cafile'],
    ['TSMOSQ_CAPATH', '--capath'],
    ['TSMOSQ_UNIX', '--unix'],
  ])('is %s, if it is empty', (name, option) => {
    expect(stderrOf(() => pubIn({ [name]: '' }))).toBe(
      `Error: The value of ${option} is empty.\nIn the environment variable ${name}.\nHint: The variable is empty. Give it a value, or unset it.\n\n${HINT}`,
    );
  });

  it('is a variable that is empty, which the hint says', () => {
    expect(stderrOf(() => pubIn({ TSMOSQ_PORT: '' }))).toBe(
      `Error: Invalid port given: \nIn the environment variable TSMOSQ_PORT.\nHint: The variable is empty. Give it a value, or unset it.\n\n${HINT}`,
    );
  });

  it('never shows a secret', () => {
    const secret = 'S3CRET';
    for (const env of [
      { TSMOSQ_PSK: secret, TSMOSQ_PSK_IDENTITY: 'me' },
      { TSMOSQ_PW: secret },
      { TSMOSQ_PW: 'x'.repeat(65_536) + secret, TSMOSQ_USERNAME: 'me' },
      {
        TSMOSQ_TLS_ENGINE_KPASS_SHA1: secret,
        TSMOSQ_TLS_ENGINE: 'e',
        TSMOSQ_KEYFORM: 'engine',
        TSMOSQ_KEY: 'k',
        TSMOSQ_CERT: 'c',
      },
      { TSMOSQ_PROXY: `u:${secret}@h` },
      { TSMOSQ_PROXY: `http://u:${secret}` },
      { TSMOSQ_URL: `mqtt://u:${secret}@h` },
      { TSMOSQ_URL: `nonsense://u:${secret}@h/t` },
      { TSMOSQ_WS_HEADER: `Authorization ${secret}`, TSMOSQ_WS: '1' },
      { TSMOSQ_WS_PATH: `?token=${secret}`, TSMOSQ_WS: '1' },
    ]) {
      expect(stderrOf(() => pubIn({ ...MESSAGE, ...(env as Env) }))).not.toContain(secret);
    }
  });
});
