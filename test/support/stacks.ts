// Every stack to one real broker: a transport, direct or through a proxy.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe } from 'vitest';
import type { ProxyTarget } from '../../src/runtime/target.ts';
import { certificates } from './certs.ts';
import { startHttpProxy } from './http-proxy.ts';
import { describeWithMicrosocks, startMicrosocks } from './microsocks.ts';
import { type Broker, type BrokerOptions, findProgram, startMosquitto } from './mosquitto.ts';
import { tempDir } from './tmp.ts';

const TRANSPORTS = ['TCP', 'unix', 'WebSocket', 'TLS', 'WebSocket over TLS', 'TLS with a pre-shared key'] as const;
export type Transport = (typeof TRANSPORTS)[number];

const WAYS = ['directly', 'through SOCKS5', 'through SOCKS5 with a password', 'through HTTP CONNECT'] as const;
export type Way = (typeof WAYS)[number];

export const PSK = { identity: 'rajan', key: '0123456789abcdef0123456789ABCDEF' };

/** The login of the proxies with a password. A URL must encode some of its characters. */
const LOGIN = { username: 'us@er', password: 'p:a/s%s' };

export interface Stacks {
  readonly broker: Broker;
  /** Without microsocks there are no SOCKS5 proxies. */
  readonly proxies: Readonly<Partial<Record<Way, ProxyTarget>>>;
}

/** One broker that listens on every transport, and one proxy of each kind. */
export async function startStacks(options: BrokerOptions = {}): Promise<Stacks> {
  const broker = await startMosquitto({
    tls: certificates().server,
    websockets: true,
    psk: { keys: { [PSK.identity]: PSK.key } },
    unix: join(tempDir(), 'socket'),
    ...options,
  });
  const host = '127.0.0.1';
  const http = { kind: 'http', host, port: (await startHttpProxy(LOGIN)).port, ...LOGIN } as const;
  if (findProgram('microsocks') === undefined) return { broker, proxies: { 'through HTTP CONNECT': http } };
  return {
    broker,
    proxies: {
      'through SOCKS5': { kind: 'socks5h', host, port: (await startMicrosocks()).port },
      'through SOCKS5 with a password': { kind: 'socks5h', host, port: (await startMicrosocks(LOGIN)).port, ...LOGIN },
      'through HTTP CONNECT': http,
    },
  };
}

/** Calls `body` for each stack. A unix socket has no proxy. */
export function describeStacks(body: (transport: Transport, way: Way) => void): void {
  for (const way of WAYS) {
    const describeWay = way.includes('SOCKS5') ? describeWithMicrosocks : describe;
    describeWay(way, () => {
      for (const transport of TRANSPORTS) if (transport !== 'unix' || way === 'directly') body(transport, way);
    });
  }
}

/** Bytes without a pattern, the same ones each time. */
export const noise = (length: number): Buffer => createHash('shake256', { outputLength: length }).update('').digest();
