/** A wire between one client and the broker that reports what has passed. */
import { connect, createServer, type Socket } from 'node:net';

export interface Relay {
  readonly port: number;
  /** Resolves when the broker has answered a SUBSCRIBE. */
  readonly subscribed: Promise<void>;
  /** Resolves when the client has sent a PUBLISH and, if it was not of QoS 0, got the last acknowledgement. */
  readonly published: Promise<void>;
  close(): Promise<void>;
}

const PUBLISH_QOS_0 = 0x30;
const PUBACK = 0x40;
const PUBCOMP = 0x70;
const SUBACK = 0x90;

export async function relayTo(port: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let subscribed = (): void => {};
  let published = (): void => {};
  const server = createServer((client) => {
    const broker = connect(port, '127.0.0.1');
    join(client, broker, (header) => {
      if (header === PUBLISH_QOS_0) published();
    });
    join(broker, client, (header) => {
      if (header === PUBACK || header === PUBCOMP) published();
      if (header === SUBACK) subscribed();
    });
  });

  function join(from: Socket, to: Socket, tell: (header: number) => void): void {
    const look = packetHeaders(tell);
    sockets.add(from.setNoDelay(true));
    from.on('data', (chunk: Buffer) => {
      to.write(chunk);
      look(chunk);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => to.end());
  }

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    subscribed: new Promise((resolve) => {
      subscribed = resolve;
    }),
    published: new Promise((resolve) => {
      published = resolve;
    }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Reports the first byte of each packet once the packet is complete. */
function packetHeaders(tell: (header: number) => void): (chunk: Buffer) => void {
  let waiting: Buffer = Buffer.alloc(0);
  return (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (;;) {
      const last = waiting.subarray(1, 5).findIndex((byte) => byte < 0x80);
      if (last < 0) return;
      const length = waiting.subarray(1, last + 2).reduce((sum, byte, at) => sum + (byte & 0x7f) * 128 ** at, 0);
      const end = last + 2 + length;
      if (waiting.length < end) return;
      tell(waiting[0]!);
      waiting = waiting.subarray(end);
    }
  };
}
