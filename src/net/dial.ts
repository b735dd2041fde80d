/**
 * From a target to a connection: the wrappers that stand on top of each other, lowest first. A new transport is a file
 * of its own and a step here; no step knows the others.
 */
import type { Duplex } from 'node:stream';
import type { Target } from '../runtime/target.ts';
import { type ByteStream, byteStream, type Dial, type Dialing, type StreamHandlers } from './byte-stream.ts';
import { connected, localAddressOf, openSocket } from './tcp.ts';

/** How long, in milliseconds, to leave the server to end a TLS connection before we send close_notify. */
const TLS_COURTESY = 1000;

/** Never settles: what an attempt that was given up resolves to. */
const NEVER = new Promise<never>(() => {});

/** How to connect to this target, as often as wanted. */
export function dialer(target: Target): Dial {
  return (handlers) => dial(target, handlers);
}

function dial(target: Target, handlers: StreamHandlers): Dialing {
  let cancelled = false;
  let lowest: Duplex | undefined;

  const climb = async (): Promise<ByteStream> => {
    const tls = target.tls === undefined ? undefined : await import('./tls.ts');
    // Files are read before the connection is made: a wrong path is told without troubling the server.
    const context = target.tls === undefined ? undefined : await tls?.secureContext(target.tls);
    const localAddress = target.localAddress === undefined ? undefined : await localAddressOf(target.localAddress);
    if (cancelled) return NEVER;
    // Only where nothing stands on top of the socket do its bytes go straight to the handlers.
    const socket = openSocket(target, localAddress, tls === undefined ? handlers.data : undefined);
    lowest = socket;
    await connected(socket);
    if (tls === undefined || context === undefined) return byteStream(socket, handlers);
    return byteStream(await tls.openTls(socket, target, context), handlers, TLS_COURTESY);
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
