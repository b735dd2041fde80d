/**
 * What else tssub, tsrr and tspub do with messages: which are printed, in which form, counted, removed, kept.
 * Covers src/commands/sub/removals.ts, src/commands/sub/sinks/watch.ts, src/commands/sub/subscriber.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PublishContent } from '../../src/mqtt/packets/publish.ts';
import { NO_PROPERTIES, type Properties } from '../../src/mqtt/properties.ts';
import type { Packet } from '../../src/mqtt/types.ts';
import { type Outcome, type ProgramOptions, type RunningProgram, request, startProgram } from '../support/program.ts';
import { VirtualScreen } from '../support/screen.ts';
import { tempDir } from '../support/tmp.ts';

const message = (topic: string, text: string, more: Partial<PublishContent> = {}): Partial<PublishContent> => ({
  topic,
  payload: Buffer.from(text),
  ...more,
});
const MIXED = [
  message('a/1', 'old', { retain: true }),
  message('a/2', 'live'),
  message('a/3/deep', '', { qos: 1 }),
  message('a/2', 'again', { qos: 1 }),
];

const SUNDAYS: Properties = [{ name: 'reason-string', value: 'not on Sundays' }];

/** A server that answers packets of this type with this one. */
function answering<T extends Packet['type']>(
  type: T,
  answer: (packet: Extract<Packet, { type: T }>) => Packet,
): NonNullable<ProgramOptions['server']> {
  return {
    intercept: (packet, connection) => {
      if (packet.type !== type) return false;
      connection.write(answer(packet as Extract<Packet, { type: T }>));
      return true;
    },
  };
}

const REFUSING_TO_UNSUBSCRIBE: ProgramOptions = {
  server: answering('unsubscribe', ({ packetId }) => ({
    type: 'unsuback',
    packetId,
    codes: [135],
    properties: NO_PROPERTIES,
  })),
};

describe('tssub prints', () => {
  it.each([
    ['', 'old\nlive\nagain\n'],
    ['-v', 'a/1 old\na/2 live\na/3/deep (null)\na/2 again\n'],
    ['-N', 'oldliveagain'],
    ['-0', 'old\0live\0\0again\0'],
    ['-R', 'live\nagain\n'],
    ['-T a/2', 'old\n'],
    ['-T a/+', ''],
    ['-F %t:%q:%r:%l', 'a/1:0:1:3\na/2:0:0:4\na/3/deep:1:0:0\na/2:1:0:5\n'],
    ['-F %x', '6f6c64\n6c697665\n\n616761696e\n'],
    ['-F %U', /^(1800000000\.0+\n){4}$/],
    ['--random-filter 60', 'old\nlive\nagain\n'],
    ['--random-filter 40', ''],
  ])('with %s', async (words, printed) => {
    const running = startProgram('tssub', ['-t', 'a/#', '-q', '1', ...words.split(' ').filter(Boolean)], {
      messages: MIXED,
    });
    await running.got('subscribe');
    await running.pass(1000);
    if (typeof printed === 'string') expect(running.stdout.text).toBe(printed);
    else expect(running.stdout.text).toMatch(printed);
    running.signal('SIGINT');
    expect((await running.finish()).status).toBe(0);
    // What is left out is handled all the same.
    expect(running.server.packets.filter(({ type }) => type === 'puback')).toHaveLength(2);
  });

  it('--remove-retained removes what was printed, and waits until the server has it', async () => {
    const options = { messages: [message('a/1', 'old', { retain: true }), message('a/2', 'live')] };
    const running = startProgram('tssub', ['-t', 'a/#', '--remove-retained', '-C', '2'], options);
    expect(await running.finish()).toEqual({ status: 0, stdout: 'old\nlive\n', stderr: '' });
    expect(
      running.server.accepted.map(({ topic, payload, retain, qos }) => [topic, payload.length, retain, qos]),
    ).toEqual([['a/1', 0, true, 1]]);
  });

  it('a removal that is refused is a warning, and the status', async () => {
    const running = startProgram('tssub', ['-t', 'a/#', '--remove-retained', '-C', '1'], {
      messages: [message('a/1', 'old', { retain: true })],
      server: { publishCode: () => 135 },
    });
    const { status, stderr } = await running.finish();
    expect([status, stderr]).toEqual([135, 'Warning: A retained message was not removed: Not authorized.\n']);
  });

  it('a removal that is refused is reported in the words of the broker, too', async () => {
    const running = startProgram('tssub', ['-t', 'a/#', '--remove-retained', '-C', '1'], {
      messages: [message('a/1', 'old', { retain: true })],
      server: answering('publish', ({ packetId }) => ({ type: 'puback', packetId, code: 135, properties: SUNDAYS })),
    });
    const { status, stderr } = await running.finish();
    expect([status, stderr]).toEqual([
      135,
      'Warning: A retained message was not removed: Not authorized.\nnot on Sundays\n',
    ]);
  });

  it('-U that is refused is a warning where messages are waited for', async () => {
    const running = startProgram('tssub', ['-t', 'a', '-U', 'old', '-C', '1'], {
      messages: [message('a', 'x')],
      ...REFUSING_TO_UNSUBSCRIBE,
    });
    expect(await running.finish()).toEqual({
      status: 0,
      stdout: 'x\n',
      stderr: "Warning: Unsubscribing from 'old' was denied: Not authorized.\n",
    });
  });

  it('-F %J says which payload is not JSON, and not with --quiet', async () => {
    for (const [words, says] of [
      [[], 'Error: Message payload is not valid JSON on topic a.\n'],
      [['--quiet'], ''],
    ] as const) {
      const running = startProgram('tssub', ['-t', 'a', '-F', '%J', '-C', '1', ...words], {
        messages: [message('a', '{')],
      });
      expect((await running.finish()).stderr).toBe(says);
    }
  });

  it('-U first unsubscribes, and says what was refused', async () => {
    const running = startProgram('tssub', ['-t', 'a', '-U', 'old', '-E'], REFUSING_TO_UNSUBSCRIBE);
    const { status, stderr } = await running.finish();
    expect([running.wire.includes('unsubscribe'), status]).toEqual([true, 135]);
    expect(stderr).toContain("Unsubscribing from 'old' was denied");
    const alone = startProgram('tssub', ['-U', 'old', '-E'], REFUSING_TO_UNSUBSCRIBE);
    expect(await alone.finish()).toEqual({
      status: 135,
      stdout: '',
      stderr: "Warning: Unsubscribing from 'old' was denied: Not authorized.\n",
    });
  });

  it('--message-rate counts, a line a second', async () => {
    const running = startProgram('tssub', ['-t', 'a', '--message-rate', '-W', '4']);
    await running.got('subscribe');
    running.send(message('a', '1'), message('a', '2'));
    await running.pass(1500);
    running.send(message('a', '3'));
    const { stdout } = await running.finish();
    expect(
      stdout
        .split('\n')
        .slice(0, 3)
        .map((line) => line.match(/\d+/)?.[0]),
    ).toEqual(['2', '1', '0']);
  });

  describe('on a terminal', () => {
    const NASTY = '\x1b[2J\ttab\nline\r\x7f\x9b\u202eabc\u2066\ufeff\u200f \u00e9\u8a9e';
    const SHOWN = '\\u001b[2J\ttab\nline\\u000d\\u007f\\u009b\\u202eabc\\u2066\\ufeff\\u200f \u00e9\u8a9e';
    const NOT_TEXT = Buffer.from('a\xff\xc3(\xe2\x82z', 'latin1');
    const utf8 = ({ stdout }: Outcome): string => Buffer.from(stdout, 'latin1').toString();
    const sent = { topic: 'a/\x1b\n', payload: Buffer.from(NASTY) };
    const printed = async (words: string, terminals: readonly 1[], message = sent): Promise<string> => {
      const argv = ['-t', 'a/#', '-C', '1', ...words.split(' ').filter(Boolean)];
      return utf8(await startProgram('tssub', argv, { messages: [message], terminals }).finish());
    };

    it('payloads and topics have what steers it or is invisible escaped', async () => {
      expect(await printed('', [1])).toBe(`${SHOWN}\n`);
      expect(await printed('-v --color never', [1])).toBe(`a/\\u001b\\u000a ${SHOWN}\n`);
      expect(await printed('', [1], { topic: 'a/b', payload: NOT_TEXT })).toBe('a\\xff\\xc3(\\xe2\\x82z\n');
    });

    it.each(['--raw', '-N', '-F %p'])('but not with %s', async (words) => {
      expect((await printed(words, [1])).trimEnd()).toBe(NASTY);
    });

    it('and not in a pipe or a file', async () => {
      expect(await printed('-v', [])).toBe(`a/\x1b\n ${NASTY}\n`);
    });

    it('tsrr prints the response in the same way', async () => {
      for (const [words, expected] of [
        ['', SHOWN],
        ['--raw', NASTY],
      ] as const) {
        const running = await request(words, { terminals: [1] });
        running.send({ topic: 'b', payload: Buffer.from(NASTY) });
        expect(utf8(await running.finish())).toBe(`${expected}\n`);
      }
    });
  });

  describe('--watch on a terminal', () => {
    const size = { rows: 5, columns: 20 };
    const watching = (words: string, ...messages: readonly Partial<PublishContent>[]) =>
      startProgram('tssub', ['-t', 'a/#', '--watch', ...words.split(' ').filter(Boolean)], {
        messages,
        screen: size,
        terminals: [1],
        env: { NO_COLOR: '1' },
      });
    /** What can be read on it now. */
    const seen = ({ stdout }: RunningProgram, { rows, columns } = size): string[] =>
      new VirtualScreen(rows, columns).write(Buffer.from(stdout.text, 'latin1').toString()).text;

    it('is a screen: topic first, the latest value, escaped and cut, and a count of what has no row', async () => {
      const running = watching(
        '',
        message('a/1', '3.5'),
        message('a/2', 'x\r\n\x1b[2J and much more'),
        message('a/1', '9'),
      );
      await running.got('subscribe');
      await running.quiet();
      expect(seen(running)).toEqual(['Broker: broker', 'a/1 9', 'a/2 x\\u000d\\u000a\\u…']);
      running.send(message('a/3', ''), message('a/4', 'y'));
      await running.quiet();
      expect(seen(running)).toEqual(['Broker: broker', 'a/1 9', 'a/2 x\\u000d\\u000a\\u…', '… and 2 more topics']);
    });

    it('follows a new size', async () => {
      const running = watching('', message('a/1', '1'), message('a/2', '2'), message('a/3', ''), message('a/4', '4'));
      await running.got('subscribe');
      await running.quiet();
      running.resize({ rows: 9, columns: 40 });
      await running.quiet();
      expect(seen(running, { rows: 9, columns: 40 })).toEqual([
        'Broker: broker',
        'a/1 1',
        'a/2 2',
        'a/3 (null)',
        'a/4 4',
      ]);
    });

    it('shows what -F makes of a message, in one row', async () => {
      const running = watching('-F %t=%p\\n%l', message('a/1', 'x'), message('a/1', 'yz'));
      await running.got('subscribe');
      await running.quiet();
      expect(seen(running)).toEqual(['Broker: broker', 'a/1=yz\\u000a2']);
    });

    it('has the lines of -d on standard error, and is drawn again after them', async () => {
      const running = watching('-d', message('a/1', '1'));
      await running.got('subscribe');
      await running.quiet();
      running.send(message('a/2', '2'));
      await running.quiet();
      expect(running.stdout.text).not.toMatch(/CONNACK|Subscribed|PUBLISH/);
      expect(running.stderr).toMatch(/received CONNACK[\s\S]*\nSubscribed \(mid: 1\): 0\n[\s\S]*received PUBLISH/);
      expect(running.stdout.text.match(/\[2J/g)).toHaveLength(3);
      expect(seen(running)).toEqual(['Broker: broker', 'a/1 1', 'a/2 2']);
    });

    it('is not drawn before there is a connection: it would erase why there is none', async () => {
      const attempt = () => ({ fails: 'connect' as const });
      const argv = ['-t', 'a/#', '--watch'];
      const running = startProgram('tssub', argv, { attempt, screen: size, terminals: [1] });
      const { status, stdout, stderr } = await running.finish();
      expect([status, stdout, stderr.split(':')[0]]).toEqual([1, '', 'Error']);
    });

    it('is drawn again when a warning has moved it', async () => {
      const running = watching('', message('a/1', '1'));
      await running.got('subscribe');
      await running.quiet();
      running.link?.cut();
      await running.got('subscribe', 2);
      running.send(message('a/2', '2'));
      await running.quiet();
      expect(running.stderr).toContain('connecting again');
      expect(running.stdout.text.match(/\[2J/g)).toHaveLength(2);
      expect(seen(running)).toEqual(['Broker: broker', 'a/1 1', 'a/2 2']);
    });
  });

  it('--watch in a pipe shows each topic in its line', async () => {
    const running = startProgram('tssub', ['-t', 'a/#', '--watch', '-W', '1'], {
      messages: [message('a/1', 'x'), message('a/2', 'y'), message('a/1', 'z')],
    });
    const { stdout } = await running.finish();
    // Line 2 is that of a/1, and line 3 that of a/2.
    expect([...stdout.matchAll(/\[(\d);1H([xyz])/g)].map(([, line, text]) => `${line}${text}`)).toEqual([
      '2x',
      '3y',
      '2z',
    ]);
  });

  it('-d says each packet once, and what was granted', async () => {
    const running = startProgram('tssub', ['-t', 'a', '-d', '-q', '1', '-C', '1', '-i', 'me'], {
      messages: [message('a', 'x', { qos: 1 })],
    });
    expect((await running.finish()).stdout).toBe(
      [
        'Client me sending CONNECT',
        'Client me received CONNACK (0)',
        'Client me sending SUBSCRIBE (Mid: 1, Topic: a, QoS: 1, Options: 0x00)',
        'Client me received SUBACK',
        'Subscribed (mid: 1): 1',
        "Client me received PUBLISH (d0, q1, r0, m1, 'a', ... (1 bytes))",
        'x',
        'Client me sending PUBACK (m1, rc0)',
        'Client me sending DISCONNECT',
        '',
      ].join('\n'),
    );
  });

  it('-d has no line for what comes when -C is reached, and is not acknowledged', async () => {
    const running = startProgram('tssub', ['-t', 'a', '-d', '-q', '2', '-C', '1', '-i', 'me'], {
      messages: [message('a', 'x', { qos: 2 }), message('a', 'y', { qos: 2 })],
    });
    const { stdout } = await running.finish();
    expect(stdout.split('\n').slice(-7)).toEqual([
      "Client me received PUBLISH (d0, q2, r0, m1, 'a', ... (1 bytes))",
      'x',
      'Client me sending PUBREC (m1, rc0)',
      'Client me received PUBREL (Mid: 1)',
      'Client me sending PUBCOMP (m1)',
      'Client me sending DISCONNECT',
      '',
    ]);
  });

  it('an unrequested AUTH packet ends it', async () => {
    for (const program of ['tssub', 'tspub', 'tsrr'] as const) {
      const words = { tssub: [], tspub: ['-l'], tsrr: ['-e', 'b', '-m', 'x'] }[program];
      const running = startProgram(program, ['-t', 'a', '-D', 'connect', 'authentication-method', 'm', ...words], {
        stdin: 'open',
        server: {
          intercept: (packet, connection) => {
            if (packet.type !== 'connect') return false;
            connection.write({ type: 'auth', code: 0x18, properties: [{ name: 'authentication-method', value: 'm' }] });
            return true;
          },
        },
      });
      const { status, stderr } = await running.finish();
      expect([program, status]).toEqual([program, 11]);
      expect(stderr).toMatch(/^Error: /);
    }
  });
});

describe('tsrr', () => {
  it.each([
    ['--retain-as-published', 'answer\n'],
    ['--retain-as-published -R', 'answer\n'],
    ['--retain-as-published -R --retain-handling always', ''],
    ['-R', ''],
    ['', ''],
  ])('with %j takes a retained message for the answer or not', async (words, printed) => {
    const running = await request(`${words} -W 5`);
    running.send(message('b', 'answer', { retain: true }));
    expect((await running.finish()).stdout).toBe(printed);
  });

  it('takes the first answer only', async () => {
    const running = await request('-q 1', { room: 0 });
    running.send(message('b', 'first', { qos: 1 }), message('b', 'second'));
    await running.pass(1000);
    running.stdout.resume();
    expect(await running.finish()).toEqual({ status: 0, stdout: 'first\n', stderr: '' });
    expect(running.wire).toBe('connect subscribe publish1 puback disconnect');
  });

  it('of a kept session takes another identifier at QoS 2 than an earlier run may have left there', async () => {
    const identifier = async (qos: number): Promise<number | undefined> => {
      const words = ['-t', 'a', '-e', 'b', '-m', 'x', '-c', '-i', 'me', '-q', `${qos}`];
      const running = startProgram('tsrr', words, { random: () => 0.5 });
      // The server has a session under this name.
      running.server.session('me');
      await running.got('publish');
      return running.server.packets.find((packet) => packet.type === 'publish')?.packetId;
    };
    expect([await identifier(1), await identifier(2)]).toEqual([2, 32_769]);
  });

  it('prints the reason of a refused request in the words of the broker, too', async () => {
    const running = await request('-q 1', {
      server: answering('publish', ({ packetId }) => ({ type: 'puback', packetId, code: 135, properties: SUNDAYS })),
    });
    expect((await running.finish()).stderr).toBe(
      "Warning: Publish 2 failed: Not authorized.\nnot on Sundays\nHint: The access rules of the broker do not allow publishing to 'a'.\n",
    );
  });

  it('takes only an answer with the correlation data of the request', async () => {
    const running = await request('-D publish correlation-data id-1 -W 9');
    running.send(
      message('b', 'none'),
      message('b', 'other', { properties: [{ name: 'correlation-data', value: Buffer.from('id-2') }] }),
      message('b', 'right', { properties: [{ name: 'correlation-data', value: Buffer.from('id-1') }] }),
    );
    expect((await running.finish()).stdout).toBe('right\n');
  });

  it.each([
    [0, 'Latency: 0ns'],
    [0.5, 'Latency: 500.000000µs'],
    [250, 'Latency: 250.000000ms'],
    [2500, 'Latency: 2.500000000'],
  ])('--latency after %s ms is %s', async (time, line) => {
    const running = await request('--latency');
    await running.pass(time);
    running.send(message('b', 'answer'));
    const { stdout } = await running.finish();
    expect(Buffer.from(stdout, 'latin1').toString()).toBe(`answer\n${line}\n`);
  });

  it('-v and -F print the topic, as tssub does', async () => {
    for (const [words, printed] of [
      ['-v', 'b answer\n'],
      ['-F %t=%p', 'b=answer\n'],
    ] as const) {
      const running = await request(words);
      running.send(message('b', 'answer'));
      expect((await running.finish()).stdout).toBe(printed);
    }
  });

  it('whose reader has gone ends with 141', async () => {
    const running = await request('', { room: 0 });
    running.stdout.errno = 'EPIPE';
    running.send(message('b', 'answer'));
    expect((await running.finish()).status).toBe(141);
  });
});

describe('tspub', () => {
  const run = async (words: string, options: ProgramOptions): Promise<RunningProgram> => {
    const running = startProgram('tspub', words.split(' '), options);
    await running.finish();
    return running;
  };
  const sent = ({ server }: RunningProgram): string[] =>
    server.accepted.map(({ topic, payload }) => `${topic}=${Buffer.from(payload)}`);

  it('--topic-from-line takes the topic from each line', async () => {
    const running = await run('--topic-from-line -l -q 1', { stdin: 'a/1\tone\nb\ttwo words\n' });
    expect([running.status, sent(running)]).toEqual([0, ['a/1=one', 'b=two words']]);
  });

  it('-0 ends records by NUL', async () => {
    const running = await run('-t a -l -0 -q 1', { stdin: 'one\nline\0two\0' });
    expect(sent(running)).toEqual(['a=one\nline', 'a=two']);
  });

  it('--summary counts what was sent, acknowledged and refused', async () => {
    const publishCode = ({ payload }: { payload: Uint8Array }) => (payload[0] === 0x62 ? 151 : 0);
    const { status, stderr } = await run('-t a -l -q 1 --summary', { stdin: 'a\nb\nc\n', server: { publishCode } });
    expect(status).toBe(151);
    expect(stderr.split('\n').at(-2)).toBe('sent 3, acknowledged 2, refused 1 (quota exceeded), resent 0');
  });

  it.each([
    ['refused', { server: { publishCode: () => 135 } }, 135],
    ['not reached', { attempt: () => ({ fails: 'connect' }) }, 1],
    ['cut off', { server: { intercept: ({ type }) => type === 'publish' } }, 143],
  ] satisfies [string, ProgramOptions, number][])(
    '--unsent has what a broker that was %s did not take',
    async (_, options, status) => {
      const file = join(tempDir(), 'unsent');
      const running = startProgram('tspub', ['-t', 'a', '-l', '-q', '1', '--unsent', file], {
        stdin: 'a\nb\n',
        ...options,
      });
      if (status === 143) {
        await running.got('publish');
        running.signal('SIGTERM');
      }
      expect((await running.finish()).status).toBe(status);
      expect(readFileSync(file, 'latin1')).toBe('a\nb\n');
      expect(running.stderr).toContain(`2 messages were not delivered: they are in ${file}`);
    },
  );

  it('--summary at QoS 0 counts what was written', async () => {
    const { status, stderr } = await run('-t a -l --summary', { stdin: 'a\nb\n' });
    expect([status, stderr]).toEqual([0, 'written 2, refused 0\n']);
  });

  it('--unsent leaves no file when all was delivered', async () => {
    const file = join(tempDir(), 'unsent');
    const running = startProgram('tspub', ['-t', 'a', '-m', 'x', '-q', '1', '--unsent', file]);
    expect([(await running.finish()).status, existsSync(file)]).toEqual([0, false]);
  });

  it('a message larger than the server takes is refused here, and the next one sent', async () => {
    const server = { properties: () => [{ name: 'maximum-packet-size' as const, value: 50 }] };
    const running = await run('-t a -l -q 1', { stdin: `${'x'.repeat(100)}\nsmall\n`, server });
    expect(sent(running)).toEqual(['a=small']);
    expect([running.status, running.stderr.split(':')[0]]).toEqual([25, 'Error']);
  });

  it('-r where the server keeps nothing, and a QoS that it does not have, are refused here', async () => {
    const none = { properties: () => [{ name: 'retain-available' as const, value: 0 }] };
    expect((await run('-t a -m x -r -q 1', { server: none })).status).not.toBe(0);
    const low = { properties: () => [{ name: 'maximum-qos' as const, value: 0 }] };
    expect((await run('-t a -m x -q 1', { server: low })).status).not.toBe(0);
  });
});
