/** SOCKS5 (RFC 1928, RFC 1929): every byte that goes out, and every answer that may come. */
import { describe, expect, it } from 'vitest';
import { isTransient } from '../../src/client/reconnect.ts';
import type { ProxyTarget } from '../../src/runtime/target.ts';
import { type FakeConnection, type FakeServer, fakeServer, fromHex } from '../support/fake-server.ts';
import { freePort } from '../support/tmp.ts';
import { type Attempt, attempt, failureOf, PINGREQ, PINGRESP, seen } from './rig.ts';

const SECRET = { username: 'alice', password: 'gehäim' };
const GREETING = '05 01 00';
const GREETING_WITH_USER = '05 02 00 02';
const LOGIN = '01 05 616c696365 07 676568c3a4696d';
const GRANTED = '05 00 00 01 00000000 0000';
const NO_SECRET = /alice|geh/;

/** Whole, and byte by byte. */
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

async function until(connection: FakeConnection, bytes: number): Promise<void> {
  while (connection.received.length < bytes) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A proxy that waits for each message and sends the answer to it. The last answer may have the broker's words behind it. */
function proxyOf(
  script: readonly (readonly [string, string])[],
  send: (typeof WAYS)[number][1] = WAYS[0][1],
): Promise<FakeServer> {
  return fakeServer(async (connection) => {
    let length = 0;
    for (const [expected, answer] of script) {
      length += fromHex(expected).length;
      await until(connection, length);
      await send(connection, fromHex(answer));
    }
  });
}

function through(port: number, login: Partial<ProxyTarget> = {}, host = 'broker.test', noDelay = false): Attempt {
  return attempt({ host, port: 1883, noDelay, proxy: { kind: 'socks5h', host: '127.0.0.1', port, ...login } });
}

const REQUEST = '05 01 00 03 0b 62726f6b65722e74657374 075b';

describe.each(WAYS)('SOCKS5, answers that come %s', (_, send) => {
  it('has the proxy look the name up, and loses nothing that comes behind the answer', async () => {
    const server = await proxyOf(
      [
        [GREETING, '05 00'],
        [REQUEST, `${GRANTED} d000 d000`],
      ],
      send,
    );
    const given = through(server.port);
    const watched = await given.opened;
    expect((await watched.received(4)).toString('hex')).toBe('d000d000');
    watched.stream.write(PINGREQ);
    const connection = await server.connection(0);
    await until(connection, fromHex(GREETING + REQUEST).length + 2);
    expect(connection.received).toEqual(fromHex(`${GREETING}${REQUEST} c000`));
    expect(given.lines().at(-1)).toBe(
      `proxy: SOCKS5 proxy 127.0.0.1 port ${server.port} to broker.test port 1883: connected`,
    );
  });

  it('sends user name and password as UTF-8, only when the proxy chooses that', async () => {
    const asked = await proxyOf(
      [
        [GREETING_WITH_USER, '05 02'],
        [LOGIN, '01 00'],
        [REQUEST, GRANTED],
      ],
      send,
    );
    await through(asked.port, SECRET).opened;
    expect((await asked.connection(0)).received).toEqual(fromHex(GREETING_WITH_USER + LOGIN + REQUEST));

    const unasked = await proxyOf(
      [
        [GREETING_WITH_USER, '05 00'],
        [REQUEST, GRANTED],
      ],
      send,
    );
    await through(unasked.port, SECRET).opened;
    expect((await unasked.connection(0)).received).toEqual(fromHex(GREETING_WITH_USER + REQUEST));
  });

  it.each([
    ['an IPv4 address', '05 00 00 01 7f000001 1234'],
    ['an IPv6 address', '05 00 00 04 00000000000000000000000000000001 1234'],
    ['a name', '05 00 00 03 05 70726f7879 1234'],
    ['an empty name', '05 00 00 03 00 1234'],
  ])('takes %s as the bound address', async (_name, granted) => {
    const server = await proxyOf(
      [
        [GREETING, '05 00'],
        [REQUEST, `${granted} d000`],
      ],
      send,
    );
    expect(await (await through(server.port).opened).received(2)).toEqual(PINGRESP);
  });

  it.each([
    ['05 01 00 01 00000000 0000', 'proxy', 16, 'Proxy error: general failure of the proxy'],
    [
      '05 02 00 01 00000000 0000',
      'auth',
      11,
      'Authorisation failed: the rules of the proxy do not allow the connection',
    ],
    [
      '05 03 00 01 00000000 0000',
      'not-connected',
      4,
      'The client is not currently connected: the proxy finds the network unreachable',
    ],
    [
      '05 04 00 01 00000000 0000',
      'not-connected',
      4,
      'The client is not currently connected: the proxy finds the host unreachable',
    ],
    [
      '05 05 00 01 00000000 0000',
      'not-connected',
      4,
      'The client is not currently connected: the broker refused the connection from the proxy',
    ],
    ['05 06 00 01 00000000 0000', 'proxy', 16, 'Proxy error: the proxy received no reply in time'],
    ['05 07 00 01 00000000 0000', 'proxy', 16, 'Proxy error: the proxy does not support the command CONNECT'],
    ['05 08 00 01 00000000 0000', 'proxy', 16, 'Proxy error: the proxy does not support this type of address'],
    ['05 09 00 01 00000000 0000', 'invalid-input', 3, 'Invalid input: the proxy answered with the unknown code 9'],
    ['04 00 00 01 00000000 0000', 'proxy', 16, 'Proxy error: the proxy does not speak SOCKS5'],
  ])('answer %s to the request', async (answer, kind, status, message) => {
    const server = await proxyOf(
      [
        [GREETING, '05 00'],
        [REQUEST, answer],
      ],
      send,
    );
    const given = through(server.port);
    expect(await failureOf(given.opened)).toMatchObject({ kind, status, message });
    expect(given.steps.at(-1)).toMatchObject({ kind: 'proxy', outcome: message, failed: true });
    await (await server.connection(0)).closed;
  });

  it.each([
    ['05 ff', 'auth', 11, 'Authorisation failed: the proxy requires a user name and password'],
    ['05 02', 'auth', 11, 'Authorisation failed: the proxy requires a user name and password'],
    ['05 01', 'proxy', 16, 'Proxy error: the proxy does not speak SOCKS5'],
    ['04 00', 'proxy', 16, 'Proxy error: the proxy does not speak SOCKS5'],
    [Buffer.from('HTTP/1.1 400').toString('hex'), 'proxy', 16, 'Proxy error: the proxy does not speak SOCKS5'],
  ])('answer %s to the greeting, without a user', async (answer, kind, status, message) => {
    const server = await proxyOf([[GREETING, answer]], send);
    expect(await failureOf(through(server.port).opened)).toMatchObject({ kind, status, message });
  });

  it.each([
    ['01 01', 'proxy', 16, 'Proxy error: the proxy rejected the user name or password'],
    ['01 02', 'auth', 11, 'Authorisation failed: the proxy rejected the user name or password'],
    ['05 ff', 'proxy', 16, 'Proxy error: the proxy rejected the user name or password'],
  ])('answer %s to the password, even if the proxy closes at once', async (answer, kind, status, message) => {
    const server = await fakeServer(async (connection) => {
      await until(connection, 4);
      await connection.send('05 02');
      await until(connection, 4 + fromHex(LOGIN).length);
      await send(connection, fromHex(answer));
      await connection.close();
    });
    const given = through(server.port, SECRET);
    const failure = await failureOf(given.opened);
    expect(failure).toMatchObject({ kind, status, message });
    expect(failure.advice).toContain('Check the user name and password in --proxy socks5h://USER:PASSWORD@HOST:PORT.');
    expect(isTransient(failure)).toBe(false);
    expect(JSON.stringify([failure, failure.message, given.steps])).not.toMatch(NO_SECRET);
  });
});

describe('SOCKS5', () => {
  it.each([
    ['an IPv4 address', '127.0.0.1', '01 7f000001'],
    ['an IPv6 address', '::1', '04 00000000000000000000000000000001'],
    ['a name in another alphabet, in its ASCII form', 'bücher.test', '03 12 786e2d2d62636865722d6b76612e74657374'],
  ])('sends %s as what it is', async (_name, host, address) => {
    const request = `05 01 00 ${address} 075b`;
    const server = await proxyOf([
      [GREETING, '05 00'],
      [request, GRANTED],
    ]);
    await through(server.port, {}, host).opened;
    expect((await server.connection(0)).received).toEqual(fromHex(GREETING + request));
  });

  it('takes a user without a password', async () => {
    const login = '01 05 616c696365 00';
    const server = await proxyOf([
      [GREETING_WITH_USER, '05 02'],
      [login, '01 00'],
      [REQUEST, GRANTED],
    ]);
    await through(server.port, { username: 'alice' }).opened;
    expect((await server.connection(0)).received).toEqual(fromHex(GREETING_WITH_USER + login + REQUEST));
  });

  it('refuses a password that is too long for the protocol, and does not show it', async () => {
    const server = await fakeServer(async () => {});
    const failure = await failureOf(through(server.port, { username: 'u', password: 'x'.repeat(256) }).opened);
    expect(seen(failure)).toEqual({
      kind: 'proxy',
      status: 16,
      message: 'Proxy error: user name or password is over 255 bytes long',
    });
  });

  it.each([
    ['at once', ''],
    ['in the middle of its first answer', '05'],
    ['in the middle of its last answer', '05 00 05 00 00'],
  ])('says that the proxy closed the connection %s', async (_name, answer) => {
    const server = await fakeServer(async (connection) => {
      await until(connection, 3);
      await connection.send(answer);
      await connection.close();
    });
    expect(seen(await failureOf(through(server.port).opened))).toEqual({
      kind: 'proxy',
      status: 16,
      message: 'Proxy error: the proxy closed the connection',
      advice: `Check that 127.0.0.1 port ${server.port} is a SOCKS5 proxy. For an HTTP proxy, use --proxy http://HOST:PORT.`,
    });
  });

  it('says that nothing listens where the proxy should be', async () => {
    const port = await freePort();
    expect(seen(await failureOf(through(port).opened))).toEqual({
      kind: 'connect',
      status: 1,
      message: 'Connection refused',
      advice: `Nothing listens on 127.0.0.1 port ${port}. Start the proxy, or check --proxy.`,
    });
  });
});
