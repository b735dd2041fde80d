/**
 * Standard input that is empty, slow or broken, and standard output that is full, slow or gone.
 * Covers src/commands/terminal/stdout.ts.
 */
import { describe, expect, it } from 'vitest';
import { type ProgramOptions, type RunningProgram, request, startProgram } from '../support/program.ts';

const payloads = ({ server }: RunningProgram): string =>
  server.accepted.map(({ payload }) => Buffer.from(payload).toString()).join('/');
const UNPRINTED = 'Warning: Standard output did not take all of the last 3 messages.\n';
const three = { messages: ['1', '2', '3'].map((text) => ({ qos: 1 as const, payload: Buffer.from(text) })) };

describe.each([0, 1, 2])('tspub at QoS %i', (qos) => {
  const start = (words: string, options: ProgramOptions = {}): RunningProgram =>
    startProgram('tspub', ['-t', 'a', '-q', `${qos}`, ...words.split(' ')], options);

  it.each([
    ['-l', '', ''],
    ['-l', 'a\nb\n', 'a/b'],
    ['-l', 'a\nb', 'a/b'],
    ['-l', '\n\na\r\n', '//a\r'],
    ['-s', 'whole\n', 'whole\n'],
    ['-f file', '', 'of a file'],
    ['-m x', '', 'x'],
    ['-n -r', '', ''],
    ['-m x --repeat 3', '', 'x/x/x'],
    ['-l -M 1', 'a\nb\nc', 'a/b/c'],
    ['--json-lines', '{"topic":"b","payload":"1"}\n\n{"topic":"c","payload":"2","retain":true}\n', '1/2'],
  ])('%s with %j sends it all, and ends with 0', async (words, stdin, sent) => {
    for (const latency of [0, 700]) {
      const running = start(words, {
        stdin,
        files: { file: 'of a file' },
        attempt: () => ({ latency, split: () => 3 }),
      });
      expect(await running.finish()).toEqual({ status: 0, stdout: '', stderr: '' });
      expect([payloads(running), running.server.violations]).toEqual([sent, []]);
    }
  });

  it('-l sends a line when it comes, however long the next one takes', async () => {
    const running = start('-l', { stdin: 'open' });
    await running.got('connect');
    for (const [line, sent] of [
      ['a\nb', 'a'],
      ['\n', 'a/b'],
      ['c\n', 'a/b/c'],
    ] as const) {
      running.stdin.push(line);
      await running.pass(1000);
      expect(payloads(running)).toBe(sent);
    }
    running.stdin.end();
    expect((await running.finish()).status).toBe(0);
  });

  it('input that cannot be read ends with 1, and what was read before is delivered', async () => {
    const running = start('-l', { stdin: 'open' });
    running.stdin.push('a\nb');
    await running.got('publish');
    running.stdin.fail('EIO');
    const { status, stderr } = await running.finish();
    expect([status, stderr, payloads(running)]).toEqual([1, 'Error: Standard input cannot be read: EIO\n', 'a']);
  });

  it('a line that is not a record ends --json-lines with 3 and the number of the line', async () => {
    const running = start('--json-lines', { stdin: '{"topic":"b","payload":"1"}\n{"topic":\n{"topic":"c"}\n' });
    const { status, stderr } = await running.finish();
    expect([status, stderr, payloads(running)]).toEqual([3, 'Error: Line 2 of standard input: it is not JSON.\n', '1']);
  });

  it('a file that is not there ends with 1 before the broker is looked for', async () => {
    const running = start('-f nofile');
    const { status, stderr } = await running.finish();
    expect([status, running.attempts]).toEqual([1, 0]);
    expect(stderr).toBe(
      'Error: Unable to read file "nofile": No such file or directory.\nError loading input file "nofile".\n',
    );
  });

  it('-s with nothing to read ends with 1 before the broker is looked for', async () => {
    const running = start('-s', { stdin: '' });
    const { status, stderr } = await running.finish();
    expect([status, stderr]).toEqual([1, 'Error: Zero length input.\nError loading input from stdin.\n']);
    expect(running.attempts).toBe(0);
  });

  it('--repeat-delay is the time from one message to the next', async () => {
    const running = start('-m x --repeat 3 --repeat-delay 2');
    const { status } = await running.finish();
    expect([status, running.endedAt, payloads(running)]).toEqual([0, 4000, 'x/x/x']);
  });
});

describe('tssub whose output is', () => {
  it.each([
    ['gone', 'EPIPE', 141, ''],
    ['on a full disk', 'ENOSPC', 1, 'Error: Standard output cannot be written: No space left on device\n'],
  ])('%s ends, and acknowledges only what was taken', async (_, errno, status, says) => {
    const running = startProgram('tssub', ['-t', 'a', '-q', '1'], { ...three, room: 2 });
    running.stdout.errno = errno;
    const outcome = await running.finish();
    expect(outcome).toEqual({ status, stdout: '1\n', stderr: says });
    // One write took all three, and not the whole of it.
    expect(running.wire).toBe('connect subscribe disconnect');
  });

  it('full goes on when there is room again, and acknowledges then', async () => {
    const running = startProgram('tssub', ['-t', 'a', '-q', '1', '-C', '3'], { ...three, room: 2 });
    await running.pass(50_000);
    expect([running.status, running.wire.includes('puback')]).toEqual([undefined, false]);
    running.stdout.resume();
    expect(await running.finish()).toEqual({ status: 0, stdout: '1\n2\n3\n', stderr: '' });
    expect(running.server.unfinished('?')).toBe(0);
  });

  it('never read keeps -W waiting 1.9 s, and no longer, and what was not printed is reported', async () => {
    const running = startProgram('tssub', ['-t', 'a', '-q', '1', '-W', '5'], { ...three, room: 2 });
    expect(await running.finish()).toEqual({ status: 27, stdout: '1\n', stderr: `Timed out\n${UNPRINTED}` });
    expect(running.endedAt).toBe(6900);
  });

  it('read slowly is waited for as long as anything is taken', async () => {
    const running = startProgram('tssub', ['-t', 'a', '-q', '1', '-C', '3'], { ...three, room: 1 });
    for (let i = 0; i < 5; i++) {
      await running.pass(4000);
      running.stdout.resume(1);
    }
    expect(await running.finish()).toEqual({ status: 0, stdout: '1\n2\n3\n', stderr: '' });
  });

  it('not read has it read no more from the broker than fits', async () => {
    const running = startProgram('tssub', ['-t', 'a'], { room: 0 });
    await running.got('subscribe');
    const payload = Buffer.alloc(60_000, 'x');
    for (let i = 0; i < 200; i++) running.send({ payload });
    await running.pass(30_000);
    expect(running.stdout.left).toBeLessThan(4_000_000);
    expect(running.status).toBeUndefined();
  });
});

describe('tspub -d whose output has no reader', () => {
  it('delivers, waits 5 s, and ends with 0', async () => {
    const running = startProgram('tspub', ['-t', 'a', '-m', 'x', '-d'], { room: 10 });
    expect((await running.finish()).status).toBe(0);
    expect([running.endedAt, payloads(running)]).toEqual([5000, 'x']);
  });
});

describe('tsrr', () => {
  it('prints the answer and ends with 0', async () => {
    const running = await request('');
    running.send({ topic: 'b', payload: Buffer.from('answer') });
    expect(await running.finish()).toEqual({ status: 0, stdout: 'answer\n', stderr: '' });
  });

  it('takes neither another topic nor a retained message for it', async () => {
    const running = await request('-W 5');
    running.send({ topic: 'c' }, { topic: 'b', retain: true });
    expect([await running.finish(), running.endedAt]).toEqual([
      {
        status: 27,
        stdout: '',
        stderr: 'Timed out\nHint: Only retained messages arrived on the response topic, and those are ignored.\n',
      },
      5000,
    ]);
  });

  it('acknowledges an answer when it is printed', async () => {
    const running = await request('-q 1', { room: 0 });
    running.send({ topic: 'b', qos: 1, payload: Buffer.from('answer') });
    await running.pass(2000);
    expect(running.wire).not.toContain('puback');
    running.stdout.resume();
    expect((await running.finish()).status).toBe(0);
    expect(running.wire).toMatch(/puback disconnect$/);
  });

  it('with a file that is not there ends with 1 before the broker is looked for', async () => {
    const running = startProgram('tsrr', ['-t', 'a', '-e', 'b', '-f', 'nofile']);
    const { status, stderr } = await running.finish();
    expect([status, running.attempts]).toEqual([1, 0]);
    expect(stderr).toContain('Error: Unable to read file "nofile": No such file or directory.\n');
  });

  it('whose answer has no reader waits 5 s, and is 141 when the connection has gone meanwhile', async () => {
    const running = await request('-W 600', { room: 0 });
    running.send({ topic: 'b', payload: Buffer.from('answer') });
    await running.pass(1000);
    running.link?.cut();
    expect(await running.finish()).toEqual({ status: 141, stdout: '', stderr: '' });
    expect(running.endedAt).toBe(6000);
  });

  it.each([5, 4] as const)('whose -W is over makes MQTT version %i publish the Will, where it can', async (version) => {
    const running = await request('-W 5', { version });
    expect(await running.finish()).toEqual({ status: 27, stdout: '', stderr: 'Timed out\n' });
    expect(running.server.packets.at(-1)).toMatchObject({ type: 'disconnect', code: version === 5 ? 4 : 0 });
  });

  it('that has its answer, and brings QoS 2 to its end, does not time out', async () => {
    const running = await request('-q 2 -W 3', { server: { intercept: ({ type }) => type === 'pubrel' } });
    running.send({ topic: 'b', payload: Buffer.from('answer') });
    expect(await running.finish()).toEqual({ status: 0, stdout: 'answer\n', stderr: '' });
    // The end has 5 s, and -W, which is over meanwhile, leaves 1.9 of them.
    expect(running.endedAt).toBe(4900);
  });
});

describe('terminals', () => {
  it('have what fails in colour, and what a command says as it came', async () => {
    const env = { TERM: 'xterm' };
    const attempt = () => ({ fails: 'connect' as const });
    const failing = startProgram('tspub', ['-t', 'a', '-m', 'x'], { env, terminals: [2], attempt });
    const { stderr: line } = await failing.finish();
    expect([line.startsWith('\u001b[31mError: '), line.endsWith('\u001b[39m\n')]).toEqual([true, true]);
    for (const terminals of [[2], [1, 2], []] as const) {
      const running = startProgram('tssub', ['-t', 'a', '-q', '1', '-c', '-i', 'me', '--exec', 'x', '-C', '1'], {
        env,
        terminals,
        messages: [{ qos: 1 }],
        startChild: (_, events) => {
          queueMicrotask(() => {
            events.stderr(Buffer.from('Error: \xe4\n', 'latin1'));
            events.exited(undefined);
            events.closed(undefined);
          });
          return { signal: () => {}, setReading: () => {} };
        },
      });
      const { status, stderr } = await running.finish();
      expect([status, stderr]).toEqual([0, 'Error: \xe4\n']);
    }
  });

  it('get a line that shows how far tspub -l is, and it leaves no trace', async () => {
    const running = startProgram('tspub', ['-t', 'a', '-l', '-q', '1'], { stdin: 'open', terminals: [2] });
    running.stdin.push('a\nb\n');
    await running.pass(5000);
    expect(running.stderr).toContain('2');
    running.stdin.end();
    expect((await running.finish()).status).toBe(0);
    expect(running.stderr.endsWith('\r\u001b[K')).toBe(true);
  });

  it.each([
    [[1], true],
    [[], false],
  ] as const)('%j have colours in -d: %s', async (terminals, colored) => {
    const running = startProgram('tspub', ['-t', 'a', '-m', 'x', '-d'], { terminals, env: { TERM: 'xterm' } });
    const { stdout } = await running.finish();
    expect(stdout.includes('\u001b[')).toBe(colored);
  });
});

describe('standard output that is closed', () => {
  it.each([
    ['tssub', '-t a'],
    ['tsrr', '-t a -e b -m x'],
  ] as const)('ends %s before it connects', async (program, words) => {
    const running = startProgram(program, words.split(' '), { closed: true });
    const { status, stderr } = await running.finish();
    expect([status, stderr, running.attempts]).toEqual([1, 'Error: Standard output is closed\n', 0]);
  });

  it.each([
    ['tspub', '-t a -m x'],
    ['tssub', '-t a -W 1 --exec true'],
  ] as const)('is nothing to %s %s', async (program, words) => {
    const running = startProgram(program, words.split(' '), { closed: true });
    expect((await running.finish()).stderr).not.toContain('Standard output');
    expect(running.attempts).toBe(1);
  });
});
