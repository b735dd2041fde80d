/**
 * From a target to a connection: the wrappers that stand on top of each other, lowest first. A new transport is a file
 * of its own and a step here; no step knows the others.
 */
import type { Duplex } from 'node:stream';
import type { ProxyTarget, Target } from '../runtime/target.ts';
import { type ByteStream, byteStream, type Dial, type Dialing, type StreamHandlers } from './byte-stream.ts';
import type { DialContext } from './steps.ts';
import { connected, localAddressOf, openSocket } from './tcp.ts';

/** How long, in milliseconds, to leave the server to end a TLS connection before we send close_notify. */
const TLS_COURTESY = 1000;

/** Never settles: what an attempt that was given up resolves to. */
const NEVER = new Promise<never>(() => {});

/** How to connect to this target, as often as wanted. */
export function dialer(target: Target, context: DialContext): Dial {
  return (handlers) => dial(target, handlers, context);
}

function dial(target: Target, handlers: StreamHandlers, context: DialContext): Dialing {
  let cancelled = false;
  let lowest: Duplex | undefined;

  const climb = async (): Promise<ByteStream> => {
    const { tls: wanted, proxy, webSocket } = target;
    const tls = wanted === undefined ? undefined : await import('./tls.ts');
    // Files are read before the connection is made: a wrong path is told without troubling the server.
    const secure = wanted === undefined ? undefined : await tls?.secureContext(wanted, context.passphrase);
    const localAddress = target.localAddress === undefined ? undefined : await localAddressOf(target.localAddress);
    if (cancelled) return NEVER;
    // Only where nothing stands on top of the socket do its bytes go straight to the handlers.
    const bare = tls === undefined && proxy === undefined && webSocket === undefined;
    const socket = openSocket(proxy ?? target, target, localAddress, bare ? handlers.data : undefined);
    lowest = socket;
    await connected(socket);
    if (bare) return byteStream(socket, handlers);
    const through = proxy === undefined ? socket : await throughProxy(socket, proxy, target);
    const secured =
      tls === undefined || secure === undefined ? through : await tls.openTls(through, target, secure, context);
    if (webSocket === undefined) return byteStream(secured, handlers, tls === undefined ? 0 : TLS_COURTESY);
    const { openWebSocket } = await import('./websocket.ts');
    return openWebSocket(secured, target, handlers);
  };

  const opened = climb().catch((error: unknown) => {
    lowest?.destroy();
    return cancelled ? NEVER : Promise.reject(error);
  });
  return {
    opened: opened.then((stream) => (cancelled ? NEVER : stream)),
    cancel: () => {
      cancelled = true;
      lowest?.on('error', () => {}).destroy();
    },
  };
}

async function throughProxy(lower: Duplex, proxy: ProxyTarget, target: Target): Promise<Duplex> {
  if (proxy.kind === 'http') return (await import('./http-connect.ts')).openHttpConnect(lower, proxy, target);
  return (await import('./socks.ts')).openSocks(lower, proxy, target);
}
