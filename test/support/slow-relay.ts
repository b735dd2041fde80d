/** A relay between client and broker that passes on, and reads, a limited number of bytes a second in each direction. */
import { connect, createServer, type Socket } from 'node:net';
import { cleanUp } from './cleanup.ts';

/** Divides each second, because a slow link is steady, not a series of pauses. */
const PARTS = 20;

export async function slowRelay(to: number, bytesPerSecond: number): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    const broker = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [client, broker]) sockets.add(socket);
    broker.once('connect', () => {
      passOn(client, broker, bytesPerSecond);
      passOn(broker, client, bytesPerSecond);
    });
  });
  cleanUp(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

function passOn(from: Socket, to: Socket, bytesPerSecond: number): void {
  const most = Math.ceil(bytesPerSecond / PARTS);
  // With this listener, the socket reads only as much as read() takes.
  from.on('readable', () => {});
  const timer = setInterval(() => {
    const chunk = from.read(Math.min(most, from.readableLength || most)) as Buffer | null;
    if (chunk !== null) to.write(chunk);
  }, 1000 / PARTS);
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => clearInterval(timer));
}
