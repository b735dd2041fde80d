/**
 * A signal, and a second one, in every phase of a run: how soon it ends, with what status, and what it says.
 * Covers src/entry/client-main.ts.
 */
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../src/mqtt/types.ts';
import type { StartChild } from '../../src/runtime/children.ts';
import { type Program, type ProgramOptions, request, startProgram } from '../support/program.ts';

/** A server that takes this packet for nothing. */
const deafTo = (type: Packet['type']): ProgramOptions => ({
  server: { intercept: (packet: Packet) => packet.type === type },
});
const NOBODY: ProgramOptions = { attempt: () => 'silent' };

/** Exit status, milliseconds from the signal, text on standard error, and the packets from the signal on. */
type End = readonly [status: number, after: number, says: string, sends: string];
const DISCONNECT = 'disconnect';

interface Row {
  readonly phase: string;
  readonly words: string;
  readonly options?: ProgramOptions;
  /** What the server has got when the signal comes. */
  readonly once?: Packet['type'];
  readonly first: End;
  /** Where it differs: a second signal right behind the first. */
  readonly second?: End;
}

const UNREAD = 'Warning: The broker did not confirm that it read the messages sent at QoS 0.\n';
const UNFINISHED = 'Error: The broker did not complete the last messages in time, and may send them again\n';
const open = (count: number): string =>
  `Warning: ${count} ${count === 1 ? 'message was' : 'messages were'} sent and not acknowledged.\n`;

const PUBLISHING: readonly Row[] = [
  { phase: 'the broker is not reached', words: '-m x', options: NOBODY, first: [143, 0, '', ''] },
  {
    phase: 'CONNACK is awaited',
    words: '-m x',
    options: deafTo('connect'),
    once: 'connect',
    first: [143, 0, '', DISCONNECT],
  },
  {
    phase: 'nobody has said that a message at QoS 0 was read',
    words: '-m x',
    options: deafTo('pingreq'),
    once: 'pingreq',
    first: [143, 1900, UNREAD, ''],
    second: [143, 0, UNREAD, ''],
  },
  {
    phase: 'PUBACK is awaited',
    words: '-m x -q 1',
    options: deafTo('publish'),
    once: 'publish',
    first: [143, 1900, open(1), ''],
    second: [143, 0, open(1), ''],
  },
  {
    phase: 'PUBREC is awaited',
    words: '-m x -q 2',
    options: deafTo('publish'),
    once: 'publish',
    first: [143, 1900, open(1), ''],
    second: [143, 0, open(1), ''],
  },
  {
    phase: 'PUBCOMP is awaited',
    words: '-m x -q 2',
    options: deafTo('pubrel'),
    once: 'pubrel',
    first: [143, 1900, open(1), ''],
    second: [143, 0, open(1), ''],
  },
  {
    phase: 'all is acknowledged, and the server does not close',
    words: '-m x -q 1',
    options: deafTo('disconnect'),
    once: 'disconnect',
    first: [0, 0, '', ''],
  },
  {
    phase: '-l has read nothing',
    words: '-l -q 1',
    options: { stdin: 'open' },
    once: 'connect',
    first: [143, 0, '', DISCONNECT],
  },
  {
    phase: '-l has sent what it read',
    words: '-l -q 1',
    options: { stdin: 'a\nb\n', ...deafTo('publish') },
    once: 'publish',
    first: [143, 1900, open(2), ''],
    second: [143, 0, open(2), ''],
  },
  {
    phase: '--repeat waits for its next turn',
    words: '-m x -q 1 --repeat 3 --repeat-delay 60',
    once: 'publish',
    first: [143, 0, '', DISCONNECT],
  },
];

const SUBSCRIBING: readonly Row[] = [
  { phase: 'the broker is not reached', words: '', options: NOBODY, first: [143, 0, '', ''] },
  {
    phase: 'CONNACK is awaited',
    words: '',
    options: deafTo('connect'),
    once: 'connect',
    first: [143, 0, '', DISCONNECT],
  },
  {
    phase: 'SUBACK is awaited',
    words: '',
    options: deafTo('subscribe'),
    once: 'subscribe',
    first: [0, 0, '', DISCONNECT],
  },
  { phase: 'nothing comes', words: '', once: 'subscribe', first: [0, 0, '', DISCONNECT] },
  {
    phase: 'a message at QoS 1 was printed and acknowledged',
    words: '-q 1',
    options: { messages: [{ qos: 1 }] },
    once: 'puback',
    first: [0, 0, '', DISCONNECT],
  },
  {
    phase: 'PUBREL is awaited',
    words: '-q 2',
    options: { messages: [{ qos: 2 }], ...deafTo('pubrec') },
    once: 'pubrec',
    first: [0, 1900, '', DISCONNECT],
    second: [0, 0, '', ''],
  },
  {
    phase: 'PUBREL is awaited, in a session that is kept',
    words: '-q 2 -c -i me',
    options: { messages: [{ qos: 2 }], ...deafTo('pubrec') },
    once: 'pubrec',
    first: [143, 1900, UNFINISHED, DISCONNECT],
    second: [143, 0, '', ''],
  },
  {
    phase: 'PUBREL is awaited, and it has begun to leave',
    words: '-q 2 -c -i me -C 1',
    options: { messages: [{ qos: 2 }], ...deafTo('pubrec') },
    once: 'pubrec',
    first: [143, 1900, UNFINISHED, 'disconnect'],
    second: [143, 0, '', ''],
  },
  {
    phase: 'the count of -C is not reached',
    words: '-C 2',
    options: { messages: [{}] },
    once: 'subscribe',
    first: [143, 0, '', DISCONNECT],
  },
  {
    phase: 'the count of -C is not reached, and that counts',
    words: '-C 2 --strict-count',
    options: { messages: [{}] },
    once: 'subscribe',
    first: [29, 0, '', DISCONNECT],
  },
  {
    phase: 'the server does not say that a retained message is removed',
    words: '--remove-retained',
    options: { messages: [{ retain: true }], ...deafTo('publish') },
    once: 'publish',
    first: [7, 1900, 'Warning: The broker did not acknowledge that a retained message is removed.\n', DISCONNECT],
    second: [143, 0, '', ''],
  },
  {
    phase: 'nobody reads what it prints',
    words: '-q 1',
    options: { messages: [{ qos: 1 }], room: 0 },
    once: 'subscribe',
    first: [141, 1900, 'Warning: Standard output did not take all of the last message.\n', DISCONNECT],
    second: [143, 0, '', ''],
  },
  {
    phase: 'it has left, and the server does not close',
    words: '-E',
    options: deafTo('disconnect'),
    once: 'disconnect',
    first: [0, 0, '', ''],
  },
];

async function expectEnd(
  program: Program,
  row: Row,
  signals: number,
  [status, after, says, sends]: End,
): Promise<void> {
  const running = startProgram(program, ['-t', 'a', ...row.words.split(' ').filter(Boolean)], row.options);
  if (row.once === undefined) await running.quiet();
  else await running.got(row.once);
  const [before, sent] = [running.clock.now(), running.server.packets.length];
  for (let i = 0; i < signals; i++) {
    running.signal('SIGTERM');
    await running.quiet();
  }
  const outcome = await running.finish();
  expect([outcome.status, running.clock.now() - before, outcome.stderr, running.wireFrom(sent)]).toEqual([
    status,
    after,
    says,
    sends,
  ]);
}

describe.each([
  ['tspub', PUBLISHING],
  ['tssub', SUBSCRIBING],
] as const)('%s, while', (program, rows) => {
  it.each(rows)('$phase, $words, ends at SIGTERM', (row) => expectEnd(program, row, 1, row.first));
  it.each(rows)('$phase, $words, ends at a second SIGTERM at once', (row) =>
    expectEnd(program, row, 2, row.second ?? row.first),
  );
});

describe('tssub --exec, while a command runs', () => {
  const signals: string[] = [];
  /** A command that runs until it is asked to end, if it listens. */
  const busy =
    (listens: boolean): StartChild =>
    (_, events) => ({
      signal: (name) => {
        signals.push(name);
        if (listens || name === 'SIGKILL') {
          events.exited(name);
          events.closed(name);
        }
      },
      setReading: () => {},
    });

  it('waits for it at SIGTERM, and has it end at a second one', async () => {
    signals.length = 0;
    const options = { startChild: busy(true), messages: [{ qos: 1 as const }] };
    const running = startProgram('tssub', ['-t', 'a', '-q', '1', '--exec', 'x'], options);
    await running.got('subscribe');
    await running.quiet();
    running.signal('SIGTERM');
    await running.pass(600_000);
    expect([running.status, signals]).toEqual([undefined, []]);
    running.signal('SIGTERM');
    const { status } = await running.finish();
    expect([status, signals[0]]).toEqual([143, 'SIGTERM']);
    expect(running.wire).not.toContain('puback');
  });
});

describe('SIGINT and SIGHUP', () => {
  it.each(['tspub', 'tssub'] as const)('%s takes SIGINT as SIGTERM, by its own number', async (program) => {
    const running = startProgram(program, ['-t', 'a', ...(program === 'tspub' ? ['-l'] : [])], { stdin: 'open' });
    await running.got('connect');
    await running.quiet();
    running.signal('SIGINT');
    expect((await running.finish()).status).toBe(program === 'tspub' ? 130 : 0);
  });
});

describe('SIGALRM', () => {
  it('ends tssub as -W does: with Timed out, and 27', async () => {
    const running = startProgram('tssub', ['-t', 'a']);
    await running.got('subscribe');
    await running.quiet();
    running.signal('SIGALRM');
    expect(await running.finish()).toMatchObject({ status: 27, stderr: 'Timed out\n' });
    expect(running.wire).toContain('disconnect');
  });

  it('ends tssub that never had a connection with 255', async () => {
    const running = startProgram('tssub', ['-t', 'a'], NOBODY);
    await running.quiet();
    running.signal('SIGALRM');
    expect(await running.finish()).toMatchObject({ status: 255, stderr: '' });
  });

  it('ends tsrr that waits for an answer with Timed out, and 27', async () => {
    const running = await request('');
    running.signal('SIGALRM');
    expect(await running.finish()).toMatchObject({ status: 27, stderr: 'Timed out\n' });
  });
});
