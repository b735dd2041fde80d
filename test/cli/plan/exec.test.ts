/** `--exec`, its table, and what cannot be combined with it. */
import { describe, expect, it } from 'vitest';
import { execTable } from '../../../src/cli/plan/exec.ts';
import type { SubPlan } from '../../../src/cli/plan/types.ts';
import { complaintOf, planWith, sub } from '../support.ts';

const tableOf = (text: string | Uint8Array) => execTable(Buffer.from(text), 'T');

describe('the plan', () => {
  it('has one worker, no retries and no limit of time unless asked for', () => {
    expect(sub('--exec', 'cat').exec).toEqual({
      commands: [{ command: 'cat' }],
      timeout: undefined,
      retries: 0,
      deadLetter: undefined,
      workers: 1,
    });
  });

  it('has the command of --exec behind those of --exec-file', () => {
    const plan = planWith('sub', { files: { T: 'a/+ one\nb two\n' } }, '-t', 'a', '--exec', 'rest', '--exec-file', 'T');
    expect((plan as SubPlan).exec?.commands).toEqual([
      { filter: 'a/+', command: 'one' },
      { filter: 'b', command: 'two' },
      { command: 'rest' },
    ]);
  });

  it('has as many commands as the file has', () => {
    const table = Array.from({ length: 300_000 }, (_, i) => `t/${i} true\n`).join('');
    const plan = planWith('sub', { files: { T: table } }, '-t', 'a', '--exec-file', 'T');
    expect((plan as SubPlan).exec?.commands).toHaveLength(300_000);
  });

  it('has no room for a file that has no end', () => {
    const files = { T: Buffer.alloc(16 * 1024 * 1024 + 1, '#') };
    expect(complaintOf(() => planWith('sub', { files }, '-t', 'a', '--exec-file', 'T'))).toBe(
      'Error: The --exec-file "T" is longer than 16777216 bytes.',
    );
  });

  it('announces a receive maximum of twice the workers in MQTT 5, or what -D says', () => {
    const announced = (...argv: string[]) => sub('-V', '5', ...argv).session.properties;
    expect(announced('--exec', 'x', '--workers', '4')).toEqual([{ name: 'receive-maximum', value: 8 }]);
    expect(announced('--exec', 'x')).toEqual([{ name: 'receive-maximum', value: 2 }]);
    expect(announced('--exec', 'x', '-C', '1')).toEqual([{ name: 'receive-maximum', value: 1 }]);
    const own = ['-D', 'connect', 'receive-maximum', '7'];
    expect(announced('--exec', 'x', ...own)).toEqual([{ name: 'receive-maximum', value: 7 }]);
    expect(announced('--workers', '1', '--exec', 'x', '-C', '9')).toEqual([{ name: 'receive-maximum', value: 2 }]);
  });

  it('has half a second of silence for --drain, or what --drain-quiet says', () => {
    expect(sub('--drain').drain).toBe(500);
    expect(sub('--drain', '--drain-quiet', '20').drain).toBe(20);
  });

  it('takes topic:NAME for a topic, and ./topic:NAME for a folder', () => {
    expect(sub('--exec', 'x', '--dead-letter', 'topic:dead/a').exec?.deadLetter).toEqual({
      kind: 'topic',
      topic: 'dead/a',
    });
    expect(sub('--exec', 'x', '--dead-letter', './topic:dead').exec?.deadLetter).toEqual({
      kind: 'folder',
      path: './topic:dead',
    });
  });
});

describe('what makes no sense is refused', () => {
  it.each([
    [['--workers', '2'], 'Error: --workers needs --exec or --exec-file.'],
    [['--exec-retries', '2'], 'Error: --exec-retries needs --exec or --exec-file.'],
    [['--exec-timeout', '2'], 'Error: --exec-timeout needs --exec or --exec-file.'],
    [['--dead-letter', 'd'], 'Error: --dead-letter needs --exec or --exec-file.'],
    [['--exec', 'x', '-w'], "Error: Combining '--exec' and '-w' makes no sense."],
    [['--exec', 'x', '--message-rate'], "Error: Combining '--exec' and '--message-rate' makes no sense."],
    [['--exec', ' '], 'Error: --exec needs a command.'],
    [['--exec', 'x', '--dead-letter', ''], 'Error: --dead-letter needs a directory, or topic:NAME.'],
    [
      ['--exec', 'x', '--dead-letter', 'topic:a/#'],
      "Error: Invalid --dead-letter topic 'a/#', does it contain '+' or '#'?",
    ],
    [['--drain-quiet', '1'], 'Error: --drain-quiet needs --drain.'],
    [['--drain', '-E'], "Error: Combining '-E' and '--drain' makes no sense."],
    [['--strict-count'], 'Error: --strict-count needs -C.'],
    [['--exec-file', 'missing'], 'Error: Unable to read --exec-file "missing".'],
  ])('%s', (argv, complaint) => {
    expect(complaintOf(() => sub(...argv))).toBe(complaint);
  });

  it.each(['dead', 'dead/+', '#', '$share/g/dead/x', '$share/g/#'])(
    'a dead-letter topic that -t %s would bring back',
    (filter) => {
      const argv = ['-t', filter, '--exec', 'x', '--dead-letter', filter === 'dead' ? 'topic:dead' : 'topic:dead/x'];
      expect(complaintOf(() => sub(...argv))).toBe(
        'Error: The --dead-letter topic is subscribed to (-t); leave it out with -T.',
      );
      expect(sub(...argv, '-T', 'dead/#').exec).toBeDefined();
    },
  );
});

describe('what has no effect, or not the intended one, is reported', () => {
  it.each([
    [['--exec', 'x'], 'Warning: at QoS 0 the broker keeps no message whose command failed or was killed (use -q 1).'],
    [['--exec', 'x', '-q', '1', '-v'], 'Warning: -v, -F, -N, -0 and --pretty have no effect with --exec.'],
    [['--drain'], 'Warning: --drain finds only retained messages without a persistent session (use -c -i ID).'],
  ])('%s', (argv, warning) => {
    expect(sub(...argv).warnings).toEqual([warning]);
  });

  it('nothing with -q 1 and -c', () => {
    expect(sub('--exec', 'x', '-q', '1', '--drain', '-c', '-i', 'me').warnings).toEqual([]);
  });
});

describe('a table of --exec-file', () => {
  it('has a filter, blanks and a command on each line, comments and empty lines', () => {
    expect(tableOf('# jobs\n\n  jobs/+ \t run "$MQTT_TOPIC" # not a comment\r\n\t# more\nx y')).toEqual([
      { filter: 'jobs/+', command: 'run "$MQTT_TOPIC" # not a comment' },
      { filter: 'x', command: 'y' },
    ]);
  });

  it('has commands with whatever a line can hold', () => {
    expect(tableOf('x echo \r a\u2028b\u2029')).toEqual([{ filter: 'x', command: 'echo \r a\u2028b' }]);
  });

  it('has filters with blanks, or that look like a comment, in double quotes', () => {
    expect(tableOf('"#" all\n"a b/+" two\n+/# all too')).toEqual([
      { filter: '#', command: 'all' },
      { filter: 'a b/+', command: 'two' },
      { filter: '+/#', command: 'all too' },
    ]);
  });

  it.each([
    [
      'a x\nb/#/c y',
      `Error: --exec-file "T", line 2: invalid topic filter 'b/#/c', are the wildcards '+' and '#' correct.`,
    ],
    ['a', `Error: --exec-file "T", line 1: no command after the filter 'a'.`],
    ['\n\n"a b', 'Error: --exec-file "T", line 3: a closing quote is missing, or a space after it.'],
    ['"a"b c', 'Error: --exec-file "T", line 1: a closing quote is missing, or a space after it.'],
    ['"" c', `Error: --exec-file "T", line 1: invalid topic filter '', are the wildcards '+' and '#' correct.`],
    [
      '$share/g/a c',
      `Error: --exec-file "T", line 1: '$share/g/a' is never the topic of a message: write only what follows the group.`,
    ],
    ['a \0', 'Error: --exec-file "T", line 1: the line is not text.'],
    ['# nothing\n', 'Error: --exec-file "T" has no line with a command.'],
  ])('%j is refused', (text, complaint) => {
    expect(() => tableOf(text)).toThrow(complaint);
  });

  it('that is not UTF-8 is refused with the line', () => {
    expect(() => tableOf(Buffer.from('a b\na \xff', 'latin1'))).toThrow('line 2: the line is not text.');
  });
});
