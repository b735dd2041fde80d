// A way to a broker that can be cut.
import { connect, createServer, type Socket } from 'node:net';
import { cleanUp } from '../support/cleanup.ts';

export interface Proxy {
  port: number;
  /** How many connections there have been. */
  connections: number;
  /** Bytes on their way to the broker, over all connections. */
  sent: number;
  /** Resets all connections, on both sides. */
  cut(): void;
}

/** `watch` gets every chunk that passes to the broker. */
export function startProxy(target: number, watch: (proxy: Proxy) => void = () => {}): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    return socket.once('close', () => sockets.delete(socket));
  };
  const proxy: Proxy = {
    port: 0,
    connections: 0,
    sent: 0,
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
  };
  const server = createServer((socket) => {
    proxy.connections++;
    const client = keep(socket);
    const broker = keep(connect(target, '127.0.0.1'));
    client.on('data', (bytes) => {
      proxy.sent += bytes.length;
      watch(proxy);
    });
    client.pipe(broker).pipe(client);
  });
  cleanUp(() => {
    proxy.cut();
    server.close();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      proxy.port = (server.address() as { port: number }).port;
      resolve(proxy);
    });
  });
}
