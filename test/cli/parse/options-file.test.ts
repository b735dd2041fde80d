/** Which options file is read, what it sets, and how its errors are reported. */
import { describe, expect, it } from 'vitest';
import { fileLines } from '../../../src/cli/parse/options-file.ts';
import type { PubPlan, SubPlan } from '../../../src/cli/plan/types.ts';
import type { FileRead } from '../../../src/runtime/io.ts';
import { complaintOf, planIn, planWith, stderrOf } from '../support.ts';

const LINE = ['-t', 'a', '-m', 'x'];
const HINT = "Use 'tspub --help' to see usage.\n";

describe('the options file', () => {
  const qosOf = (files: Record<string, string>, env: Record<string, string>, ...argv: string[]): number =>
    (planWith('pub', { files, env }, ...LINE, ...argv) as PubPlan).qos;

  const HOMES = { HOME: '/h', XDG_CONFIG_HOME: '/x' };

  it.each([
    ['/x/tspub before /x/mosquitto_pub', { '/x/tspub': '-q 1', '/x/mosquitto_pub': '-q 2' }, HOMES, 1],
    ['/x/mosquitto_pub where there is no /x/tspub', { '/x/mosquitto_pub': '-q 2' }, HOMES, 2],
    ['nothing in HOME once XDG_CONFIG_HOME is set', { '/h/.config/tspub': '-q 1' }, HOMES, 0],
    [
      'HOME when XDG_CONFIG_HOME is empty',
      { '/tspub': '-q 2', '/h/.config/tspub': '-q 1' },
      { HOME: '/h', XDG_CONFIG_HOME: '' },
      1,
    ],
    ['nothing when both are empty or unset', { '/tspub': '-q 1' }, { XDG_CONFIG_HOME: '' }, 0],
    ['/h/.config/tspub', { '/h/.config/tspub': '-q 1', '/h/.config/mosquitto_pub': '-q 2' }, { HOME: '/h' }, 1],
    ['/h/.config/mosquitto_pub', { '/h/.config/mosquitto_pub': '-q 2' }, { HOME: '/h' }, 2],
    ['none of another program', { '/h/.config/tssub': '-q 1', '/h/.config/mosquitto_sub': '-q 2' }, { HOME: '/h' }, 0],
    ['none where no variable names the place', { '/.config/tspub': '-q 1' }, {}, 0],
  ])('is %s', (_, files, env, qos) => {
    expect(qosOf(files, env)).toBe(qos);
  });

  it('is that of -o, wherever it stands on the line, and then no other', () => {
    const files = { '/h/.config/tspub': '-r\n', f: '-q 1\n' };
    for (const argv of [
      ['-o', 'f', ...LINE],
      [...LINE, '-o', 'f'],
      [...LINE, '--will-topic=w', '-D', 'publish', 'user-property', 'k', '-o', '-o', 'f'],
    ]) {
      expect(planWith('pub', { files, env: { HOME: '/h' } }, ...argv)).toMatchObject({ qos: 1, retain: false });
    }
  });

  it.each([
    [['-t', 'a', '-m', '-o'], '-o'],
    [['-t', 'a', '-m', 'x', '-D', 'publish', 'content-type', '-o'], 'x'],
    [['-t', 'a', '-m', 'x', '-D', 'publish', 'user-property', '-o', '-o'], 'x'],
  ])('is not looked for in the value of another option: %j', (argv, payload) => {
    expect(planWith('pub', {}, ...argv)).toMatchObject({ source: { payload: Buffer.from(payload) } });
  });

  it.each([
    ['--help', '-o'],
    ['--help', '-o', 'none'],
  ])('is not looked for after --help, which explains -o: %j', (...argv) => {
    expect(planWith('pub', {}, ...argv)).toMatchObject({ program: 'text' });
  });

  it('may have its numbers in columns', () => {
    const files = { f: '-p     1884\n-q     1  \r\n--keepalive  30\n' };
    const plan = planWith('pub', { files }, ...LINE, '-o', 'f');
    expect(plan).toMatchObject({ qos: 1, target: { port: 1884 }, session: { keepAlive: 30 } });
  });

  it('must exist when -o names it', () => {
    const env = { HOME: '/h' };
    const run = () => planWith('pub', { files: { '/h/.config/tspub': '-r' }, env }, ...LINE, '-o', 'none');
    expect(stderrOf(run)).toBe(`Error: Unable to read options file "none": No such file or directory.\n\n${HINT}`);
  });

  it.each([
    ['is there', true, ['Warning: Unable to read options file "/h/.config/tspub": Permission denied.']],
    ['may be there', false, []],
  ])('that cannot be read is named when it %s, and the next one is read', (_, exists, warnings) => {
    const readOptionsFile = (path: string): FileRead =>
      path.endsWith('mosquitto_pub') ? { bytes: Buffer.from('-q 1') } : { reason: 'Permission denied', exists };
    expect(planIn({ env: { HOME: '/h' }, readOptionsFile }, 'pub', ...LINE)).toMatchObject({ qos: 1, warnings });
    expect(stderrOf(() => planIn({ env: { HOME: '/h' }, readOptionsFile }, 'pub', ...LINE, '-o', 'f'))).toBe(
      `Error: Unable to read options file "f": Permission denied.\n\n${HINT}`,
    );
  });

  it.each(['-h "localhost"', "-h 'localhost'"])('keeps quotes, with a warning: %s', (line) => {
    const { warnings } = planWith('pub', { files: { f: `${line}\n` } }, ...LINE, '-o', 'f') as PubPlan;
    expect(warnings).toEqual([
      'Warning: In options file f, line 1: the value of -h is in quotes. Remove the quotes: in an options file they are part of the value.',
    ]);
  });

  it.each(['-m "x"', '-P "x"', '-h "'])('has no such warning for %s', (line) => {
    const argv = line.startsWith('-m') ? ['-t', 'a'] : LINE;
    expect(planWith('pub', { files: { f: `-u u\n${line}\n` } }, ...argv, '-o', 'f')).toMatchObject({ warnings: [] });
  });

  it('names the quotes when a value is invalid because of them', () => {
    expect(stderrOf(() => planWith('pub', { files: { f: '-p "1883"\n' } }, ...LINE, '-o', 'f'))).toBe(
      `Error: Invalid port given: "1883"\nIn options file f, line 1.\nHint: Remove the quotes: in an options file they are part of the value.\n\n${HINT}`,
    );
  });

  it('is waited for only when -o names it', () => {
    const asked: unknown[] = [];
    const readOptionsFile = (path: string, _: number, waits?: boolean): FileRead => {
      asked.push([path, waits]);
      return { reason: 'Not a regular file', exists: true };
    };
    const world = { env: { HOME: '/h' }, readOptionsFile };
    expect(planIn(world, 'pub', ...LINE).warnings).toHaveLength(2);
    expect(() => planIn(world, 'pub', ...LINE, '-o', 'f')).toThrow();
    expect(asked).toEqual([
      ['/h/.config/tspub', false],
      ['/h/.config/mosquitto_pub', false],
      ['f', true],
    ]);
  });

  it('has an end, before 1 MiB', () => {
    const file = (size: number) => ({ files: { f: Buffer.alloc(size, '#') } });
    expect(() => planWith('pub', file(1024 * 1024), ...LINE, '-o', 'f')).not.toThrow();
    expect(stderrOf(() => planWith('pub', file(1024 * 1024 + 1), ...LINE, '-o', 'f'))).toBe(
      `Error: The options file "f" is longer than 1048576 bytes.\nHint: Write one option on each line, or name another file with -o.\n\n${HINT}`,
    );
  });

  it.each([
    ['-P secret', 0o644, true],
    ['--pw secret', 0o640, true],
    ['-L mqtt://me:secret@host/a', 0o604, true],
    ['--proxy socks5h://me:secret@host', 0o644, true],
    ['-P secret', 0o600, false],
    ['-u me', 0o644, false],
    ['-L mqtt://host/a', 0o644, false],
  ])('of %s with mode %o, which others can read or not, is warned of: %s', (text, mode, warned) => {
    const world = { files: { f: `-h x\n${text}\n-u me` }, mode };
    const octal = `0${mode.toString(8)}`;
    expect(planWith('pub', world, '-m', 'x', ...(text.startsWith('-L') ? [] : ['-t', 'a']), '-o', 'f')).toMatchObject({
      warnings: warned
        ? [`Warning: Other users can read the options file with a password "f" (mode ${octal}): run chmod 600 f`]
        : [],
    });
  });

  it('is named once, with a value', () => {
    expect(stderrOf(() => planWith('pub', {}, '-o', 'a', '-o', 'b'))).toBe(
      `Error: Duplicate -o argument given.\n\n\n${HINT}`,
    );
    expect(stderrOf(() => planWith('pub', {}, '-Z', '-o'))).toBe(
      `Error: -o argument given but no options file specified.\n\n\n${HINT}`,
    );
  });

  it('does not lead to another one', () => {
    const files = { f: '-o g\n-q 1\n', g: '-q 2\n' };
    expect(planWith('pub', { files }, '-o', 'f', ...LINE)).toMatchObject({
      qos: 1,
      warnings: ['Warning: In options file f, line 1: -o has no effect in an options file.'],
    });
  });

  it('is read before the line: an unknown option in it is reported first', () => {
    const run = () => planWith('pub', { files: { f: '-Y' } }, '-Z', '-o', 'f');
    expect(complaintOf(run)).toBe("Error: Unknown option '-Y'.");
    expect(complaintOf(() => planWith('pub', { files: { f: '-q 1' } }, '-Z', '-o', 'f'))).toBe(
      "Error: Unknown option '-Z'.",
    );
  });
});

describe('what an options file says', () => {
  const withFile = (program: 'pub' | 'sub', text: string, ...argv: string[]) =>
    planWith(program, { files: { f: text } }, '-o', 'f', ...argv);

  it('is overridden by the line', () => {
    expect(withFile('pub', '-h one\n-q 1\n-r\n', ...LINE, '-q', '2')).toMatchObject({
      target: { host: 'one' },
      qos: 2,
      retain: true,
    });
    expect(withFile('pub', '-t from/file', '-m', 'x')).toMatchObject({ topic: 'from/file' });
  });

  it('comes before what the line adds', () => {
    const { subscriptions, subscribeProperties } = withFile(
      'sub',
      '-t a\n-T c\n-D subscribe user-property k one two\n',
      '-t',
      'b',
      ...['-D', 'subscribe', 'user-property', 'k', 'v'],
    ) as SubPlan;
    expect(subscriptions.map(({ filter }) => filter)).toEqual(['a', 'b']);
    expect(subscribeProperties).toEqual([
      { name: 'user-property', value: ['k', 'one two'] },
      { name: 'user-property', value: ['k', 'v'] },
    ]);
  });

  it('conflicts with the line as it would on the line', () => {
    expect(stderrOf(() => withFile('pub', '-m x', '-t', 'a', '-m', 'y'))).toBe(
      `Error: Only one type of message can be sent at once.\nHint: Use one of -m, -f, -s, -l, --json-lines and -n, and only once.\n\n\n${HINT}`,
    );
    expect(complaintOf(() => withFile('pub', '-i x', ...LINE, '-I', 'y'))).toBe(
      'Error: -i and -I argument cannot be used together.',
    );
  });

  it.each(['--help', '--version'])('acts for %s', (option) => {
    expect(withFile('pub', `${option}\n-Z\n`, '-Z').program).toBe('text');
  });

  it('counts for --quiet on the line', () => {
    expect(stderrOf(() => withFile('pub', '--quiet\n', ...LINE, '-i', ''))).toBe('');
  });
});

describe('a fault in an options file', () => {
  const fault = (text: string) => stderrOf(() => planWith('pub', { files: { 'a/f': text } }, '-o', 'a/f', ...LINE));

  it('is reported in the words of the line, and with its place', () => {
    expect(fault('# x\n\n-Z\n')).toBe(`Error: Unknown option '-Z'.\nIn options file a/f, line 3.\n\n${HINT}`);
    expect(fault('-q')).toBe(
      `Error: -q argument given but no QoS specified.\nIn options file a/f, line 1.\n\n\n${HINT}`,
    );
    expect(fault('--proxy ftp://h')).toBe(
      `Error: Unsupported proxy protocol: ftp://h\nIn options file a/f, line 1.\nHint: Use socks5h://HOST:PORT or http://HOST:PORT.\n\n${HINT}`,
    );
  });

  it('keeps its place when it is reported late', () => {
    expect(fault('-u a\u0001')).toBe(
      'Error: Problem setting username and/or password.\nIn options file a/f, line 1.\nHint: Character 2 of the value is U+0001, a control character.\n',
    );
    expect(() => planWith('pub', { files: { 'a/f': '-u a\u0001' } }, '-o', 'a/f', ...LINE, '-u', 'b')).not.toThrow();
  });

  it('that shows only beside other options has no place', () => {
    expect(fault('--will-retain')).toBe(`Error: Will retain given, but no will topic given.\n\n${HINT}`);
  });
});

describe('two options on one line of the file', () => {
  it.each([
    ['-q 1 -P geheim', 'Error: Invalid QoS given: 1 -P…'],
    ['-p 1 --pw geheim', 'Error: Invalid port given: 1 --pw…'],
    ['-V 5 -P geheim', 'Error: Invalid protocol version argument given.'],
  ])('%j show no secret', (line, text) => {
    const stderr = stderrOf(() => planWith('pub', { files: { f: `${line}\n` } }, ...LINE, '-o', 'f'));
    expect(stderr.split('\n')[0]).toBe(text);
    expect(stderr).not.toContain('geheim');
  });
});

describe('a value that seems to have another option in it', () => {
  const LINES = ['-u bob -P s3cret', '-P s3cret -p 21883', '-u bob --pw=s3cret', '-u -P s3cret', '-P s3cret\t-q 1'];
  it.each(LINES)('%j is used as it stands, and warned of without the value', (line) => {
    const name = line.slice(0, 2);
    const { warnings } = planWith('pub', { files: { f: `# x\n${line}\n-u me\n` } }, ...LINE, '-o', 'f') as PubPlan;
    expect(warnings).toEqual([
      `Warning: In options file f, line 2: the value of ${name} seems to contain another option. Put each option on its own line.`,
    ]);
  });

  it.each(['-p 21883 -u bob', '-q 1 -P s3cret', '-r -q 1', '-V 5 -P s3cret', '--host=h -P s3cret'])(
    '%j is refused with a hint',
    (line) => {
      const stderr = stderrOf(() => planWith('pub', { files: { f: line } }, ...LINE, '-o', 'f'));
      expect(stderr).toMatch(
        /\nIn options file f, line 1\.\nHint: (Put each option on its own line|Put -. on its own line)\./,
      );
      expect(stderr).not.toContain('s3cret');
    },
  );

  it.each(['-m a - b', '-m -5 -6', '-m well-P x', '-m -P', '-D publish content-type a -y', '-u bob'])(
    '%j has none',
    (line) => {
      const argv = line.startsWith('-m') ? ['-t', 'a'] : LINE;
      expect(planWith('pub', { files: { f: line } }, ...argv, '-o', 'f')).toMatchObject({ warnings: [] });
    },
  );

  it('may be a command, which has options of its own', () => {
    const text = '--exec job -q 1';
    expect(planWith('sub', { files: { f: text } }, '-t', 'a', '-q', '1', '-o', 'f')).toMatchObject({ warnings: [] });
  });

  it('is not searched for in a line that is refused for something else', () => {
    expect(stderrOf(() => planWith('pub', { files: { f: '-q 3' } }, ...LINE, '-o', 'f'))).not.toContain('own line');
  });
});

/** The text of an options file, cut into words. */
const lines = (text: string | Uint8Array) =>
  fileLines(typeof text === 'string' ? Buffer.from(text) : text, 'pub').map(({ number, words }) => [
    number,
    ...words.map((word) => word.text),
  ]);

describe('a line', () => {
  it.each([
    ['-r', ['-r']],
    ['-t a', ['-t', 'a']],
    ['--topic a', ['--topic', 'a']],
    ['  -t a', ['-t', 'a']],
    ['\t-t a', ['-t', 'a']],
    [' \t -t a', ['-t', 'a']],
    ['\ufeff-t a', ['-t', 'a']],
    ['-m \ufeffa', ['-m', '\ufeffa']],
    ['-t  a ', ['-t', ' a ']],
    ['-m two  words', ['-m', 'two  words']],
    ['-t a # x', ['-t', 'a # x']],
    ['-m "a b"', ['-m', '"a b"']],
    ['-m a\\n$HOME', ['-m', 'a\\n$HOME']],
    ['-m -5', ['-m', '-5']],
    ['-d -r', ['-d', '-r']],
    ['-r -q 1', ['-r', '-q 1']],
    ['-q', ['-q']],
    ['-q ', ['-q']],
    ['-q  ', ['-q', ' ']],
    ['-t\ta', ['-t\ta']],
    ['--host=h', ['--host=h']],
    ['topic a', ['topic', 'a']],
    ['-m\r', ['-m']],
    ['-m x\r\r', ['-m', 'x']],
    ['-m \r x', ['-m', '\r x']],
    ['-m é', ['-m', 'é']],
  ])("'%s' has the words %j", (line, words) => {
    expect(lines(line)).toEqual([[1, ...words]]);
    expect(lines(`${line}\n`)).toEqual([[1, ...words]]);
  });

  it.each([
    ['-D publish content-type text', ['-D', 'publish', 'content-type', 'text']],
    ['--property publish content-type  a b ', ['--property', 'publish', 'content-type', ' a b ']],
    ['-D  publish   content-type text', ['-D', 'publish', 'content-type', 'text']],
    ['-D publish user-property key a b', ['-D', 'publish', 'user-property', 'key', 'a b']],
    ['-D publish User-Property key value', ['-D', 'publish', 'User-Property', 'key', 'value']],
    ['-D publish user-property key', ['-D', 'publish', 'user-property', 'key']],
    ['-D publish content-type', ['-D', 'publish', 'content-type']],
    ['-D publish', ['-D', 'publish']],
    ['-D', ['-D']],
    ['-D ', ['-D']],
  ])("'%s' with a property has the words %j", (line, words) => {
    expect(lines(line)).toEqual([[1, ...words]]);
  });

  it.each(['', '\n', '\r\n', '   ', '# -t a', '#', ' # x', '\t#-r', '\ufeff# x'])("'%j' says nothing", (line) => {
    expect(lines(line)).toEqual([]);
  });

  it('has any length', () => {
    const long = 'x'.repeat(100_000);
    expect(lines(`-m ${long}\n-r\n`)).toEqual([
      [1, '-m', long],
      [2, '-r'],
    ]);
  });

  it('keeps bytes that are not UTF-8, and NUL', () => {
    const [line] = fileLines(Buffer.from([0x2d, 0x6d, 0x20, 0x61, 0xff, 0x00, 0x62]), 'pub');
    expect(Buffer.from(line!.words[1]!.bytes)).toEqual(Buffer.from([0x61, 0xff, 0x00, 0x62]));
    expect(line!.words[1]!.wellFormed).toBe(false);
  });
});

describe('the lines of a file', () => {
  it('have the numbers that an editor shows', () => {
    expect(lines('# one\n\n-t a\r\n  \n-r\n#\n-q 1')).toEqual([
      [3, '-t', 'a'],
      [5, '-r'],
      [7, '-q', '1'],
    ]);
  });
});
