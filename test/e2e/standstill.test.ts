/** Terminals and pipes that stand still: a signal ends every program all the same, and nothing else stands still with them. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it as one } from 'vitest';
import { commandForEverybody } from '../support/everybody.ts';
import { type FakeConnection, fakeServer, type RawPacket } from '../support/fake-server.ts';
import { commandLine } from '../support/run.ts';
import { describeOnTerminal, type Standstill, standingStill } from '../support/terminal.ts';
import { tempDir } from '../support/tmp.ts';
import { at } from './broker.ts';
import { accept, grant, packetIdOf, V3 } from './scripted-server.ts';

/** They wait for time limits most of the time, so several do it at once. */
const it = one.concurrent;

const PATIENT = 120_000;
const TTY: Standstill['streams'] = ['tty', 'tty', 'tty'];
const CTRL_C = 'type:\x03';
const CTRL_D = 'type:\x04';
const JSON_LINE = '{"topic":"a","payload":"one","qos":1}';

interface Speaker {
  readonly port: number;
  /** A file that has it begin, and those that it makes when everything is sent, and acknowledged. */
  readonly go: string;
  readonly sent: string;
  readonly acknowledged: string;
  /** PUBACK packets so far. */
  count(): number;
}

/** A subscriber's server: it sends a number of messages at QoS 1, each of a given size of at least 128 bytes. */
async function speaker(messages: number, length: number): Promise<Speaker> {
  const folder = tempDir();
  const [go, sent, acknowledged] = ['go', 'sent', 'acknowledged'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  let count = 0;
  const { port } = await fakeServer(async (connection) => {
    await grant(connection, await accept(connection), [1]);
    while (!existsSync(go)) await sleep(20);
    for (let id = 1; id <= messages; id++) {
      const body = Buffer.concat([Buffer.from([0, 1, 0x61, id >> 8, id & 255]), Buffer.alloc(length, 'x')]);
      await connection.send(Buffer.concat([Buffer.from([0x32, (body.length & 127) | 128, body.length >> 7]), body]));
    }
    writeFileSync(sent, '');
    for await (const packet of packetsOf(connection)) {
      if (packet.header >> 4 !== 4) continue;
      if (++count === messages) writeFileSync(acknowledged, '');
    }
  });
  return { port, go, sent, acknowledged, count: () => count };
}

/** What comes before DISCONNECT. */
async function* packetsOf(connection: FakeConnection): AsyncGenerator<RawPacket> {
  for (;;) {
    const packet = await connection.readPacket();
    if (packet.header >> 4 === 14) return;
    yield packet;
  }
}

/** A publisher's server: it takes messages at QoS 1, makes the file at the first, and says what came. */
async function taker(): Promise<{ port: number; taken: string; payloads: string[] }> {
  const taken = join(tempDir(), 'taken');
  const payloads: string[] = [];
  const { port } = await fakeServer(async (connection) => {
    await accept(connection);
    for await (const packet of packetsOf(connection)) {
      if (packet.header >> 4 !== 3) continue;
      payloads.push(packet.body.subarray(5).toString());
      await connection.send(Buffer.from([0x40, 2, ...packetIdOf(packet)]));
      writeFileSync(taken, '');
    }
  });
  return { port, taken, payloads };
}

/** More lines about them than any pipe or socket has room for. */
const REFUSED = 6000;
const NOT_AUTHORIZED = 0x87;

/** A publisher's server that refuses every message, and counts them. */
async function refuser(): Promise<{ port: number; refused(): number }> {
  let count = 0;
  const { port } = await fakeServer(async (connection) => {
    await accept(connection);
    for await (const packet of packetsOf(connection)) {
      count++;
      await connection.send(Buffer.from([0x40, 3, ...packetIdOf(packet), NOT_AUTHORIZED]));
    }
  });
  return { port, refused: () => count };
}

/** `tspub -d` connects, is typed a line, and then this happens. */
const typeThen = (taken: string, line: string, action: string, input = 'tty'): Standstill => ({
  streams: [input, 'tty', 'tty'],
  steps: [
    ['sending CONNECT', `type:${line}\n`],
    [`file:${taken}`, action],
  ],
});

/** Its number on most systems. */
const NOBODY = '65534';
const TOPIC = ['-t', 'a', '-q', '1'];

describeOnTerminal('a program that reads a terminal', () => {
  it.each([
    ['-l', [...TOPIC, '-l'], 'one', CTRL_C, 130],
    ['-l', [...TOPIC, '-l'], 'one', 'signal:2', 130],
    ['-l', [...TOPIC, '-l'], 'one', 'signal:15', 143],
    ['-l', [...TOPIC, '-l'], 'one', CTRL_D, 0],
    ['-l --topic-from-line', ['-q', '1', '-l', '--topic-from-line'], 'a\tone', 'signal:15', 143],
    ['--json-lines', ['--json-lines'], JSON_LINE, 'signal:15', 143],
    ['-l --unsent', [...TOPIC, '-l', '--unsent', join(tempDir(), 'unsent')], 'one', 'signal:15', 143],
    ['-l --spool', [...TOPIC, '-l', '--spool', join(tempDir(), 'spool')], 'one', 'signal:2', 130],
  ])('tspub %s delivers a line that is typed (%#), and ends', { timeout: PATIENT }, async (...row) => {
    const [, args, line, action, status] = row;
    const { port, taken, payloads } = await taker();
    const command = commandLine('tspub', [...at(port), ...V3, '-d', ...args]);
    const result = await standingStill(typeThen(taken, line, action), command);
    expect(result).toMatchObject({ status, stepsLeft: 0, nonBlocking: false, echo: true });
    expect(payloads).toEqual(['one']);
  });

  it('tspub -l reads /dev/tty as well', { timeout: PATIENT }, async () => {
    const { port, taken, payloads } = await taker();
    const command = commandLine('tspub', [...at(port), ...V3, '-d', ...TOPIC, '-l']);
    const result = await standingStill(typeThen(taken, 'one', CTRL_C, '/dev/tty'), command);
    expect(result).toMatchObject({ status: 130, stepsLeft: 0, nonBlocking: false });
    expect(payloads).toEqual(['one']);
  });

  it('tspub -l reads the terminal of another user, as after su', {
    skip: process.getuid?.() !== 0,
    timeout: PATIENT,
  }, async () => {
    const { port, taken, payloads } = await taker();
    const command = commandForEverybody('tspub', [...at(port), ...V3, '-d', ...TOPIC, '-l']);
    const result = await standingStill(typeThen(taken, 'one', CTRL_C), command, { TTY_USER: NOBODY });
    expect(result).toMatchObject({ status: 130, stepsLeft: 0, nonBlocking: false });
    expect(payloads).toEqual(['one']);
  });

  it.each(['-', 'fifo'])('tspasswd --password-file %s ends', { timeout: PATIENT }, async (name) => {
    const folder = tempDir();
    const file = name === '-' ? '-' : join(folder, name);
    if (name !== '-') execFileSync('mkfifo', [file]);
    const command = commandLine('tspasswd', ['--password-file', file, '-c', join(folder, 'pw'), 'anna']);
    const { status } = await standingStill({ streams: TTY, steps: [['idle', 'signal:15']] }, command);
    // A thread that waits for a pipe is ended by the signal itself.
    expect(status).toBeOneOf(name === '-' ? [143] : [143, -15]);
  });

  it('a password that is asked for on a stopped terminal is given up at a signal, and echo is back', {
    timeout: PATIENT,
  }, async () => {
    const file = join(tempDir(), 'pw');
    const command = commandLine('tspasswd', ['-c', file, 'anna']);
    const steps: Standstill['steps'] = [
      ['', 'stop'],
      ['idle', 'signal:15'],
    ];
    expect(await standingStill({ streams: TTY, steps }, command)).toMatchObject({ status: 143, echo: true });
  });
});

describeOnTerminal('standard output that stands still', () => {
  it.each([
    ['that is stopped by Ctrl-S', 1, 'stop'],
    ['without a reader', 400, 'sleep:0'],
  ])(
    'a terminal %s does not keep tssub from its end, nor is what it did not print acknowledged',
    {
      timeout: PATIENT,
    },
    async (...row) => {
      const [, messages, action] = row;
      const { port, go, sent, count } = await speaker(messages, 999);
      const command = commandLine('tssub', [...at(port), ...V3, ...TOPIC, '--explain']);
      const steps: Standstill['steps'] = [
        ['accepted', action, `touch:${go}`],
        [`file:${sent}`, 'sleep:1', 'signal:15'],
      ];
      const result = await standingStill({ streams: ['/dev/null', 'still', 'tty'], steps }, command);
      expect(result).toMatchObject({ status: 141, stepsLeft: 0 });
      expect(count()).toBeLessThan(messages);
      expect(count()).toBeLessThanOrEqual(result.still.split('\n').length - 1);
    },
  );

  it('nor does the terminal of another user and another session', {
    skip: process.getuid?.() !== 0,
    timeout: PATIENT,
  }, async () => {
    const { port, go, sent, count } = await speaker(1, 999);
    const command = commandForEverybody('tssub', [...at(port), ...V3, ...TOPIC, '--explain']);
    const steps: Standstill['steps'] = [
      ['accepted', 'stop', `touch:${go}`],
      [`file:${sent}`, 'sleep:1', 'signal:15'],
    ];
    const plan: Standstill = { streams: ['/dev/null', 'still', 'tty'], steps };
    const { status } = await standingStill(plan, command, { TTY_USER: NOBODY });
    expect(status).toBe(141);
    expect(count()).toBe(0);
  });

  it('a second signal does not wait for it', { timeout: PATIENT }, async () => {
    const { port, go, sent } = await speaker(1, 999);
    const command = commandLine('tssub', [...at(port), ...V3, ...TOPIC, '--explain']);
    const steps: Standstill['steps'] = [
      ['accepted', 'stop', `touch:${go}`],
      [`file:${sent}`, 'sleep:1', 'signal:15', 'sleep:0.5', 'signal:15'],
    ];
    const result = await standingStill({ streams: ['/dev/null', 'still', 'tty'], steps }, command);
    expect(result).toMatchObject({ status: 143, stepsLeft: 0 });
  });
});

describeOnTerminal('standard error that stands still', () => {
  it.each(['still', 'pipe', 'socket'] as const)(
    'a %s without a reader holds up no message, and no end',
    {
      timeout: PATIENT,
    },
    async (kind) => {
      const lines = join(tempDir(), 'lines');
      writeFileSync(lines, 'x\n'.repeat(REFUSED));
      const { port, refused } = await refuser();
      const command = commandLine('tspub', [...at(port), '-V', 'mqttv5', ...TOPIC, '-l']);
      const result = await standingStill({ streams: [lines, '/dev/null', kind], steps: [] }, command);
      expect(result.status).toBe(NOT_AUTHORIZED);
      expect(refused()).toBe(REFUSED);
      expect(result[kind]).toMatch(/^Warning: Publish \d+ failed: Not authorized\.\r?\n/);
    },
  );

  // Neither opened again nor made non-blocking: where a thread waits for it, a signal ends the program.
  it('nor does the terminal of another user and another session', {
    skip: process.getuid?.() !== 0,
    timeout: PATIENT,
  }, async () => {
    const lines = join(tempDir(), 'lines');
    writeFileSync(lines, 'x\n'.repeat(REFUSED));
    const { port, refused } = await refuser();
    const command = commandForEverybody('tspub', [...at(port), '-V', 'mqttv5', ...TOPIC, '-l']);
    const plan: Standstill = { streams: [lines, '/dev/null', 'still'], steps: [] };
    const { status } = await standingStill(plan, command, { TTY_USER: NOBODY });
    expect(status).toBeOneOf([NOT_AUTHORIZED, 137]);
    expect(refused()).toBe(REFUSED);
  });

  it('the lines that a reader missed are counted when it reads again', { timeout: PATIENT }, async () => {
    const { port, go, acknowledged } = await speaker(60, 999);
    const command = commandLine('tssub', [...at(port), ...V3, ...TOPIC, '--exec', "printf '%060000d\\n' 0 >&2"]);
    const steps: Standstill['steps'] = [
      ['', `touch:${go}`],
      [`file:${acknowledged}`, 'read', 'signal:15'],
    ];
    const { status, pipe } = await standingStill({ streams: ['/dev/null', '/dev/null', 'pipe'], steps }, command);
    const lines = pipe.split('\n');
    const dropped = 60 - lines.filter((line) => line === '0'.repeat(60_000)).length;
    expect(dropped).toBeGreaterThan(0);
    expect(pipe).toContain(`\nWarning: ${dropped} lines of standard error were dropped: the reader did not keep up.\n`);
    expect(status).toBe(0);
  });
});
