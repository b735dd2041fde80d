/** What the server refuses: the connection, messages, subscriptions, and to go on. Covers src/commands/pub/outcomes.ts. */
import { describe, expect, it } from 'vitest';
import { NO_PROPERTIES, type Properties } from '../../src/mqtt/properties.ts';
import { type ProgramOptions, startProgram } from '../support/program.ts';

const codes = (...wanted: number[]): readonly number[] => wanted;
const run = async (program: 'tspub' | 'tssub' | 'tsrr', words: string, options: ProgramOptions) => {
  const running = startProgram(program, ['-t', 'a', ...words.split(' ').filter(Boolean)], options);
  await running.finish();
  return running;
};

describe('a CONNACK that refuses', () => {
  const cases = [
    ...codes(1, 2, 3, 4, 5, 6, 255).map((code) => ({ version: 4 as const, code })),
    ...codes(128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 140, 144, 149, 151, 153, 154, 155, 156, 157).map(
      (code) => ({ version: 5 as const, code }),
    ),
    { version: 5 as const, code: 159 },
  ];
  it.each(cases)('with $code in MQTT version $version is the exit status of all three, in words', async (it) => {
    const options = { version: it.version, server: { connackCode: () => it.code } };
    for (const [program, words] of [
      ['tspub', '-m x'],
      ['tspub', '-m x -q 2'],
      ['tssub', ''],
      ['tsrr', '-e b -m x'],
    ] as const) {
      const { status, stderr, wire, attempts } = await run(program, words, options);
      expect([program, status, wire, attempts]).toEqual([program, it.code, 'connect', 1]);
      expect(stderr).toMatch(/^Connection error: \S.*\n/);
      // mosquitto_pub says it twice.
      expect(/^Error: /m.test(stderr)).toBe(program === 'tspub');
      expect(stderr).not.toMatch(/undefined|\[object/);
    }
  });

  it.each([137, 151, 136, 159])('with %i is tried again with --retry', async (code) => {
    let left = 2;
    const server = { connackCode: () => (left-- > 0 ? code : 0) };
    const { status, attempts, server: seen } = await run('tspub', '-m x -q 1 --retry 5', { server });
    expect([status, attempts, seen.accepted.length]).toEqual([0, 3, 1]);
  });

  it.each([134, 135, 138])('with %i is not, for it would be the same again', async (code) => {
    const { status, attempts } = await run('tspub', '-m x --retry 5', { server: { connackCode: () => code } });
    expect([status, attempts]).toEqual([code, 1]);
  });
});

describe('a message that is refused', () => {
  it.each(codes(128, 131, 135, 144, 145, 149, 151, 153))('with %i is the exit status, at QoS 1 and 2', async (code) => {
    for (const words of ['-m x -q 1', '-m x -q 2']) {
      const { status, stderr, wire } = await run('tspub', words, { server: { publishCode: () => code } });
      expect([status, wire]).toEqual([code, `connect publish${words.at(-1)} disconnect`]);
      expect(stderr).toMatch(
        code === 145 ? /^Warning: Publish 1 failed: \S.*\.\n$/ : /^Warning: Publish 1 failed: \S.*\.\nHint: \S.*\.\n$/,
      );
    }
  });

  it('has the others sent all the same, and the first refusal is the status', async () => {
    const server = {
      publishCode: ({ payload }: { payload: Uint8Array }) => ({ b: 135, d: 151 })[Buffer.from(payload).toString()] ?? 0,
    };
    const { status, stderr, server: seen } = await run('tspub', '-l -q 1', { server, stdin: 'a\nb\nc\nd\ne\n' });
    expect([status, stderr]).toEqual([
      135,
      'Warning: Publish 2 failed: Not authorized.\nWarning: Publish 4 failed: Quota exceeded.\n' +
        "Hint: The access rules of the broker do not allow publishing to 'a'.\n",
    ]);
    expect(seen.accepted.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['a', 'c', 'e']);
  });

  it('with 16, no matching subscribers, is delivered', async () => {
    const { status, stderr } = await run('tspub', '-m x -q 1', { server: { publishCode: () => 16 } });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('as a request ends tsrr with its code', async () => {
    const { status, stderr } = await run('tsrr', '-e b -m x -q 1', { server: { publishCode: () => 135 } });
    expect([status, stderr]).toEqual([
      135,
      "Warning: Publish 2 failed: Not authorized.\nHint: The access rules of the broker do not allow publishing to 'a'.\n",
    ]);
  });
});

describe('a subscription that is refused', () => {
  const answer = (...answers: number[]): ProgramOptions => answerWith(NO_PROPERTIES, answers);
  const answerWith = (properties: Properties, answers: number[]): ProgramOptions => ({
    server: {
      intercept: (packet, connection) => {
        if (packet.type !== 'subscribe') return false;
        const { packetId } = packet;
        connection.write({ type: 'suback', packetId, codes: answers, properties });
        return true;
      },
    },
  });

  it.each([
    ['the only one', '', [135], 135],
    ['every one', '-t b', [128, 135], 128],
    ['every one, with -E', '-t b -E', [135, 128], 135],
    ['one of two, with -E', '-t b -E', [0, 135], 135],
  ] as const)('%s ends tssub with the code', async (_, words, answers, status) => {
    const running = await run('tssub', words, answer(...answers));
    expect([running.status, running.wire]).toEqual([status, 'connect subscribe disconnect']);
  });

  it.each([
    [143, 'The broker does not accept this topic filter. Use another one with -t.'],
    [158, 'The broker does not support shared subscriptions. Omit $share/GROUP/ in -t.'],
    [161, 'The broker does not support subscription identifiers. Omit -D subscribe subscription-identifier.'],
    [162, 'The broker does not support wildcards. Use -t with a topic without + and #.'],
    [151, "The reason of the broker is 'Quota exceeded'."],
  ] as const)('with %i has the hint: %s', async (code, hint) => {
    const { stderr } = await run('tssub', '', answer(code));
    expect(stderr).toBe(`All subscription requests were denied.\nHint: ${hint}\n`);
  });

  it('is reported in the words of the broker, too', async () => {
    const { stderr } = await run('tssub', '', answerWith([{ name: 'reason-string', value: 'not on Sundays' }], [135]));
    expect(stderr).toBe(
      'All subscription requests were denied.\nnot on Sundays\nHint: The access rules of the broker do not allow this subscription.\n',
    );
  });

  it('beside another is a warning that names it, and what comes is printed', async () => {
    const running = startProgram('tssub', ['-t', 'a', '-t', 'b', '-C', '1'], answer(0, 135));
    await running.got('subscribe');
    running.send({ payload: Buffer.from('x') });
    const { status, stdout, stderr } = await running.finish();
    expect([status, stdout]).toEqual([0, 'x\n']);
    expect(stderr).toBe("Warning: Subscription to 'b' was denied: Not authorized.\n");
  });

  it('of the answer ends tsrr before it asks', async () => {
    const running = await run('tsrr', '-e b -m x', answer(135));
    expect([running.status, running.wire]).toEqual([135, 'connect subscribe disconnect']);
  });
});

describe('a DISCONNECT of the server', () => {
  async function disconnected(program: 'tspub' | 'tssub', code: number): Promise<unknown[]> {
    const words = program === 'tspub' ? ['-l', '-q', '1'] : [];
    const running = startProgram(program, ['-t', 'a', ...words], { stdin: 'open' });
    await running.got('connect');
    await running.quiet();
    running.server.current?.write({ type: 'disconnect', code, properties: NO_PROPERTIES });
    running.server.current!.closing = true;
    running.flush();
    await running.pass(30_000);
    return [running.status, running.attempts, running.stderr.split(':')[0]];
  }

  it.each(codes(128, 129, 130, 131, 135, 142, 144, 147, 149, 153, 154, 155, 157, 158))(
    'with %i is the end, 4',
    async (code) => {
      for (const program of ['tspub', 'tssub'] as const)
        expect(await disconnected(program, code)).toEqual([4, 1, 'Error']);
    },
  );

  it.each(codes(0, 137, 139, 141, 151, 152))('with %i has both connect again', async (code) => {
    for (const program of ['tspub', 'tssub'] as const)
      expect(await disconnected(program, code)).toEqual([undefined, 2, 'Warning']);
  });
});
