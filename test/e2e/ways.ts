// Every transport, and every way through a proxy, to one real broker.
import { join } from 'node:path';
import { certificates } from '../support/certs.ts';
import { startHttpProxy } from '../support/http-proxy.ts';
import { startMicrosocks } from '../support/microsocks.ts';
import { type Broker, startMosquitto } from '../support/mosquitto.ts';
import { standalone } from '../support/run.ts';
import { tempDir } from '../support/tmp.ts';
import { at, type Place, type Version } from './place.ts';
import type { Offer } from './suite.ts';

const PSK = { identity: 'rajan', key: '0123456789abcdef0123456789ABCDEF' };

type Options = (broker: Broker) => string[];

const named = (port: number): string[] => ['-h', 'localhost', '-p', `${port}`, '--cafile', certificates().ca];

export const TRANSPORTS = {
  TCP: ({ port }) => at(port),
  unix: ({ unix }) => ['--unix', unix ?? ''],
  WebSocket: ({ wsPort }) => [...at(wsPort), '--ws'],
  TLS: ({ tlsPort }) => named(tlsPort),
  'WebSocket over TLS': ({ wssPort }) => [...named(wssPort), '--ws'],
  'TLS with a pre-shared key': ({ pskPort }) => [...at(pskPort), '--psk', PSK.key, '--psk-identity', PSK.identity],
} as const satisfies Record<string, Options>;

/** The executables differ from Node in how bytes get there, so they go each way once; what they do then, other tests say. */
export const VERSIONS: readonly Version[] = standalone === undefined ? ['mqttv311', 'mqttv5'] : ['mqttv5'];
export const OFFER: Offer = standalone === undefined ? {} : { levels: [2] };

/** Characters that a URL must encode. */
const LOGIN = { username: 'us@er', password: 'p:a/s%s' };
const CREDENTIALS = `${encodeURIComponent(LOGIN.username)}:${encodeURIComponent(LOGIN.password)}`;

export const PROXIES = {
  directly: async () => [],
  'through SOCKS5': async () => ['--proxy', `socks5h://127.0.0.1:${(await startMicrosocks()).port}`],
  'through SOCKS5 with a password': async () => [
    '--proxy',
    `socks5h://${CREDENTIALS}@127.0.0.1:${(await startMicrosocks(LOGIN)).port}`,
  ],
  'through HTTP CONNECT': async () => [
    '--proxy',
    `http://${CREDENTIALS}@127.0.0.1:${(await startHttpProxy(LOGIN)).port}`,
  ],
} as const satisfies Record<string, () => Promise<string[]>>;

/** To a broker of its own, by this transport, and through a proxy of its own. */
export async function wayTo(transport: keyof typeof TRANSPORTS, proxy: keyof typeof PROXIES): Promise<Place> {
  const { server } = certificates();
  const broker = await startMosquitto({
    tls: server,
    websockets: true,
    psk: { keys: { [PSK.identity]: PSK.key } },
    unix: join(tempDir(), 'socket'),
  });
  return {
    args: [...TRANSPORTS[transport](broker), ...(await PROXIES[proxy]())],
    subscribed: (clientId) => broker.waitForLog(`Sending SUBACK to ${clientId}\n`),
  };
}
