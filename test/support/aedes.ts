// The embedded broker, for tests that need a broker but not Mosquitto. It speaks MQTT 3.1 and 3.1.1 only:
// a CONNECT with version 5 is answered with CONNACK 132 (unsupported protocol version) and the end of the connection.
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { cleanUp } from './cleanup.ts';

export interface EmbeddedBroker {
  port: number;
  broker: Aedes;
  stop(): Promise<void>;
}

export async function startAedes(): Promise<EmbeddedBroker> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  const port = await listen(server);

  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= new Promise((resolve) => {
      broker.close(() => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
    });
    return stopped;
  };
  cleanUp(stop);
  return { port, broker, stop };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}
