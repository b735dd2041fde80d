/** TCP and unix sockets: the lowest layer of every stack. */
import { connect, isIP, type Socket } from 'node:net';
import type { Target } from '../runtime/target.ts';
import { connectFailure } from './failures.ts';

/** Bytes that may wait in the socket before a write says "full". Large enough for whole blocks of the packet writer. */
const WRITE_BUFFER_BYTES = 256 * 1024;

/** The most that is read at once. */
const READ_BUFFER_BYTES = 64 * 1024;

/**
 * A socket on its way to the proxy or the broker; it is handed over before it is connected, so that it can be destroyed. With `data`, what comes goes
 * there and not through the stream: all of it by one buffer that is used again, so nothing is allocated for reading.
 */
export function openSocket(
  to: { readonly host: string; readonly port: number },
  { unixPath, noDelay }: Target,
  localAddress: string | undefined,
  data?: (bytes: Uint8Array) => void,
): Socket {
  const buffers = { writableHighWaterMark: WRITE_BUFFER_BYTES };
  const onread = data && {
    buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
    callback: (length: number, buffer: Uint8Array) => {
      data(buffer.subarray(0, length));
      return true;
    },
  };
  const place = unixPath === undefined ? { host: to.host, port: to.port } : { path: unixPath };
  return connect({
    ...place,
    ...buffers,
    ...(localAddress === undefined ? {} : { localAddress }),
    noDelay,
    ...(onread && { onread }),
  });
}

/** Resolves when the socket is connected. Rejects with a Failure. */
export function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(connectFailure(error));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.removeListener('error', fail);
      resolve();
    });
  });
}

/** `-A` takes a name too, which Node wants as an address. */
export async function localAddressOf(nameOrAddress: string): Promise<string> {
  if (isIP(nameOrAddress) !== 0) return nameOrAddress;
  const { lookup } = await import('node:dns/promises');
  try {
    return (await lookup(nameOrAddress)).address;
  } catch (error) {
    throw connectFailure(error);
  }
}
