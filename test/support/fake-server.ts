// A server that does exactly what a test specifies, right or wrong.
import { createServer, type Server, type Socket } from 'node:net';
import { cleanUp } from './cleanup.ts';

export interface RawPacket {
  /** The first byte: type and flags. */
  header: number;
  body: Buffer;
  /** The whole packet as received. */
  bytes: Buffer;
}

/** The rejection of readPacket() after the client has closed; a handler may throw it on. */
class ConnectionEnded extends Error {
  override name = 'ConnectionEnded';
}

export class FakeConnection {
  /** Resolves when the connection is closed, by either side. */
  readonly closed: Promise<void>;
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #read = 0;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    const end = () => {
      this.#ended = true;
      this.#wake?.();
    };
    socket.on('error', () => {}); // 'close' follows
    socket.on('end', end);
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        end();
        resolve();
      });
    });
  }

  /** All bytes received, read or not. */
  get received(): Buffer {
    return this.#received;
  }

  /** Reads the next whole packet. */
  async readPacket(): Promise<RawPacket> {
    for (;;) {
      const bytes = firstPacket(this.#received.subarray(this.#read));
      if (bytes) {
        this.#read += bytes.length;
        const body = bytes.subarray(1 + bytes.subarray(1).findIndex((byte) => byte < 0x80) + 1);
        return { header: bytes[0]!, body, bytes };
      }
      if (this.#ended) throw new ConnectionEnded('the client closed the connection before sending a whole packet');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  /** Sends bytes, or a string of hexadecimal digits (with any white space); resolves when the system has accepted them. */
  send(data: Uint8Array | string): Promise<void> {
    const bytes = typeof data === 'string' ? fromHex(data) : data;
    return new Promise((resolve, reject) => {
      this.socket.write(bytes, (problem) => (problem ? reject(new ConnectionEnded(problem.message)) : resolve()));
    });
  }

  /** Closes the connection cleanly after the sent bytes; after a second, destroys one that the client has not closed. */
  async close(): Promise<void> {
    this.socket.end();
    const forced = setTimeout(() => this.socket.destroy(), 1_000);
    await this.closed;
    clearTimeout(forced);
  }

  /** Closes the connection with a TCP reset. */
  async reset(): Promise<void> {
    this.socket.resetAndDestroy();
    await this.closed;
  }
}

export interface FakeServer {
  port: number;
  connections: FakeConnection[];
  /** The n-th connection (from 0), as soon as it exists. */
  connection(index: number): Promise<FakeConnection>;
  stop(): Promise<void>;
}

export interface FakeServerOptions {
  unix?: string;
  /** Does not close its side when the client closes its own. */
  staysOpen?: boolean;
}

/**
 * Listens on a loopback port, or on a Unix-domain socket. A connection stays open after its handler has returned. An
 * error of a handler, except ConnectionEnded, fails the test.
 */
export async function fakeServer(
  handler: (connection: FakeConnection) => Promise<void>,
  options: FakeServerOptions = {},
): Promise<FakeServer> {
  const connections: FakeConnection[] = [];
  const problems: unknown[] = [];
  const waiting = new Set<() => void>();

  const server = createServer({ allowHalfOpen: options.staysOpen ?? false }, (socket) => {
    const connection = new FakeConnection(socket);
    connections.push(connection);
    for (const tell of [...waiting]) tell();
    handler(connection).catch((problem) => {
      if (!(problem instanceof ConnectionEnded)) problems.push(problem);
      socket.destroy();
    });
  });
  await listen(server, options.unix);
  const address = server.address();

  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= new Promise((resolve, reject) => {
      server.close(() => (problems.length > 0 ? reject(problems[0]) : resolve()));
      for (const { socket } of connections) socket.destroy();
    });
    return stopped;
  };
  cleanUp(stop);

  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    connections,
    stop,
    connection: (index) =>
      new Promise((resolve) => {
        const look = () => {
          const connection = connections[index];
          if (!connection) return;
          waiting.delete(look);
          resolve(connection);
        };
        waiting.add(look);
        look();
      }),
  };
}

function listen(server: Server, unix: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    if (unix) server.listen(unix, resolve);
    else server.listen(0, '127.0.0.1', resolve);
  });
}

/** The bytes of a string such as '20 02 00 00'. */
export function fromHex(text: string): Buffer {
  const digits = text.replace(/\s/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new TypeError(`not hexadecimal: ${text}`);
  return Buffer.from(digits, 'hex');
}

function firstPacket(bytes: Buffer): Buffer | undefined {
  let length = 0;
  for (let at = 1; at < bytes.length; at++) {
    if (at > 4) throw new Error('a remaining length of more than four bytes');
    length += (bytes[at]! & 0x7f) * 128 ** (at - 1);
    if (bytes[at]! < 0x80) {
      const end = at + 1 + length;
      return bytes.length >= end ? bytes.subarray(0, end) : undefined;
    }
  }
  return undefined;
}
