/**
 * From a target to a connection: the wrappers that stand on top of each other, lowest first. A new transport is a file
 * of its own and a step here; no step knows the others.
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
 * How long, in milliseconds, to leave the server to end a connection first: before close_notify of TLS, and before the
 * end of our side where a proxy is between. Simple proxies drop both sides when one ends, and what is under way with it.
 */
const COURTESY = 1000;

/** Never settles: what an attempt that was given up resolves to. */
const NEVER = new Promise<never>(() => {});

/** Makes of a target the way to connect to it, as often as wanted. */
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
  /** The socket below all of it, where it is Node's. */
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
    // Only where nothing stands on top of the socket do its bytes go straight to the handlers.
    const bare = wanted === undefined && target.proxy === undefined && webSocket === undefined;
    // All there is to load and to read comes before the connection: a wrong path fails without troubling the server,
    // and from then on the holder of the stream listens to it.
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

    /** The stream to one of the endpoints that the broker may be at. */
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
  /** The name that a certificate has to be for, and that a web server is asked for. */
  readonly certified: string;
}

/**
 * `localhost` is tried at 127.0.0.1 before it is looked up: a lookup loads a module and starts threads, a tenth of a
 * short run, and where a broker listens there the name means nothing else [RFC 6761, 6.3].
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

/** The stream to the first endpoint that can be reached, and that endpoint. Rejects with what was wrong with the first. */
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

/** The same from each of our ends in turn, where there is a choice (`-A`). */
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
        // That the name has no address of the one family says less than what came of the other.
        if (said === undefined || said.kind === 'lookup') said = error;
      }
    }
    throw said;
  };
}

const NOT_REACHED: ReadonlySet<string> = new Set(['lookup', 'connect']);

/** Where the SRV records lead; they are looked up here even if a proxy looks up all other names. */
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
