/** Handshakes with proxies and web servers that never end: each has a bound of its own. */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openHttpConnect } from '../../src/net/http-connect.ts';
import { bracketed, readAnswer, wireHost } from '../../src/net/read-reply.ts';
import { openSocks } from '../../src/net/socks.ts';
import { openWebSocket } from '../../src/net/websocket.ts';
import { failureOf, targetOf } from './rig.ts';

const NOBODY = { data: () => {}, drain: () => {}, closed: () => {} };
const proxy = (kind: 'http' | 'socks5h') => ({ kind, host: 'proxy.test', port: 1080 });
const broker = { host: 'broker.test', port: 1883 };
/** Takes everything and says nothing. */
const silent = () => new PassThrough({ transform: (_chunk, _encoding, done) => done() });

describe('a handshake without an answer ends', () => {
  it.each([
    ['SOCKS5', () => openSocks(silent(), proxy('socks5h'), broker, 20), 'Proxy error: the proxy does not answer'],
    ['HTTP', () => openHttpConnect(silent(), proxy('http'), broker, 20), 'Proxy error: the proxy does not answer'],
    [
      'WebSocket',
      () => openWebSocket(silent(), targetOf({ webSocket: { path: '/mqtt', headers: [] } }), NOBODY, 20),
      'Unknown error: the server does not answer',
    ],
  ])('%s', async (_name, open, message) => {
    expect((await failureOf(open())).message).toBe(message);
  });

  it('even if a byte comes now and then', async () => {
    const lower = new PassThrough();
    const trickle = setInterval(() => lower.write('x'), 1);
    const failure = new Error('late');
    await expect(
      readAnswer(
        lower,
        () => undefined,
        () => failure as never,
        30,
      ),
    ).rejects.toBe(failure);
    clearInterval(trickle);
  });
});

describe('readAnswer()', () => {
  it('puts back what came behind the answer', async () => {
    const lower = new PassThrough();
    lower.write('answer|rest');
    const found = await readAnswer(
      lower,
      () => ({ result: 'yes', used: 7 }),
      () => new Error() as never,
    );
    expect(found).toBe('yes');
    const more: string[] = [];
    lower.on('data', (bytes) => more.push(`${bytes}`)).end(' and more');
    await new Promise((resolve) => lower.once('end', resolve));
    expect(more.join('')).toBe('rest and more');
  });

  it('says that a stream is closed that was so before', async () => {
    const lower = new PassThrough();
    lower.destroy();
    const reason = readAnswer(
      lower,
      () => undefined,
      (silence) => silence as never,
    );
    await expect(reason).rejects.toBe('the proxy closed the connection');
  });
});

describe('hosts and texts', () => {
  it('go over the wire in ASCII', () => {
    expect(['a_b.test', 'Bücher.test', '::1', '10.1'].map(wireHost)).toEqual([
      'a_b.test',
      'xn--bcher-kva.test',
      '::1',
      '10.1',
    ]);
    expect(() => wireHost('')).toThrow();
    expect(() => wireHost('a b')).toThrow();
    expect(() => wireHost('x'.repeat(256))).toThrow();
    expect([bracketed('::1'), bracketed('a')]).toEqual(['[::1]', 'a']);
  });
});
