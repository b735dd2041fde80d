/**
 * tspub with records that have to wait, cannot be read or are not delivered: what is sent, and what --unsent and the terminal have.
 * Covers src/commands/pub/record-stream.ts.
 */
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PublishPacket } from '../../src/mqtt/types.ts';
import { type Attempt, type ProgramOptions, type RunningProgram, startProgram } from '../support/program.ts';
import { tempDir } from '../support/tmp.ts';

const start = (words: string, options: ProgramOptions = {}): RunningProgram =>
  startProgram('tspub', ['-t', 'a', ...words.split(' ')], options);
const payloads = ({ server }: RunningProgram): string =>
  server.accepted.map(({ payload }) => Buffer.from(payload).toString()).join('/');
const newFile = (): string => join(tempDir(), 'unsent');

/** A server that takes one message at a time, or none when it is deaf. */
const oneByOne = (isDeaf: () => boolean): NonNullable<ProgramOptions['server']> => ({
  properties: () => [{ name: 'receive-maximum', value: 1 }],
  intercept: ({ type }) => isDeaf() && type === 'publish',
});
const DEAF: ProgramOptions = { server: { intercept: ({ type }) => type === 'publish' } };

const SOUND = '{"topic":"b","payload":"1"}';

/** A record as of tssub -F %j, this many seconds after the first. */
const recorded = (second: number, topic = 'r'): string =>
  `${JSON.stringify({ tst: `2026-01-01T00:00:0${second}.000000Z+0000`, topic, qos: 1, payload: `${second}` })}\n`;

describe('a signal', () => {
  it('leaves to --unsent what was sent, what waited for the window, what was read and what was not yet, in that order', async () => {
    const file = newFile();
    const running = start(`-l -q 1 --unsent ${file}`, { stdin: 'open', server: oneByOne(() => true) });
    running.stdin.push('sent\nheld\nread\nbeg');
    await running.got('publish');
    running.stdin.push('un\nleft\n');
    running.signal('SIGTERM');
    await running.quiet();
    running.stdin.push('late\nrest');
    const { status, stderr } = await running.finish();
    expect([status, running.server.packets.filter(({ type }) => type === 'publish').length]).toEqual([143, 1]);
    // Half of a record would be another message.
    expect(readFileSync(file, 'latin1')).toBe('sent\nheld\nread\nbegun\nleft\nlate\n');
    expect(stderr).toBe(
      `Warning: 6 messages were not delivered: they are in ${file} (send with -l).\n` +
        'Warning: Standard input was accepted up to line 6; continue at line 7.\n',
    );
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s leaves to --unsent also what is unread of a file, to its end', async (signal, expected) => {
    const file = newFile();
    const running = start(`-l -q 1 --unsent ${file}`, { stdin: 'open', server: oneByOne(() => true) });
    running.stdin.size = 100;
    running.stdin.push('sent\nheld\nread\nbeg');
    await running.got('publish');
    running.signal(signal);
    running.stdin.push('un\nnext\n');
    await running.pass(10_000);
    expect(running.status).toBe(undefined);
    running.stdin.push('last');
    running.stdin.end();
    const { status, stderr } = await running.finish();
    expect([status, readFileSync(file, 'latin1')]).toEqual([expected, 'sent\nheld\nread\nbegun\nnext\nlast\n']);
    expect(stderr).toBe(`Warning: 6 messages were not delivered: they are in ${file} (send with -l).\n`);
  });

  it('leaves to --unsent all of a file when nothing is connected yet', async () => {
    const file = newFile();
    const running = start(`-l -q 1 --unsent ${file}`, { stdin: 'open', attempt: () => 'silent' });
    running.stdin.size = 4;
    running.stdin.push('a\nb\n');
    running.stdin.end();
    await running.quiet();
    running.signal('SIGINT');
    expect((await running.finish()).status).toBe(130);
    expect(readFileSync(file, 'latin1')).toBe('a\nb\n');
  });

  it('and a second one do not wait for the rest of a long file, and name the line to go on with', async () => {
    const file = newFile();
    const running = start(`--json-lines -q 1 --unsent ${file}`, { stdin: 'open', ...DEAF });
    running.stdin.size = 1_000_000;
    running.stdin.push(`${SOUND}\n`);
    await running.got('publish');
    running.signal('SIGINT');
    running.stdin.push(`${SOUND}\n{"topic":`);
    await running.pass(10_000);
    running.signal('SIGINT');
    const { status, stderr } = await running.finish();
    expect([status, readFileSync(file, 'latin1')]).toEqual([130, `${SOUND}\n${SOUND}\n`]);
    expect(stderr).toBe(
      `Warning: 2 messages were not delivered: they are in ${file} (send with --json-lines).\n` +
        'Warning: Standard input was accepted up to line 2; continue at line 3.\n',
    );
  });

  it('that leaves nothing but a part of the first record says so', async () => {
    const file = newFile();
    const running = start(`-l -0 -q 1 --unsent ${file}`, { stdin: 'open' });
    running.stdin.push('part\n');
    await running.got('connect');
    await running.quiet();
    running.signal('SIGTERM');
    const { status, stderr } = await running.finish();
    expect([status, existsSync(file)]).toEqual([143, false]);
    expect(stderr).toBe('Warning: No record of standard input was accepted; start again at record 1.\n');
  });

  it('leaves to --unsent the end of a record that a pipe has more of', async () => {
    const file = newFile();
    const running = start(`-l -q 1 --unsent ${file}`, { stdin: 'open', ...DEAF });
    const asked: number[] = [];
    running.stdin.recordEnd = (separator) => {
      asked.push(separator);
      return Buffer.from('un\n');
    };
    running.stdin.push('a\nbeg');
    await running.got('publish');
    await running.quiet();
    running.signal('SIGTERM');
    await running.finish();
    expect([asked, readFileSync(file, 'latin1')]).toEqual([[10], 'a\nbegun\n']);
  });

  it('leaves to --unsent what a read that it could not stop has brought', async () => {
    const file = newFile();
    const running = start(`-l -q 1 --unsent ${file}`, { stdin: 'open', ...DEAF });
    running.stdin.push('a\n');
    await running.got('publish');
    await running.quiet();
    running.signal('SIGTERM');
    running.stdin.push('b\nc\n');
    expect((await running.finish()).status).toBe(143);
    expect([payloads(running), readFileSync(file, 'latin1')]).toEqual(['', 'a\nb\nc\n']);
  });

  it('that comes when all is acknowledged, and the reader of -d is slow, is not waited out: 0 after 1.9 s', async () => {
    const running = start('-m x -d', { room: 10 });
    await running.pass(1000);
    running.signal('SIGTERM');
    expect([(await running.finish()).status, running.endedAt, payloads(running)]).toEqual([0, 2900, 'x']);
  });

  it('ends --repeat though the reader of -d is slow: its next turn sends nothing', async () => {
    const running = start('-m x -q 1 --repeat 9 --repeat-delay 2 -d --summary', { room: 10 });
    await running.pass(1000);
    running.signal('SIGTERM');
    const { status, stderr } = await running.finish();
    expect([status, stderr]).toEqual([143, 'sent 1, acknowledged 1, refused 0, resent 0\n']);
  });

  it('ends --repeat at QoS 0 though its next turn comes before the server has answered', async () => {
    const options = { server: { intercept: ({ type }: { type: string }) => type === 'pingreq' } };
    const running = start('-m x --repeat 9 --repeat-delay 2', options);
    await running.got('publish');
    await running.pass(1000);
    running.signal('SIGTERM');
    await running.finish();
    expect([running.status, payloads(running)]).toEqual([143, 'x']);
  });
});

describe('--unsent', () => {
  it('has the record that cannot be read, and all behind it, and what was sent before it arrives', async () => {
    const file = newFile();
    const stdin = '{"topic":"b","payload":"1"}\n{"topic":\n{"topic":"c","payload":"3"}\n{"topic":"d"}';
    const running = start(`--json-lines -q 1 --unsent ${file}`, { stdin });
    const { status, stderr } = await running.finish();
    expect([status, payloads(running)]).toEqual([3, '1']);
    expect(readFileSync(file, 'latin1')).toBe('{"topic":\n{"topic":"c","payload":"3"}\n{"topic":"d"}\n');
    expect(stderr).toBe(
      [
        'Error: Line 2 of standard input: it is not JSON.',
        `Warning: The rest of standard input goes to ${file}.`,
        `Warning: 3 messages were not delivered: they are in ${file} (send with --json-lines).`,
        '',
      ].join('\n'),
    );
  });

  it('says once that the rest goes there, also when the connection is refused after that', async () => {
    const file = newFile();
    const running = start(`--json-lines -q 1 --unsent ${file}`, {
      stdin: 'open',
      server: { ...DEAF.server, connackCode: (_, number) => (number === 1 ? 0 : 135) },
    });
    running.stdin.push(`${SOUND}\n{\n`);
    await running.got('publish');
    await running.quiet();
    running.link?.cut();
    await running.got('connect', 2);
    running.stdin.end();
    const { status, stderr } = await running.finish();
    expect([status, stderr.match(/The rest of standard input/g)?.length]).toEqual([135, 1]);
    expect(readFileSync(file, 'latin1').split('\n').sort()).toEqual(['', '{', SOUND]);
  });

  it.each([
    ['-l -0', 'one\nline\0two\0', 'one\nline\0two\0', '-l -0'],
    ['--topic-from-line -l', 'x\t1\ny\t2\n', 'x\t1\ny\t2\n', '-l --topic-from-line'],
  ])('of %s is fed again with the same options', async (words, stdin, kept, again) => {
    const file = newFile();
    const topic = words.startsWith('-l') ? ['-t', 'a'] : [];
    const argv = [...topic, '-q', '1', '--unsent', file, ...words.split(' ')];
    const running = startProgram('tspub', argv, { stdin, attempt: () => ({ fails: 'connect' }) });
    const { status, stderr } = await running.finish();
    expect([status, readFileSync(file, 'latin1')]).toEqual([1, kept]);
    expect(stderr).toContain(`(send with ${again}).`);
  });

  it('warns of a file that others can read, and of nothing with --quiet', async () => {
    for (const quiet of ['', ' --quiet']) {
      const file = newFile();
      writeFileSync(file, '');
      chmodSync(file, 0o644);
      const { stderr } = await start(`-m x -q 1 --unsent ${file}${quiet}`).finish();
      if (quiet) expect(stderr).toBe('');
      else expect(stderr).toMatch(/^Warning: .*--unsent.*\n$/);
    }
  });

  it('that can no longer be written says how many are in no place', async () => {
    const file = newFile();
    const running = start(`-l -q 1 --unsent ${file}`, { stdin: 'a\nb\n', ...DEAF });
    await running.got('publish');
    rmSync(dirname(file), { recursive: true });
    running.signal('SIGTERM');
    const { status, stderr } = await running.finish();
    expect([status, existsSync(file)]).toEqual([143, false]);
    expect(stderr).toContain('2 of 2 undelivered messages are not in it.\n');
  });

  it('--summary counts what is in it', async () => {
    const running = start(`-l -q 1 --summary --unsent ${newFile()}`, { stdin: 'a\nb\n', ...DEAF });
    await running.got('publish');
    running.signal('SIGTERM');
    expect((await running.finish()).stderr).toContain('sent 2, acknowledged 0, refused 0, resent 0, unsent 2\n');
  });
});

describe('--replay-speed', () => {
  it('sends as recorded, and faster by its number', async () => {
    for (const [speed, half] of [
      ['1', 2000],
      ['2', 1000],
    ] as const) {
      const running = start(`--json-lines --replay-speed ${speed}`, { stdin: recorded(0) + recorded(4) });
      await running.got('publish');
      await running.pass(half);
      expect(payloads(running)).toBe('0');
      expect([(await running.finish()).status, payloads(running), running.endedAt]).toEqual([0, '0/4', 2 * half]);
    }
  });

  it('holds a message whose time has come until the server takes it', async () => {
    let isDeaf = true;
    const stdin = recorded(0) + recorded(1);
    const running = start('--json-lines --replay-speed 1 -k 5', { stdin, server: oneByOne(() => isDeaf) });
    await running.got('publish');
    await running.pass(4000);
    expect(running.wire.match(/publish/g)).toHaveLength(1);
    isDeaf = false;
    running.link?.cut();
    expect([(await running.finish()).status, payloads(running)]).toEqual([0, '0/1']);
  });

  it('takes no message whose time has come for sent before the server has room for it', async () => {
    const stdin = recorded(0) + recorded(1) + recorded(2);
    const options = { stdin, server: oneByOne(() => true), terminals: [2] as const };
    const running = start('--json-lines --replay-speed 1', options);
    await running.pass(4500);
    expect(running.stderr).toMatch(/1 sent, [^\r]*$/);
  });

  it('waits no more when the broker is gone for good: --unsent has what waited for its time', async () => {
    const file = newFile();
    const stdin = recorded(0) + recorded(8) + recorded(9);
    const server = { connackCode: (_: unknown, number: number) => (number === 1 ? 0 : 135) };
    const running = start(`--json-lines --replay-speed 1 --unsent ${file}`, { stdin, server });
    await running.pass(2000);
    running.link?.cut();
    expect([(await running.finish()).status, payloads(running)]).toEqual([135, '0']);
    expect([readFileSync(file, 'latin1'), running.endedAt! < 8000]).toEqual([recorded(8) + recorded(9), true]);
  });
});

describe('a server that has lost the session', () => {
  it('is reported, since what is sent again may be duplicated', async () => {
    let isDeaf = true;
    const running = start('-l -q 1 -c -i me', {
      stdin: 'a\nb\n',
      server: { intercept: ({ type }) => isDeaf && type === 'publish' },
    });
    await running.got('publish', 2);
    isDeaf = false;
    running.server.loseSessions();
    running.link?.cut();
    const { status, stderr } = await running.finish();
    expect([status, payloads(running)]).toEqual([0, 'a/b']);
    expect(stderr).toContain('Warning: The connection was lost; connecting again.\n');
  });
});

describe('a refusal', () => {
  it('is reported in the words of the broker, too', async () => {
    const reasoned: NonNullable<ProgramOptions['server']> = {
      intercept: (packet, connection) => {
        if (packet.type !== 'publish') return false;
        const { packetId } = packet as PublishPacket;
        const properties = [{ name: 'reason-string' as const, value: 'not on Sundays' }];
        connection.write({ type: 'puback', packetId, code: 135, properties });
        return true;
      },
    };
    const { status, stderr } = await start('-m x -q 1', { server: reasoned }).finish();
    expect([status, stderr]).toEqual([
      135,
      "Warning: Publish 1 failed: Not authorized.\nnot on Sundays\nHint: The access rules of the broker do not allow publishing to 'a'.\n",
    ]);
  });

  it('of this side, of a line at QoS 0 that is too large, leaves the lines around it alone', async () => {
    const server: NonNullable<ProgramOptions['server']> = {
      properties: () => [{ name: 'maximum-packet-size', value: 50 }],
    };
    const running = start('-l', { stdin: `one\n${'x'.repeat(100)}\nthree\n`, server });
    expect([(await running.finish()).status, payloads(running)]).toEqual([25, 'one/three']);
  });
});

describe('--repeat at QoS 0', () => {
  it('that meets no connection at its turn goes on when there is one, each message once', async () => {
    const attempt = (number: number): Attempt => (number === 1 ? {} : { latency: 9000 });
    const running = start('-m x --repeat 3 --repeat-delay 10 --retry 5', { attempt });
    await running.got('publish');
    await running.pass(9500);
    running.link?.cut();
    await running.got('publish', 2);
    await running.pass(9000);
    expect(payloads(running)).toBe('x/x');
    const { status } = await running.finish();
    expect([status, payloads(running)]).toEqual([7, 'x/x/x']);
  });
});

describe('a line on the terminal shows', () => {
  const NOTHING = '\r\u001b[K';
  /** What it showed last before `time`. */
  const shown = async (words: string, options: ProgramOptions, size?: number): Promise<string | undefined> => {
    const running = start(words, { ...options, terminals: [2] });
    running.stdin.size = size;
    if (size !== undefined) {
      running.stdin.push('a\nb\n');
      await running.quiet();
    }
    await running.pass(4500);
    const text = running.stderr.split(NOTHING).at(-1);
    running.signal('SIGTERM');
    running.signal('SIGTERM');
    await running.quiet();
    return text;
  };

  it.each([
    ['a message that is on its way', '-m x -q 1', DEAF, /^1 KiB on the way for \d s$/],
    ['how many of --repeat are sent', '-m x --repeat 9 --repeat-delay 1', {}, /^5 of 9 sent, 1\/s, 55 %, \d s left$/],
    ['how many are acknowledged', '-m x -q 1 --repeat 9 --repeat-delay 1', {}, /^5 of 9 sent, 5 acknowledged, /],
    ['nothing before anything is sent', '-l', { stdin: 'open' }, /^$/],
  ] as const)('%s', async (_, words, options, line) => {
    expect(await shown(words, options)).toMatch(line);
  });

  it('nothing where the lines are typed: it would stand over them', async () => {
    const running = start('-l -q 1', { stdin: 'open', terminals: [0, 2] });
    running.stdin.push('a\n');
    await running.pass(4500);
    expect([payloads(running), running.stderr]).toEqual(['a', '']);
    running.signal('SIGTERM');
    await running.finish();
    // One message is not typed.
    const one = start('-m x -q 1', { ...DEAF, terminals: [0, 2] });
    await one.pass(4500);
    expect(one.stderr).toContain('on the way');
    one.signal('SIGTERM');
    await one.finish();
  });

  it('how much of a file is read, where its size is known', async () => {
    expect(await shown('-l -q 1', { stdin: 'open' }, 8)).toMatch(/^2 sent, 2 acknowledged, .*, 50 %, \d s left$/);
    expect(await shown('-l -q 1', { stdin: 'open' }, 0)).toMatch(/^2 sent, 2 acknowledged, [^%]*$/);
  });
});
