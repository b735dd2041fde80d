/**
 * tspub --spool: exit status 0 means delivered, or safely kept; what was neither is a failure, and nothing leaves unread.
 * Covers src/commands/pub-spool/send-loop.ts, src/commands/pub-spool/spool-run.ts,
 * src/commands/pub-spool/undelivered.ts.
 */
import { describe, expect, it } from 'vitest';
import { type ProgramOptions, type RunningProgram, startProgram } from '../support/program.ts';
import { DOWN, newSpool, payloads } from './spool-runs.ts';

describe.each([0, 1, 2])('tspub --spool at QoS %i', (qos) => {
  const start = (folder: string, words: string, options: ProgramOptions = {}): RunningProgram => {
    const topic = words.includes('--flush') ? [] : ['-t', 'a'];
    return startProgram('tspub', [...topic, '--spool', folder, '-q', `${qos}`, ...words.split(' ')], options);
  };
  /** What a later run delivers of this spool. */
  const leftIn = async (folder: string): Promise<string> => {
    const running = start(folder, '--flush');
    const { status, stderr } = await running.finish();
    // Each run has a server of its own here, which does not know the session of the one before.
    const other = stderr.replace(
      /^Warning: The broker lost the session; \d messages? (is|are) sent again and may be duplicated.\n/,
      '',
    );
    expect([status, other]).toEqual([0, '']);
    return payloads(running);
  };

  it.each([
    ['-m x', '', 'x'],
    ['-l', '1\n2\n3', '1/2/3'],
    ['-s', 'whole', 'whole'],
    ['--flush', '', ''],
  ])('%s with %j is delivered, and leaves the spool empty', async (words, stdin, sent) => {
    const folder = newSpool();
    const running = start(folder, words, { stdin });
    expect(await running.finish()).toEqual({ status: 0, stdout: '', stderr: '' });
    expect([payloads(running), await leftIn(folder)]).toEqual([sent, '']);
  });

  it.each([
    ['cannot be reached', DOWN],
    ['does not answer CONNECT', { server: { intercept: (packet) => packet.type === 'connect' } }],
    ['breaks the connection at CONNECT', { server: { connackCode: () => 136 } }],
    ['answers nothing behind CONNACK', { server: { intercept: (packet) => packet.type !== 'connect' } }],
  ] satisfies [string, ProgramOptions][])(
    'keeps the message when the broker %s, and the next run sends both',
    async (_, options) => {
      const folder = newSpool();
      const running = start(folder, '-m first -k 5', options);
      const { status, stderr } = await running.finish();
      expect([status, payloads(running)]).toEqual([0, '']);
      expect(stderr).toMatch(/kept in .*: 1 waiting, oldest \d+ s\n$/);
      const next = start(folder, '-m second');
      expect((await next.finish()).status).toBe(0);
      expect([payloads(next), await leftIn(folder)]).toEqual(['first/second', '']);
    },
  );

  it.each(['reset', 'end'] as const)(
    'keeps what was not confirmed when the connection is lost by a %s',
    async (how) => {
      const folder = newSpool();
      const running: RunningProgram = start(folder, '-m x', {
        server: {
          intercept: (packet, connection) => {
            if (packet.type === 'connect') return false;
            if (how === 'reset') running.link?.cut();
            else connection.closing = true;
            return true;
          },
        },
      });
      const { status, stderr } = await running.finish();
      expect([status, stderr.split('\n').at(-2)]).toEqual([0, expect.stringContaining('1 waiting')]);
      expect(await leftIn(folder)).toBe('x');
    },
  );

  it('--spool-status is the status of what is only kept', async () => {
    const running = start(newSpool(), '-m x --spool-status 75', DOWN);
    expect((await running.finish()).status).toBe(75);
  });

  it('--flush that leaves some ends with --spool-status', async () => {
    const folder = newSpool();
    await start(folder, '-m x', DOWN).finish();
    const { status, stderr } = await start(folder, '--flush --spool-status 75', DOWN).finish();
    expect([status, stderr]).toEqual([75, expect.stringContaining('1 waiting')]);
    expect(await leftIn(folder)).toBe('x');
  });

  it.each([
    ['cannot be reached', DOWN, 1],
    ['refuses the user', { server: { connackCode: () => 135 } }, 135],
    ['does not answer CONNECT', { server: { intercept: (packet) => packet.type === 'connect' } }, 19],
  ] satisfies [string, ProgramOptions, number][])(
    '--flush ends with the status of the failure, not with 0, when the broker %s',
    async (_, options, expected) => {
      const folder = newSpool();
      await start(folder, '-m x', DOWN).finish();
      const { status, stderr } = await start(folder, '--flush -V 5 -k 5', options).finish();
      expect([status, stderr]).toEqual([expected, expect.stringContaining('1 waiting')]);
    },
  );

  it('at a signal keeps what is not delivered, and ends with 143 after 1.9 s, or at once at a second one', async () => {
    for (const [signals, after] of [
      [1, 1900],
      [2, 0],
    ] as const) {
      const folder = newSpool();
      const running = start(folder, '-m x', { server: { intercept: ({ type }) => type !== 'connect' } });
      await running.got('publish');
      const before = running.clock.now();
      for (let i = 0; i < signals; i++) {
        running.signal('SIGTERM');
        await running.quiet();
      }
      const { status, stderr } = await running.finish();
      expect([status, running.clock.now() - before]).toEqual([143, after]);
      expect(stderr).toContain('1 waiting');
      expect(await leftIn(folder)).toBe('x');
    }
  });

  it.runIf(qos > 0)('a message that is refused stays, and its code is the status', async () => {
    const folder = newSpool();
    const running = start(folder, '-m x', { server: { publishCode: () => 135 } });
    const { status, stderr } = await running.finish();
    expect([status, stderr.split('\n')[0]]).toEqual([
      135,
      'Warning: Message 1 refused: Not authorized; it stays in the spool.',
    ]);
    expect(await leftIn(folder)).toBe('x');
  });

  it('two runs at once: the second leaves the sending to the first, and both are delivered', async () => {
    const folder = newSpool();
    let isDeaf = true;
    const first = start(folder, '-l', {
      stdin: '1\n2\n',
      server: { intercept: ({ type }) => isDeaf && type !== 'connect' && type !== 'disconnect' },
    });
    await first.got('publish');
    const second = start(folder, '-m 3');
    await second.finish();
    expect(second.status).toBe(0);
    isDeaf = false;
    first.signal('SIGTERM');
    await first.finish();
    expect((await leftIn(folder)).split('/')).toContain('3');
  });
});
