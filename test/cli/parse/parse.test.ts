/** The grammar of a command line. Covers src/cli/words/words.ts. */
import { describe, expect, it } from 'vitest';
import type { PubPlan, TextPlan } from '../../../src/cli/plan/types.ts';
import { withoutUsageHint } from '../../support/hint.ts';
import { complaintOf, plan, planOfBytes, pub, settingsOf, stderrOf } from '../support.ts';

const unknown = (word: string) => `Error: Unknown option '${word}'.\n\nUse 'tspub --help' to see usage.\n`;

describe('parse', () => {
  it('takes the next word as the value whatever it looks like', () => {
    const settings = settingsOf('pub', '-t', '-m', '-m', '-t');
    expect(settings.topics).toEqual(['-m']);
    expect(settings.source).toEqual({ kind: 'bytes', payload: Buffer.from('-t') });
    expect(settingsOf('pub', '-m', '-5').source).toEqual({ kind: 'bytes', payload: Buffer.from('-5') });
    expect(settingsOf('pub', '-m', '--help').show).toBeUndefined();
  });

  it.each([
    'x',
    '',
    '-',
    '--',
    '-Z',
    '-dv',
    '-p1883',
    '--Host',
    '--hos',
    '-o=f',
    '--debug=1',
    '--property=publish',
    '-h=x',
    '=',
  ])("refuses '%s' as unknown", (word) => {
    expect(withoutUsageHint(stderrOf(() => plan('pub', '-t', 'a', word, 'x')))).toBe(unknown(word));
  });

  it('stops at the first error', () => {
    expect(stderrOf(() => plan('pub', '-Z', '-p', 'x'))).toBe(unknown('-Z'));
    expect(complaintOf(() => plan('pub', '-p', 'x', '-Z'))).toBe('Error: Invalid port given: x');
  });

  it.each(['--help', '--version'])('stops at %s, and only there', (option) => {
    expect(plan('pub', option, '-Z').program).toBe('text');
    expect(stderrOf(() => plan('pub', '-Z', option))).toBe(unknown('-Z'));
  });

  it('lets the last of several win', () => {
    expect(settingsOf('pub', '-q', '1', '-q', '2', '-h', 'a', '--host', 'b')).toMatchObject({ qos: 2, host: 'b' });
  });

  it('gathers -t, -T and -U of sub', () => {
    const settings = settingsOf('sub', '-t', 'a', '-T', 'b', '-U', 'c', '-t', 'd', '-T', 'e', '-U', 'f');
    expect([settings.topics, settings.filterOut, settings.unsubscribe]).toEqual([
      ['a', 'd'],
      ['b', 'e'],
      ['c', 'f'],
    ]);
  });

  it('takes --long=value, also an empty one, and one with a =', () => {
    expect(settingsOf('pub', '--host=h', '--qos=1')).toMatchObject({ host: 'h', qos: 1 });
    expect(settingsOf('pub', '--message=').source).toEqual({ kind: 'bytes', payload: Buffer.from('') });
    expect(settingsOf('pub', '--topic=a=b', '-r')).toMatchObject({ topics: ['a=b'], retain: true });
  });

  it('keeps -i and -I apart in either order', () => {
    const text = 'Error: -i and -I argument cannot be used together.';
    expect(() => settingsOf('pub', '-i', 'a', '-I', 'b')).toThrow(text);
    expect(() => settingsOf('pub', '-I', 'b', '-i')).toThrow(text);
  });

  it.each([['-m', 'x'], ['-f', 'x'], ['-s'], ['-l'], ['-n']])(
    'takes one message: %s is not followed by another',
    (...first) => {
      for (const second of [['-m', 'y'], ['-f', 'y'], ['-s'], ['-l'], ['-n']]) {
        expect(() => settingsOf('pub', ...first, ...second)).toThrow(
          'Error: Only one type of message can be sent at once.',
        );
      }
    },
  );

  it.each(['-x', '-D'])('has %s set MQTT 5 at its place on the line', (option) => {
    const argv = option === '-x' ? ['-x', '1'] : ['-D', 'connect', 'user-property', 'k', 'v'];
    expect(settingsOf('pub', '-V', '31', ...argv).version).toBe(5);
    expect(settingsOf('pub', ...argv, '-V', '31').version).toBe(3);
  });

  it('applies -L, --unix, -h and -p in their order', () => {
    expect(settingsOf('pub', '-p', '1', '-L', 'mqtt://h/t')).toMatchObject({ host: 'h', port: 1883 });
    expect(settingsOf('pub', '-L', 'mqtt://h/t', '-p', '1')).toMatchObject({ host: 'h', port: 1 });
    expect(settingsOf('pub', '--unix', '/s', '-h', 'h', '-p', '1')).toMatchObject({ host: 'h', port: 1 });
  });
});

describe('an option that does not exist', () => {
  it.each([
    ['--password=geheim', '--password=…'],
    ['--Pw=geheim\n=x', '--Pw=…'],
    ['--proxy-pass=geheim', '--proxy-pass=…'],
    ['--tls-psk=1234', '--tls-psk=…'],
    ['--pasword=geheim', '--pasword=…'],
    ['--ws-haeder=Authorization: geheim', '--ws-haeder=…'],
    ['-Pgeheim\n', '-P…'],
    ['-P=geheim', '-P…'],
    ['-Lmqtt://u:gehe@im@h/t', '-Lmqtt://u:***@h/t'],
    ['mqtt://u:geheim@h/t', 'mqtt://u:***@h/t'],
    ['--urll=mqtt://:geheim@h/t', '--urll=mqtt://:***@h/t'],
    ['mqtt://h:1/t', 'mqtt://h:1/t'],
    ['--hosts=a', '--hosts=a'],
    ['--debug=password=1', '--debug=password=1'],
    ['password=geheim', 'password=…'],
    ['—pw=geheim', '—pw=…'],
    ['--pskABCDEF', '--psk…'],
    ['--pwgeheim', '--pw…'],
    ['--passwordgeheim', '--password…'],
    ['--Password:geheim', '--Password…'],
    ['--pw geheim', '--pw…'],
    ['-pwgeheim', '-pw…'],
    ['--ws-headerAuthorization: Basic geheim', '--ws-header…'],
    ['-dPgeheim', '-dP…'],
    ...['\u2010', '\u2013', '\u2014', '\u2015', '\u2212', '\ufe58', '\ufe63', '\uff0d'].flatMap(
      (dash): [string, string][] => [
        [`${dash}Pgeheim`, `${dash}P…`],
        [`${dash}-pw geheim`, `${dash}-pw…`],
        [`-u me ${dash}P geheim`, `-u me ${dash}P…`],
      ],
    ),
    ['\u201c-Pgeheim', '\u201c-P…'],
    ['--user=me:geheim', '--user=me:…'],
    ['-dP geheim', '-dP…'],
    ['-u me -P geheim', '-u me -P…'],
    ['-u me --pw geheim\n', '-u me --pw…'],
    ['me:geh@im@host', 'me:***@host'],
    ['--psk-identty', '--psk-identty'],
    ['--passwd', '--passwd'],
    ['--password-flie x', '--password-flie x'],
    ['-dP', '-dP'],
    ['-p1883', '-p1883'],
  ])('%s is reported as %s', (word, shown) => {
    expect(complaintOf(() => plan('pub', word))).toBe(`Error: Unknown option '${shown}'.`);
  });
});

describe('a secret with blanks in it and no quotes around it', () => {
  it.each([
    [['-P', 'sehr', 'geheim'], '…'],
    [['--pw=sehr', 'geheim'], '…'],
    [['-P', '-sehr', 'geheim'], '…'],
    [['--psk', '00', '11'], '…'],
    [['--ws-header', 'Authorization:', 'Basic', 'geheim'], '…'],
    [['-P', 'geheim', '--nope'], '--nope'],
    [['-P', '-t', 'home/door'], 'home/door'],
    [['-P', 'geheim', '-t', 'home', 'door'], 'door'],
  ])('%j: %s is printed about the word that is not an option', (words, shown) => {
    expect(complaintOf(() => plan('pub', ...words))).toBe(`Error: Unknown option '${shown}'.`);
  });
});

describe('a word that is not UTF-8', () => {
  const NOT_UTF8 = 'Hint: Byte 2 of the value is 0xFF, which is not valid UTF-8.\n';

  const bytes = Buffer.from([0x61, 0xff]);

  it('keeps its bytes as -m, --message=, -P and --will-payload', () => {
    const { source, session } = planOfBytes(
      'pub',
      '-t',
      'a',
      '-m',
      bytes,
      '-u',
      'u',
      '-P',
      bytes,
      '--will-topic',
      'w',
      '--will-payload',
      bytes,
    ) as PubPlan;
    expect(source).toEqual({ kind: 'bytes', payload: bytes });
    expect(session.password).toEqual(bytes);
    expect(session.will?.payload).toEqual(bytes);
    const attached = planOfBytes('pub', '-t', 'a', Buffer.concat([Buffer.from('--message='), bytes])) as PubPlan;
    expect(attached.source).toEqual({ kind: 'bytes', payload: bytes });
  });

  it.each(['-t', '-h', '-f', '-A', '--cafile', '--will-topic', '--unix'])('is refused as %s', (name) => {
    const run = () => planOfBytes('pub', name, bytes);
    expect(stderrOf(run)).toBe(
      `Error: Malformed UTF-8 in ${name} argument.\n${NOT_UTF8}\n\nUse 'tspub --help' to see usage.\n`,
    );
  });

  it('is refused as -u with the text for credentials, which --quiet hides', () => {
    const line = ['-t', 'a', '-m', 'x', '-u', bytes];
    expect(stderrOf(() => planOfBytes('pub', ...line))).toBe(
      `Error: Problem setting username and/or password.\n${NOT_UTF8}`,
    );
    expect(stderrOf(() => planOfBytes('pub', '--quiet', ...line))).toBe('');
  });

  it.each(['-i', '-I'])('is refused as %s without the hint, which the originals do without a word', (name) => {
    const line = ['-t', 'a', '-m', 'x', name, bytes];
    expect(stderrOf(() => planOfBytes('pub', ...line))).toBe(
      `Error: Malformed UTF-8 in ${name} argument.\n${NOT_UTF8}`,
    );
    expect(stderrOf(() => planOfBytes('pub', '--quiet', ...line))).toBe('');
  });

  it.each(['-i', '-I', '-u'])('is found in %s after all that is wrong with the rest of the line', (name) => {
    const first = (...words: string[]) => complaintOf(() => planOfBytes('pub', name, bytes, ...words));
    expect(first()).toBe('Error: Both topic and message must be supplied.');
    expect(first('-Z')).toBe("Error: Unknown option '-Z'.");
    expect(first('-t', 'a', '-m', 'x', '--cert', 'c')).toMatch(/^Error: Both certfile and keyfile/);
    expect(() => planOfBytes('pub', name, bytes, '-t', 'a', '-m', 'x', name, 'good')).not.toThrow();
  });

  it('is forgotten in -u when a URL behind it has a user name', () => {
    const line = (...words: string[]) => planOfBytes('pub', '-u', bytes, '-m', 'x', ...words);
    expect(() => line('-L', 'mqtt://u@h/t')).not.toThrow();
    expect(complaintOf(() => line('-L', 'mqtt://h/t'))).toBe('Error: Problem setting username and/or password.');
  });

  it('is found in the identifier before it is in the user name', () => {
    expect(complaintOf(() => planOfBytes('sub', '-t', 'a', '-u', bytes, '-i', bytes))).toBe(
      'Error: Malformed UTF-8 in -i argument.',
    );
  });

  it('is refused in the long form too', () => {
    expect(stderrOf(() => planOfBytes('pub', Buffer.concat([Buffer.from('--topic='), bytes])))).toMatch(
      /^Error: Malformed UTF-8 in -t argument\./,
    );
  });

  it('looks like U+FFFD without the bytes, but half a surrogate pair is found', () => {
    expect(pub('-i', '\ufffd').session.clientId).toBe('\ufffd');
    expect(complaintOf(() => pub('-i', '\ud800'))).toBe('Error: Malformed UTF-8 in -i argument.');
  });
});

describe('--help and --version', () => {
  it('keeps the word after --help, that of an options file too', () => {
    expect(settingsOf('pub', '-t', 'a', '--help', 'tls', '-Z')).toMatchObject({ show: 'help', helpTopic: 'tls' });
    expect(settingsOf('pub', '--help').helpTopic).toBeUndefined();
    expect(settingsOf('pub', '--version', 'tls').helpTopic).toBeUndefined();
  });

  it('keeps an option after --help only if it is the last word', () => {
    expect(settingsOf('pub', '--help', '-q').helpTopic).toBe('-q');
    expect(settingsOf('pub', '--help', '-q', '1').helpTopic).toBeUndefined();
  });

  it('--help and a word print the text for that word', async () => {
    const text = (...words: string[]) => (plan('pub', '--help', ...words) as TextPlan).text();
    expect(await text('will')).toMatch(/^Will:/);
    expect(await text('all')).toContain('--will-topic');
    expect(await text('-q')).toMatch(/^-q, --qos QOS\n/);
    expect(await text('-t', 'a')).toBe(await text());
  });

  it('--help and a word that is not a topic end with 1 and a suggestion', async () => {
    const error = (plan('sub', '--help', 'nonsense') as TextPlan).text();
    await expect(error).rejects.toMatchObject({
      status: 1,
      stderr:
        "Error: Unknown help topic 'nonsense'.\nHint: Use tssub --help to see the topics.\n\nUse 'tssub --help' to see usage.\n",
    });
  });

  it('leave text to print', async () => {
    const version = plan('pub', '--version') as TextPlan;
    expect(await version.text()).toBe('tspub 1.2.3 (Test 4)\n');
    expect(await (plan('sub', '--help') as TextPlan).text()).toMatch(/^Usage: tssub /);
  });
});
