/** tspub --spool against the real broker, and without one: kept or delivered, never lost, never twice in a kept session. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { lockFile } from '../../src/runtime/lock-file.ts';
import { PACKET, startFaultProxy } from '../faults/proxy.ts';
import { certificates } from '../support/certs.ts';
import { cleanUp } from '../support/cleanup.ts';
import { fakeServer } from '../support/fake-server.ts';
import { numbers } from '../support/lines.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { canMount } from '../support/mount.ts';
import { at, type RunResult, run, start } from '../support/run.ts';
import { realSurroundings } from '../support/surroundings.ts';
import { freePort, tempDir } from '../support/tmp.ts';

const mayMount = canMount('a spool on a full disk');

const newSpool = (): string => join(tempDir(), 'spool');
const tspub = (spool: string, port: number, ...args: string[]): Promise<RunResult> =>
  run('tspub', ['--spool', spool, ...at(port), ...args]);
/** Without the age of what waits: a busy machine takes a second for a run. */
const ageless = (stderr: string): string => stderr.replace(/oldest \d+ s$/m, 'oldest N s');
const waitingIn = async (spool: string): Promise<string[]> =>
  (await run('tsspool', [spool, 'export'])).stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { payload: string }).payload);

describe('without a broker', () => {
  it('the message is kept: exit 0, the reason, and how much waits', async () => {
    const spool = newSpool();
    const port = await freePort();
    const first = await tspub(spool, port, '-t', 'a', '-m', 'one', '-q', '2');
    expect([first.status, ageless(first.stderr).replace(/^Hint: .*\n/m, '')]).toEqual([
      0,
      `Warning: Connection refused\nkept in ${spool}: 1 waiting, oldest N s\n`,
    ]);
    const second = await tspub(spool, port, '-t', 'a', '-m', 'two', '--spool-status', '75', '--quiet');
    expect([second.status, second.stderr]).toEqual([75, '']);
    expect((await tspub(spool, port, '--flush')).status).toBe(1);
    expect((await tspub(spool, port, '--flush', '--spool-status', '3')).status).toBe(3);
    expect(await waitingIn(spool)).toEqual(['one', 'two']);
  });

  it('a server that asks for authentication ends the run with a line that says so, and the message is kept', async () => {
    const spool = newSpool();
    const { port } = await fakeServer(async (connection) => {
      await connection.readPacket();
      await connection.send('f0 06 18 04 15 00 01 4d');
    });
    const method = ['-V', '5', '-D', 'connect', 'authentication-method', 'M', '-k', '5'];
    const { status, stderr } = await tspub(spool, port, ...method, '-t', 'a', '-m', 'x');
    const kept = `kept in ${spool}: 1 waiting, oldest N s\n`;
    expect([status, ageless(stderr)]).toEqual([0, `Warning: Authorisation failed\n${kept}`]);
    expect(await waitingIn(spool)).toEqual(['x']);
  });

  it('what another run adds while this one takes its leave is sent too', async () => {
    const spool = newSpool();
    const seen: string[] = [];
    let leaving = (): void => {};
    const left = new Promise<void>((resolve) => {
      leaving = resolve;
    });
    let mayEnd = (): void => {};
    const end = new Promise<void>((resolve) => {
      mayEnd = resolve;
    });
    const server = await fakeServer(
      async (connection) => {
        await connection.readPacket();
        await connection.send('20 02 01 00');
        for (;;) {
          const { header, body } = await connection.readPacket();
          if (header >> 4 === 14) break;
          if (header >> 4 !== 3) continue;
          seen.push(body.toString('latin1', 5));
          await connection.send(Buffer.from([0x40, 2, body[3]!, body[4]!]));
        }
        leaving();
        await end;
        await connection.close();
      },
      { staysOpen: true },
    );
    const first = start('tspub', ['--spool', spool, ...at(server.port), '-t', 'a', '-m', 'first', '-q', '1']);
    await left;
    const second = tspub(spool, server.port, '-t', 'a', '-m', 'second', '-q', '1');
    // It leaves its message to the first; or sends it, should that one have waited for the server for too long.
    void second.then(mayEnd);
    await expect.poll(() => seen, { timeout: 30_000 }).toEqual(['first', 'second']);
    expect((await first.exited).status).toBe(0);
    expect((await second).status).toBe(0);
    expect(await waitingIn(spool)).toEqual([]);
  }, 60_000);

  it('a message that is damaged on the disk is not 0 for --flush, which sends the others', async () => {
    const spool = newSpool();
    const port = await freePort();
    for (const payload of ['one', 'other', 'three']) await tspub(spool, port, '-t', 'a', '-m', payload, '-q', '1');
    const segment = join(spool, '0000000000000001.msg');
    const bytes = readFileSync(segment);
    bytes[bytes.indexOf('other')] = 0x4f;
    writeFileSync(segment, bytes);
    const seen: string[] = [];
    const server = await fakeServer(async (connection) => {
      await connection.readPacket();
      await connection.send('20 02 00 00');
      for (;;) {
        const { header, body } = await connection.readPacket();
        if (header >> 4 === 14) return connection.close();
        seen.push(body.toString('latin1', 5));
        await connection.send(Buffer.from([0x40, 2, body[3]!, body[4]!]));
      }
    });
    const { status, stderr } = await tspub(spool, server.port, '--flush');
    expect([status, seen]).toEqual([1, ['one', 'three']]);
    expect(stderr).toContain(`Warning: ${spool}: a message is missing between 2 and 2\n`);
    expect((await tspub(spool, server.port, '--flush')).status).toBe(0);
  });

  it('-l: a limit in the middle of the input says with which line to go on, and so does a signal', async () => {
    const spool = newSpool();
    const args = ['--spool', spool, ...at(await freePort()), '-t', 'a', '-l'];
    const full = await run('tspub', [...args, '--spool-max-count', '2'], { stdin: 'one\ntwo\nthree\nfour\n' });
    expect(full.status).toBe(1);
    expect(full.stderr).toContain('\nWarning: Standard input was accepted up to line 2; continue at line 3.\nkept in ');
    const json = '\n{"topic":"a","payload":"three"}\n\n{"topic":"a","payload":"four"}\n';
    const records = ['--spool', spool, ...at(await freePort()), '--json-lines', '--spool-max-count', '3'];
    expect((await run('tspub', records, { stdin: json })).stderr).toContain(' up to line 2; continue at line 3.\n');
    const running = start('tspub', args, { stdin: 'four\nfive\nhalf', keepStdinOpen: true });
    await expect.poll(() => waitingIn(spool), { timeout: 30_000 }).toContain('five');
    const { status, stderr } = await running.kill('SIGTERM');
    expect(status).toBe(143);
    expect(stderr).toContain('Warning: Standard input was accepted up to line 2; continue at line 3.\nkept in ');
    expect(await waitingIn(spool)).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  it('a signal ends it while another process has the lock under which messages are added', async () => {
    const spool = newSpool();
    const args = ['--spool', spool, ...at(await freePort()), '-t', 'a', '-l'];
    const running = start('tspub', args, { stdin: 'one\n', keepStdinOpen: true });
    await expect.poll(() => waitingIn(spool), { timeout: 30_000 }).toEqual(['one']);
    const request = { path: join(spool, 'append.lock'), name: 'The spool' };
    const lock = await lockFile(request, realSurroundings);
    running.child.stdin!.write('two\n');
    const { status, stderr } = await running.kill('SIGTERM');
    lock.release();
    expect(status).toBe(143);
    expect(stderr).toContain('Warning: Standard input was accepted up to line 1; continue at line 2.\nkept in ');
    expect(await waitingIn(spool)).toEqual(['one']);
  });

  it('-s: a signal ends it while the input is open, with nothing kept', async () => {
    const spool = newSpool();
    const args = ['--spool', spool, ...at(await freePort()), '-t', 'a', '-s'];
    const running = start('tspub', args, { stdin: 'half', keepStdinOpen: true });
    await expect.poll(() => existsSync(join(spool, 'reserve')), { timeout: 30_000 }).toBe(true);
    expect((await running.kill('SIGTERM')).signal).toBe('SIGTERM');
    expect(await waitingIn(spool)).toEqual([]);
  });

  it.each([
    [['--flush']],
    // Its input, which stays open, is not read any more.
    [['-t', 'a', '-l']],
  ])('%s: a signal ends it while a server does not answer the clean start that it needs', async (args) => {
    const spool = newSpool();
    await tspub(spool, await freePort(), '-t', 'a', '-m', 'x');
    rmSync(join(spool, 'journal'));
    let connected = (): void => {};
    const seen = new Promise<void>((resolve) => {
      connected = resolve;
    });
    const server = await fakeServer(async (connection) => {
      await connection.readPacket();
      connected();
      await connection.readPacket();
    });
    const running = start('tspub', ['--spool', spool, ...at(server.port), ...args, '-k', '3600'], {
      keepStdinOpen: true,
    });
    await seen;
    const { status, stderr } = await running.kill('SIGTERM');
    expect([status, stderr.replace(/oldest \d+/, 'oldest 0')]).toEqual([
      143,
      `${args[0] === '--flush' ? `kept in ${spool}` : `in ${spool} from earlier runs`}: 1 waiting, oldest 0 s\n`,
    ]);
    expect(await waitingIn(spool)).toEqual(['x']);
  });

  it('no user name and no password is in the folder', async () => {
    const spool = newSpool();
    await tspub(spool, await freePort(), '-t', 'a', '-m', 'x', '-u', 'the-user', '-P', 'the-secret');
    for (const name of ['spool', 'journal', '0000000000000001.msg']) {
      const content = readFileSync(join(spool, name), 'latin1');
      expect(content).not.toContain('the-user');
      expect(content).not.toContain('the-secret');
      expect(statSync(join(spool, name)).mode & 0o777).toBe(0o600);
    }
  });

  it('what cannot be kept is not 0', async () => {
    const spool = newSpool();
    const port = await freePort();
    expect((await tspub(spool, port, '-t', 'a', '-m', '1', '--spool-max-count', '1')).status).toBe(0);
    for (const [option, value, reason] of [
      ['--spool-max-count', '1', '1 message waits, the limit is 1 (--spool-max-count)'],
      ['--spool-max-bytes', '60', 'the limit is 60 (--spool-max-bytes)'],
      ['--spool-max-age', '0s', 'the limit is 0 s (--spool-max-age)'],
    ] as const) {
      const { status, stderr } = await tspub(spool, port, '-t', 'a', '-m', '2', option, value);
      expect(status).toBe(1);
      expect(stderr).toContain(`Error: The spool ${spool} is full: `);
      expect(stderr).toContain(reason);
    }
    const { status, stderr } = await tspub('/dev/null/x', port, '-t', 'a', '-m', '1');
    expect([status, stderr]).toEqual([1, 'Error: The spool /dev/null/x cannot be opened: Not a directory\n']);
    expect(await waitingIn(spool)).toEqual(['1']);
  });

  it('while one sends, others only add, and tsspool drop leaves after a while with the number of the process', async () => {
    const spool = newSpool();
    const sockets: Socket[] = [];
    let reached = (): void => {};
    const connected = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const silent = createServer((socket) => {
      sockets.push(socket.on('error', () => {}));
      reached();
    });
    cleanUp(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const port = await freePort();
    silent.listen(port, '127.0.0.1');
    const sender = start('tspub', ['--spool', spool, ...at(port), '-t', 'a', '-m', '1', '-q', '2']);
    await connected;
    const other = await tspub(spool, port, '-t', 'a', '-m', '2', '-q', '2');
    expect([other.status, ageless(other.stderr)]).toEqual([0, `kept in ${spool}: 2 waiting, oldest N s\n`]);
    const drop = await run('tsspool', [spool, 'drop', '--topic', '#']);
    const text = `Error: The spool ${spool} is in use: process ${sender.child.pid} is sending from it\nHint: Try again when that process has finished.\n`;
    expect([drop.status, drop.stderr]).toEqual([1, text]);
    await sender.kill('SIGKILL');
    const again = await run('tsspool', [spool, 'drop', '--topic', '#']);
    expect([again.status, again.stdout.toString()]).toEqual([0, `${spool}: 2 messages dropped\n`]);
  });

  it('-l keeps each line', async () => {
    const spool = newSpool();
    const lines = numbers(0, 4_999).map((number) => `line ${number}`);
    const { status, stderr } = await run('tspub', ['--spool', spool, ...at(await freePort()), '-t', 'a', '-l'], {
      stdin: lines.join('\n'),
    });
    expect([status, stderr.includes('5000 waiting')]).toEqual([0, true]);
    expect(await waitingIn(spool)).toEqual(lines);
  });

  it('-l --topic-from-line and --json-lines keep each with what the line says', async () => {
    const spool = newSpool();
    const port = `${await freePort()}`;
    const feed = (stdin: string, ...args: string[]): Promise<RunResult> =>
      run('tspub', ['--spool', spool, '-h', '127.0.0.1', '-p', port, ...args], { stdin });
    const first = await feed('a/1\tone\nb/2\ttwo\tthree\n', '-l', '--topic-from-line', '-q', '1');
    expect(first.status).toBe(0);
    expect(first.stderr.split('\n').at(-2)).toMatch(/^kept in .*: 2 waiting, oldest \d+ s$/);
    const properties = { 'content-type': 'x/y', 'user-properties': [{ k: 'v' }] };
    const record = { tst: '2020-01-01T00:00:00.000000+0000', topic: 'c', qos: 2, retain: true, properties };
    const lines = `${JSON.stringify({ ...record, payload_base64: 'AP8=' })}\n\n${JSON.stringify({ topic: 'd', payload: 7 })}`;
    expect((await feed(lines, '--json-lines', '-V', '5')).status).toBe(0);
    const { stdout } = await run('tsspool', [spool, 'export']);
    const kept = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(kept).toMatchObject([
      { topic: 'a/1', payload: 'one', qos: 1, retain: false },
      { topic: 'b/2', payload: 'two\tthree', qos: 1 },
      { topic: 'c', payload: null, payload_base64: 'AP8=', qos: 2, retain: true, properties },
      { topic: 'd', payload: '7', qos: 0 },
    ]);
    // It waits since it was accepted here, whenever it was recorded.
    expect(kept[2]!['tst']).not.toMatch(/^2020/);
    // Options go before the record.
    await feed(JSON.stringify({ ...record, payload: 'x' }), '--json-lines', '-V', '5', '-t', 'e', '-q', '1');
    expect((await waitingIn(spool)).length).toBe(5);
    expect((await run('tsspool', [spool, 'show', '5', '--json'])).stdout.toString()).toContain('"topic":"e"');
  });

  it.each([
    [['-l', '--topic-from-line'], 'no tab', 'tab is missing between topic and payload'],
    [['--json-lines'], '{"topic":"a/+","payload":""}', "invalid topic 'a/+', does it contain '+' or '#'?"],
    [
      ['--json-lines'],
      '{"topic":"a","payload":"","properties":{"content-type":"x"}}',
      'it has properties, which need MQTT 5 (-V 5)',
    ],
  ])(
    '%j: a line that says nothing that can be sent ends it; what was before is kept, and that is reported',
    async (args, bad, problem) => {
      const spool = newSpool();
      const good = args.includes('-l') ? 'a\tgood' : '{"topic":"a","payload":"good"}';
      const { status, stderr } = await run('tspub', ['--spool', spool, ...at(await freePort()), ...args], {
        stdin: `${good}\n${bad}\n${good}\n`,
      });
      // The connection may have failed before the line was read.
      const said = ageless(stderr).replace('Warning: Connection refused; connecting again.\n', '');
      expect([status, said]).toEqual([
        3,
        `Error: Line 2 of standard input: ${problem}.\nkept in ${spool}: 1 waiting, oldest N s\n`,
      ]);
      expect(await waitingIn(spool)).toEqual(['good']);
    },
  );

  it.each([
    [['--spool', 'd', '--json-lines', '--replay-speed', '1'], 'Error: --replay-speed cannot be used with --spool.'],
    [
      ['--flush', '-t', 'a', '-m', 'x', '--spool', 'd'],
      'Error: --flush sends only what waits in the spool, and takes no message.',
    ],
    [['--flush'], 'Error: --flush and the --spool-... options need --spool.'],
    [['--spool-max-age', '1h', '-t', 'a', '-m', 'x'], 'Error: --flush and the --spool-... options need --spool.'],
    [
      ['--spool', 'd', '-i', 'me', '-t', 'a', '-m', 'x'],
      'Error: --spool has its own client ID: -i and -I cannot be used with it.',
    ],
    [['--spool', 'd', '--unsent', 'f', '-t', 'a', '-l'], 'Error: --unsent and --summary cannot be used with --spool.'],
    [['--spool', 'd'], 'Error: Both topic and message must be supplied.'],
  ])('%j is refused', async (args, message) => {
    const { status, stderr } = await run('tspub', args);
    expect([status, stderr.split('\n')[0]]).toEqual([1, message]);
  });
});

describeWithMosquitto('with mosquitto', () => {
  function subscriber(port: number, qos = '2'): () => string[] {
    const running = start('mosquitto_sub', [...at(port), '-i', 'sub', '-c', '-q', qos, '-t', '#', '-F', '%p']);
    return () => running.stdout().split('\n').slice(0, -1);
  }

  it.each(['mqttv31', 'mqttv311', 'mqttv5'])(
    '%s: what waits is sent first, in order, and nothing is left',
    async (version) => {
      const spool = newSpool();
      const dead = await freePort();
      const broker = await startMosquitto();
      // At one QoS: between several a server keeps no order.
      const received = subscriber(broker.port, '1');
      await broker.waitForLog('Sending SUBACK to sub\n');
      for (const [i, qos] of ['2', '1', '0', '2'].entries())
        await tspub(spool, dead, '-V', version, '-t', 'a', '-m', `${i}`, '-q', qos);
      const last = await tspub(spool, broker.port, '-V', version, '-t', 'a', '-m', 'last', '-q', '1');
      expect([last.status, last.stderr]).toEqual([0, '']);
      await expect.poll(received).toEqual(['0', '1', '2', '3', 'last']);
      expect(await waitingIn(spool)).toEqual([]);
    },
  );

  it('properties come through, and the expiry interval without the time of waiting', async () => {
    const spool = newSpool();
    const tst = new Date(Date.now() - 4_000_000).toISOString();
    const line = (topic: string, expiry: number): string =>
      `${JSON.stringify({ tst, topic, payload: topic, qos: 1, properties: { 'message-expiry-interval': expiry, 'content-type': 'x/y', 'user-properties': [{ k: 'v' }] } })}\n`;
    await run('tsspool', [spool, 'import'], { stdin: line('kept', 10_000) + line('gone', 3_000) });
    const broker = await startMosquitto();
    const running = start('tssub', [...at(broker.port), '-V', '5', '-i', 'sub', '-t', '#', '-F', '%t %E %C %P']);
    await broker.waitForLog('Sending SUBACK to sub\n');
    const { status, stderr } = await tspub(spool, broker.port, '-V', '5', '--flush');
    expect([status, stderr]).toEqual([0, 'Warning: 1 message had expired and was dropped.\n']);
    const text = await running.waitForStdout('\n');
    // 6,000 s are left, less what this took.
    expect(text).toMatch(/^kept (59\d\d|6000) x\/y k:v\n$/);
  });

  it('properties are not taken off a message: with MQTT 3.1.1 it stays, and does not hold up the others', async () => {
    const spool = newSpool();
    const dead = await freePort();
    await tspub(spool, dead, '-V', '5', '-q', '2', '-t', 'a', '-m', 'rich', '-D', 'publish', 'content-type', 'x/y');
    await tspub(spool, dead, '-q', '2', '-t', 'a', '-m', 'plain');
    const broker = await startMosquitto();
    const running = start('tssub', [...at(broker.port), '-V', '5', '-i', 'sub', '-q', '2', '-t', '#', '-F', '%p %C']);
    await broker.waitForLog('Sending SUBACK to sub\n');
    const stays = 'Warning: 1 message with properties, which need MQTT 5 (-V 5), stays in the spool.\n';
    const said = ({ status, stderr }: RunResult): unknown => [status, stderr.replace(/oldest .*/, 'oldest')];
    const earlier = `${stays}in ${spool} from earlier runs: 1 waiting, oldest\n`;
    expect(said(await tspub(spool, broker.port, '-q', '2', '-t', 'a', '-m', 'own'))).toEqual([0, earlier]);
    const kept = `${stays}kept in ${spool}: 1 waiting, oldest\n`;
    expect(said(await tspub(spool, broker.port, '--flush'))).toEqual([1, kept]);
    expect(said(await tspub(spool, broker.port, '--flush', '-V', '5'))).toEqual([0, '']);
    const text = await running.waitForStdout('x/y\n');
    expect(text).toBe('plain \nown \nrich x/y\n');
  });

  it('properties are not taken off what is on its way: with MQTT 3.1.1 nothing is sent', async () => {
    const spool = newSpool();
    const server = await fakeServer(async (connection) => {
      await connection.readPacket();
      await connection.send('20 03 00 00 00');
      await connection.readPacket();
      connection.close();
    });
    const rich = ['-V', '5', '-q', '2', '-t', 'a', '-m', 'rich', '-D', 'publish', 'content-type', 'x/y'];
    expect((await tspub(spool, server.port, ...rich)).status).toBe(0);
    const broker = await startMosquitto();
    const { status, stderr } = await tspub(spool, broker.port, '--flush');
    expect([status, stderr.split('\n')[0]]).toEqual([
      1,
      'Error: A message in flight has properties, which need MQTT 5 (-V 5); nothing is sent.',
    ]);
    expect(await waitingIn(spool)).toEqual(['rich']);
    expect((await tspub(spool, broker.port, '--flush', '-V', '5')).status).toBe(0);
  });

  it('kill -9 of the sender at any packet of QoS 2: each message once, in order', async () => {
    const spool = newSpool();
    const payloads = numbers(0, 1_499);
    const stdin = payloads.map((payload) => JSON.stringify({ topic: 'a', payload, qos: 2 })).join('\n');
    await run('tsspool', [spool, 'import'], { stdin });
    const broker = await startMosquitto({ extra: ['max_queued_messages 0'] });
    const received = subscriber(broker.port);
    await broker.waitForLog('Sending SUBACK to sub\n');
    const published: number[] = [];
    /** What mosquitto requested again after its completion: printed when the order is wrong. */
    const askedAgain = new Set<string>();
    const flushThroughProxy = async (killAt: number) => {
      let passed = 0;
      const released = new Set<number>();
      const completed = new Set<number>();
      const proxy = await startFaultProxy(
        broker.port,
        () => ({}),
        (way, packet) => {
          const type = packet[0]! >> 4;
          // DISCONNECT and the like have none.
          const id = packet.length < 4 ? 0 : packet.readUInt16BE(type === PACKET.PUBLISH ? 2 + 2 + 'a'.length : 2);
          if (type === PACKET.PUBLISH && id > (published.at(-1) ?? 0)) published.push(id);
          if (type === PACKET.PUBREC && completed.has(id)) askedAgain.add(payloads[id - 1]!);
          if (type === PACKET.PUBREL && way === 'up' && !completed.has(id)) released.add(id);
          if (type === PACKET.PUBCOMP) completed.add(id);
          if (++passed === killAt) running.child.kill('SIGKILL');
        },
      );
      const running = start('tspub', ['--spool', spool, ...at(proxy.port), '--flush']);
      const { status, signal, stderr } = await running.exited;
      expect([...released]).toEqual([...released].toSorted((a, b) => a - b));
      return { status, signal, stderr };
    };
    // The n-th packet that passes, of either side, is the last that the sender lives to see.
    for (const last of [3, 40, 201, 402, 603, 1004])
      expect(await flushThroughProxy(last)).toEqual({ status: 137, signal: 'SIGKILL', stderr: '' });
    expect(await flushThroughProxy(Infinity)).toMatchObject({ status: 0, signal: null });
    expect(published).toEqual(payloads.map((_, i) => i + 1));
    await expect.poll(() => received().length).toBeGreaterThanOrEqual(payloads.length);
    expect(received(), `asked for again: ${[...askedAgain]}`).toEqual(payloads);
  }, 240_000);

  it('a session that the broker lost: that is reported, and everything arrives', async () => {
    const spool = newSpool();
    // Takes the client in, and never acknowledges anything.
    const sockets: Socket[] = [];
    let published = (): void => {};
    const seen = new Promise<void>((resolve) => {
      published = resolve;
    });
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write(Buffer.from([0x20, 2, 0, 0]));
        socket.on('data', published);
      });
    });
    const port = await freePort();
    server.listen(port, '127.0.0.1');
    cleanUp(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const running = start('tspub', ['--spool', spool, ...at(port), '-t', 'a', '-m', 'x', '-q', '2']);
    await seen;
    await running.kill('SIGKILL');
    const { stdout } = await run('tsspool', [spool, 'show', '1']);
    expect(stdout.toString()).toContain('QoS: 2, in flight: packet identifier 1, sent\n');
    expect((await run('tsspool', [spool, 'drop', '1'])).stderr).toBe(
      `Error: Message 1 cannot be dropped: its delivery at QoS 2 has begun\nHint: Send it first: tspub --spool ${spool} --flush.\n`,
    );
    const broker = await startMosquitto();
    const received = subscriber(broker.port);
    await broker.waitForLog('Sending SUBACK to sub\n');
    const { status, stderr } = await tspub(spool, broker.port, '-t', 'a', '-m', 'y', '-q', '2');
    expect([status, stderr]).toEqual([
      0,
      'Warning: The broker lost the session; 1 message is sent again and may be duplicated.\n',
    ]);
    await expect.poll(received).toEqual(['x', 'y']);
  });

  it.skipIf(!mayMount)(
    'a full disk: refused with a clear line; all that was accepted is sent while it is still full',
    async () => {
      const disk = tempDir();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', disk]);
      cleanUp(() => execFileSync('umount', [disk]));
      const spool = join(disk, 'spool');
      const broker = await startMosquitto({ extra: ['max_queued_messages 0'] });
      const received = subscriber(broker.port);
      await broker.waitForLog('Sending SUBACK to sub\n');
      const lines = Array.from({ length: 2_500 }, (_, i) => `${i} ${'x'.repeat(100)}`);
      const args = ['--spool', spool, ...at(await freePort()), '-q', '2', '-t', 'a', '-l'];
      expect((await run('tspub', args, { stdin: lines.join('\n') })).status).toBe(0);
      // Not a byte is left.
      expect(() => writeFileSync(join(disk, 'other'), Buffer.alloc(600_000))).toThrow('ENOSPC');
      const message = ['-q', '2', '-t', 'a', '-m', 'x'.repeat(70_000)];
      const refused = await tspub(spool, await freePort(), ...message);
      expect(refused.status).toBe(1);
      // Even the lock may find no room.
      expect(refused.stderr).toMatch(/^Error: .*\/spool.*: No space left on device\nin .*: 2500 waiting/m);
      // Sending makes room, also for what comes next.
      const sent = await tspub(spool, broker.port, ...message);
      expect([sent.status, sent.stderr]).toEqual([0, '']);
      lines.push('x'.repeat(70_000));
      await expect.poll(() => received().length).toBeGreaterThanOrEqual(lines.length);
      expect(received()).toEqual(lines);
    },
  );

  it('a refused message stays, and does not hold up the others', async () => {
    const spool = newSpool();
    const broker = await startMosquitto({ extra: ['max_packet_size 200'] });
    const big = await tspub(spool, broker.port, '-V', '5', '-t', 'a', '-m', 'x'.repeat(300), '-q', '1');
    expect(big.status).toBe(149);
    expect(big.stderr).toMatch(
      /^Warning: Message 1 refused: .*; it stays in the spool\.\nHint: .*\nkept in .*: 1 waiting/,
    );
    const small = await tspub(spool, broker.port, '-V', '5', '-t', 'a', '-m', 'small', '-q', '1');
    expect(small.status).toBe(0);
    expect((await waitingIn(spool)).map((payload) => payload.length)).toEqual([300]);
  });

  it('wrong credentials, a certificate that is not good: kept, and the reason is reported each time with a hint', async () => {
    const { server } = certificates();
    const broker = await startMosquitto({ anonymous: false, users: { u: 'right' }, tls: server });
    const spool = newSpool();
    const tls = ['-h', 'localhost', '-p', `${broker.tlsPort}`, '--tls-use-os-certs'];
    for (const [waiting, args, reason] of [
      [
        1,
        [...at(broker.port), '-P', 'wrong'],
        /^Warning: Connection error: .*not authorised\nHint: .*password \(-P, --password-file\) is wrong\.\n/,
      ],
      [2, [...at(broker.port), '-P', 'wrong'], /^Warning: Connection error: .*not authorised\nHint: /],
      [3, [...tls, '-P', 'right'], /^Warning: A TLS error occurred: the server certificate .*\nHint: /],
    ] as const) {
      const { status, stderr } = await run('tspub', ['--spool', spool, '-t', 'a', '-m', 'x', '-u', 'u', ...args]);
      expect(status).toBe(0);
      expect(stderr).toMatch(reason);
      expect(stderr).toContain(`kept in ${spool}: ${waiting} waiting, oldest `);
    }
    expect((await tspub(spool, broker.port, '-u', 'u', '-P', 'right', '--flush')).status).toBe(0);
    expect(await waitingIn(spool)).toEqual([]);
  });

  it('jobs in parallel, killed at random, with a broker that is killed and restarted: nothing is lost, QoS 2 comes once', async () => {
    const spool = newSpool();
    const persistence = tempDir();
    const broker = await startMosquitto({ persistence, extra: ['max_queued_messages 0', 'autosave_interval 1'] });
    const prepared = start('mosquitto_sub', [...at(broker.port), '-i', 'sub', '-c', '-q', '2', '-t', '#', '-E']);
    await prepared.exited;
    const accepted: string[] = [];
    const job = async (name: string): Promise<void> => {
      for (let i = 0; i < 6; i++) {
        const payload = `${name} ${i}`;
        const running = start('tspub', [
          '--spool',
          spool,
          ...at(broker.port),
          '-t',
          `t/${name}`,
          '-m',
          payload,
          '-q',
          '2',
        ]);
        if (Math.random() < 0.3) void sleep(50 + Math.random() * 200).then(() => running.child.kill('SIGKILL'));
        const { status, signal, stderr } = await running.exited;
        if (status === 0) accepted.push(payload);
        else expect(signal, stderr).toBe('SIGKILL');
        await sleep(Math.random() * 100);
      }
    };
    const jobs = Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(job));
    for (let i = 0; i < 2; i++) {
      await sleep(500);
      // It writes its state when it is asked to end: then sessions are kept.
      await broker.stop();
      await sleep(200);
      await broker.restart();
    }
    await jobs;
    const flush = await tspub(spool, broker.port, '--flush');
    expect([flush.status, await waitingIn(spool)]).toEqual([0, []]);
    const received = subscriber(broker.port);
    await expect.poll(() => accepted.filter((payload) => !received().includes(payload))).toEqual([]);
    const all = received();
    expect(all.filter((payload, i) => all.indexOf(payload) !== i)).toEqual([]);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const own = all.filter((payload) => payload.startsWith(name));
      expect(own).toEqual([...own].sort());
    }
  }, 240_000);
});
