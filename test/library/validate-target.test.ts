// What a program can hand to connect() in place of a place to connect to: refused before anything is tried.
import { describe, expect, it } from 'vitest';
import { connect, Failure } from '../../src/library/library.ts';

type Wrong = readonly [options: Record<string, unknown>, message: string];

const text = (what: string): string => `${what} must be text that is not empty, without U+0000`;
const SHORT = { kind: 'socks5h', host: 'h', port: 1080 };

const WRONG: readonly Wrong[] = [
  [{ host: '' }, text('host')],
  [{ host: null }, text('host')],
  [{ host: 5 }, text('host')],
  [{ host: 'a\0b' }, text('host')],
  [{ port: '1883' }, 'port must be a whole number from 1 to 65535'],
  [{ unixPath: '' }, text('unixPath')],
  [{ unixPath: `/${'x'.repeat(107)}` }, 'unixPath must have at most 107 bytes'],
  [{ unixPath: '/s', proxy: SHORT }, 'proxy cannot be used with unixPath'],
  [{ tls: null }, 'tls must be true, false or an object'],
  [{ tls: 'yes' }, 'tls must be true, false or an object'],
  [{ tls: { caFile: 5 } }, text('tls.caFile')],
  [{ tls: { ciphers: [] } }, text('tls.ciphers')],
  [{ tls: { alpn: '' } }, text('tls.alpn')],
  [{ tls: { alpn: 'x'.repeat(256) } }, 'tls.alpn must have at most 255 bytes'],
  [{ tls: { version: 'TLSv1.1' } }, "tls.version must be 'TLSv1.2' or 'TLSv1.3'"],
  [{ tls: { keyFile: 'k' } }, 'tls.certFile and tls.keyFile must be set together'],
  [{ tls: { certFile: 'c' } }, 'tls.certFile and tls.keyFile must be set together'],
  [{ webSocket: { path: 5 } }, "webSocket.path must begin with '/' and be ASCII without spaces and '#'"],
  [{ webSocket: { path: '/a\r\nX: y' } }, "webSocket.path must begin with '/' and be ASCII without spaces and '#'"],
  [{ webSocket: { headers: {} } }, 'webSocket.headers must be pairs of name and value'],
  ...[5, 'XY', ['X'], ['X', 'a', 'b'], ['X', 5], [5, 'a'], ['X', 'a\r\nY: b'], ['X: y', 'a'], ['', 'a']].map(
    (header): Wrong => [
      { webSocket: { headers: [header] } },
      'webSocket.headers must be pairs of name and value, each in one line of ASCII',
    ],
  ),
  [{ webSocket: { headers: [['Upgrade', 'x']] } }, 'The WebSocket header Upgrade cannot be set'],
  [{ proxy: 'socks5h://h' }, "proxy.kind must be 'socks5h' or 'http'"],
  [{ proxy: { ...SHORT, host: '' } }, text('proxy.host')],
  [{ proxy: { ...SHORT, port: 70_000 } }, 'proxy.port must be a whole number from 1 to 65535'],
  [{ proxy: { ...SHORT, username: 'x'.repeat(256) } }, 'proxy.username must have at most 255 bytes'],
  [{ proxy: { ...SHORT, password: 'x' } }, 'proxy.password needs proxy.username'],
  [{ proxy: { ...SHORT, username: 'u', password: 'x'.repeat(256) } }, 'proxy.password must have at most 255 bytes'],
  [{ proxy: { ...SHORT, username: 'u', password: 5 } }, text('proxy.password')],
  [{ connectTimeout: Number.NaN }, 'connectTimeout must be a number of milliseconds'],
  [{ connectTimeout: -1 }, 'connectTimeout must be a number of milliseconds'],
  [{ retry: { count: 'x' } }, 'retry.count must be a whole number from 0 to 9007199254740991'],
  [{ retry: { delay: '1' } }, 'retry.delay must be a number of milliseconds'],
  [{ retry: { maxTime: Number.NaN } }, 'retry.maxTime must be a number of milliseconds'],
];

describe('connect()', () => {
  it.each(WRONG)('rejects %j before it connects', async (options, message) => {
    const failure = await connect({ host: '127.0.0.1', port: 1, ...options }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ kind: 'invalid-input', message });
  });

  it.each([
    { host: '::1' },
    { unixPath: `/${'x'.repeat(106)}` },
    { webSocket: { path: '/a?b=c', headers: [['X-Token', ' a b ']] as const } },
    { proxy: { kind: 'http', host: '127.0.0.1', port: 1, username: 'x'.repeat(300), password: '' } as const },
    { connectTimeout: Number.POSITIVE_INFINITY, retry: { count: 0, delay: 0, maxTime: 0 } },
  ])('tries %j', async (options) => {
    const failure = await connect({ host: '127.0.0.1', port: 1, ...options }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'connect' });
  });
});
