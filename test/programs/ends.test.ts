/**
 * When tssub leaves, and with what status: -C, -W, -E, --drain, --strict-count and --retained-only, alone and in pairs.
 * Covers src/commands/pub/publisher.ts.
 */
import { describe, expect, it } from 'vitest';
import { type ProgramOptions, startProgram } from '../support/program.ts';

const messages = (...payloads: string[]): ProgramOptions['messages'] =>
  payloads.map((payload) => ({ payload: Buffer.from(payload), retain: payload.startsWith('r') }));

/** What comes behind SUBACK. */
const COMES = {
  nothing: [],
  one: messages('1'),
  three: messages('1', '2', '3'),
  'a retained and two live': messages('r', 'l', 'm'),
} as const;

const SOME = 'Timed out: 1 of 2 messages arrived\n';
const NONE = 'Timed out\n';

/** Exit status (undefined: it goes on), the second at which it leaves, what it printed, and the text on standard error. */
type End = readonly [status: number | undefined, second: number | undefined, printed: string, says?: string];
const GOES_ON = [undefined, undefined] as const;

const ROWS: readonly (readonly [words: string, nothing: End, one: End, three: End, retained: End])[] = [
  ['-C 2', [...GOES_ON, ''], [...GOES_ON, '1'], [0, 0, '12'], [0, 0, 'rl']],
  ['-W 5', [27, 5, '', NONE], [27, 5, '1', NONE], [27, 5, '123', NONE], [27, 5, 'rlm', NONE]],
  ['-E', [0, 0, ''], [0, 0, ''], [0, 0, ''], [0, 0, '']],
  ['--drain --drain-quiet 1000', [28, 1, ''], [0, 1, '1'], [0, 1, '123'], [0, 1, 'rlm']],
  ['--retained-only', [...GOES_ON, ''], [0, 0, ''], [0, 0, ''], [0, 0, 'r']],
  ['-C 2 -W 5', [27, 5, '', NONE], [27, 5, '1', SOME], [0, 0, '12'], [0, 0, 'rl']],
  ['-C 2 -E', [0, 0, ''], [0, 0, ''], [0, 0, ''], [0, 0, '']],
  ['-C 2 --drain --drain-quiet 1000', [28, 1, ''], [0, 1, '1'], [0, 0, '12'], [0, 0, 'rl']],
  ['-C 2 --strict-count', [...GOES_ON, ''], [...GOES_ON, '1'], [0, 0, '12'], [0, 0, 'rl']],
  ['-C 1 --retained-only', [...GOES_ON, ''], [0, 0, ''], [0, 0, ''], [0, 0, 'r']],
  ['-C 2 --retained-only', [...GOES_ON, ''], [0, 0, ''], [0, 0, ''], [0, 0, 'r']],
  ['-W 5 -E', [0, 0, ''], [0, 0, ''], [0, 0, ''], [0, 0, '']],
  ['-W 5 --drain --drain-quiet 1000', [28, 1, ''], [0, 1, '1'], [0, 1, '123'], [0, 1, 'rlm']],
  [
    '-W 5 --drain --drain-quiet 9000',
    [27, 5, '', NONE],
    [27, 5, '1', NONE],
    [27, 5, '123', NONE],
    [27, 5, 'rlm', NONE],
  ],
  ['-W 5 --retained-only', [27, 5, '', NONE], [0, 0, ''], [0, 0, ''], [0, 0, 'r']],
  ['-E --retained-only', [0, 0, ''], [0, 0, ''], [0, 0, ''], [0, 0, '']],
  ['--drain --drain-quiet 1000 --retained-only', [28, 1, ''], [0, 0, ''], [0, 0, ''], [0, 0, 'r']],
  ['-C 2 -W 5 --strict-count', [27, 5, '', NONE], [29, 5, '1', SOME], [0, 0, '12'], [0, 0, 'rl']],
  ['-C 2 --drain --drain-quiet 1000 --strict-count', [28, 1, ''], [29, 1, '1'], [0, 0, '12'], [0, 0, 'rl']],
  [
    '-C 2 -W 5 --drain --drain-quiet 9000 --strict-count',
    [27, 5, '', NONE],
    [29, 5, '1', SOME],
    [0, 0, '12'],
    [0, 0, 'rl'],
  ],
];

describe('tssub', () => {
  const cells = ROWS.flatMap(([words, ...ends]) =>
    Object.entries(COMES).map(([what, comes], i) => [words, what, ends[i]!, comes] as const),
  );
  it.each(cells)('%s, of %s, leaves when it should', async (words, _, [status, second, printed, says = ''], comes) => {
    for (const qos of [0, 1, 2] as const) {
      const options = { messages: (comes ?? []).map((message) => ({ ...message, qos })) };
      const running = startProgram(
        'tssub',
        ['-t', 'a', '-c', '-i', 'me', '-q', `${qos}`, '-F', '%p', '-N', ...words.split(' ')],
        options,
      );
      await running.pass(20_000);
      const { stdout, stderr } = running.outcome;
      const end = running.endedAt === undefined ? undefined : running.endedAt / 1000;
      expect([qos, running.status, end, stdout, stderr]).toEqual([qos, status, second, printed, says]);
      expect(running.server.violations).toEqual([]);
    }
  });

  it('takes -W and -E for what they are where nothing is asked for: -U alone', async () => {
    const running = startProgram('tssub', ['-U', 'a', '-E', '-W', '5']);
    expect([(await running.finish()).status, running.wire]).toEqual([0, 'connect unsubscribe disconnect']);
  });

  it('--drain with -U alone ends what a kept session has, once UNSUBACK is here', async () => {
    const running = startProgram('tssub', ['-U', 'a', '--drain', '--drain-quiet', '1000', '-c', '-i', 'me']);
    await running.got('unsubscribe');
    running.send({ qos: 1 });
    expect([(await running.finish()).status, running.stdout.text]).toEqual([0, 'x\n']);
    expect(running.wire).toBe('connect unsubscribe puback pingreq disconnect');
  });

  it('-W that is over while a signal has it wait for its reader says nothing', async () => {
    const running = startProgram('tssub', ['-t', 'a', '-W', '3'], { messages: [{}], room: 0 });
    await running.pass(1000);
    running.signal('SIGTERM');
    const stderr = 'Warning: Standard output did not take all of the last message.\n';
    expect(await running.finish()).toEqual({ status: 141, stdout: '', stderr });
    expect(running.endedAt).toBe(2900);
  });

  it.each([5, 4] as const)('-W makes MQTT version %i publish the Will, where it can', async (version) => {
    const running = startProgram('tssub', ['-t', 'a', '-W', '5'], { version });
    expect((await running.finish()).status).toBe(27);
    expect(running.server.packets.at(-1)).toMatchObject({ type: 'disconnect', code: version === 5 ? 4 : 0 });
  });

  it('-W counts from the start, not from the connection', async () => {
    const slow = startProgram('tssub', ['-t', 'a', '-W', '5'], { attempt: () => ({ latency: 1000 }) });
    await slow.finish();
    expect([slow.status, slow.endedAt]).toEqual([27, 5400]);
    const never = startProgram('tssub', ['-t', 'a', '-W', '5'], { attempt: () => 'silent' });
    expect([(await never.finish()).status, never.endedAt, never.stderr]).toEqual([
      255,
      5000,
      'Error: No connection within 5 s.\n',
    ]);
  });

  it.each([
    ['--strict-count', 'Error: --strict-count needs -C.'],
    ['-E --drain', "Error: Combining '-E' and '--drain' makes no sense."],
    ['-C 0', 'Error: Invalid message count'],
  ])('%s is a mistake, which needs no broker to be seen', async (words, says) => {
    const running = startProgram('tssub', ['-t', 'a', ...words.split(' ')]);
    const { status, stderr } = await running.finish();
    expect([status, stderr.trimStart().split('\n')[0], running.attempts]).toEqual([
      1,
      expect.stringContaining(says),
      0,
    ]);
  });
});

describe('tssub -C 1 at QoS 2, in a session that is kept,', () => {
  it('is not success when the server does not complete the message: it may come again', async () => {
    const options: ProgramOptions = {
      messages: [{ qos: 2 }],
      server: { intercept: ({ type }) => type === 'pubrec' },
    };
    const running = startProgram('tssub', ['-t', 'a', '-q', '2', '-c', '-i', 'me', '-C', '1'], options);
    const stderr = 'Error: The broker did not complete the last messages in time, and may send them again\n';
    expect(await running.finish()).toEqual({ status: 7, stdout: 'x\n', stderr });
    expect(running.endedAt).toBe(5000);
  });
});

describe('-W that is over while the server keeps a connection open that has failed', () => {
  it.each([
    ['tssub', ['-W', '3']],
    ['tsrr', ['-W', '3', '-e', 'b', '-m', 'x']],
  ] as const)('leaves %s with the status of the failure', async (program, words) => {
    const options: ProgramOptions = { server: { intercept: ({ type }) => type === 'disconnect' } };
    const running = startProgram(program, ['-t', 'a', ...words], options);
    await running.got('subscribe');
    await running.pass(2900);
    // A length that does not end.
    running.link?.send('down', Buffer.from('30ffffffff', 'hex'));
    const { status, stderr } = await running.finish();
    expect([status, stderr.split(':')[0]]).toEqual([21, 'Error']);
    expect(stderr).not.toContain('Timed out');
  });
});

describe('-W that is over while a connection that has failed is made again', () => {
  it.each([
    ['waits for the next attempt', 4500],
    ['makes it', 1000],
  ])('ends tssub with 27 while it %s', async (_, time) => {
    const options: ProgramOptions = { version: 5, attempt: (number) => (number === 1 ? {} : 'silent') };
    const running = startProgram('tssub', ['-t', 'a', '-W', '5'], options);
    await running.got('subscribe');
    await running.pass(time);
    // Server shutting down.
    running.server.current?.write({ type: 'disconnect', code: 0x8b, properties: [] });
    running.flush();
    const { status, stderr } = await running.finish();
    expect([running.endedAt, status, stderr.split('\n').at(-2)]).toEqual([5000, 27, 'Timed out']);
  });
});
