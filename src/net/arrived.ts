/** How many bytes written to a socket have reached the other side, for time limits that count from the last progress. */
import type { Socket } from 'node:net';

/** Fields that Node's types lack; both reflect the current state of the system. */
type Handle = { readonly bytesWritten?: number; readonly writeQueueSize?: number } | null;

/** Bytes that the system has accepted from this socket, including those of layers such as TLS. */
export function takenBy(socket: Socket | undefined): number {
  if (socket === undefined) return 0;
  const { bytesWritten, writeQueueSize } = (socket as { _handle?: Handle })._handle ?? {};
  return bytesWritten === undefined ? socket.bytesWritten : bytesWritten - (writeQueueSize ?? 0);
}

/** Bytes that the other side's system has acknowledged, as far as known. Reads a file, so do not call it for every message. */
export const arrivedFrom = (socket: Socket | undefined): number => takenBy(socket) - unacknowledged(socket);

/** The ports of a connection, as far as they are known. */
export interface Ends {
  readonly localPort?: number | undefined;
  readonly remotePort?: number | undefined;
}

/**
 * Bytes that the system has accepted and the other side's system has not acknowledged. Linux lists them in a table of
 * all connections. On other systems, and for unix sockets, 0. Reads a file, so do not call it for every message.
 */
export function unacknowledged({ localPort, remotePort }: Ends = {}): number {
  if (!localPort || !remotePort || process.platform !== 'linux') return 0;
  const { readFileSync } = process.getBuiltinModule('node:fs');
  for (const path of ['/proc/self/net/tcp', '/proc/self/net/tcp6']) {
    try {
      const found = sendQueue(readFileSync(path, 'latin1'), localPort, remotePort);
      if (found !== undefined) return found;
    } catch {
      // This system has no such table.
    }
  }
  return 0;
}

/** The send queue of the connection between these ports, from a table in the form of /proc/net/tcp (proc(5)). */
export function sendQueue(table: string, localPort: number, remotePort: number): number | undefined {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  const row = new RegExp(`: [0-9A-F]+:${hex(localPort)} [0-9A-F]+:${hex(remotePort)} [0-9A-F]{2} ([0-9A-F]{8}):`);
  const queue = row.exec(table)?.[1];
  return queue === undefined ? undefined : Number.parseInt(queue, 16);
}
