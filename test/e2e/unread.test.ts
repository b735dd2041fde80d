/** What was sent at QoS 0 counts as delivered when the server has shown that it read it, and in no other case (decision 23). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it as one } from 'vitest';
import { certificates } from '../support/certs.ts';
import { cleanUp } from '../support/cleanup.ts';
import { type FakeConnection, fakeServer } from '../support/fake-server.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { commandLine, run, standalone, start } from '../support/run.ts';
import { slowRelay } from '../support/slow-relay.ts';
import { tempDir } from '../support/tmp.ts';
import { at } from './broker.ts';
import { accept, confirm, V3, V5 } from './scripted-server.ts';

/** They wait for time limits most of the time, so several do it at once. */
const it = one.concurrent;

const NOBODY_KNOWS = 'the broker did not confirm that it read the messages sent at QoS 0';

/** CONNACK, and the end of the connection before a PUBLISH is looked at. */
const ENDS: readonly (readonly [string, (connection: FakeConnection) => Promise<unknown>])[] = [
  ['an orderly end', (connection) => connection.close()],
  ['half an end', async (connection) => connection.socket.end()],
  ['a reset', (connection) => connection.reset()],
];

const early = (end: (connection: FakeConnection) => Promise<unknown>): Promise<{ port: number }> =>
  fakeServer(
    async (connection) => {
      await accept(connection);
      await end(connection);
    },
    { staysOpen: true },
  );

describe.each(ENDS)('%s of the server right behind CONNACK', (_, end) => {
  it.each([
    ['-m', ['-m', 'x'], undefined],
    ['-m, MQTT 5', ['-m', 'x', ...V5], undefined],
    ['--repeat', ['-m', 'x', '--repeat', '3'], undefined],
    ['-s', ['-s'], 'x'],
  ])('is not success for tspub %s', async (_name, words, stdin) => {
    const { port } = await early(end);
    const { status, stderr } = await run('tspub', [...at(port), '-t', 'a', ...words], { stdin: stdin ?? '' });
    expect([status, stderr]).toEqual([7, `Error: The connection was lost; ${NOBODY_KNOWS}\n`]);
  });

  it.each([
    ['-l', ['-t', 'a', '-l'], 'x\n'],
    ['--json-lines', ['--json-lines'], '{"topic":"a","payload":"x"}\n'],
  ])('is not success for tspub %s', async (_name, words, stdin) => {
    const { port } = await early(end);
    const { status } = await run('tspub', [...at(port), ...words], { stdin, timeoutMs: 60_000 });
    expect(status).not.toBe(0);
  });

  it('leaves the message in the spool', async () => {
    const { port } = await early(end);
    const spool = join(tempDir(), 'spool');
    const { stderr } = await run('tspub', ['--spool', spool, ...at(port), '-t', 'a', '-m', 'x']);
    expect(stderr).toContain(`kept in ${spool}: 1 waiting`);
    expect((await run('tsspool', [spool, 'list'])).stdout.toString()).toMatch(/^ *1 .* a$/m);
  });
});

describeWithMosquitto('over TLS', () => {
  it('an end right behind CONNACK is not success', async () => {
    const { server: identity, ca } = certificates();
    const server = createTlsServer({ cert: readFileSync(identity.cert), key: readFileSync(identity.key) }, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(Buffer.from('20020000', 'hex')));
    });
    cleanUp(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { status } = await run('tspub', ['-h', 'localhost', '-p', `${port}`, '--cafile', ca, '-t', 'a', '-m', 'x']);
    expect(status).toBe(7);
  });
});

describe('a server that confirms', () => {
  it('and does not close its side is not waited for', async () => {
    const server = await fakeServer(
      async (connection) => {
        await accept(connection);
        await confirm(connection);
        expect((await connection.readPacket()).bytes.toString('hex')).toBe('e000');
        await connection.closed;
      },
      { staysOpen: true },
    );
    const { status, stderr } = await run('tspub', [...at(server.port), ...V3, '-t', 'a', '-m', 'x']);
    expect([status, stderr]).toEqual([0, '']);
    await server.stop();
  });

  it('may break the connection afterwards', async () => {
    const { port } = await fakeServer(async (connection) => {
      await accept(connection);
      await confirm(connection);
      await connection.reset();
    });
    expect((await run('tspub', [...at(port), '-t', 'a', '-m', 'x'])).status).toBe(0);
  });
});

it('a server that reads and does not answer within the keepalive: 19, and the fate is unknown', async () => {
  const { port } = await fakeServer(async (connection) => {
    await accept(connection);
    await connection.closed;
  });
  const { status, stderr } = await run('tspub', [...at(port), '-t', 'a', '-m', 'x', '-k', '5']);
  expect([status, stderr]).toEqual([19, `Error: Keepalive exceeded: the broker sent no PINGRESP; ${NOBODY_KNOWS}\n`]);
});

it('SIGTERM, when everything is acknowledged and the server does not close its side, is 0 at once', async () => {
  let saidGoodbye = (): void => {};
  const goodbye = new Promise<void>((resolve) => {
    saidGoodbye = resolve;
  });
  const server = await fakeServer(
    async (connection) => {
      await accept(connection);
      await connection.readPacket();
      await connection.send('40 02 00 01');
      await connection.readPacket();
      saidGoodbye();
      await connection.closed;
    },
    { staysOpen: true },
  );
  const { child, exited } = start('tspub', [...at(server.port), ...V3, '-t', 'a', '-m', 'x', '-q', '1']);
  await goodbye;
  child.kill('SIGTERM');
  const { status, stderr } = await exited;
  // The signal may come when it has left already; if it does not, it makes no difference.
  expect([status, stderr]).toEqual([0, '']);
});

describeWithMosquitto('the last milliseconds', () => {
  // The executables cannot be given a module to load first.
  it('SIGTERM on the way out, when all is done, changes nothing', { skip: standalone !== undefined }, async () => {
    const late = join(tempDir(), 'late.cjs');
    writeFileSync(late, "process.once('exit', () => process.kill(process.pid, 'SIGTERM'));\n");
    const broker = await startMosquitto();
    const words = [...at(broker.port), ...V3, '-t', 'a'];
    for (const [program, ...args] of [
      ['tspub', '-m', 'x', '-q', '1'],
      ['tssub', '-E'],
    ] as const) {
      const [node, ...argv] = commandLine(program, [...words, ...args]);
      const { status, signal, stderr } = await run(node, ['--require', late, ...argv]);
      expect([program, status, signal, stderr]).toEqual([program, 0, null, '']);
    }
  });
});

describeWithMosquitto('a link that needs longer than any limit', () => {
  it.each([
    ['QoS 0', ['-q', '0'], 200_000],
    // One PINGREQ after the other stands behind the message.
    ['QoS 1 with a keepalive of 5 s', ['-q', '1', '-k', '5'], 100_000],
  ])('brings a message of 2 MB at %s', { timeout: 120_000 }, async (_, words, bytesPerSecond) => {
    const broker = await startMosquitto();
    const file = join(tempDir(), 'payload');
    const payload = Buffer.alloc(2_000_000, 'x');
    writeFileSync(file, payload);
    const listening = start('tssub', [...at(broker.port), '-t', 'a', '-C', '1', '-N', '-i', 'listener']);
    await broker.waitForLog('Sending SUBACK to listener\n');
    const port = await slowRelay(broker.port, bytesPerSecond);
    const { status, stderr } = await run('tspub', [...at(port), '-t', 'a', '-f', file, ...words], {
      timeoutMs: 100_000,
    });
    expect([status, stderr]).toEqual([0, '']);
    expect((await listening.exited).stdout.equals(payload)).toBe(true);
  });
});
