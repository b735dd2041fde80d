// Connections that break, brokers that restart, programs that are stopped or killed: nothing acknowledged is lost.
import { describe, expect, test as one } from 'vitest';
import { startFaultProxy } from '../faults/proxy.ts';
import { fakeServer } from '../support/fake-server.ts';
import { idle } from '../support/idle.ts';
import { asLines, numbers } from '../support/lines.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { BACK, LOST, LOST_AND_BACK, timeless } from '../support/outage.ts';
import { type Running, run, start } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import {
  at,
  ended,
  firstDifference,
  listening,
  mosquittoPlace,
  outcome,
  publish,
  subscribe,
  VERSIONS,
} from './broker.ts';
import { startProxy } from './proxy.ts';
import { accept, packetIdOf, V3 } from './scripted-server.ts';

/** They wait for time limits most of the time, so several do it at once. */
const test = one.concurrent;

const KEEP_EVERYTHING = { extra: ['max_queued_messages 0'] };
const PATIENT = 120_000;
const LINES = 3_000;
const lines = (from = 1, to = LINES): string[] => numbers(from, to).map((number) => `line ${number}`);
/** The same without the lines that came before. */
const unique = (text: string): string => asLines([...new Set(text.split('\n').slice(0, -1))]);
const ALL = asLines([...lines(), 'end']);
const witness = (qos: string): string[] => ['-t', 'a', '-q', qos, '-c', '-i', 'witness'];

describe('a server that keeps what it was sent at QoS 2 [MQTT-4.3.3-10]', () => {
  for (const input of ['-m', '-l', '--json-lines'])
    test(`has the message of tspub -c -q 2 ${input} after a run that was killed behind PUBREC`, async () => {
      const held = new Map<string, string>();
      const released: (string | undefined)[] = [];
      let connections = 0;
      const server = await fakeServer(async (connection) => {
        const isFirst = ++connections === 1;
        await connection.readPacket();
        await connection.send(Buffer.from([0x20, 2, isFirst ? 0 : 1, 0]));
        for (;;) {
          const packet = await connection.readPacket();
          if (packet.header >> 4 === 14) return connection.close();
          const id = packet.header >> 4 === 3 ? packetIdOf(packet) : ([packet.body[0]!, packet.body[1]!] as const);
          if (packet.header >> 4 === 6) {
            released.push(held.get(`${id}`));
            held.delete(`${id}`);
            await connection.send(Buffer.from([0x70, 2, ...id]));
            continue;
          }
          if (!held.has(`${id}`)) held.set(`${id}`, packet.body.toString('latin1', 2 + packet.body[1]! + 2));
          if (isFirst) return void connection.socket.resetAndDestroy();
          await connection.send(Buffer.from([0x50, 2, ...id]));
        }
      });
      const session = [...at(server.port), '-c', '-i', 'me', '-q', '2', '-t', 'a'];
      // To the server it is the same whether the client is killed or the connection is cut before PUBREC arrives.
      expect((await run('tspub', [...session, '-m', 'old'])).status).toBe(7);
      const text = input === '--json-lines' ? '{"topic":"a","payload":"new"}\n' : 'new';
      const words = input === '-m' ? ['-m', text] : [input];
      expect(outcome(await run('tspub', [...session, ...words], { stdin: text }))).toEqual(ended(0));
      expect(released).toEqual(['new']);
    });
});

describeWithMosquitto('a connection that is cut', () => {
  for (const version of ['mqttv311', 'mqttv5']) {
    test(`-V ${version}: tspub -l -q 1 comes back and sends everything`, { timeout: PATIENT }, async () => {
      const place = await mosquittoPlace(KEEP_EVERYTHING);
      await subscribe(place, [...witness('1'), '-E']);
      let cuts = 0;
      const proxy = await startProxy(place.broker.port, (it) => {
        if (cuts < 2 && it.sent > (cuts + 1) * 20_000) {
          cuts++;
          it.cut();
        }
      });
      const sent = await publish({ ...place, args: at(proxy.port) }, ['-V', version, '-t', 'a', '-q', '1', '-l'], {
        stdin: asLines(lines()),
        timeoutMs: 40_000,
      });
      expect({ status: sent.status, cuts, connections: proxy.connections }).toEqual({
        status: 0,
        cuts: 2,
        connections: 3,
      });
      expect(sent.stderr).toMatch(/Warning: The connection was lost; connecting again\.\n/);
      await publish(place, ['-t', 'a', '-q', '1', '-m', 'end']);

      const reader = await listening(place, [...witness('1')]);
      await reader.waitForStdout('end\n');
      expect(firstDifference(unique(reader.stdout()), ALL)).toBeUndefined();
    });

    for (const qos of ['1', '2']) {
      test(`-V ${version}: tspub -l -q ${qos} -c -i sends each line ${qos === '2' ? 'exactly' : 'at least'} once, in order`, {
        timeout: PATIENT,
      }, async () => {
        const place = await mosquittoPlace(KEEP_EVERYTHING);
        await subscribe(place, [...witness('2'), '-E']);
        let cuts = 0;
        const proxy = await startProxy(place.broker.port, (it) => {
          if (cuts < 2 && it.sent > (cuts + 1) * 20_000) {
            cuts++;
            it.cut();
          }
        });
        const args = ['-V', version, '-t', 'a', '-q', qos, '-l', '-c', '-i', 'publisher'];
        const sent = await publish({ ...place, args: at(proxy.port) }, args, {
          stdin: asLines(lines()),
          timeoutMs: 40_000,
        });
        expect({ status: sent.status, cuts }).toEqual({ status: 0, cuts: 2 });
        expect(sent.stderr).not.toMatch('lost the session');
        await publish(place, ['-t', 'a', '-q', '2', '-m', 'end']);

        const reader = await listening(place, [...witness('2')]);
        await reader.waitForStdout('end\n');
        const printed = qos === '2' ? reader.stdout() : unique(reader.stdout());
        expect(firstDifference(printed, ALL)).toBeUndefined();
      });
    }

    test(`-V ${version}: tssub -q 2 -c -i comes back and prints each message once`, { timeout: PATIENT }, async () => {
      const place = await mosquittoPlace(KEEP_EVERYTHING);
      await subscribe(place, [...witness('2'), '-E']);
      await publish(place, ['-t', 'a', '-q', '2', '-l'], { stdin: asLines(lines()), timeoutMs: 40_000 });
      let cuts = 0;
      const proxy = await startProxy(place.broker.port, (it) => {
        // The second when each line is printed and acknowledged by PUBREC, and some by PUBCOMP. A cut while Mosquitto takes
        // the session up has it send again, as new, what waited for PUBCOMP (database.c of 2.0.11: a second
        // reconnect_reset makes a PUBLISH of resend_pubrel).
        if (it.sent > [3_000, 18_000, Infinity][cuts]!) {
          cuts++;
          it.cut();
        }
      });
      const args = ['-V', version, ...witness('2'), '-C', `${LINES}`];
      const { status, stdout, stderr } = await subscribe({ ...place, args: at(proxy.port) }, args);
      const again = LOST_AND_BACK.repeat(2);
      expect({ status, cuts, stderr: timeless(stderr) }).toEqual({ status: 0, cuts: 2, stderr: again });
      expect(firstDifference(stdout.toString(), asLines(lines()))).toBeUndefined();
    });
  }

  test('tspub -l -q 0 does not end with 0, because it is unknown what arrived', { timeout: PATIENT }, async () => {
    const place = await mosquittoPlace();
    const listener = await listening(place, ['-t', 'a', '-C', '2']);
    const proxy = await startProxy(place.broker.port);
    const running = start('tspub', [...at(proxy.port), '-t', 'a', '-l'], { stdin: 'before\n', keepStdinOpen: true });
    await listener.waitForStdout('before\n');
    proxy.cut();
    await running.waitForStderr('connecting again');
    running.child.stdin?.end('after\n');
    const { status, stderr } = await running.exited;
    expect({ status, stderr: timeless(stderr) }).toEqual({
      status: 7,
      stderr: `${LOST}Warning: Messages sent at QoS 0 before the connection was lost may not have arrived.\n${BACK}`,
    });
    expect(outcome(await listener.exited)).toEqual(ended(0, 'before\nafter\n'));
  });

  test('tspub -m does not come back, and ends with 7', async () => {
    const place = await mosquittoPlace();
    const proxy = await startProxy(place.broker.port, (it) => it.cut());
    const args = [...at(proxy.port), '-t', 'a', '-q', '1', '-m', 'x'];
    expect(outcome(await start('tspub', args).exited)).toEqual(ended(7, '', 'Error: The connection was lost\n'));
  });
});

describeWithMosquitto('a broker that restarts', () => {
  for (const qos of ['1', '2']) {
    test(`is waited for by tspub -l -q ${qos} and tssub -c, and nothing is missing`, { timeout: PATIENT }, async () => {
      const place = await mosquittoPlace({ ...KEEP_EVERYTHING, persistence: tempDir() });
      const { broker } = place;
      const reader = await listening(place, [...witness(qos), '-W', '55']);
      const args = [...place.args, '-t', 'a', '-q', qos, '-l', '-c', '-i', 'publisher'];
      const running = start('tspub', args, { stdin: 'before\n', keepStdinOpen: true });
      await reader.waitForStdout('before\n');

      await broker.stop();
      await running.waitForStderr('connecting again');
      running.child.stdin?.write('while it is away\n');
      await broker.restart();
      running.child.stdin?.end('after\n');

      expect((await running.exited).status).toBe(0);
      await reader.waitForStdout('after\n', 40_000);
      // At QoS 1 what the broker had not seen acknowledged when it stopped may come twice.
      const printed = qos === '2' ? reader.stdout() : unique(reader.stdout());
      expect(printed).toBe('before\nwhile it is away\nafter\n');
      expect(reader.stderr()).toMatch(/^Warning: The connection was lost; connecting again\.\n/);
    });
  }
});

describeWithMosquitto('a tssub that is killed', () => {
  for (const [version, qos] of [
    ['mqttv311', '1'],
    ['mqttv5', '1'],
    ['mqttv311', '2'],
    ['mqttv5', '2'],
  ] as const) {
    test(`-V ${version} -q ${qos} -c leaves what it has not printed to the next`, { timeout: PATIENT }, async () => {
      const place = await mosquittoPlace(KEEP_EVERYTHING);
      const args = ['-V', version, ...witness(qos)];
      await subscribe(place, [...args, '-E']);
      await publish(place, ['-t', 'a', '-q', qos, '-l'], { stdin: asLines(lines()), timeoutMs: 40_000 });

      let printed = '';
      // The n-th packet that passes, of either side, is the last that the victim lives to see.
      for (const last of [3, 160, 401, 802]) {
        let passed = 0;
        const proxy = await startFaultProxy(
          place.broker.port,
          () => ({}),
          () => {
            if (++passed === last) victim.child.kill('SIGKILL');
          },
        );
        const victim = start('tssub', [...at(proxy.port), ...args]);
        const { signal, stdout } = await victim.exited;
        expect(signal).toBe('SIGKILL');
        printed += stdout.toString().replace(/[^\n]*$/, ''); // it may have died within a line
      }
      await publish(place, ['-t', 'a', '-q', qos, '-m', 'end']);
      const last = start('tssub', [...place.args, ...args]);
      await last.waitForStdout('end\n');
      printed += last.stdout();
      expect(firstDifference(unique(printed), ALL)).toBeUndefined();
    });
  }
});

describeWithMosquitto('two tssub with one identifier', () => {
  // mosquitto 2.0 sends no DISCONNECT with a reason in MQTT 5 either.
  for (const version of VERSIONS)
    test(`-V ${version}: do not fight forever: one ends with 4 and the identifier, the other goes on`, {
      timeout: 2 * PATIENT,
    }, async () => {
      const place = await mosquittoPlace();
      const pair = [1, 2].map(() =>
        start('tssub', [...place.args, '-V', version, '-t', 'a', '-i', 'same', '-W', '90']),
      ) as [Running, Running];
      const first = await Promise.race(pair.map(({ exited }) => exited));
      expect({ status: first.status, lines: first.stderr }).toEqual({
        status: 4,
        lines: expect.stringMatching(
          /^(Warning: .*\n(Hint: .*\n)?(Connected again .*\n)?)+Error: .* another client may use the client ID "same".*\n$/,
        ),
      });
      const other = pair.find(({ child }) => child.exitCode === null)!;
      const publishing = setInterval(() => void publish(place, ['-t', 'a', '-m', 'x']), 500);
      await other.waitForStdout('x\n', 40_000).finally(() => clearInterval(publishing));
    });
});

describe('signals', () => {
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    describeWithMosquitto('with a broker', () => {
      test(`${signal} ends tspub -l with ${status}, after what it had read is delivered`, async () => {
        const place = await mosquittoPlace();
        const listener = await listening(place, ['-t', 'a', '-q', '1']);
        const args = [...place.args, '-t', 'a', '-l', '-q', '1', '-d'];
        const running = start('tspub', args, { stdin: 'x\ny\n', keepStdinOpen: true });
        await listener.waitForStdout('x\ny\n');
        expect((await running.kill(signal)).status).toBe(status);
        expect(running.stdout()).toMatch(/sending DISCONNECT\n$/);
      });

      test(`${signal} ends tssub with 0`, async () => {
        const place = await mosquittoPlace();
        const listener = await listening(place, ['-t', 'a', '-d']);
        expect((await listener.kill(signal)).status).toBe(0);
        expect(listener.stdout()).toMatch(/sending DISCONNECT\n$/);
      });
    });

    test(`${signal} ends tspub with ${status} while it waits for PUBACK`, async () => {
      const server = await fakeServer(async (connection) => {
        await accept(connection);
        await connection.readPacket();
      });
      const running = start('tspub', [...at(server.port), ...V3, '-t', 'a', '-q', '1', '-m', 'x', '-d']);
      await running.waitForStdout('sending PUBLISH');
      expect((await running.kill(signal)).status).toBe(status);
    });

    test(`${signal} before CONNACK ends tspub and tssub with ${status}`, async () => {
      const server = await fakeServer(async () => {});
      const pub = start('tspub', [...at(server.port), '-t', 'a', '-m', 'x']);
      const sub = start('tssub', [...at(server.port), '-t', 'a']);
      for (const i of [0, 1]) await (await server.connection(i)).readPacket();
      expect([(await pub.kill(signal)).status, (await sub.kill(signal)).status]).toEqual([status, status]);
    });
  }

  test('a second signal ends tspub at once', async () => {
    const server = await fakeServer(async (connection) => void (await accept(connection)));
    const running = start('tspub', [...at(server.port), ...V3, '-t', 'a', '-q', '1', '-m', 'x', '-d']);
    await running.waitForStdout('sending PUBLISH');
    running.child.kill('SIGINT');
    // Two that come as one are one; a third could come when it has stopped listening and is about to end.
    await idle(running.child.pid);
    const { status } = await running.kill('SIGINT');
    expect(status).toBe(130);
  });
});
