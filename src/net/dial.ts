/**
 * How a target becomes a connection: this file stacks the layers, lowest first. A new transport is its own file and a
 * step here; no step knows the others.
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Failure } from '../errors.ts';
import { isBun } from '../runtime/features.ts';
import type { ProxyTarget, Target } from '../runtime/target.ts';
import { type ByteStream, byteStream, type Dial, type Dialing, type StreamHandlers } from './byte-stream.ts';
import { type DialContext, type Endpoint, traceStep } from './dial-trace.ts';
import { lookupUntil, type Resolver, SYSTEM_RESOLVER } from './resolver.ts';
import { connected, endsFor, localAddressesOf, openSocket } from './tcp.ts';

/**
 * Milliseconds in which the server may close first, before TLS close_notify and, behind a proxy, before the local side
 * closes. Simple proxies drop both sides when one closes, together with the bytes in transit.
 */
const COURTESY = 1000;

/** Never settles: the result of a cancelled attempt. */
const NEVER = new Promise<never>(() => {});

/** Turns a target into a way to connect to it, any number of times. */
export type Dialer = (target: Target, context: DialContext) => Dial;

/** The Dialer of this machine. */
export function dialer(target: Target, context: DialContext, resolver: Resolver = SYSTEM_RESOLVER): Dial {
  return (handlers) => dial(target, handlers, context, resolver);
}

function dial(target: Target, handlers: StreamHandlers, outer: DialContext, resolver: Resolver): Dialing {
  let cancelled = false;
  const giveUp = new AbortController();
  const lookup = lookupUntil(giveUp.signal, resolver);
  let lowest: { destroy(): void } | undefined;
  /** The socket below all layers, if it is Node's. */
  let bottom!: Socket;
  const context: DialContext = {
    step: (step) => {
      if (!cancelled) outer.step(step);
    },
    passphrase: (keyFile) => outer.passphrase(keyFile),
    warn: (line) => outer.warn?.(line),
  };

  const climb = async (): Promise<ByteStream> => {
    const { tls: wanted, webSocket } = target;
    // Only without further layers do the bytes of the socket go directly to the handlers.
    const bare = wanted === undefined && target.proxy === undefined && webSocket === undefined;
    // Loads and reads everything before it connects: a wrong path then fails without disturbing the server, and after
    // connecting the holder of the stream listens without a gap.
    const [tls, ws, proxy, own] = await Promise.all([
      wanted && import('./tls.ts'),
      webSocket && import('./websocket.ts'),
      target.proxy && wayThrough(target.proxy),
      bare && isBun ? import('./tcp-bun.ts') : undefined,
    ]);
    const secure = wanted && (await tls?.secureContext(wanted, context));
    const ends = target.localAddress === undefined ? [] : await localAddressesOf(target.localAddress, lookup);
    const endpoints = target.srv
      ? await srvEndpoints(target, context, resolver, giveUp.signal)
      : brokersOf(target, resolver);

    /** Opens the stream to one of the endpoints that the broker may have. */
    const reach = async (endpoint: Endpoint): Promise<Duplex> => {
      if (cancelled) return NEVER;
      const { localAddress } = endpoint;
      const next: Endpoint = { ...(target.proxy ? { ...target.proxy, what: 'proxy' } : endpoint), localAddress };
      const socket = openSocket(next, target, lookup, bare ? handlers : undefined);
      lowest = bottom = socket;
      try {
        await connected(socket, next, context);
        return proxy === undefined ? socket : await proxy(socket, endpoint, context);
      } catch (error) {
        socket.destroy();
        throw error;
      }
    };

    const reachBare = async (endpoint: Endpoint): Promise<ByteStream> => {
      if (!own?.canReach(endpoint) || cancelled) return byteStream(await reach(endpoint), bottom, handlers);
      const reaching = own.reach(endpoint, target.noDelay, handlers, context);
      lowest = reaching;
      return reaching.opened;
    };

    if (bare) return (await firstReached(endpoints, fromEach(ends, reachBare)))[0];
    const [lower, { certified }] = await firstReached(endpoints, fromEach(ends, reach, target.proxy));
    const named = { ...target, host: certified };
    const top = tls === undefined || secure === undefined ? lower : await tls.openTls(lower, named, secure, context);
    if (ws === undefined) return byteStream(top, bottom, handlers, top === lower && proxy === undefined ? 0 : COURTESY);
    const what = `WebSocket: GET ${ws.shownPath(target.webSocket?.path ?? '')}`;
    return traceStep(
      context,
      'websocket',
      what,
      ws.openWebSocket(top, named, handlers, undefined, bottom),
      () => 'accepted',
    );
  };

  const opened = climb().catch((error: unknown) => {
    lowest?.destroy();
    return cancelled ? NEVER : Promise.reject(error);
  });
  return {
    opened: opened.then((stream) => (cancelled ? NEVER : stream)),
    cancel: () => {
      cancelled = true;
      giveUp.abort();
      lowest?.destroy();
    },
  };
}

interface BrokerEndpoint extends Endpoint {
  /** The host name for the certificate check and for the Host header of WebSocket. */
  readonly certified: string;
}

/**
 * Tries `localhost` at 127.0.0.1 before a lookup: a lookup loads a module and starts threads, a tenth of a short run.
 * Where a broker listens there, the name means nothing else [RFC 6761, 6.3].
 */
function brokersOf({ host, port, unixPath, proxy, localAddress = '' }: Target, { lookup }: Resolver): BrokerEndpoint[] {
  const named: BrokerEndpoint = { host, port, unixPath, certified: host, what: 'broker' };
  const isNear =
    host === 'localhost' &&
    unixPath === undefined &&
    proxy === undefined &&
    lookup === undefined &&
    !localAddress.includes(':');
  return isNear ? [{ ...named, host: '127.0.0.1' }, named] : [named];
}

/** The stream to the first reachable endpoint, and that endpoint. Rejects with the error of the first endpoint. */
async function firstReached<Stream>(
  endpoints: readonly BrokerEndpoint[],
  reach: (endpoint: Endpoint) => Promise<Stream>,
): Promise<[Stream, BrokerEndpoint]> {
  let first: unknown;
  for (const endpoint of endpoints) {
    try {
      return [await reach(endpoint), endpoint];
    } catch (error) {
      first ??= error;
      if (!(error instanceof Failure)) break;
    }
  }
  throw first;
}

/** Tries each local address in turn, where there is a choice (`-A`). */
function fromEach<Stream>(
  ends: readonly string[],
  reach: (endpoint: Endpoint) => Promise<Stream>,
  proxy?: ProxyTarget | undefined,
): (endpoint: Endpoint) => Promise<Stream> {
  if (ends.length === 0) return reach;
  return async (endpoint) => {
    let said: Failure | undefined;
    for (const localAddress of endsFor((proxy ?? endpoint).host, ends)) {
      try {
        return await reach({ ...endpoint, localAddress });
      } catch (error) {
        if (!(error instanceof Failure) || !NOT_REACHED.has(error.kind)) throw error;
        // The failure of a connection is more useful than "no address of this family" from the other lookup.
        if (said === undefined || said.kind === 'lookup') said = error;
      }
    }
    throw said;
  };
}

const NOT_REACHED: ReadonlySet<string> = new Set(['lookup', 'connect']);

/** The targets of the SRV records. They are looked up here even if a proxy looks up all other names. */
async function srvEndpoints(
  target: Target,
  context: DialContext,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<BrokerEndpoint[]> {
  const { certificateName, srvName, srvTargets } = await import('./srv.ts');
  const tls = target.tls !== undefined;
  const what = `Look up the SRV records of ${srvName(target.host, tls)}`;
  const found = await traceStep(context, 'lookup', what, srvTargets(target.host, tls, resolver, signal), (targets) =>
    targets.map(({ host, port }) => `${host} port ${port}`).join(', '),
  );
  return found.map((endpoint) => ({
    ...endpoint,
    certified: certificateName(target.host, endpoint.host),
    what: 'broker',
  }));
}

type ThroughProxy = (lower: Duplex, broker: Endpoint, context: DialContext) => Promise<Duplex>;

async function wayThrough(proxy: ProxyTarget): Promise<ThroughProxy> {
  const [name, open] =
    proxy.kind === 'http'
      ? (['HTTP', (await import('./http-connect.ts')).openHttpConnect] as const)
      : (['SOCKS5', (await import('./socks.ts')).openSocks] as const);
  return (lower, broker, context) => {
    const what = `${name} proxy ${proxy.host} port ${proxy.port} to ${broker.host} port ${broker.port}`;
    return traceStep(context, 'proxy', what, open(lower, proxy, broker), () => 'connected');
  };
}
