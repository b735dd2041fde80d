/** The transports on top of each other. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { LookupFunction } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Resolver } from '../../src/net/resolver.ts';
import { certificates } from '../support/certs.ts';
import { cleanUp } from '../support/cleanup.ts';
import { fakeServer } from '../support/fake-server.ts';
import { startHttpProxy } from '../support/http-proxy.ts';
import { freePort } from '../support/tmp.ts';
import { attempt, DISCONNECT, failureOf, PINGRESP, seen } from './rig.ts';
import { tls } from './tls-rig.ts';

const LOGIN = { username: 'alice', password: 'geh:äim' };
const webSocket = { path: '/mqtt', headers: [] };

it('a megabyte comes whole through proxy, TLS and WebSocket, both ways', async () => {
  const { cert, key } = certificates().server;
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.on('message', (bytes) => socket.send(bytes)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const proxy = { kind: 'http', host: '127.0.0.1', port: (await startHttpProxy(LOGIN)).port, ...LOGIN } as const;
  const watched = await attempt({ host: 'localhost', port, tls: tls(), webSocket, proxy }).opened;
  const bytes = Buffer.alloc(1_000_000);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31) >> 3;
  for (let at = 0; at < bytes.length; at += 70_001) watched.stream.write(bytes.subarray(at, at + 70_001));
  expect((await watched.received(bytes.length)).equals(bytes)).toBe(true);
});

it('a server that resets the connection between two layers is a failure, not a crash', async () => {
  const server = await fakeServer(async (connection) => connection.reset());
  for (const target of [{ tls: tls() }, { webSocket }, { tls: tls(), webSocket }]) {
    const given = attempt({ port: server.port, ...target });
    await expect(given.opened).rejects.toMatchObject({ name: 'Failure' });
  }
  for (const kind of ['http', 'socks5h'] as const) {
    const given = attempt({ proxy: { kind, host: '127.0.0.1', port: server.port } });
    await expect(given.opened).rejects.toMatchObject({ name: 'Failure' });
  }
});

it('behind a proxy, end() leaves the server to end first', async () => {
  const server = await fakeServer(
    async (connection) => {
      while (!connection.received.includes('\r\n\r\n')) await sleep(2);
      await connection.send(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'));
      while (!connection.received.subarray(-2).equals(DISCONNECT)) await sleep(2);
      await sleep(20);
      expect(connection.socket.readableEnded).toBe(false);
      await connection.send(PINGRESP);
      await connection.close();
    },
    { staysOpen: true },
  );
  const watched = await attempt({ proxy: { kind: 'http', host: '127.0.0.1', port: server.port } }).opened;
  watched.stream.write(DISCONNECT);
  watched.stream.end();
  expect(await watched.closed).toBe(undefined);
  expect(watched.pieces).toEqual([PINGRESP]);
});

/** Knows these names; the addresses of one family first where one is asked for. */
const resolverOf = (names: Readonly<Record<string, readonly string[]>>): Resolver => ({
  srv: () => Promise.reject(new Error('asked for SRV records')),
  lookup: ((host, options, done) => {
    const wanted = options.family === 4 || options.family === 6 ? options.family : undefined;
    const found = (names[host] ?? [])
      .map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      .filter(({ family }) => wanted === undefined || family === wanted);
    setImmediate(() => {
      if (found.length === 0) done(Object.assign(new Error(host), { code: 'ENOTFOUND' }), []);
      else if (options.all) done(null, found);
      else done(null, found[0]!.address, found[0]!.family);
    });
  }) as LookupFunction,
});

describe('-A with a name', () => {
  it('connects from the end of the family that the broker has', async () => {
    const server = await fakeServer(async () => {});
    const names = resolverOf({ ours: ['127.0.0.3', '::1'], theirs: ['127.0.0.1'] });
    for (const host of ['127.0.0.1', 'theirs']) {
      await attempt({ host, port: server.port, localAddress: 'ours' }, names).opened;
    }
    for (const nth of [0, 1]) expect((await server.connection(nth)).socket.remoteAddress).toBe('127.0.0.3');
  });

  it('tries the other family where the first leads nowhere, and says what came of the one that had an address', async () => {
    const port = await freePort();
    const names = resolverOf({ ours: ['::1', '127.0.0.1'], theirs: ['127.0.0.1'] });
    const { opened, lines } = attempt({ host: 'theirs', port, localAddress: 'ours' }, names);
    expect(seen(await failureOf(opened))).toMatchObject({ kind: 'connect', message: 'Connection refused' });
    expect(lines()).toEqual([
      'lookup: Look up theirs: not found',
      'lookup: Look up theirs: 127.0.0.1',
      expect.stringContaining(`Connect to 127.0.0.1 port ${port}`),
    ]);
  });

  it('that is not known is a failure of the lookup, before anything is tried', async () => {
    const { opened, lines } = attempt({ host: '127.0.0.1', port: 1, localAddress: 'ours' }, resolverOf({}));
    expect(seen(await failureOf(opened))).toMatchObject({ kind: 'lookup', status: 1 });
    expect(lines()).toEqual([]);
  });
});

describe('localhost', () => {
  const ADDRESS = 'connect: Connect to 127.0.0.1 port';

  it('is tried at 127.0.0.1 without a look-up', async () => {
    const server = await fakeServer(async () => {});
    const { opened, lines } = attempt({ host: 'localhost', port: server.port });
    await opened;
    expect(lines()).toEqual([`${ADDRESS} ${server.port}: connected`]);
  });

  it('is looked up when a test resolver is set, or when the local address is of the other family', async () => {
    const server = await fakeServer(async () => {});
    const { opened, lines } = attempt(
      { host: 'localhost', port: server.port },
      resolverOf({ localhost: ['127.0.0.1'] }),
    );
    await opened;
    expect(lines()).toEqual(['lookup: Look up localhost: 127.0.0.1', `${ADDRESS} ${server.port}: connected`]);
    const other = attempt({ host: 'localhost', port: server.port, localAddress: '::1' });
    await other.opened.catch(() => {});
    expect(other.lines()[0]).toMatch(/^lookup: /);
    expect(other.lines().join()).not.toContain(`${ADDRESS} `);
  });
});
