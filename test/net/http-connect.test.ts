/** HTTP CONNECT (RFC 9110, 9.3.6): every byte that goes out, and every answer that may come. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ProxyTarget } from '../../src/runtime/target.ts';
import { type FakeConnection, type FakeServer, fakeServer } from '../support/fake-server.ts';
import { startHttpProxy } from '../support/http-proxy.ts';
import { freePort } from '../support/tmp.ts';
import { type Attempt, attempt, failureOf, PINGREQ, seen } from './rig.ts';

const SECRET = { username: 'alice', password: 'gehäim' };

const WAYS = [
  ['whole', async (connection: FakeConnection, bytes: Buffer) => connection.send(bytes)],
  [
    'byte by byte',
    async (connection: FakeConnection, bytes: Buffer) => {
      for (const byte of bytes) {
        await connection.send(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  ],
] as const;

/** A proxy that reads the request and sends this. */
function proxyThatSays(
  answer: string,
  send: (typeof WAYS)[number][1] = WAYS[0][1],
  andCloses = false,
): Promise<FakeServer> {
  return fakeServer(async (connection) => {
    while (!connection.received.includes('\r\n\r\n')) await sleep(2);
    await send(connection, Buffer.from(answer, 'latin1'));
    if (andCloses) await connection.close();
  });
}

function through(port: number, login: Partial<ProxyTarget> = {}, host = 'broker.test'): Attempt {
  return attempt({ host, port: 1883, proxy: { kind: 'http', host: '127.0.0.1', port, ...login } });
}

const advice = (port: number): string =>
  `Check that 127.0.0.1 port ${port} is an HTTP proxy. For a SOCKS5 proxy, use --proxy socks5h://HOST:PORT.`;

describe.each(WAYS)('HTTP CONNECT, answers that come %s', (_, send) => {
  it.each([
    ['with header fields', 'HTTP/1.1 200 Connection established\r\nVia: x\r\nContent-Length: 5\r\n\r\n'],
    ['of HTTP/1.0, without a reason', 'HTTP/1.0 200\r\n\r\n'],
    ['with another code of success', 'HTTP/1.1 204 Fine\r\n\r\n'],
    ['with bare line feeds', 'HTTP/1.1 200 OK\nVia: x\n\n'],
    ['behind an interim answer', 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ])('success %s opens the way, and what comes behind it is not lost', async (_name, answer) => {
    const server = await proxyThatSays(`${answer}\xd0\x00\r\n\r\n`, send);
    const given = through(server.port);
    const watched = await given.opened;
    expect((await watched.received(6)).toString('latin1')).toBe('\xd0\x00\r\n\r\n');
    watched.stream.write(PINGREQ);
    const connection = await server.connection(0);
    const request = 'CONNECT broker.test:1883 HTTP/1.1\r\nHost: broker.test:1883\r\n\r\n';
    while (connection.received.length < request.length + 2) await sleep(2);
    expect(connection.received.toString('latin1')).toBe(`${request}\xc0\x00`);
    expect(given.lines().at(-1)).toBe(
      `proxy: HTTP proxy 127.0.0.1 port ${server.port} to broker.test port 1883: connected`,
    );
  });

  it.each([
    ['HTTP/1.1 403 Forbidden\r\n\r\n', '403 Forbidden'],
    ['HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n', '502 Bad Gateway'],
    ['HTTP/1.1 500\r\n\r\n', '500'],
    ['HTTP/1.1 302 \x1b[31mElsewhere\x07\r\nLocation: x\r\n\r\n', '302 \\u001b[31mElsewhere\\u0007'],
  ])('%j is a refusal', async (answer, reported) => {
    const server = await proxyThatSays(answer, send);
    const failure = await failureOf(through(server.port).opened);
    expect([failure.kind, failure.status, failure.message]).toEqual([
      'proxy',
      16,
      `Proxy error: the proxy answered ${reported} to CONNECT broker.test:1883`,
    ]);
    expect(failure.advice).not.toBe(undefined);
    await (await server.connection(0)).closed;
  });

  it('407 is about user name and password, which are not shown', async () => {
    const server = await proxyThatSays('HTTP/1.1 407 Authenticate\r\nProxy-Authenticate: Basic\r\n\r\n', send);
    const help = 'Check the user name and password in --proxy http://USER:PASSWORD@HOST:PORT.';
    expect(seen(await failureOf(through(server.port).opened))).toEqual({
      kind: 'auth',
      status: 11,
      message: 'Authorisation failed: the proxy requires a user name and password (407 Authenticate)',
      advice: help,
    });
    const given = through(server.port, SECRET);
    const failure = await failureOf(given.opened);
    expect(seen(failure)).toEqual({
      kind: 'auth',
      status: 11,
      message: 'Authorisation failed: the proxy rejected the user name or password (407 Authenticate)',
      advice: help,
    });
    expect(JSON.stringify([failure, given.steps])).not.toMatch(/alice|geh|YWxpY2/);
    const credentials = Buffer.from('alice:gehäim').toString('base64');
    expect((await server.connection(1)).received.toString()).toBe(
      `CONNECT broker.test:1883 HTTP/1.1\r\nHost: broker.test:1883\r\nProxy-Authorization: Basic ${credentials}\r\n\r\n`,
    );
  });

  it.each([
    ['a SOCKS proxy', '\x05\xff'],
    ['an alert of TLS', '\x15\x03\x01\x00\x02\x02\x46'],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n'],
    ['no status', 'HTTP/1.1 OK\r\n\r\n'],
    ['another version', 'HTTP/2 200 OK\r\n\r\n'],
  ])('%s is not HTTP', async (_name, answer) => {
    const server = await proxyThatSays(answer, send);
    expect(seen(await failureOf(through(server.port).opened))).toEqual({
      kind: 'proxy',
      status: 16,
      message: 'Proxy error: the proxy does not speak HTTP',
      advice: advice(server.port),
    });
  });
});

describe('HTTP CONNECT', () => {
  it.each([
    ['an IPv6 address in brackets', '::1', '[::1]:1883'],
    ['a name in another alphabet in its ASCII form', 'bücher.test', 'xn--bcher-kva.test:1883'],
  ])('asks for %s', async (_name, host, asked) => {
    const server = await proxyThatSays('HTTP/1.1 200 OK\r\n\r\n');
    await through(server.port, {}, host).opened;
    expect((await server.connection(0)).received.toString()).toBe(
      `CONNECT ${asked} HTTP/1.1\r\nHost: ${asked}\r\n\r\n`,
    );
  });

  it('sends no host that would be more than a host', async () => {
    const server = await fakeServer(async () => {});
    const failure = await failureOf(through(server.port, {}, 'a\r\nX: y').opened);
    expect(failure).toMatchObject({
      kind: 'invalid-input',
      advice: "'a\\u000d\\u000aX: y' is not a valid host name.",
    });
    await (await server.connection(0)).closed;
    expect((await server.connection(0)).received.length).toBe(0);
  });

  it('reads no more than 64 KiB of header', async () => {
    const server = await proxyThatSays(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`);
    expect((await failureOf(through(server.port).opened)).message).toBe('Proxy error: the proxy does not speak HTTP');
  });

  it.each([
    ['at once', ''],
    ['in the middle', 'HTTP/1.1 20'],
  ])('says that the proxy closed the connection %s', async (_name, answer) => {
    const server = await proxyThatSays(answer, WAYS[0][1], true);
    expect(seen(await failureOf(through(server.port).opened))).toEqual({
      kind: 'proxy',
      status: 16,
      message: 'Proxy error: the proxy closed the connection',
      advice: advice(server.port),
    });
  });

  it('goes through a real HTTP server, with and without a password', async () => {
    const echo = await fakeServer(async (connection) => {
      for (;;) await connection.send((await connection.readPacket()).bytes);
    });
    for (const login of [undefined, SECRET]) {
      const { port } = await startHttpProxy(login);
      const proxy: ProxyTarget = { kind: 'http', host: 'localhost', port, ...login };
      const watched = await attempt({ host: 'localhost', port: echo.port, proxy }).opened;
      watched.stream.write(PINGREQ);
      expect(await watched.received(2)).toEqual(PINGREQ);
    }
    const { port } = await startHttpProxy(SECRET);
    const refused = await failureOf(through(port, { username: 'alice', password: 'x' }).opened);
    expect(refused.status).toBe(11);
    const dead = await freePort();
    const open = (await startHttpProxy()).port;
    const lost = await failureOf(
      attempt({ port: dead, proxy: { kind: 'http', host: 'localhost', port: open } }).opened,
    );
    expect(seen(lost)).toEqual({
      kind: 'proxy',
      status: 16,
      message: `Proxy error: the proxy answered 502 Bad Gateway to CONNECT 127.0.0.1:${dead}`,
      advice: 'The proxy cannot reach the broker. Check the host and port.',
    });
  });
});
