/** The transports on top of each other. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { certificates } from '../support/certs.ts';
import { cleanUp } from '../support/cleanup.ts';
import { fakeServer } from '../support/fake-server.ts';
import { startHttpProxy } from '../support/http-proxy.ts';
import { attempt, DISCONNECT, PINGRESP } from './rig.ts';
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
