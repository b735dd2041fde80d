/**
 * The plan of a whole line: defaults, and what one option means for another.
 * Covers src/cli/command-line.ts, src/cli/plan/checks.ts.
 */
import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../../src/cli/options/index.ts';
import type { SubPlan } from '../../../src/cli/plan/types.ts';
import { complaintOf, plan, pub, rr, stderrOf, sub } from '../support.ts';

describe('each option', () => {
  it.each([pub(), sub(), rr()])('of $program whose setting makes no part of the plan is a field of it', (plan) => {
    const names = optionsOf(plan.program).flatMap((option) => {
      if (option.part !== undefined) return [];
      return 'sets' in option ? [option.sets] : 'adds' in option ? [option.adds] : [];
    });
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !(name in plan))).toEqual([]);
  });
});

describe('the plan of tspub', () => {
  it('of the shortest line has the defaults', () => {
    expect(pub()).toEqual({
      program: 'pub',
      target: { host: 'localhost', port: 1883, localAddress: undefined, noDelay: true, srv: false, tls: undefined },
      session: {
        version: 4,
        clientId: '',
        clean: true,
        keepAlive: 60,
        username: undefined,
        password: undefined,
        will: undefined,
        properties: [],
        disconnectProperties: [],
        maxInflight: 20,
        trace: false,
      },
      connectTimeout: 30_000,
      retry: {},
      explain: false,
      debug: false,
      quiet: false,
      warnings: [],
      topic: 'a',
      source: { kind: 'bytes', payload: Buffer.from('x') },
      records: undefined,
      qos: 0,
      retain: false,
      properties: [],
      repeat: 1,
      repeatDelay: 0,
      nul: false,
      unsent: undefined,
      summary: false,
    });
  });

  it('has what was asked for', () => {
    const asked = pub('-q', '2', '-r', '--repeat', '3', '--repeat-delay', '0.25', '-d', '--quiet');
    expect(asked).toMatchObject({ qos: 2, retain: true, repeat: 3, repeatDelay: 250, debug: true, quiet: true });
    expect(asked.session.trace).toBe(true);
  });

  it.each([
    [['-l'], undefined],
    [['-l', '--topic-from-line'], { kind: 'topics', delimiter: Uint8Array.of(9) }],
    [['-l', '--topic-from-line', '--delimiter', '; '], { kind: 'topics', delimiter: Buffer.from('; ') }],
    [['--json-lines'], { kind: 'json', topic: undefined, qos: undefined, retain: false, speed: undefined }],
    [
      ['--json-lines', '-t', 'b', '-q', '1', '-r', '--replay-speed', '10'],
      { kind: 'json', topic: 'b', qos: 1, retain: true, speed: 10 },
    ],
    [
      ['--json-lines', '--replay-speed', '2', '--replay-speed', 'max'],
      { kind: 'json', topic: undefined, qos: undefined, retain: false, speed: undefined },
    ],
  ])('has records of %s', (argv, records) => {
    const topic = argv.length === 1 && records === undefined ? ['-t', 'a'] : [];
    expect(plan('pub', ...argv, ...topic)).toMatchObject({ source: { kind: 'lines' }, records });
  });

  it.each([
    [['--topic-from-line'], '--topic-from-line needs -l.'],
    [['--topic-from-line', '-t', 'a', '-m', 'x'], '--topic-from-line needs -l.'],
    [['--topic-from-line', '--json-lines'], '--topic-from-line needs -l.'],
    [['-l', '--topic-from-line', '--delimiter', ''], '--delimiter argument must not be empty.'],
    ...['0', '-1', 'Max', '', '1x', 'Infinity'].map((speed): [string[], string] => [
      ['--json-lines', '--replay-speed', speed],
      '--replay-speed argument must be >0.0 or max.',
    ]),
    ...[['-m', 'x'], ['-f', 'x'], ['-s'], ['-l'], ['-n']].map((other): [string[], string] => [
      ['--json-lines', ...other],
      'Only one type of message can be sent at once.',
    ]),
    [['-t', 'a', '-l', '--json-lines'], 'Only one type of message can be sent at once.'],
  ])('refuses %s', (argv, text) => {
    expect(complaintOf(() => plan('pub', ...argv))).toBe(`Error: ${text}`);
  });

  const NO_MESSAGE = 'Give the message with -m TEXT, -f FILE, -s (standard input), -l (its lines) or -n (empty).';

  it.each([
    [['-t', 'a'], NO_MESSAGE],
    [[], 'Give a topic and a message: tspub -t TOPIC -m TEXT.'],
    [['-m', 'x'], 'Give the topic with -t TOPIC.'],
    [['-l'], 'Give the topic with -t TOPIC.'],
  ])('needs topic and message, and names what is missing: %s', (argv, hint) => {
    expect(stderrOf(() => plan('pub', ...argv))).toBe(
      `Error: Both topic and message must be supplied.\nHint: ${hint}\n`,
    );
  });
});

describe('the plan of tssub', () => {
  const subscription = { filter: 'a', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 };

  it('of the shortest line has the defaults', () => {
    const { target: _target, session: _session, ...rest } = sub();
    expect(rest).toEqual({
      program: 'sub',
      connectTimeout: 30_000,
      retry: {},
      explain: false,
      debug: false,
      quiet: false,
      warnings: [],
      subscriptions: [subscription],
      subscribeProperties: [],
      unsubscribe: [],
      unsubscribeProperties: [],
      filterOut: [],
      count: undefined,
      timeout: undefined,
      exitAfterSubscribe: false,
      skipRetained: false,
      retainedOnly: false,
      removeRetained: false,
      randomFilter: undefined,
      exec: undefined,
      drain: undefined,
      strictCount: false,
      watch: false,
      messageRate: false,
      verbose: false,
      newline: true,
      nul: false,
      format: undefined,
      pretty: false,
      raw: false,
    });
  });

  it('has what was asked for', () => {
    expect(sub('-t', 'b', '-q', '1', '-U', 'u', '-T', 'c', '-C', '2', '-W', '3', '-E', '-v', '-N')).toMatchObject({
      subscriptions: [
        { ...subscription, qos: 1 },
        { ...subscription, filter: 'b', qos: 1 },
      ],
      unsubscribe: ['u'],
      filterOut: ['c'],
      count: 2,
      timeout: 3000,
      exitAfterSubscribe: true,
      verbose: true,
      newline: false,
    });
    expect(sub('--retained-only').retainedOnly).toBe(true);
    expect(sub('--remove-retained', '--random-filter', '0.1', '--pretty', '-w')).toMatchObject({
      removeRetained: true,
      randomFilter: 0.1,
      pretty: true,
      watch: true,
      messageRate: false,
    });
  });

  it.each([[['-w', '--message-rate']], [['--message-rate', '--watch']]])('has no -w beside a rate: %s', (argv) => {
    expect(sub(...argv)).toMatchObject({ watch: false, messageRate: true });
  });

  it('has no -C beside a rate, which prints no messages', () => {
    expect(sub('-C', '1', '--message-rate').count).toBeUndefined();
    expect(sub('-C', '1').count).toBe(1);
  });

  it('has the format of the last -F, and all are checked', () => {
    expect(sub('-F', '%t', '-F', '@Y').format).toMatchObject({ usesTime: true });
    expect(sub('-F', '@Y', '-F', '').format).toMatchObject({ usesTime: false });
    expect(stderrOf(() => sub('-F', '%', '-F', '%t'))).toBe(
      "Error: Incomplete format specifier.\n\nUse 'tssub --help' to see usage.\n",
    );
  });

  it('may have -U alone', () => {
    expect((plan('sub', '-U', 'a') as SubPlan).subscriptions).toEqual([]);
  });

  it.each([
    [[], 0],
    [['-R'], 2],
    [['--retain-handling', 'new'], 1],
    [['--retain-handling', 'new', '-R'], 1],
    [['-R', '--retain-handling', 'always'], 0],
  ])('asks for retained messages in MQTT 5 as %s say', (argv, handling) => {
    expect(sub('-V', '5', ...argv).subscriptions[0]!.retainHandling).toBe(handling);
  });

  it('uses the options of MQTT 5 subscriptions in MQTT 5 only', () => {
    expect(sub('-V', '5', '--retain-as-published').subscriptions[0]!.retainAsPublished).toBe(true);
    const old = sub('-R', '--retain-as-published', '--retain-handling', 'new');
    expect(old.subscriptions).toEqual([subscription]);
    expect(old.skipRetained).toBe(true);
  });

  it('hides no live message that was published with retain: -R --retain-as-published', () => {
    expect(sub('-V', '5', '-R', '--retain-as-published').skipRetained).toBe(false);
    expect(sub('-V', '5', '-R', '--retain-as-published', '--retain-handling', 'new').skipRetained).toBe(true);
    expect(sub('-V', '5', '-R').skipRetained).toBe(true);
  });

  it('does not combine -R and --retained-only', () => {
    expect(stderrOf(() => sub('-R', '--retained-only'))).toBe(
      "\nError: Combining '-R' and '--retained-only' makes no sense.\n",
    );
  });
});

describe('the plan of tsrr', () => {
  const subscription = { filter: 'b', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 };
  const answerTo = { name: 'response-topic', value: 'b' };

  it('of the shortest line has the defaults', () => {
    expect(rr()).toEqual({
      program: 'rr',
      target: { host: 'localhost', port: 1883, localAddress: undefined, noDelay: true, srv: false, tls: undefined },
      session: {
        version: 5,
        clientId: '',
        clean: true,
        keepAlive: 60,
        username: undefined,
        password: undefined,
        will: undefined,
        properties: [{ name: 'receive-maximum', value: 1 }],
        disconnectProperties: [],
        maxInflight: 20,
        trace: false,
      },
      connectTimeout: 30_000,
      retry: {},
      explain: false,
      debug: false,
      quiet: false,
      warnings: [],
      topic: 'a',
      responseTopic: 'b',
      source: { kind: 'bytes', payload: Buffer.from('x') },
      qos: 0,
      properties: [answerTo],
      subscription,
      subscribeProperties: [],
      timeout: undefined,
      skipRetained: false,
      latency: false,
      verbose: false,
      newline: true,
      nul: false,
      format: undefined,
      pretty: false,
      raw: false,
    });
  });

  it('has what was asked for', () => {
    expect(rr('-q', '2', '-W', '3', '-R', '-v', '-N', '--pretty', '--latency')).toMatchObject({
      qos: 2,
      subscription: { ...subscription, qos: 2, retainHandling: 2 },
      timeout: 3000,
      skipRetained: true,
      verbose: true,
      newline: false,
      pretty: true,
      latency: true,
      target: { noDelay: true },
    });
    expect(rr('--retain-handling', 'new', '--retain-as-published').subscription).toEqual({
      ...subscription,
      retainHandling: 1,
      retainAsPublished: true,
    });
    expect(plan('rr', '-L', 'mqtt://h/q', '-e', 'b', '-f', 'file')).toMatchObject({
      topic: 'q',
      source: { kind: 'file', path: 'file' },
    });
    expect(rr('-e', 'c', '-e', 'd').responseTopic).toBe('d');
    expect(rr('-F', '%R').format).toMatchObject({ usesTime: false });
  });

  it('puts the response topic after the properties of -D', () => {
    const properties = rr('-D', 'publish', 'correlation-data', '7', '-D', 'subscribe', 'user-property', 'k', 'v');
    expect(properties.properties).toEqual([{ name: 'correlation-data', value: Buffer.from('7') }, answerTo]);
    expect(properties.subscribeProperties).toEqual([{ name: 'user-property', value: ['k', 'v'] }]);
  });

  it.each(['31', '311'])('has no properties with -V %s', (version) => {
    expect(rr('-V', version)).toMatchObject({ properties: [], session: { properties: [] } });
  });

  it.each([
    [['-t', 'a', '-m', 'x']],
    [['-t', 'a', '-e', 'b']],
    [['-e', 'b', '-m', 'x']],
    [['-t', 'a', '-n', '-D', 'publish', 'response-topic', 'b']],
    [[]],
  ])('needs both topics and a message: %s', (argv) => {
    expect(stderrOf(() => plan('rr', ...argv))).toBe(
      "Error: All of topic, message, and response topic must be supplied.\nHint: Give all three: tsrr -t TOPIC -m TEXT -e RESPONSE_TOPIC.\n\nUse 'tsrr --help' to see usage.\n",
    );
  });

  it('has one response topic', () => {
    const twice = ['-D', 'publish', 'response-topic', 'b'];
    expect(stderrOf(() => rr(...twice))).toBe('Error in PUBLISH properties: Duplicate response topic.\n');
    expect(stderrOf(() => rr(...twice, '--quiet'))).toBe('');
    expect(complaintOf(() => rr(...twice, '-V', '311'))).toMatch(/^Error: Properties \(-D\) need MQTT 5/);
  });
});
