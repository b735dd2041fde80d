/**
 * A connection that breaks, ends or falls silent at each packet: what the programs do, and what they say of it.
 * Covers src/commands/rr/requester.ts.
 */
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import type { Packet } from '../../src/mqtt/types.ts';
import {
  type Attempt,
  type Program,
  type ProgramOptions,
  type RunningProgram,
  startProgram,
} from '../support/program.ts';

/** How it is lost: a reset, an end in order, or no answer to anything any more. */
type Loss = 'reset' | 'end' | 'silence';

/** Starts a program whose server loses the connection at this packet: the first time, or each time. */
function losing(
  [program, words, packet, options = {}]: readonly [Program, string, Packet['type'], ProgramOptions?],
  how: Loss,
  times: number,
): RunningProgram {
  let left = times;
  /** Nothing more of this connection is read, or of any. */
  let isOver = false;
  let isMute = false;
  const running: RunningProgram = startProgram(program, ['-t', 'a', '-k', '5', ...words.split(' ')], {
    ...options,
    server: {
      keeps: () => true,
      intercept: (it, connection) => {
        if (it.type === 'connect') isOver = false;
        if (isMute || isOver) return true;
        if (it.type !== packet || left-- <= 0) return false;
        isOver = true;
        if (how === 'reset') running.link?.cut();
        else if (how === 'end') connection.closing = true;
        else isMute = true;
        return true;
      },
    },
  });
  return running;
}

const ONCE = 1;
const ALWAYS = Number.POSITIVE_INFINITY;
const LOST = 'The connection was lost';
const UNREAD = 'the broker did not confirm that it read the messages sent at QoS 0';
const AGAIN = `Warning: ${LOST}; connecting again.\n`;
const BACK = 'Connected again after 1 s and 1 attempt.\n';

describe('tspub with one message ends with 7 when the connection is lost', () => {
  it.each([
    ['-m x', 'connect', ''],
    ['-m x', 'pingreq', `; ${UNREAD}`],
    ['-m x -q 1', 'publish', ''],
    ['-m x -q 2', 'publish', ''],
    ['-m x -q 2', 'pubrel', ''],
  ] as const)('%s, at %s', async (words, packet, more) => {
    for (const how of ['reset', 'end'] as const) {
      const running = losing(['tspub', words, packet], how, ONCE);
      const { status, stderr } = await running.finish();
      expect([how, status, stderr.split('\n')[0], running.attempts]).toEqual([how, 7, `Error: ${LOST}${more}`, 1]);
    }
  });

  it.each(['reset', 'end', 'silence'] as const)('and with 0 behind the last acknowledgement: %s', async (how) => {
    const running = losing(['tspub', '-m x -q 1', 'disconnect'], how, ALWAYS);
    expect(await running.finish()).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

describe('silence ends every program with 19 after one and a half keepalives at most', () => {
  it.each([
    ['tspub', '-m x', 'connect', 'no CONNACK'],
    ['tspub', '-m x', 'pingreq', `no PINGRESP; ${UNREAD}`],
    ['tspub', '-m x -q 1', 'publish', 'no PINGRESP'],
    ['tspub', '-m x -q 2', 'pubrel', 'no PINGRESP'],
    ['tssub', '-C 1', 'connect', 'no CONNACK'],
    ['tsrr', '-e b -m x', 'connect', 'no CONNACK'],
    ['tsrr', '-e b -m x', 'subscribe', 'no PINGRESP'],
    ['tsrr', '-e b -m x', 'publish', 'no PINGRESP'],
  ] as const)('%s %s, at %s', async (program, words, packet, says) => {
    const running = losing([program, words, packet], 'silence', ONCE);
    const { status, stderr } = await running.finish();
    expect([status, stderr.split('\n')[0]]).toEqual([19, `Error: Keepalive exceeded: the broker sent ${says}`]);
    expect(running.endedAt).toBeLessThanOrEqual(15_000);
  });

  it.each(['subscribe', 'puback'] as const)('but tssub, which connects again: at %s', async (packet) => {
    const running = losing(['tssub', '-q 1', packet, { messages: [{ qos: 1 }] }], 'silence', ONCE);
    await running.until(() => running.attempts === 2);
    expect(running.stderr).toBe('Warning: Keepalive exceeded: the broker sent no PINGRESP; connecting again.\n');
    expect(running.clock.now()).toBeLessThanOrEqual(15_000);
  });
});

describe('tspub -l connects again', () => {
  const two: ProgramOptions = { stdin: 'a\nb\n' };
  const payloads = ({ server }: RunningProgram): string[] =>
    server.accepted.map(({ payload }) => Buffer.from(payload).toString());

  it.each([
    ['-l -q 1', 'publish', 'reset'],
    ['-l -q 1', 'publish', 'end'],
    ['-l -q 2 -c -i me', 'publish', 'reset'],
    ['-l -q 2 -c -i me', 'pubrel', 'reset'],
    ['-l -q 2 -c -i me', 'pubrel', 'end'],
  ] as const)('%s, lost once at %s by a %s: every line once, and 0', async (words, packet, how) => {
    const running = losing(['tspub', words, packet, two], how, ONCE);
    expect(await running.finish()).toEqual({ status: 0, stdout: '', stderr: AGAIN + BACK });
    expect(payloads(running)).toEqual(['a', 'b']);
    expect(running.server.violations).toEqual([]);
  });

  it('at QoS 0 once, warns, sends the rest, and ends with 7', async () => {
    const running = startProgram('tspub', ['-t', 'a', '-l'], { stdin: 'open' });
    running.stdin.push('a\n');
    await running.got('publish');
    running.link?.cut();
    await running.until(() => running.attempts === 2);
    running.stdin.push('b\n');
    running.stdin.end();
    const { status, stderr } = await running.finish();
    expect([status, payloads(running)]).toEqual([7, ['a', 'b']]);
    expect(stderr).toContain('sent at QoS 0 before the connection was lost may not have arrived');
  });

  it.each(['reset', 'end'] as const)('until it is plain that it is of no use: %s each time', async (how) => {
    const running = losing(['tspub', '-l -q 1', 'publish', two], how, ALWAYS);
    const { status, stderr } = await running.finish();
    expect([status, running.attempts]).toEqual([7, 5]);
    expect(stderr.split('\n').at(-2)).toMatch(/^Error: .*5 times/);
  });

  it.each([1, 2, 3])('with --retry %i that many times', async (count) => {
    const running = losing(['tspub', `-m x -q 1 --retry ${count}`, 'publish'], 'reset', ALWAYS);
    const { status, stderr } = await running.finish();
    expect([status, running.attempts]).toEqual([7, 1 + count]);
    const waits = [1, 2, 4].slice(0, count).map((seconds) => AGAIN + BACK.replace('1 s', `${seconds} s`));
    expect(stderr).toBe(`${waits.join('')}Error: ${LOST}\n`);
  });
});

describe('tssub', () => {
  it.each([
    ['-q 1 -C 1', 'subscribe', 'reset'],
    ['-q 1 -C 1', 'subscribe', 'end'],
    ['-q 2 -C 1', 'subscribe', 'reset'],
  ] as const)('%s connects again when the connection is lost at %s by a %s', async (words, packet, how) => {
    const running = losing(['tssub', words, packet, { messages: [{ qos: 1 }] }], how, ONCE);
    expect(await running.finish()).toEqual({ status: 0, stdout: 'x\n', stderr: AGAIN + BACK });
    expect([running.attempts, running.server.violations]).toEqual([2, []]);
  });

  it('does not subscribe again in a session that the server kept', async () => {
    const running = startProgram('tssub', ['-t', 'a', '-c', '-i', 'me', '-q', '1', '-C', '1']);
    await running.got('subscribe');
    await running.quiet();
    running.link?.cut();
    await running.got('connect', 2);
    await running.quiet();
    running.send({ qos: 1 });
    await running.finish();
    expect([running.status, running.wire]).toEqual([0, 'connect subscribe connect puback disconnect']);
  });

  it('says when the server lost a session that it had asked to be kept', async () => {
    const running = startProgram('tssub', ['-t', 'a', '-c', '-i', 'me', '-q', '1']);
    await running.got('subscribe');
    await running.quiet();
    running.server.loseSessions();
    running.link?.cut();
    await running.got('subscribe', 2);
    expect(running.stderr).toBe(
      `${AGAIN}${BACK}Warning: The broker lost the session; messages it held may be missing.\n`,
    );
  });

  it.each([
    ['-q 1 -C 1', 'puback', 1],
    ['-q 2 -C 1', 'pubrec', 2],
    ['-q 2 -C 1', 'pubcomp', 2],
  ] as const)(
    '%s ends with 7 when a reset takes its last %s: the message may come again',
    async (words, packet, qos) => {
      const running = losing(['tssub', words, packet, { messages: [{ qos }] }], 'reset', ALWAYS);
      const { status, stdout, stderr } = await running.finish();
      expect([status, stdout, stderr.split('\n').at(-2)]).toEqual([7, 'x\n', `Error: ${LOST}`]);
    },
  );

  it('has a broken end gone on with on the next connection, in a session that is kept: printed once, and 0', async () => {
    const words = '-q 2 -C 1 -c -i me';
    const running = losing(['tssub', words, 'pubrec', { messages: [{ qos: 2 }] }], 'reset', ONCE);
    expect(await running.finish()).toEqual({ status: 0, stdout: 'x\n', stderr: AGAIN + BACK });
    expect([running.attempts, running.server.unfinished('me'), running.server.violations]).toEqual([2, 0, []]);
  });

  it('at its end, in a session that ends with it, is not made again, and nothing says so', async () => {
    const running = losing(['tssub', '-q 2 -C 1', 'pubrec', { messages: [{ qos: 2 }] }], 'reset', ONCE);
    const { status, stderr } = await running.finish();
    expect([status, stderr.split('\n')[0], running.attempts]).toEqual([7, `Error: ${LOST}`, 1]);
  });

  it('at its end is made again within the time of an end, and not after it', async () => {
    const options: ProgramOptions = {
      messages: [{ qos: 2 }],
      attempt: (number): Attempt => (number === 1 ? {} : { fails: 'connect' }),
    };
    const running = losing(['tssub', '-q 2 -C 1 -c -i me', 'pubrec', options], 'reset', ONCE);
    const { status } = await running.finish();
    expect([status, running.endedAt]).toEqual([7, 5000]);
  });

  it('and is given up in the end, has no hint of why the last attempt failed', async () => {
    const failure = new Failure('connect', { advice: 'is the broker running?' });
    const options: ProgramOptions = {
      messages: [{ qos: 2 }],
      attempt: (number): Attempt => (number === 1 ? {} : { fails: failure }),
    };
    const { stderr } = await losing(['tssub', '-q 2 -C 1 -c -i me', 'pubrec', options], 'reset', ONCE).finish();
    expect(stderr).toContain(`Error: ${LOST}\n`);
    expect(stderr).not.toContain('Hint');
  });

  it('that cannot subscribe goes on trying, slower and slower', async () => {
    const running = losing(['tssub', '-q 1', 'subscribe'], 'reset', ALWAYS);
    await running.pass(3_600_000);
    expect(running.status).toBeUndefined();
    expect(running.attempts).toBeLessThan(200);
  });
});

describe('tsrr ends with 7 when the connection is lost', () => {
  it.each(['connect', 'subscribe', 'publish'] as const)('at %s', async (packet) => {
    for (const how of ['reset', 'end'] as const) {
      const running = losing(['tsrr', '-e b -m x -q 1', packet], how, ONCE);
      const { status, stderr } = await running.finish();
      expect([status, stderr.split('\n')[0], running.attempts]).toEqual([7, `Error: ${LOST}`, 1]);
    }
  });
});

describe('a broker that is not reached', () => {
  it.each([
    ['connect', 1, /^Error: /],
    ['lookup', 1, /^Unable to connect \(/],
    ['tls', 8, /^Error: /],
  ] as const)(
    'by a failure of kind %s ends tspub and tsrr with %i, and the first attempt of tssub',
    async (kind, status, says) => {
      const options: ProgramOptions = { attempt: () => ({ fails: kind }) };
      for (const [program, ...words] of [
        ['tspub', '-m', 'x'],
        ['tsrr', '-e', 'b', '-m', 'x'],
        ['tssub', '-W', '600'],
      ] as const) {
        const running = startProgram(program, ['-t', 'a', ...words], options);
        const outcome = await running.finish();
        expect([program, outcome.status, running.attempts]).toEqual([program, status, 1]);
        expect(outcome.stderr).toMatch(says);
      }
    },
  );

  it('after it once was is tried again by tssub, until it is there', async () => {
    const attempt = (number: number): Attempt => (number === 1 || number > 4 ? {} : { fails: 'connect' });
    const running = startProgram('tssub', ['-t', 'a'], { attempt });
    await running.got('subscribe');
    running.link?.cut();
    await running.got('subscribe', 2);
    expect(running.attempts).toBe(5);
    expect(running.stderr).toBe(
      `${AGAIN}Warning: Connection failed; connecting again.\nConnected again after 13 s and 4 attempts.\n`,
    );
  });

  it.each(['tspub', 'tssub', 'tsrr'] as const)(
    'is given up by %s after 30 s, and with --connect-timeout 0 never',
    async (program) => {
      const words = { tspub: '-m x', tssub: '', tsrr: '-m x -e b' }[program].split(' ').filter(Boolean);
      const options: ProgramOptions = { attempt: () => 'silent' };
      const running = startProgram(program, ['-t', 'a', ...words], options);
      expect([(await running.finish()).status, running.endedAt]).toEqual([1, 30_000]);
      const patient = startProgram(program, ['-t', 'a', '--connect-timeout', '0', ...words], options);
      await patient.pass(3_000_000);
      expect(patient.status).toBeUndefined();
    },
  );

  it.each(['tspub', 'tssub', 'tsrr'] as const)('is given up by %s -k 5 after 5 s without CONNACK', async (program) => {
    const words = { tspub: '-m x', tssub: '', tsrr: '-m x -e b' }[program].split(' ').filter(Boolean);
    const options: ProgramOptions = { server: { intercept: () => true } };
    const running = startProgram(program, ['-t', 'a', '-k', '5', ...words], options);
    const { status, stderr } = await running.finish();
    expect([status, running.endedAt]).toEqual([19, 5000]);
    expect(stderr).toContain('no CONNACK');
  });

  it('within --connect-timeout is given up', async () => {
    const running = startProgram('tspub', ['-t', 'a', '-m', 'x', '--connect-timeout', '3'], {
      attempt: () => 'silent',
    });
    const { status, stderr } = await running.finish();
    expect([status, running.endedAt]).toEqual([1, 3000]);
    expect(stderr).toMatch(/^Error: Connection timed out\n/);
  });
});

describe('what may have cost the connection is named once a run', () => {
  const LARGE = new Uint8Array(2_000_000);
  const SIZE =
    'Hint: A message had more than 2000000 bytes, the default limit of Mosquitto 2.1. ' +
    'Raise max_packet_size in mosquitto.conf.\n';
  const TWIN = 'Hint: Give each client its own client ID with -i, or omit -i.\n';

  it.each([
    ['-s', 'publish', `Error: ${LOST}; ${UNREAD}\n${SIZE}`],
    ['-s -q 1', 'publish', `Error: ${LOST}\n${SIZE}`],
    ['-s -q 1 --quiet', 'publish', ''],
    ['-m x -q 1', 'publish', `Error: ${LOST}\n`],
  ] as const)('a large message: tspub %s, lost at %s', async (words, packet, stderr) => {
    const running = losing(['tspub', words, packet, { version: 4, stdin: LARGE }], 'reset', ONCE);
    expect(await running.finish()).toEqual({ status: 7, stdout: '', stderr });
  });

  it('a large line, sent again and again', async () => {
    const running = losing(['tspub', '-l -q 1', 'publish', { version: 4, stdin: LARGE }], 'end', 3);
    const { status, stderr } = await running.finish();
    expect([status, stderr.startsWith(`${AGAIN}${SIZE}`), stderr.split('Hint: ').length - 1]).toEqual([0, true, 1]);
  });

  it('not in MQTT 5, where the server says what it accepts', async () => {
    const running = losing(['tspub', '-s -q 1', 'publish', { stdin: LARGE }], 'reset', ONCE);
    expect((await running.finish()).stderr).toBe(`Error: ${LOST}\n`);
  });

  it.each([4, 5] as const)('another client with this client ID, MQTT version %i', async (version) => {
    const running = losing(['tssub', '-i twin', 'subscribe', { version }], 'end', ALWAYS);
    const { status, stderr } = await running.finish();
    expect([status, running.attempts]).toEqual([4, 10]);
    const lines = stderr.split('\n').filter((text) => !text.startsWith('Connected again'));
    expect(lines.slice(0, 3).join('\n')).toBe(AGAIN.repeat(3).trim());
    expect(lines[3]).toContain(
      'Warning: The connection was lost: the broker accepted the client and closed the connection 4 times without a reason; another client may use the client ID "twin", or something in the request is not allowed; connecting again.',
    );
    expect(`${lines[4]}\n`).toBe(TWIN);
    expect(stderr.split(TWIN)).toHaveLength(2);
  });

  it('another client with this client ID, when the server says so', async () => {
    const running = startProgram('tssub', ['-t', 'a', '-i', 'twin']);
    await running.got('subscribe');
    running.server.current?.write({ type: 'disconnect', code: 0x8e, properties: [] });
    running.flush();
    expect(await running.finish()).toEqual({
      status: 4,
      stdout: '',
      stderr: `Error: The client is not currently connected: the broker ended the connection (Session taken over)\n${TWIN}`,
    });
  });
});
