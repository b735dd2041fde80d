/**
 * tssub --exec with commands that the test plays: what they are given, when messages are acknowledged, and every way to end.
 * Covers src/commands/sub/parts.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChildEvents, ChildRequest, StartChild } from '../../src/runtime/children.ts';
import { type ProgramOptions, type RunningProgram, startProgram } from '../support/program.ts';
import { fileOf, tempDir } from '../support/tmp.ts';

interface Command extends ChildRequest {
  readonly events: ChildEvents;
  readonly signals: string[];
  /** Ends it; undefined: with exit status 0. */
  end(problem?: string): void;
}

interface Rig {
  readonly running: RunningProgram;
  readonly commands: Command[];
  /** How many of them have not ended. */
  open(): number;
}

const three = ['1', '2', '3'].map((text) => ({ qos: 1 as const, payload: Buffer.from(text) }));

async function rig(words: string, options: ProgramOptions = {}): Promise<Rig> {
  const commands: Command[] = [];
  let open = 0;
  const startChild: StartChild = (request, events) => {
    open++;
    const command: Command = {
      ...request,
      events,
      signals: [],
      end: (problem) => {
        open--;
        events.exited(problem);
        events.closed(problem);
      },
    };
    commands.push(command);
    return { signal: (name) => void command.signals.push(name), setReading: () => {} };
  };
  const argv = ['-t', 'a', '-q', '1', '-c', '-i', 'me', '--exec', 'handle', ...words.split(' ').filter(Boolean)];
  const running = startProgram('tssub', argv, { messages: three, ...options, startChild });
  await running.got('subscribe');
  await running.quiet();
  return { running, commands, open: () => open };
}

const acks = ({ running }: Rig): number => running.server.packets.filter(({ type }) => type === 'puback').length;
const given = ({ commands }: Rig): string[] => commands.map(({ stdin }) => Buffer.from(stdin).toString());

describe('a command', () => {
  it('gets the payload, its topic and the time, and is acknowledged when it has ended well', async () => {
    const it = await rig('-C 3');
    for (let i = 0; i < 3; i++) {
      expect([given(it).length, acks(it), it.open()]).toEqual([i + 1, i, 1]);
      it.commands[i]!.end();
      await it.running.quiet();
    }
    expect(await it.running.finish()).toEqual({ status: 0, stdout: '', stderr: '' });
    expect([given(it), acks(it)]).toEqual([['1', '2', '3'], 3]);
    expect(it.commands[0]).toMatchObject({
      command: 'handle',
      env: { MQTT_TOPIC: 'a', MQTT_QOS: '1', MQTT_ATTEMPT: '1' },
    });
  });

  it('writes whole lines to our output', async () => {
    const it = await rig('-C 1');
    const [command] = it.commands;
    command!.events.stdout(Buffer.from('one\nhal'));
    await it.running.quiet();
    expect(it.running.stdout.text).toBe('one\n');
    command!.events.stdout(Buffer.from('f'));
    command!.events.stderr(Buffer.from('trouble\n'));
    command!.end();
    const { stdout, stderr } = await it.running.finish();
    expect([stdout, stderr]).toEqual(['one\nhalf\n', 'trouble\n']);
  });

  it.each([1, 2, 3])('runs beside at most %i others with --workers', async (workers) => {
    const it = await rig(`--workers ${workers} -C 3`);
    let most = 0;
    for (let i = 0; i < 3; i++) {
      await it.running.quiet();
      most = Math.max(most, it.open());
      it.commands[i]!.end();
    }
    expect([(await it.running.finish()).status, most]).toEqual([0, workers]);
  });
});

describe('a message', () => {
  it('that no FILTER of --exec-file takes is printed and acknowledged', async () => {
    const file = fileOf('b/# first\n+ second\nb/c third\n', 'rules');
    const running = startProgram('tssub', ['-t', '#', '-q', '1', '-C', '3', '-v', '--exec-file', file], {
      files: { [file]: readFileSync(file) },
      messages: [
        { topic: 'x/y', qos: 1 },
        { topic: 'b/c', qos: 1 },
        { topic: 'z', qos: 1 },
      ],
      startChild: ({ command, env }, events) => {
        queueMicrotask(() => {
          events.stdout(Buffer.from(`${command}: ${env['MQTT_TOPIC']}\n`));
          events.exited(undefined);
          events.closed(undefined);
        });
        return { signal: () => {}, setReading: () => {} };
      },
    });
    const { status, stdout } = await running.finish();
    expect([status, stdout]).toEqual([0, 'x/y x\nfirst: b/c\nsecond: z\n']);
    expect(running.server.packets.filter(({ type }) => type === 'puback')).toHaveLength(3);
  });

  it('with properties too long for an environment is handled without them, which is reported at the first attempt', async () => {
    const identifier = { name: 'subscription-identifier', value: 268_435_455 } as const;
    const it = await rig('--exec-retries 1 -C 1', {
      messages: [{ qos: 1, properties: Array(20_000).fill(identifier) }],
    });
    expect(it.commands[0]!.env).toMatchObject({ MQTT_SUBSCRIPTION_IDENTIFIER_LEFT_OUT: '1' });
    it.commands[0]!.end('exit status 1');
    await it.running.until(() => it.commands.length === 2);
    it.commands[1]!.end();
    const { status, stderr } = await it.running.finish();
    expect([status, stderr.match(/^.*Too long.*$/gm)]).toEqual([
      0,
      ['Warning: Too long for the environment of the command for "a": MQTT_SUBSCRIPTION_IDENTIFIER.'],
    ]);
  });
});

describe('at QoS 0', () => {
  const atQos0 = (...words: string[]): string[] => ['-t', 'a', '--exec', 'handle', ...words];

  it('the message of a command that fails is lost, and says so', async () => {
    const running = startProgram('tssub', atQos0('--exec-retries', '2'), {
      messages: [{}],
      startChild: (_, events) => {
        queueMicrotask(() => {
          events.exited('exit status 3');
          events.closed('exit status 3');
        });
        return { signal: () => {}, setReading: () => {} };
      },
    });
    const { status, stderr } = await running.finish();
    expect(status).toBe(123);
    expect(stderr).toContain(
      'Error: the command for "a" failed (exit status 3) 3 times; the message is lost: at QoS 0 the broker does not keep it (use -q 1).\n',
    );
  });

  it('messages that a signal leaves without a command are lost, and no success', async () => {
    const ends: (() => void)[] = [];
    const running = startProgram('tssub', atQos0(), {
      messages: [{}, {}, {}],
      startChild: (_, events) => {
        ends.push(() => {
          events.exited(undefined);
          events.closed(undefined);
        });
        return { signal: () => {}, setReading: () => {} };
      },
    });
    await running.until(() => ends.length === 1);
    running.signal('SIGTERM');
    ends[0]!();
    const { status, stderr } = await running.finish();
    expect([status, ends.length]).toEqual([143, 1]);
    expect(stderr).toContain('messages are lost: received, and no command was started (use -q 1 -c -i ID to keep');
  });
});

describe('a command that fails', () => {
  it('ends the run with 123, and its message stays with the server', async () => {
    const it = await rig('');
    it.commands[0]!.end('exit status 3');
    const { status, stderr } = await it.running.finish();
    expect([status, acks(it)]).toEqual([123, 0]);
    expect(stderr).toContain('exit status 3');
  });

  it('is tried again with --exec-retries, later each time, and the attempt has a number', async () => {
    const it = await rig('--exec-retries 2 -C 1');
    const times: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      await it.running.until(() => it.commands.length === attempt, `attempt ${attempt}`);
      times.push(it.running.clock.now());
      expect(it.commands.at(-1)!.env['MQTT_ATTEMPT']).toBe(`${attempt}`);
      it.commands.at(-1)!.end(attempt < 3 ? 'exit status 1' : undefined);
      await it.running.quiet();
    }
    expect((await it.running.finish()).status).toBe(0);
    expect(times[2]! - times[1]!).toBeGreaterThan(times[1]! - times[0]!);
    expect(acks(it)).toBe(1);
  });

  it('goes to --dead-letter DIR for good, and counts as handled', async () => {
    const folder = tempDir();
    const it = await rig(`--dead-letter ${folder} -C 3`);
    for (let i = 0; i < 3; i++) {
      it.commands[i]!.end(i === 1 ? 'exit status 1' : undefined);
      await it.running.until(() => it.commands.length > i + 1 || i === 2, 'the next');
    }
    const { status } = await it.running.finish();
    expect([status, acks(it)]).toEqual([0, 3]);
    const [name, ...others] = readdirSync(folder).filter((file) => file.endsWith('.json'));
    expect(others).toEqual([]);
    expect(JSON.parse(readFileSync(join(folder, name!), 'utf8'))).toMatchObject({ topic: 'a', payload: '2' });
  });

  it('cannot go to a folder that cannot be made, which is reported before the lookup of the broker', async () => {
    const folder = join(tempDir(), 'no', 'parent');
    const running = startProgram('tssub', [
      '-t',
      'a',
      '-q',
      '1',
      '-c',
      '-i',
      'me',
      '--exec',
      'x',
      '--dead-letter',
      folder,
    ]);
    expect(await running.finish()).toEqual({
      status: 1,
      stdout: '',
      stderr: `Error: Unable to use --dead-letter directory "${folder}": No such file or directory\n`,
    });
    expect(running.attempts).toBe(0);
  });

  it('goes to --dead-letter topic:T, and is acknowledged when that is', async () => {
    let isDeaf = true;
    const it = await rig('--dead-letter topic:dead -C 1', {
      server: { intercept: ({ type }) => isDeaf && type === 'publish' },
    });
    it.commands[0]!.end('exit status 1');
    await it.running.got('publish');
    await it.running.quiet();
    expect(acks(it)).toBe(0);
    isDeaf = false;
    // The server has it sent again when the client comes back.
    it.running.link?.cut();
    const { status } = await it.running.finish();
    expect([status, it.running.server.accepted.map(({ topic }) => topic)]).toEqual([0, ['dead']]);
    expect(acks(it)).toBeGreaterThan(0);
  });

  it('whose dead letter is refused ends the run with 123, and the message stays', async () => {
    const it = await rig('--dead-letter topic:dead', { server: { publishCode: () => 135 } });
    it.commands[0]!.end('exit status 1');
    const { status } = await it.running.finish();
    expect([status, acks(it)]).toEqual([123, 0]);
  });

  it.each([
    ['the server goes on answering', ['publish'] as const],
    ['nothing is answered', ['publish', 'pingreq'] as const],
  ])(
    'whose dead letter is not acknowledged, though %s, is waited for 1.9 s after a signal, and stays',
    async (_, deaf) => {
      const it = await rig('--dead-letter topic:dead', {
        server: { intercept: ({ type }) => (deaf as readonly string[]).includes(type) },
      });
      it.commands[0]!.end('exit status 1');
      await it.running.got('publish');
      const before = it.running.clock.now();
      it.running.signal('SIGTERM');
      const { status, stderr } = await it.running.finish();
      expect([status, it.running.clock.now() - before, acks(it)]).toEqual([123, 1900, 0]);
      expect(stderr).toContain("(topic 'dead': it was not acknowledged); the broker keeps the message");
    },
  );

  it('by --exec-timeout is ended with SIGTERM, then with SIGKILL, then left alone', async () => {
    const it = await rig('--exec-timeout 10');
    const { status } = await it.running.finish();
    expect([status, it.commands[0]!.signals, it.running.endedAt]).toEqual([123, ['SIGTERM', 'SIGKILL'], 20_000]);
  });
});

describe('--exec and the end', () => {
  it('--drain ends when all are handled', async () => {
    const it = await rig('--drain --drain-quiet 1000');
    for (let i = 0; i < 3; i++) {
      await it.running.until(() => it.commands.length > i, 'a command');
      await it.running.pass(5000);
      it.commands[i]!.end();
      await it.running.quiet();
    }
    expect([(await it.running.finish()).status, acks(it)]).toEqual([0, 3]);
  });

  it('-W lets what runs come to its end, and leaves the rest', async () => {
    const it = await rig('-W 5');
    await it.running.pass(8000);
    expect([it.running.status, it.open()]).toEqual([undefined, 1]);
    it.commands[0]!.end();
    const { status } = await it.running.finish();
    expect([status, given(it).length, acks(it)]).toEqual([27, 1, 1]);
  });

  it('a connection that is lost while a command runs is made again, and the message not run twice', async () => {
    const it = await rig('', { server: { keeps: () => true }, messages: three.slice(0, 1) });
    it.running.link?.cut();
    await it.running.got('connect', 2);
    await it.running.quiet();
    expect([it.commands.length, acks(it)]).toEqual([1, 0]);
    it.commands[0]!.end();
    await it.running.quiet();
    expect([it.commands.length, acks(it), it.running.server.unfinished('me')]).toEqual([1, 1, 0]);
    it.running.signal('SIGTERM');
    expect((await it.running.finish()).status).toBe(0);
  });

  it('a connection that is lost while the last command of -C runs is made again, for its acknowledgement', async () => {
    const it = await rig('-C 1', { server: { keeps: () => true } });
    it.running.link?.cut();
    await it.running.quiet();
    it.commands[0]!.end();
    const { status } = await it.running.finish();
    expect([status, acks(it), it.running.attempts]).toEqual([0, 1, 2]);
  });

  it('a reader that is back has no more messages read than workers are waiting for', async () => {
    const line = Buffer.from(`${'x'.repeat(300_000)}\n`);
    const commands: ChildEvents[] = [];
    const running = startProgram('tssub', ['-t', 'a', '--exec', 'handle'], {
      room: 0,
      // Each is a packet of 100 bytes, and comes alone.
      messages: Array.from({ length: 9 }, () => ({ payload: Buffer.alloc(94, 'm') })),
      attempt: () => ({ split: () => 100 }),
      startChild: (_, events) => {
        commands.push(events);
        return { signal: () => {}, setReading: () => {} };
      },
    });
    await running.got('subscribe');
    await running.quiet();
    for (let i = 0; i < 5; i++) commands[0]!.stdout(line);
    await running.quiet();
    running.stdout.resume();
    await running.pass(1000);
    expect([running.stdout.text.length, commands.length]).toEqual([5 * line.length, 1]);
    running.signal('SIGTERM');
    commands[0]!.exited(undefined);
    commands[0]!.closed(undefined);
    // What was not read is not lost by this program.
    expect((await running.finish()).stderr).toContain('Warning: 1 message is lost: received,');
  });

  it('a pipe that is gone ends it with 141, when the command has ended', async () => {
    const it = await rig('', { room: 0 });
    it.running.stdout.errno = 'EPIPE';
    it.commands[0]!.events.stdout(Buffer.from('line\n'));
    await it.running.quiet();
    it.commands[0]!.end();
    expect((await it.running.finish()).status).toBe(141);
  });
});
