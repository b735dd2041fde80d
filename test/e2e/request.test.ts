// tsrr on a real broker: which message is the answer, and how it ends.

import { describe, expect, test } from 'vitest';
import { fakeServer } from '../support/fake-server.ts';
import { asLines, numbers } from '../support/lines.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { run, start } from '../support/run.ts';
import { at, ended, listening, mosquittoPlace, outcome, type Place, publish, subscribe } from './broker.ts';

const ask = ['-t', 'ask', '-e', 'answer', '-m', 'question', '-i', 'asker'];

const request = async (place: Place, args: readonly string[]) =>
  outcome(await run('tsrr', [...place.args, '-W', '45', ...args], { timeoutMs: 50_000 }));

/** Starts tsrr and resolves once its request has come to a witness. */
async function asked(place: Place, args: readonly string[]) {
  const witness = await listening(place, ['-t', 'ask', '-C', '1']);
  const running = start('tsrr', [...place.args, '-W', '45', ...ask, ...args]);
  await witness.exited;
  return running;
}

test('tsrr prints an answer to its end when the connection has gone meanwhile: exit status 0, and nothing is reported', async () => {
  const { port } = await fakeServer(async (connection) => {
    await connection.readPacket();
    await connection.send('20 02 00 00');
    const { body } = await connection.readPacket();
    await connection.send(Buffer.from([0x90, 3, body[0]!, body[1]!, 0]));
    await connection.readPacket();
    // A remaining length of 4,194,312: longer than pipe and socket take at once.
    connection.socket.end(
      Buffer.concat([Buffer.from('3088808002' + '0006616e73776572', 'hex'), Buffer.alloc(4 << 20, 'y')]),
    );
    await connection.closed;
  });
  const { status, stdout, stderr } = await run('tsrr', [...at(port), ...ask, '-V', '311']);
  expect([status, stdout.length, stderr]).toEqual([0, (4 << 20) + 1, '']);
});

describeWithMosquitto('tsrr', () => {
  for (const version of ['mqttv31', 'mqttv311', 'mqttv5']) {
    const v = ['-V', version];

    describe(version, () => {
      for (const qos of ['0', '1', '2']) {
        test(`-q ${qos} prints the answer and ends with 0`, async () => {
          const place = await mosquittoPlace();
          const asker = await asked(place, [...v, '-q', qos, '-v']);
          await publish(place, [...v, '-t', 'answer', '-m', 'yes', '-q', qos]);
          expect(outcome(await asker.exited)).toEqual(ended(0, 'answer yes\n'));
        });
      }

      test('--nodelay leaves the answer as it is', async () => {
        const place = await mosquittoPlace();
        const asker = await asked(place, [...v, '--nodelay']);
        await publish(place, ['-t', 'answer', '-m', 'yes']);
        expect(outcome(await asker.exited)).toEqual(ended(0, 'yes\n'));
      });

      test('a retained message that was there before is not the answer', async () => {
        const place = await mosquittoPlace();
        await publish(place, ['-t', 'answer', '-m', 'stale', '-r', '-q', '1']);
        const asker = await asked(place, v);
        await publish(place, ['-t', 'answer', '-m', 'fresh']);
        expect(outcome(await asker.exited)).toEqual(ended(0, 'fresh\n'));
      });

      test('the Will is not published on success', async () => {
        const place = await mosquittoPlace();
        const witness = await listening(place, ['-t', 'will', '-C', '1']);
        const will = ['--will-topic', 'will', '--will-payload', 'died'];
        expect(await request(place, [...v, '-t', 'loop', '-e', 'loop', '-m', 'echo', ...will])).toEqual(
          ended(0, 'echo\n'),
        );
        await publish(place, ['-t', 'will', '-m', 'mark']);
        expect(outcome(await witness.exited)).toEqual(ended(0, 'mark\n'));
      });

      test('-W without an answer ends with 27', async () => {
        const place = await mosquittoPlace();
        expect(outcome(await run('tsrr', [...place.args, ...ask, ...v, '-W', '2']))).toEqual(
          ended(27, '', 'Timed out\n'),
        );
      });
    });
  }

  test('-D publish correlation-data: an answer with other data, or none, is not the answer', async () => {
    const place = await mosquittoPlace();
    const asker = await asked(place, ['-D', 'publish', 'correlation-data', 'mine']);
    await publish(place, ['-t', 'answer', '-m', 'none']);
    await publish(place, ['-t', 'answer', '-m', 'other', '-D', 'publish', 'correlation-data', 'theirs']);
    await publish(place, ['-t', 'answer', '-m', 'right', '-D', 'publish', 'correlation-data', 'mine']);
    expect(outcome(await asker.exited)).toEqual(ended(0, 'right\n'));
  });

  test('the request says where the answer goes', async () => {
    const place = await mosquittoPlace();
    const witness = await listening(place, ['-t', 'ask', '-V', '5', '-F', '%R %D %p', '-C', '1']);
    const asker = start('tsrr', [...place.args, ...ask, '-D', 'publish', 'correlation-data', 'c7']);
    expect(outcome(await witness.exited)).toEqual(ended(0, 'answer c7 question\n'));
    await asker.kill('SIGKILL');
  });

  test('-f, -s and -n are requests too, -F and -N print the answer', async () => {
    const place = await mosquittoPlace();
    const loop = ['-t', 'loop', '-e', 'loop'];
    const args = [...place.args, '-W', '45', ...loop];
    expect(outcome(await run('tsrr', [...args, '-s', '-N'], { stdin: 'a\nb\n' }))).toEqual(ended(0, 'a\nb\n'));
    expect(outcome(await run('tsrr', [...args, '-n', '-v']))).toEqual(ended(0, 'loop (null)\n'));
    expect(outcome(await run('tsrr', [...args, '-m', 'x', '-F', '%t=%x']))).toEqual(ended(0, 'loop=78\n'));
    expect(outcome(await run('tsrr', [...args, '-f', '/dev/null', '-v']))).toEqual(ended(0, 'loop (null)\n'));
  });

  test('--latency prints how long it took', async () => {
    const place = await mosquittoPlace();
    const { stdout, status } = await request(place, ['-t', 'loop', '-e', 'loop', '-m', 'x', '--latency']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^x\nLatency: ([\d.]+(ns|µs|ms)|\d+\.\d{9})\n$/);
  });
});

test('a refused subscription ends tsrr with its code and no request leaves', async () => {
  const server = await fakeServer(async (connection) => {
    await connection.readPacket();
    await connection.send('20 03 00 00 00');
    const subscribe = await connection.readPacket();
    await connection.send(Buffer.from([0x90, 4, subscribe.body[0]!, subscribe.body[1]!, 0, 0x87]));
    const next = await connection.readPacket();
    expect(next.header >> 4).toBe(14);
  });
  expect(outcome(await run('tsrr', [...at(server.port), ...ask]))).toEqual(ended(135, '', 'Not authorized\n'));
});

test('a refused request ends tsrr with its code', async () => {
  const server = await fakeServer(async (connection) => {
    await connection.readPacket();
    await connection.send('20 03 00 00 00');
    const subscribe = await connection.readPacket();
    await connection.send(Buffer.from([0x90, 4, subscribe.body[0]!, subscribe.body[1]!, 0, 0]));
    await connection.readPacket();
    await connection.send('40 03 00 02 97');
    await connection.readPacket();
  });
  expect(outcome(await run('tsrr', [...at(server.port), ...ask, '-q', '1']))).toEqual(
    ended(151, '', 'Warning: Publish 2 failed: Quota exceeded.\n'),
  );
});

test('-d has no line for what comes behind the answer', async () => {
  const server = await fakeServer(async (connection) => {
    await connection.readPacket();
    await connection.send('20 02 00 00');
    const { body } = await connection.readPacket();
    await connection.send(Buffer.from([0x90, 3, body[0]!, body[1]!, 0]));
    await connection.readPacket();
    await connection.send('30 09 0006 616e73776572 31  30 09 0006 616e73776572 32');
    await connection.readPacket();
  });
  const { stdout } = await run('tsrr', [...at(server.port), ...ask, '-V', '311', '-d']);
  expect(stdout.toString().split('\n').slice(4)).toEqual([
    "Client asker sending PUBLISH (d0, q0, r0, m2, 'ask', ... (8 bytes))",
    "Client asker received PUBLISH (d0, q0, r0, m0, 'answer', ... (1 bytes))",
    '1',
    'Client asker sending DISCONNECT',
    '',
  ]);
});

describeWithMosquitto('tssub', () => {
  test('--remove-retained -C removes what it has printed, and ends', async () => {
    const place = await mosquittoPlace();
    for (const topic of ['r/1', 'r/2']) await publish(place, ['-t', topic, '-m', topic, '-r', '-q', '1']);
    const printed = await subscribe(place, ['-t', 'r/#', '--remove-retained', '-C', '2']);
    expect(printed.status).toBe(0);
    expect(printed.stdout.toString().split('\n').sort()).toEqual(['', 'r/1', 'r/2']);
    // Time enough for a busy machine to connect: without that it would be another status.
    const again = await run('tssub', [...place.args, '-t', 'r/#', '-W', '5']);
    expect(outcome(again)).toEqual(ended(27, '', 'Timed out\n'));
  });

  test('--random-filter 0.1 prints about none, 100 all; those left out count for -C', async () => {
    const place = await mosquittoPlace();
    const lines = asLines(numbers(0, 49));
    for (const [percent, most] of [
      ['0.1', 10],
      ['100', 50],
    ] as const) {
      const sub = await listening(place, ['-t', 'x', '--random-filter', percent, '-C', '50']);
      await publish(place, ['-t', 'x', '-l'], { stdin: lines });
      const { status, stdout } = outcome(await sub.exited);
      const count = stdout.split('\n').length - 1;
      expect(status).toBe(0);
      expect(count).toBeLessThanOrEqual(most);
      if (percent === '100') expect(stdout).toBe(lines);
    }
  });

  test('--message-rate prints counts and no messages', async () => {
    const place = await mosquittoPlace();
    const sub = await listening(place, ['-t', 'x', '--message-rate']);
    await publish(place, ['-t', 'x', '-l'], { stdin: 'a\nb\nc\n' });
    await sub.waitForStdout(/[1-3] msgs\/s\n/);
    await sub.kill('SIGTERM');
    const counts = sub
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => /^(\d+) msgs\/s$/.exec(line)?.[1]);
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(3);
  });

  test('-w gives each topic its line', async () => {
    const place = await mosquittoPlace();
    const sub = await listening(place, ['-t', 'w/+', '-w', '-C', '3']);
    for (const topic of ['w/1', 'w/2', 'w/1']) await publish(place, ['-t', topic, '-m', topic]);
    const screen = '\x1b[2J\x1b[1;1HBroker: 127.0.0.1\n';
    const line = (at: number, text: string, last: number) => `\x1b[${at};1H${text}\n\x1b[${last};1H\n`;
    expect(outcome(await sub.exited)).toEqual(
      ended(0, screen + line(2, 'w/1', 2) + line(3, 'w/2', 3) + line(2, 'w/1', 3)),
    );
  });

  test('-U alone with -E ends when the server has answered', async () => {
    const place = await mosquittoPlace();
    expect(outcome(await subscribe(place, ['-U', 'a', '-E']))).toEqual(ended(0));
  });

  test('-F complains on standard error about what it cannot print, and goes on', async () => {
    const place = await mosquittoPlace();
    await publish(place, ['-t', 'x', '-m', 'not json', '-r', '-q', '1']);
    expect(outcome(await subscribe(place, ['-t', 'x', '-F', '[%J]', '-C', '1']))).toEqual(
      ended(0, '[]\n', 'Error: Message payload is not valid JSON on topic x.\n'),
    );
  });
});
