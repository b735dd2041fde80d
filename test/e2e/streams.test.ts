// Standard input and output as they come: closed, full, never ending, never read, read by a reader that leaves.
// Covers src/runtime/stdio-bun.ts, src/runtime/stdio.ts, src/runtime/system.ts.

import { closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test as one } from 'vitest';
import { type FakeConnection, fakeServer, fromHex } from '../support/fake-server.ts';
import { idle } from '../support/idle.ts';
import { numbers } from '../support/lines.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { run, start } from '../support/run.ts';
import { freePort, tempDir } from '../support/tmp.ts';
import { at, ended, listening, mosquittoPlace, outcome, publish, subscribe } from './broker.ts';
import { makeFifo, startInShell } from './fifo.ts';
import { accept, confirm, expectOneLine, grant, V3 } from './scripted-server.ts';

/** They wait for time limits most of the time, so several do it at once. */
const test = one.concurrent;

const PATIENT = 120_000;
/** A device that is always full; not every system has it. */
const hasFull = existsSync('/dev/full');
const QUEUE_EVERYTHING = { extra: ['max_queued_messages 0'] };

describeWithMosquitto('standard input', () => {
  test('that is closed is an empty one: nothing to send for tspub -l, an error for tspub -s', async () => {
    const place = await mosquittoPlace();
    expect(outcome(await publish(place, ['-t', 'a', '-l'], { stdin: null }))).toEqual(ended(0));
    expect(outcome(await publish(place, ['-t', 'a', '-s'], { stdin: null }))).toEqual(
      ended(1, '', 'Error: Zero length input.\nError loading input from stdin.\n'),
    );
  });

  test.each([
    ['that is a folder', '< /', 'Is a directory'],
    ['that is open for writing only', '0> /dev/null', 'Bad file descriptor'],
  ])('%s is an error for tspub -l and tspub -s', async (_, redirection, reason) => {
    const place = await mosquittoPlace();
    for (const option of ['-l', '-s']) {
      const { exited } = startInShell(`exec "$@" ${redirection}`, 'tspub', [...place.args, '-t', 'a', option]);
      const { status, stderr } = await exited;
      expect({ option, status }).toEqual({ option, status: 1 });
      expect(stderr.split('\n')[0]).toBe(`Error: Standard input cannot be read: ${reason}`);
    }
  });

  test('may come late and in pieces: tspub -l sends each line as it ends', async () => {
    const place = await mosquittoPlace();
    const listener = await listening(place, ['-t', 'a', '-C', '3']);
    const args = [...place.args, '-t', 'a', '-l', '-q', '1'];
    const running = start('tspub', args, { stdin: 'on', keepStdinOpen: true });
    await place.broker.waitForLog('Sending CONNACK to auto-');
    running.child.stdin?.write('e\ntwo\nth');
    await listener.waitForStdout('one\ntwo\n');
    running.child.stdin?.end('ree');
    expect(outcome(await running.exited)).toEqual(ended(0));
    expect(outcome(await listener.exited)).toEqual(ended(0, 'one\ntwo\nthree\n'));
  });
});

test('standard input that is a silent pipe does not keep tspub -l from ending when nothing listens', async () => {
  const args = [...at(await freePort()), '-t', 'a', '-l'];
  const running = startInShell(`exec "$@" <> ${makeFifo()}`, 'tspub', args);
  expectOneLine(outcome(await running.exited), 1, 'Error: Connection refused\n');
});

test('standard input that is a silent pipe does not keep tspub -l from ending when the server refuses', async () => {
  const { port } = await fakeServer(async (connection) => void (await accept(connection, 5)));
  const running = startInShell(`exec "$@" <> ${makeFifo()}`, 'tspub', [...at(port), ...V3, '-t', 'a', '-l']);
  expect((await running.exited).status).toBe(5);
});

describe('tspub -l', () => {
  test('reads no faster than the server does, so its memory has a bound', { timeout: PATIENT }, async () => {
    // The server takes CONNECT and then reads nothing more.
    const server = await fakeServer(async (connection) => {
      await accept(connection);
      connection.socket.pause();
    });
    const running = start('tspub', [...at(server.port), '-t', 'a', '-l', '-q', '0', '-k', '5'], {
      keepStdinOpen: true,
    });
    const block = `${'x'.repeat(1023)}\n`.repeat(1024);
    let taken = 0;
    const offer = (): void => {
      if (taken < 100) running.child.stdin?.write(block, () => offer());
      taken++;
    };
    offer();
    // It has come to a halt: PINGREQ is not answered either.
    const stderr = await running.waitForStderr('connecting again', 40_000);
    expect(stderr).toMatch(/^Warning: Keepalive exceeded: the broker sent no PINGRESP; connecting again\.\n/);
    expect(taken).toBeLessThan(50); // of 100 MiB; loopback sockets alone buffer several
  });
});

test('tssub -C whose last message can not be acknowledged, as no server lets it in again, ends with 7', async () => {
  for (const qos of [0, 1, 2]) {
    let isFirst = true;
    const { port } = await fakeServer(async (connection) => {
      if (!isFirst) return connection.close();
      isFirst = false;
      const isV5 = await accept(connection);
      await grant(connection, isV5, [qos]);
      // A remaining length of 4,194,307, or 2 more with a packet identifier: longer than pipe and socket take at once.
      const start = [`3083808002000161`, '32858080020001610005', '34858080020001610005'][qos]!;
      connection.socket.end(Buffer.concat([Buffer.from(start, 'hex'), Buffer.alloc(4 << 20, 'y')]));
      await connection.closed;
    });
    const args = [...at(port), ...V3, '-t', 'a', '-q', `${qos}`, '-C', '1', '-c', '-i', 'reader'];
    const { status, stdout, stderr } = await run('tssub', args);
    const again = 'Warning: The connection was lost; connecting again.\n';
    expect([status, stdout.length, stderr.startsWith(again)]).toEqual([qos === 0 ? 0 : 7, (4 << 20) + 1, true]);
    expect(stderr.includes('\nError: The connection was lost\n')).toBe(qos > 0);
  }
});

test('tssub whose reader leaves while it is waited for ends the flows at QoS 2 that PUBREL has come for', async () => {
  const big = (id: number): Buffer =>
    Buffer.concat([Buffer.from([0x34, 0xc5, 0x9a, 0x0c, 0, 1, 0x61, 0, id]), Buffer.alloc(200_000, 'x')]);
  let stuck = (): void => {};
  const isStuck = new Promise<void>((resolve) => {
    stuck = resolve;
  });
  const { port } = await fakeServer(async (connection) => {
    await grant(connection, await accept(connection), [2]);
    await connection.send('34 06 0001 61 0001 78');
    expect((await connection.readPacket()).bytes.toString('hex')).toBe('50020001');
    // More than is kept for a reader who does not come, and PUBREL behind it.
    void connection.send(Buffer.concat([...Array.from({ length: 20 }, (_, i) => big(i + 2)), fromHex('62 02 0001')]));
    stuck();
    const rest: string[] = [];
    while (rest.at(-1) !== 'e000') rest.push((await connection.readPacket()).bytes.toString('hex'));
    expect(rest).toContain('70020001');
  });
  const running = start('tssub', [...at(port), ...V3, '-t', 'a', '-q', '2'], { leaveStdout: true });
  await isStuck;
  await idle(running.child.pid);
  running.child.stdout?.destroy();
  const { status, stderr } = await running.exited;
  expect({ status, stderr }).toEqual({ status: 141, stderr: '' });
});

test('SIGTERM leaves a slow reader the time to take a long message, as long as it takes some of it', {
  timeout: PATIENT,
}, async () => {
  const length = 1_200_000;
  const { port } = await fakeServer(async (connection) => {
    await grant(connection, await accept(connection));
    await connection.send(Buffer.concat([fromHex('30 839f49 0001 61'), Buffer.alloc(length, 'x')]));
    await connection.closed;
  });
  const running = start('tssub', [...at(port), ...V3, '-t', 'a'], { leaveStdout: true });
  const output = running.child.stdout!;
  let taken = 0;
  output.on('data', (chunk: Buffer) => {
    taken += chunk.length;
    output.pause();
  });
  const end = new Promise<void>((resolve) => output.once('end', resolve));
  await new Promise<void>((resolve) => output.once('data', () => resolve()));
  running.child.kill('SIGTERM');
  const sips = setInterval(() => output.resume(), 500);
  const { status, stderr } = await running.exited;
  await end;
  clearInterval(sips);
  expect({ status, stderr, taken }).toEqual({ status: 0, stderr: '', taken: length + 1 });
});

describeWithMosquitto('a named pipe whose writer has gone before the program looked at it', () => {
  test.each([
    ['tspub -l', ['-t', 'a', '-l'], 'x'],
    ['tspub -s', ['-t', 'a', '-s'], 'x'],
    ['tspub --json-lines', ['--json-lines'], '{"topic":"a","payload":"x"}'],
  ])('has an end for %s', async (_, words, line) => {
    const { args } = await mosquittoPlace();
    // The shell writes as soon as it is open, and is gone before the program begins.
    const fifo = makeFifo();
    const script = `"$@" < ${fifo} & printf '%s\\n' '${line}' > ${fifo}; wait $!`;
    const running = startInShell(script, 'tspub', [...args, ...words, '-q', '1']);
    expect(outcome(await running.exited)).toEqual(ended(0));
  });
});

test('tspub --repeat at QoS 0 sends no faster than the server reads, too', { timeout: PATIENT }, async () => {
  const server = await fakeServer(async (connection) => {
    await accept(connection);
    connection.socket.pause();
  });
  const many = ['-m', 'x'.repeat(60_000), '--repeat', '2000', '--summary'];
  const { status, stderr } = await run('tspub', [...at(server.port), '-t', 'a', '-k', '5', ...many], {
    timeoutMs: 40_000,
  });
  const [failure, summary] = stderr.split('\n');
  expect([status, failure]).toEqual([
    19,
    'Error: Keepalive exceeded: the broker sent no PINGRESP; the broker did not confirm that it read the messages sent at QoS 0',
  ]);
  expect(Number(/^written (\d+), refused 0$/.exec(summary!)?.[1])).toBeLessThan(1000); // of 2,000
});

describeWithMosquitto('standard output', () => {
  const full = 'Error: Standard output cannot be written: No space left on device\n';

  test('that is full ends tssub with 1 and one line, and the message stays with the broker', {
    skip: !hasFull,
  }, async () => {
    const place = await mosquittoPlace();
    const session = ['-q', '1', '-c', '-i', 'reader', '-t', 'a'];
    await subscribe(place, [...session, '-E']);
    await publish(place, ['-q', '1', '-t', 'a', '-m', 'x']);
    const running = startInShell('exec "$@" > /dev/full', 'tssub', [...place.args, ...session]);
    expectOneLine(outcome(await running.exited), 1, full);
    expect(outcome(await subscribe(place, [...session, '-C', '1']))).toEqual(ended(0, 'x\n'));
  });

  test('--help and --version that cannot be written are 1 and one line', { skip: !hasFull }, async () => {
    for (const [program, option] of [
      ['tssub', '--help'],
      ['tspub', '--version'],
    ] as const) {
      const { status, stderr } = await startInShell('exec "$@" > /dev/full', program, [option]).exited;
      expect({ status, stderr }).toEqual({ status: 1, stderr: full });
    }
  });

  for (const version of ['mqttv311', 'mqttv5']) {
    test(`-V ${version}: tssub | head -1 ends with 141, and the rest is for the next`, {
      timeout: PATIENT,
    }, async () => {
      const place = await mosquittoPlace(QUEUE_EVERYTHING);
      const session = ['-V', version, '-q', '1', '-c', '-i', 'reader', '-t', 'a'];
      await subscribe(place, [...session, '-E']);
      const folder = tempDir();
      const [status, gone] = [join(folder, 'status'), join(folder, 'gone')];
      // Once `gone` exists, no process holds the reading end of the pipe.
      const reader = `(head -1; exec < /dev/null; : > ${gone})`;
      const script = `("$@"; echo $? > ${status}.new; mv ${status}.new ${status}) | ${reader}`;
      const running = startInShell(script, 'tssub', [...place.args, ...session]);
      await publish(place, ['-q', '1', '-t', 'a', '-m', '1']);
      await expect.poll(() => existsSync(gone), { timeout: PATIENT }).toBe(true);

      // Messages go on until the subscriber has met the closed pipe.
      let sent = 1;
      for (; !existsSync(status) && sent < 100; sent++)
        await publish(place, ['-q', '1', '-t', 'a', '-m', `${sent + 1}`]);
      const { stdout, stderr } = await running.exited;
      expect({ stdout: stdout.toString(), stderr }).toEqual({ stdout: '1\n', stderr: '' });
      expect(readFileSync(status, 'utf8')).toBe('141\n');

      await publish(place, ['-q', '1', '-t', 'a', '-m', 'last']);
      const rest = await listening(place, session);
      await rest.waitForStdout('last\n');
      const printed = new Set(`1\n${rest.stdout()}`.trim().split('\n').map(Number));
      const missing = numbers(1, sent).filter((line) => !printed.has(Number(line)));
      expect(missing).toEqual([]);
    });
  }

  test('without a reader does not keep tssub -W from ending with 27', { timeout: PATIENT }, async () => {
    const place = await mosquittoPlace();
    await publish(place, ['-t', 'a', '-s', '-r'], { stdin: 'x'.repeat(500_000) });
    // Time enough for a busy machine to connect: without that it would be another status.
    const args = [...place.args, '-t', 'a', '-W', '5'];
    const { status, stderr } = await startInShell(`exec "$@" 1<> ${makeFifo()}`, 'tssub', args).exited;
    const unread = 'Warning: Standard output did not take all of the last message.\n';
    expect({ status, stderr }).toEqual({ status: 27, stderr: `Timed out\n${unread}` });
  });

  test('without a reader does not keep tssub from ending at SIGTERM', { timeout: PATIENT }, async () => {
    const place = await mosquittoPlace();
    await publish(place, ['-t', 'a', '-s', '-r'], { stdin: 'x'.repeat(500_000) });
    const fifo = makeFifo();
    const running = startInShell(`exec "$@" 1<> ${fifo}`, 'tssub', [...place.args, '-t', 'a']);
    await firstBytes(fifo);
    const { status, signal } = await running.kill('SIGTERM');
    // Not 0: not everything that came could be printed.
    expect({ status, signal }).toEqual({ status: 141, signal: null });
  });

  test('that is blocked for longer than -k keeps the connection, and a bound on the memory', {
    timeout: PATIENT,
  }, async () => {
    const messages = 40_000;
    const message = Buffer.concat([Buffer.from([0x30, 0x83, 0x08, 0, 1, 0x61]), Buffer.alloc(1024, 'x')]);
    const block = Buffer.concat(Array.from({ length: 100 }, () => message));
    let taken = 0;
    let takenWhileBlocked = Number.NaN;
    let pinged = (): void => {};
    const pingedTwice = new Promise<void>((resolve) => {
      pinged = resolve;
    });
    const flood = async (connection: FakeConnection): Promise<void> => {
      for (; taken < messages; taken += 100) await connection.send(block);
    };
    const server = await fakeServer(async (connection) => {
      await grant(connection, await accept(connection));
      const flooded = flood(connection);
      for (let pings = 0; pings < 2; pings++) expect((await connection.readPacket()).header).toBe(0xc0);
      takenWhileBlocked = taken;
      pinged();
      await flooded;
    });
    const fifo = makeFifo();
    const holder = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    const args = [...at(server.port), '-k', '5', '-t', 'a', '-C', `${messages}`];
    const running = startInShell(`exec "$@" > ${fifo}`, 'tssub', args);

    await Promise.race([pingedTwice, running.exited]);
    // 40 MB are on offer; what is taken is what fits into the buffers of the system and ours.
    expect(takenWhileBlocked).toBeLessThan(messages * 0.75);

    const read = await countBytes(fifo, holder);
    expect((await running.exited).status).toBe(0);
    expect(await read()).toBe(messages * 1025);
    expect(server.connections).toHaveLength(1);
  });

  test('that is blocked for longer than -k keeps the connection to a real broker', { timeout: PATIENT }, async () => {
    const place = await mosquittoPlace(QUEUE_EVERYTHING);
    const session = ['-q', '1', '-c', '-i', 'slow', '-t', 'a'];
    await subscribe(place, [...session, '-E']);
    const line = `${'x'.repeat(999)}\n`;
    await publish(place, ['-q', '1', '-t', 'a', '-l'], { stdin: line.repeat(5_000), timeoutMs: 50_000 });

    const fifo = makeFifo();
    const holder = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    const args = [...place.args, ...session, '-k', '5', '-C', '5000'];
    const running = startInShell(`exec "$@" > ${fifo}`, 'tssub', args);
    await place.broker.waitForLog(/(Received PINGREQ from slow\n(.*\n)*){2}/, 40_000);

    const read = await countBytes(fifo, holder);
    expect(outcome(await running.exited)).toEqual(ended(0));
    expect(await read()).toBe(5_000 * 1000);
    expect(place.broker.log()).not.toMatch(/slow has exceeded timeout/);
  });
});

test('tspub -l has no use for standard output, full or not', { skip: !hasFull }, async () => {
  const place = await fakeServer(async (connection) => {
    await accept(connection);
    await confirm(connection);
  });
  const running = startInShell('echo x | "$@" > /dev/full', 'tspub', [...at(place.port), '-t', 'a', '-l']);
  expect((await running.exited).status).toBe(0);
});

/** Reads the pipe from now on; the result waits until every writer is gone and says how much came. */
async function countBytes(path: string, holder: number): Promise<() => Promise<number>> {
  const reader = new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true });
  let count = 0;
  reader.on('data', (bytes) => {
    count += bytes.length;
  });
  const end = new Promise<void>((resolve) => reader.once('close', () => resolve()));
  return async () => {
    closeSync(holder);
    await end;
    return count;
  };
}

/** Resolves when something came through the pipe; some of it is gone then. */
async function firstBytes(path: string): Promise<void> {
  const reader = new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true });
  await new Promise<void>((resolve) => reader.once('data', () => resolve()));
  reader.destroy();
}
