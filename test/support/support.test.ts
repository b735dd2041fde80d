// Tests each part of the test support with the real programs.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as tlsConnect } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { startAedes } from './aedes.ts';
import { certificates } from './certs.ts';
import { fakeServer } from './fake-server.ts';
import { idle } from './idle.ts';
import { type Broker, describeWithMosquitto, mosquittoAvailable, startMosquitto } from './mosquitto.ts';
import { launch, run, start } from './run.ts';
import { freePort, tempDir } from './tmp.ts';

const node = (script: string): [string, string[]] => [process.execPath, ['-e', script]];

describe('tempDir', () => {
  let earlier = '';

  test('gives a new empty folder', () => {
    earlier = tempDir();
    expect(statSync(earlier).isDirectory()).toBe(true);
    expect(tempDir()).not.toBe(earlier);
  });

  test('has removed it when the test has ended', () => {
    expect(existsSync(earlier)).toBe(false);
  });
});

test('freePort gives a port on which nothing listens', async () => {
  const port = await freePort();
  const outcome = await new Promise((resolve) => {
    connect(port, '127.0.0.1').once('connect', resolve).once('error', resolve);
  });
  expect(outcome).toMatchObject({ code: 'ECONNREFUSED' });
});

describe('run', () => {
  test('returns status, output and errors, and hands over input', async () => {
    const script = "process.stdin.pipe(process.stdout); console.error('e'); process.exitCode = 3";
    expect(await run(...node(script), { stdin: 'some input' })).toEqual({
      status: 3,
      signal: null,
      stdout: Buffer.from('some input'),
      stderr: 'e\n',
    });
  });

  test('has an environment of its own', async () => {
    process.env['NODE_OPTIONS'] = '--no-deprecation';
    const { stdout } = await run(...node('console.log(JSON.stringify(process.env))'), { env: { EXTRA: '1' } });
    delete process.env['NODE_OPTIONS'];
    const env = JSON.parse(stdout.toString());
    expect(env).toMatchObject({ TZ: 'UTC', LC_ALL: 'C.UTF-8', EXTRA: '1' });
    expect(existsSync(env.HOME)).toBe(false);
    expect(env).not.toHaveProperty('NODE_OPTIONS');
    expect(env).not.toHaveProperty('NODE_EXTRA_CA_CERTS');
  });

  test('can close standard input', async () => {
    expect(await run('cat', [], { stdin: null })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching('Bad file descriptor'),
    });
    expect(await run('cat', [])).toMatchObject({ status: 0, stderr: '' });
  });

  test('stops what takes too long, and says what it was', async () => {
    // A shell prints that at once, even where Node starts slowly.
    const words = ['-c', 'echo so far; exec sleep 1000'];
    await expect(run('sh', words, { timeoutMs: 1_500 })).rejects.toThrow(/1500 ms.*sleep 1000.*so far/s);
  });

  test('says so when there is no such program', async () => {
    await expect(run('/nonexistent/program', [])).rejects.toThrow('cannot start /nonexistent/program');
  });
});

describe('start', () => {
  let left: number | undefined;

  test('waits for output', async () => {
    const script = "process.stdin.on('data', (d) => console.log('got ' + d)); console.error('ready')";
    const running = start(...node(script), { keepStdinOpen: true });
    left = running.child.pid;
    await running.waitForStderr('ready');
    running.child.stdin?.write('this');
    expect(await running.waitForStdout(/got (.+)/)).toBe('got this\n');
    await expect(running.waitForStdout('more', 50)).rejects.toThrow(/50 ms passed.*more.*got this/s);
  });

  test('has killed it when the test has ended', () => {
    expect(() => process.kill(left!, 0)).toThrow('ESRCH');
  });

  test('tells of an early end', async () => {
    const running = start(...node("console.log('bye')"));
    await expect(running.waitForStdout('hello')).rejects.toThrow(/ended before its stdout had hello.*bye/s);
    expect((await running.exited).status).toBe(0);
  });

  test('kills with a signal', async () => {
    const running = start(...node("console.log('up'); setInterval(() => {}, 1000)"));
    await running.waitForStdout('up');
    expect(await running.kill('SIGINT')).toMatchObject({ status: 130, signal: 'SIGINT' });
  });
});

describe('idle', () => {
  const turns = async (pid: number | undefined) => {
    let isIdle = false;
    void idle(pid).then(() => {
      isIdle = true;
    });
    await sleep(1_500);
    return isIdle;
  };

  test('is not told of a program that has something to do', async () => {
    expect(await turns(start(...node('for (;;);')).child.pid)).toBe(false);
  });

  test('comes when a program has answered what it was asked, and when it has ended', async () => {
    const script = "process.stdin.on('data', () => { for (let i = 0; i < 1e9; i++); console.log('answer') })";
    const running = start(...node(script), { stdin: 'x', keepStdinOpen: true });
    await idle(running.child.pid);
    expect(running.stdout()).toBe('answer\n');
    await running.kill();
    await idle(running.child.pid);
  });
});

describe('fakeServer', () => {
  test('reads packets and sends what it is told', async () => {
    const packets: number[][] = [];
    const server = await fakeServer(async (connection) => {
      for (let i = 0; i < 2; i++) {
        const { header, body, bytes } = await connection.readPacket();
        packets.push([header, body.length, bytes.length]);
      }
      await connection.send('20 02 00 00');
      await connection.close();
    });
    const client = connect(server.port, '127.0.0.1');
    client.write(Buffer.concat([Buffer.from([0x30, 0x80, 0x01]), Buffer.alloc(128), Buffer.from([0xc0])]));
    client.write(Buffer.from([0]));
    const answer: Buffer[] = [];
    for await (const chunk of client) answer.push(chunk);
    expect(Buffer.concat(answer).toString('hex')).toBe('20020000');
    expect(packets).toEqual([
      [0x30, 128, 131],
      [0xc0, 0, 2],
    ]);
    await (await server.connection(0)).closed;
    expect(server.connections).toHaveLength(1);
  });

  test('resets, and stands a client that goes away', async () => {
    const server = await fakeServer(async (connection) => {
      await connection.readPacket();
      await connection.reset();
    });
    const outcome = (bytes: number[]) =>
      new Promise((resolve) => {
        const client = connect(server.port, '127.0.0.1')
          .on('error', resolve)
          .on('close', () => resolve('closed'));
        client.resume().end(Buffer.from(bytes));
      });
    expect(await outcome([0x10])).toBe('closed');
    expect(await outcome([0xc0, 0])).toMatchObject({ code: 'ECONNRESET' });
  });
});

test('startAedes takes clients', async () => {
  const { port, broker } = await startAedes();
  const client = connect(port, '127.0.0.1');
  const [ready] = await Promise.all([
    new Promise<{ id: string }>((resolve) => broker.once('clientReady', resolve)),
    client.write(Buffer.from('100d00044d51545404020000000161', 'hex')),
  ]);
  expect(ready.id).toBe('a');
});

describe('launch', () => {
  test('leaves the end to the caller', async () => {
    const running = launch(...node('setInterval(() => {}, 1000)'));
    expect((await running.kill('SIGKILL')).signal).toBe('SIGKILL');
  });
});

describeWithMosquitto('startMosquitto', () => {
  let shared: Broker;
  const retained = (broker: Broker, ...args: string[]) =>
    run('mosquitto_sub', ['-p', `${broker.port}`, '-t', 'a', '-C', '1', '-W', '5', ...args]);
  const publish = (...args: string[]) => run('mosquitto_pub', ['-t', 'a', '-m', 'text', ...args]);
  const status = async (...args: string[]) => (await publish(...args)).status;

  beforeAll(async () => {
    shared = await startMosquitto();
  });

  test('starts a broker that a file can share', async () => {
    expect(mosquittoAvailable()).toBeTruthy();
    expect(await status('-p', `${shared.port}`, '-i', 'seen', '-r')).toBe(0);
    expect((await retained(shared)).stdout.toString()).toBe('text\n');
    await shared.waitForLog(/Client seen disconnected/);
  });

  test('restarts it, for the tests after this one too', async () => {
    await shared.kill();
    expect(await status('-p', `${shared.port}`)).not.toBe(0);
    await shared.restart();
    expect(await status('-p', `${shared.port}`)).toBe(0);
    expect(shared.log().match(/running/g)).toHaveLength(2);
  });

  test('still has it after that', async () => {
    expect(await status('-p', `${shared.port}`)).toBe(0);
  });

  test('knows users', async () => {
    const broker = await startMosquitto({ anonymous: false, users: { me: 'secret' }, extra: ['max_keepalive 100'] });
    expect(await status('-p', `${broker.port}`)).toBe(5);
    expect(await status('-p', `${broker.port}`, '-u', 'me', '-P', 'wrong')).toBe(5);
    expect(await status('-p', `${broker.port}`, '-u', 'me', '-P', 'secret')).toBe(0);
  });

  test('has every kind of listener', async () => {
    const { ca, server, clientEc, stranger } = certificates();
    const unix = join(tempDir(), 'socket');
    const broker = await startMosquitto({
      tls: { ...server, ca, requireCertificate: true },
      psk: { keys: { someone: 'abcdef' } },
      websockets: true,
      unix,
    });
    expect(await status('--unix', unix)).toBe(0);
    const tls = ['-p', `${broker.tlsPort}`, '--cafile', ca];
    expect(await status(...tls, '--cert', clientEc.cert, '--key', clientEc.key)).toBe(0);
    expect(await status(...tls, '--cert', stranger.cert, '--key', stranger.key)).not.toBe(0);
    expect(await status('-p', `${broker.pskPort}`, '--psk', 'abcdef', '--psk-identity', 'someone')).toBe(0);
    expect(await status('-p', `${broker.pskPort}`, '--psk', 'abcdef', '--psk-identity', 'other')).not.toBe(0);

    const upgrade = [
      'GET /mqtt HTTP/1.1',
      'Host: localhost',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: mqtt',
      'Sec-WebSocket-Version: 13\r\n\r\n',
    ].join('\r\n');
    const identity = { cert: readFileSync(clientEc.cert), key: readFileSync(clientEc.key), ca: readFileSync(ca) };
    for (const socket of [
      connect(broker.wsPort, '127.0.0.1'),
      tlsConnect({ host: '127.0.0.1', port: broker.wssPort, ...identity }),
    ]) {
      socket.write(upgrade);
      const answer = await new Promise((resolve, reject) => socket.once('data', resolve).once('error', reject));
      expect(`${answer}`).toContain('101 Switching Protocols');
      socket.destroy();
    }
  });

  test('keeps its state over a restart', async () => {
    const broker = await startMosquitto({ persistence: join(tempDir(), 'state') });
    expect(await status('-p', `${broker.port}`, '-r', '-q', '1')).toBe(0);
    await broker.restart();
    expect((await retained(broker)).stdout.toString()).toBe('text\n');
  });
});
