/** SOCKS5 through a proxy of other people's. */
import { expect, it } from 'vitest';
import type { ProxyTarget } from '../../src/runtime/target.ts';
import { type FakeServer, fakeServer } from '../support/fake-server.ts';
import { describeWithMicrosocks, startMicrosocks } from '../support/microsocks.ts';
import { freePort } from '../support/tmp.ts';
import { type Attempt, attempt, failureOf, PINGREQ, seen } from './rig.ts';

const SECRET = { username: 'alice', password: 'gehäim' };

describeWithMicrosocks('microsocks', () => {
  const echo = (): Promise<FakeServer> =>
    fakeServer(async (connection) => {
      for (;;) await connection.send((await connection.readPacket()).bytes);
    });
  const to = (port: number, proxyPort: number, login: Partial<ProxyTarget> = {}): Attempt =>
    attempt({ host: 'localhost', port, proxy: { kind: 'socks5h', host: 'localhost', port: proxyPort, ...login } });

  it.each([
    ['without a password', undefined],
    ['with a password', SECRET],
  ])('%s lets through what is sent', async (_name, login) => {
    const [server, proxy] = [await echo(), await startMicrosocks(login)];
    const watched = await to(server.port, proxy.port, login ?? {}).opened;
    watched.stream.write(PINGREQ);
    expect(await watched.received(2)).toEqual(PINGREQ);
  });

  it('refuses a wrong password, and none', async () => {
    const proxy = await startMicrosocks(SECRET);
    const wrong = await failureOf(to(1, proxy.port, { username: 'alice', password: 'wrong' }).opened);
    expect([wrong.status, wrong.message]).toEqual([
      11,
      'Authorisation failed: the proxy rejected the user name or password',
    ]);
    const none = await failureOf(to(1, proxy.port).opened);
    expect([none.status, none.message]).toEqual([
      11,
      'Authorisation failed: the proxy requires a user name and password',
    ]);
  });

  it('says that the broker refused the connection', async () => {
    const proxy = await startMicrosocks();
    const port = await freePort();
    expect(seen(await failureOf(to(port, proxy.port).opened))).toEqual({
      kind: 'not-connected',
      status: 4,
      message: 'The client is not currently connected: the broker refused the connection from the proxy',
      advice: `Nothing listens on localhost port ${port}. Start the broker, or check the host and port.`,
    });
  });
});
