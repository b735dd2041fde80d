// The model server on a port: it keeps sessions, notes every rule that a client breaks, and can be scripted.
import { createServer, type Socket } from 'node:net';
import { cleanUp } from '../support/cleanup.ts';
import { ModelServer, type ModelServerOptions } from '../support/model-server.ts';

export interface ModelBroker {
  readonly port: number;
  readonly model: ModelServer;
  /** Writes what was put into the model from outside, for example by send(). */
  flush(): void;
}

/** `silence`: milliseconds without a byte after which a connection is cut. */
export async function startModelBroker(options: ModelServerOptions, silence = 0): Promise<ModelBroker> {
  const model = new ModelServer(options);
  const flushes = new Set<() => void>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const connection = model.connect();
    sockets.add(socket.setNoDelay(true));
    let heard = Date.now();
    const isLate = (): boolean => silence > 0 && Date.now() - heard > silence;
    // When it is we who were kept waiting, what came meanwhile is read before it is late.
    const guard = setInterval(() => {
      if (isLate()) setImmediate(() => void (isLate() && socket.resetAndDestroy()));
    }, 200);
    const flush = (): void => {
      for (let bytes = connection.takeOutput(); bytes !== undefined; bytes = connection.takeOutput())
        socket.write(Uint8Array.from(bytes));
      if (connection.closing) socket.end();
    };
    flushes.add(flush);
    socket.on('data', (bytes) => {
      heard = Date.now();
      try {
        connection.receive(bytes);
      } catch (problem) {
        model.violations.push(problem instanceof Error ? problem.message : String(problem));
        connection.closing = true;
      }
      flush();
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      clearInterval(guard);
      flushes.delete(flush);
      sockets.delete(socket);
    });
  });
  cleanUp(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    model,
    flush: () => {
      for (const flush of flushes) flush();
    },
  };
}
