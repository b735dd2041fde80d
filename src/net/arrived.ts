/** How far the bytes are that were written to a socket: for time limits that count from the last progress. */
import type { Socket } from 'node:net';

/** Not in the types of Node; both are as the system has it at this moment. */
type Handle = { readonly bytesWritten?: number; readonly writeQueueSize?: number } | null;

/** Bytes that the system has taken, of what was written to this socket in all layers above it. */
export function takenBy(socket: Socket | undefined): number {
  if (socket === undefined) return 0;
  const { bytesWritten, writeQueueSize } = (socket as { _handle?: Handle })._handle ?? {};
  return bytesWritten === undefined ? socket.bytesWritten : bytesWritten - (writeQueueSize ?? 0);
}

/** Of those, the bytes that the other system has, as far as ours knows. Reads a file: not for every message. */
export const arrivedFrom = (socket: Socket | undefined): number => takenBy(socket) - unacknowledged(socket);

/** The ends of a connection, as far as they are known. */
export interface Ends {
  readonly localPort?: number | undefined;
  readonly remotePort?: number | undefined;
}

/**
 * Of the bytes that the system has taken, those that the other system has not acknowledged: Linux shows them in a table of all
 * its connections. Elsewhere, and for unix sockets, 0. Reads a file: not for every message.
 */
export function unacknowledged({ localPort, remotePort }: Ends = {}): number {
  if (!localPort || !remotePort || process.platform !== 'linux') return 0;
  const { readFileSync } = process.getBuiltinModule('node:fs');
  for (const path of ['/proc/self/net/tcp', '/proc/self/net/tcp6']) {
    try {
      const found = sendQueue(readFileSync(path, 'latin1'), localPort, remotePort);
      if (found !== undefined) return found;
    } catch {
      // A system without this table.
    }
  }
  return 0;
}

/** The send queue of the connection between these ports, of a table in the form of /proc/net/tcp (proc(5)). */
export function sendQueue(table: string, localPort: number, remotePort: number): number | undefined {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  const row = new RegExp(`: [0-9A-F]+:${hex(localPort)} [0-9A-F]+:${hex(remotePort)} [0-9A-F]{2} ([0-9A-F]{8}):`);
  const queue = row.exec(table)?.[1];
  return queue === undefined ? undefined : Number.parseInt(queue, 16);
}
