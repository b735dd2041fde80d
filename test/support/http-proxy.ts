// A small HTTP proxy that supports CONNECT, with or without Basic authentication.
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { cleanUp } from './cleanup.ts';

export interface HttpProxy {
  port: number;
  /** The header fields of each CONNECT, with its target as `:target`. */
  requests: Record<string, string>[];
  /** The bytes sent to all servers through the proxy. */
  sent(): Buffer;
}

export async function startHttpProxy(login?: { username: string; password: string }): Promise<HttpProxy> {
  const requests: Record<string, string>[] = [];
  const sent: Buffer[] = [];
  const open = new Set<Duplex>();
  const keep = <T extends Duplex>(socket: T): T => {
    open.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => open.delete(socket));
    return socket;
  };
  const expected = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;

  const server = createServer((_, response) => void response.writeHead(405).end());
  server.on('connection', keep);
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    requests.push({ ...(request.headers as Record<string, string>), ':target': request.url ?? '' });
    if (expected !== undefined && request.headers['proxy-authorization'] !== expected) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\n\r\n');
      return;
    }
    const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(request.url ?? '') ?? [];
    const behind = keep(connect(Number(port), host));
    behind.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    behind.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      behind.write(head);
      client.on('data', (bytes) => sent.push(bytes));
      client.pipe(behind).pipe(client);
      client.once('close', () => behind.destroy());
      behind.once('close', () => client.destroySoon());
    });
  });
  cleanUp(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    requests,
    sent: () => Buffer.concat(sent),
  };
}
