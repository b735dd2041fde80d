// Servers for tests of TLS, each with one behavior.
import { readFileSync } from 'node:fs';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import type { Identity } from './certs.ts';
import { cleanUp } from './cleanup.ts';

export interface Recording {
  port: number;
  /** The decrypted application data. */
  received(): string;
  /** Bytes on the wire from the client. */
  wire(): Buffer;
  /** Handshakes that the server considers complete. */
  secured: TLSSocket[];
}

/** A TLS server that records what it receives, and never answers. */
export async function recordingServer(
  { cert, key }: Identity,
  options: TlsOptions = {},
  onSecure: (socket: TLSSocket) => void = () => {},
): Promise<Recording> {
  const data: Buffer[] = [];
  const secured: TLSSocket[] = [];
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key), ...options }, (socket) => {
    secured.push(socket);
    socket.on('data', (bytes: Buffer) => data.push(bytes));
    socket.on('error', () => {});
    onSecure(socket);
  });
  const inner = await listen(server);
  const { port, wire } = await wireTap(inner);
  return { port, wire, secured, received: () => Buffer.concat(data).toString('latin1') };
}

export interface WireTap {
  port: number;
  /** The bytes from clients. */
  wire(): Buffer;
  /** Closes the existing connections, at the TCP level. */
  cut(): void;
}

/** A relay. `refuses`: selects connections, counted from 1, to close at the first bytes. */
export async function wireTap(to: number, refuses = (_connection: number): boolean => false): Promise<WireTap> {
  const sent: Buffer[] = [];
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createTcpServer((client) => {
    if (refuses(++connections)) {
      client.on('error', () => {}).once('data', () => client.destroy());
      return;
    }
    const upstream = connect(to, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.on('data', (bytes) => sent.push(bytes));
    client.pipe(upstream).pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  cleanUp(cut);
  return { port: await listen(server), wire: () => Buffer.concat(sent), cut };
}

/** A TCP server that calls this function with each connection. */
export function tcpServer(onConnection: (socket: Socket) => void): Promise<number> {
  return listen(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      onConnection(socket);
    }),
  );
}

function listen(server: ReturnType<typeof createTcpServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  cleanUp(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
