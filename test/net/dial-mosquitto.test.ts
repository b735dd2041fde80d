/** The transports on top of each other: each way to the broker through each proxy, with the traced steps in order. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ProxyTarget, Target } from '../../src/runtime/target.ts';
import { certificates } from '../support/certs.ts';
import { startHttpProxy } from '../support/http-proxy.ts';
import { describeWithMicrosocks, startMicrosocks } from '../support/microsocks.ts';
import { type Broker, describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { tempDir } from '../support/tmp.ts';
import { attempt, CONNACK, CONNECT, DISCONNECT, PINGREQ, PINGRESP } from './rig.ts';
import { tls } from './tls-rig.ts';

const LOGIN = { username: 'alice', password: 'geh:äim' };
const webSocket = { path: '/mqtt', headers: [] };

const TRANSPORTS: readonly (readonly [string, (broker: Broker) => Partial<Target>, string[]])[] = [
  ['tcp', (broker) => ({ port: broker.port }), []],
  ['ws', (broker) => ({ port: broker.wsPort, webSocket }), ['websocket']],
  ['tls', (broker) => ({ port: broker.tlsPort, tls: tls() }), ['tls']],
  ['wss', (broker) => ({ port: broker.wssPort, tls: tls(), webSocket }), ['tls', 'websocket']],
];

type Ways = readonly (readonly [string, () => Promise<ProxyTarget | undefined>])[];

const WAYS: Ways = [
  ['directly', async () => undefined],
  ['by HTTP CONNECT', async () => http()],
  ['by HTTP CONNECT with a password', async () => http(LOGIN)],
];
const SOCKS_WAYS: Ways = [
  ['by SOCKS5', async () => socks()],
  ['by SOCKS5 with a password', async () => socks(LOGIN)],
];

async function http(login?: typeof LOGIN): Promise<ProxyTarget> {
  return { kind: 'http', host: '127.0.0.1', port: (await startHttpProxy(login)).port, ...login };
}

async function socks(login?: typeof LOGIN): Promise<ProxyTarget> {
  return { kind: 'socks5h', host: '127.0.0.1', port: (await startMicrosocks(login)).port, ...login };
}

function startBroker(): Promise<Broker> {
  return startMosquitto({ websockets: true, tls: certificates().server });
}

function matrix(ways: Ways): void {
  for (const [way, start] of ways) {
    it.each(TRANSPORTS)(`%s ${way} brings bytes there and back, and ends in order`, async (_name, target, kinds) => {
      const [broker, proxy] = [await startBroker(), await start()];
      const given = attempt({ host: 'localhost', ...target(broker), proxy });
      const watched = await given.opened;
      watched.stream.write(CONNECT);
      await watched.received(CONNACK.length);
      watched.stream.write(Buffer.concat([PINGREQ, PINGREQ, DISCONNECT]));
      watched.stream.end();
      expect(await watched.closed).toBe(undefined);
      expect(Buffer.concat(watched.pieces)).toEqual(Buffer.concat([CONNACK, PINGRESP, PINGRESP]));
      // A proxy is an address here, and looks the name of the broker up itself; localhost is tried without a look-up.
      const expected = ['connect', ...(proxy ? ['proxy'] : []), ...kinds];
      const reported = given.steps.map(({ kind }) => kind);
      // The steps of TLS are not checked here.
      const aboutWays = (kind: string): boolean => kind !== 'tls';
      expect(reported.filter(aboutWays)).toEqual(expected.filter(aboutWays));
      expect(given.steps.filter(({ failed }) => failed)).toEqual([]);
      expect(JSON.stringify(given.steps)).not.toMatch(/alice|geh/);
    });
  }
}

describeWithMosquitto('each transport', () => {
  matrix(WAYS);

  it('unix socket', async () => {
    const unix = join(tempDir(), 'socket');
    await startMosquitto({ unix });
    const watched = await attempt({ host: '', unixPath: unix }).opened;
    watched.stream.write(Buffer.concat([CONNECT, PINGREQ, DISCONNECT]));
    watched.stream.end();
    expect(await watched.closed).toBe(undefined);
    expect(Buffer.concat(watched.pieces)).toEqual(Buffer.concat([CONNACK, PINGRESP]));
  });
});

describeWithMicrosocks('each transport through microsocks', () => {
  describeWithMosquitto('to mosquitto', () => matrix(SOCKS_WAYS));
});
