/**
 * A Dialing that is given up leaves nothing open and says nothing more, at whatever stage.
 * Covers src/net/resolver.ts.
 */
import type { LookupFunction } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/runtime/target.ts';
import { fakeServer } from '../support/fake-server.ts';
import { type Attempt, attempt } from './rig.ts';
import { tls } from './tls-rig.ts';

const webSocket = { path: '/mqtt', headers: [] };
const proxy = (kind: 'http' | 'socks5h', port: number): Target['proxy'] => ({ kind, host: '127.0.0.1', port });

/** Whether the attempt settles or traces a step during the wait. */
async function isSilent(given: Attempt, before: number): Promise<void> {
  const settled = await Promise.race([
    given.opened.then(
      () => 'opened',
      () => 'failed',
    ),
    sleep(100).then(() => 'silent'),
  ]);
  expect(settled).toBe('silent');
  expect(given.steps.length).toBe(before);
  expect(given.calls).toEqual([]);
}

describe('cancel()', () => {
  it('at once makes no connection', async () => {
    const server = await fakeServer(async () => {});
    for (const target of [{}, { webSocket }, { tls: tls() }, { proxy: proxy('socks5h', server.port) }]) {
      const given = attempt({ port: server.port, ...target });
      given.cancel();
      await isSilent(given, 0);
    }
    expect(server.connections.filter(({ received }) => received.length > 0)).toEqual([]);
  });

  it('during the name lookup', async () => {
    const server = await fakeServer(async () => {});
    let answer = (): void => {};
    let asked = (): void => {};
    const question = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const lookup: LookupFunction = (_host, _options, done) => {
      answer = () => done(null, [{ address: '127.0.0.1', family: 4 }]);
      asked();
    };
    const given = attempt({ host: 'broker.test', port: server.port }, { srv: async () => [], lookup });
    await question;
    given.cancel();
    answer();
    await isSilent(given, 0);
    expect(server.connections).toEqual([]);
  });

  it('during the lookup of SRV records, which is given up too', async () => {
    let aborted = false;
    let asked = (): void => {};
    const question = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const given = attempt(
      { host: 'broker.test', srv: true },
      {
        srv: (_name, giveUp) =>
          new Promise((_, reject) => {
            giveUp?.addEventListener('abort', () => {
              aborted = true;
              reject(Object.assign(new Error(), { code: 'ECANCELLED' }));
            });
            asked();
          }),
      },
    );
    await question;
    given.cancel();
    await isSilent(given, 0);
    expect(aborted).toBe(true);
  });

  // The server takes the connection and says nothing.
  const STAGES: readonly (readonly [string, (port: number) => Partial<Target>])[] = [
    ['during the SOCKS5 handshake', (port) => ({ proxy: proxy('socks5h', port) })],
    ['during the CONNECT of an HTTP proxy', (port) => ({ proxy: proxy('http', port) })],
    ['during the WebSocket handshake', (port) => ({ port, webSocket })],
    ['during the TLS handshake', (port) => ({ port, tls: tls() })],
    ['during the TLS handshake below a WebSocket', (port) => ({ port, tls: tls(), webSocket })],
  ];
  it.each(STAGES)('%s', async (_, target) => {
    const server = await fakeServer(async () => {});
    const given = attempt(target(server.port));
    const connection = await server.connection(0);
    while (connection.received.length === 0) await sleep(5);
    const before = given.steps.length;
    given.cancel();
    await connection.closed;
    await isSilent(given, before);
    expect(server.connections.length).toBe(1);
  });
});
