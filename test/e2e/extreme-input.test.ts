// The largest and the smallest that a user can feed: whole, or refused in one line with a status that is not 0.
import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cleanUp } from '../support/cleanup.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { run } from '../support/run.ts';
import { sparseFile, tempDir } from '../support/tmp.ts';
import { at, ended, listening, mosquittoPlace, outcome, publish } from './broker.ts';
import { startInShell } from './fifo.ts';

const PATIENT = 120_000;
/** The largest remaining length [MQTT-2.2.3], and what a PUBLISH to `a` at QoS 0 and 1 of MQTT 3.1.1 needs of it. */
const LARGEST = 268_435_455;
const HEADER = [3, 5];
const MEGABYTE = 1024 * 1024;

/** A server that takes one PUBLISH of any size, without keeping it, and answers in the form of QoS 1. */
async function bigServer(): Promise<{ port: number; received(): number }> {
  let received = 0;
  const server = createServer((socket) => {
    let connected = false;
    let bytes = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      if (!connected) socket.write(Buffer.from([0x20, 2, 0, 0]));
      else bytes += chunk.length;
      connected = true;
      received = bytes;
      // At QoS 0 PINGREQ is two bytes behind, and DISCONNECT waits for its PINGRESP; at QoS 1 it waits for PUBACK.
      if (bytes === LARGEST + 5) socket.write(Buffer.from([0x40, 2, 0, 1]));
      else if (bytes === LARGEST + 7) socket.write(Buffer.from([0xd0, 0]));
    });
    socket.on('end', () => socket.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp(() => void server.close());
  return { port: (server.address() as { port: number }).port, received: () => received };
}

describe('a payload', () => {
  for (const [qos, header] of HEADER.entries()) {
    test(`of ${LARGEST} bytes less the header goes out at QoS ${qos}, whole`, { timeout: PATIENT }, async () => {
      const server = await bigServer();
      const args = [
        ...at(server.port),
        '-V',
        'mqttv311',
        '-q',
        `${qos}`,
        '-t',
        'a',
        '-f',
        sparseFile(LARGEST - header),
      ];
      expect(outcome(await run('tspub', args, { timeoutMs: PATIENT }))).toEqual(ended(0));
      expect(server.received()).toBe(5 + LARGEST + (qos === 0 ? 4 : 2));
    });

    test(`of one byte more is refused at QoS ${qos}`, { timeout: PATIENT }, async () => {
      const server = await bigServer();
      const args = [
        ...at(server.port),
        '-V',
        'mqttv311',
        '-q',
        `${qos}`,
        '-t',
        'a',
        '-f',
        sparseFile(LARGEST - header + 1),
      ];
      const { status, stderr } = await run('tspub', args, { timeoutMs: PATIENT });
      const problem = 'Error: Message with its topic and properties must be less than 268435455 bytes.';
      expect([status, stderr.split('\n')[0], server.received()]).toEqual([1, problem, 0]);
    });
  }

  test('that large is printed by tssub, whole', { timeout: PATIENT }, async () => {
    const size = LARGEST - HEADER[0]!;
    const server = createServer((socket) => {
      socket.on('error', () => {});
      let step = 0;
      socket.on('data', () => {
        if (step++ === 0) return void socket.write(Buffer.from([0x20, 2, 0, 0]));
        if (step > 2) return void socket.end();
        socket.write(Buffer.from([0x90, 3, 0, 1, 0, 0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x61]));
        const part = Buffer.alloc(MEGABYTE, 'x');
        for (let left = size; left > 0; left -= part.length) socket.write(part.subarray(0, left));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUp(() => void server.close());
    const { port } = server.address() as { port: number };
    const args = [...at(port), '-V', 'mqttv311', '-t', 'a', '-C', '1'];
    const file = join(tempDir(), 'out');
    const running = startInShell(`"$@" > ${file}; s=$?; wc -c < ${file}; exit $s`, 'tssub', args);
    const { stdout, status, stderr } = await running.exited;
    expect({ status, stderr, length: Number(stdout.toString()) }).toEqual({ status: 0, stderr: '', length: size + 1 });
  });
});

describeWithMosquitto('input', () => {
  test('with a line that is too long: that one is refused, the next one is sent', { timeout: PATIENT }, async () => {
    const place = await mosquittoPlace();
    const listener = await listening(place, ['-t', 'a', '-q', '1', '-C', '1', '-W', '100']);
    const file = sparseFile(LARGEST);
    appendFileSync(file, '\nnext\n');
    const args = [...place.args, '-t', 'a', '-q', '1', '-l', '--summary'];
    const { status, stderr } = await startInShell(`"$@" < ${file}`, 'tspub', args).exited;
    expect({ status, stderr }).toEqual({
      status: 25,
      stderr:
        'Error: Packet larger than supported by the server\n' +
        'sent 1, acknowledged 1, refused 1 (packet too large), resent 0\n',
    });
    expect(outcome(await listener.exited)).toEqual(ended(0, 'next\n'));
  });

  test('with a line of 100 MB and one after it arrives, each whole', { timeout: PATIENT }, async () => {
    const place = await mosquittoPlace();
    const long = Buffer.alloc(100 * MEGABYTE, 'x');
    const listener = await listening(place, ['-t', 'a', '-q', '1', '-C', '2', '-W', '100', '-F', '%l']);
    const stdin = Buffer.concat([long, Buffer.from('\nnext\n')]);
    expect(outcome(await publish(place, ['-t', 'a', '-q', '1', '-l'], { stdin, timeoutMs: PATIENT }))).toEqual(
      ended(0),
    );
    expect(outcome(await listener.exited)).toEqual(ended(0, `${long.length}\n4\n`));
  });

  test('that is empty: -f sends an empty message, -l none, -s is an error', async () => {
    const place = await mosquittoPlace();
    const empty = join(tempDir(), 'empty');
    writeFileSync(empty, '');
    const listener = await listening(place, ['-t', 'a', '-q', '1', '-C', '2', '-F', '%l']);
    expect(outcome(await publish(place, ['-t', 'a', '-q', '1', '-l'], { stdin: '' }))).toEqual(ended(0));
    expect(outcome(await publish(place, ['-t', 'a', '-q', '1', '-f', empty]))).toEqual(ended(0));
    expect((await publish(place, ['-t', 'a', '-q', '1', '-s'], { stdin: '' })).status).toBe(1);
    expect(outcome(await publish(place, ['-t', 'a', '-q', '1', '-m', 'end']))).toEqual(ended(0));
    expect(outcome(await listener.exited)).toEqual(ended(0, '0\n3\n'));
  });

  test('with a topic of 65,535 bytes arrives; one byte more is refused', async () => {
    const place = await mosquittoPlace();
    const topic = 'x'.repeat(65_535);
    const listener = await listening(place, ['-t', topic, '-q', '1', '-C', '1']);
    expect(outcome(await publish(place, ['-t', topic, '-q', '1', '-m', 'long']))).toEqual(ended(0));
    expect(outcome(await listener.exited)).toEqual(ended(0, 'long\n'));
    for (const [program, args] of [
      ['tspub', ['-m', 'x']],
      ['tssub', ['-C', '1']],
    ] as const) {
      const { status, stdout, stderr } = await run(program, [...place.args, '-t', `${topic}x`, ...args]);
      expect({ program, status, stdout: stdout.length }).toEqual({ program, status: 1, stdout: 0 });
      expect(stderr.split('\n')[0]!.slice(0, 60)).toMatch(/^Error: /);
    }
  });
});
