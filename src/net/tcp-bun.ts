/**
 * How Bun opens TCP and unix sockets when no other layer is needed: through its own interface. Bun's node:net uses the
 * same one, but loading node:net takes half of a short run.
 */
import { type Ends, unacknowledged } from './arrived.ts';
import { type ByteStream, type StreamHandlers, WRITE_BUFFER_BYTES } from './byte-stream.ts';
import { trueError } from './connect-error-bun.ts';
import { type DialContext, type Endpoint, traceConnect } from './dial-trace.ts';
import { connectAdvice, connectFailure, streamFailure } from './failures.ts';

/** The part of Bun's interface that this file uses. */
interface BunSocket extends Ends {
  /** Returns how many of the bytes the system has accepted; negative when the socket is closed. */
  write(bytes: Uint8Array): number;
  /** Closes the local side. */
  shutdown(): void;
  /** Closes both sides; bytes that the system has accepted are still sent. Calls close() before it returns. */
  end(): void;
  pause(): void;
  resume(): void;
  setNoDelay(on: boolean): void;
}

interface BunHandlers {
  open(socket: BunSocket): void;
  data(socket: BunSocket, bytes: Uint8Array): void;
  drain(socket: BunSocket): void;
  /** The peer has closed its side; not called after shutdown() if that closes the socket. */
  end(socket: BunSocket): void;
  /** Has no error after both sides closed, or after end(). */
  close(socket: BunSocket, error?: unknown): void;
  /** One of the other handlers has thrown this error. */
  error(socket: BunSocket, error: unknown): void;
  connectError(socket: BunSocket, error: unknown): Promise<void>;
}

declare const Bun: {
  connect(
    options: ({ hostname: string; port: number } | { unix: string }) & {
      allowHalfOpen: boolean;
      socket: BunHandlers;
    },
  ): Promise<unknown>;
};

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Names, IPv6 and `-A` need node:net, which tries several addresses and reports each. */
export function canReach({ host, unixPath, localAddress }: Endpoint): boolean {
  return unixPath !== undefined || (localAddress === undefined && IPV4.test(host));
}

export interface Reaching {
  /** Rejects with a Failure. Never settles after destroy(). */
  readonly opened: Promise<ByteStream>;
  destroy(): void;
}

export function reach(endpoint: Endpoint, noDelay: boolean, handlers: StreamHandlers, context: DialContext): Reaching {
  const { host, port, unixPath } = endpoint;
  let stream: BunStream | undefined;
  let given = false;
  const opened = new Promise<ByteStream>((resolve, reject) => {
    Bun.connect({
      ...(unixPath === undefined ? { hostname: host, port } : { unix: unixPath }),
      allowHalfOpen: true,
      socket: {
        open: (socket) => {
          if (given) return socket.end();
          socket.setNoDelay(noDelay);
          stream = new BunStream(socket, handlers);
          traceConnect(context, endpoint);
          resolve(stream);
        },
        data: (_, bytes) => handlers.data(bytes),
        drain: () => stream?.drained(),
        end: () => stream?.ended(),
        close: (_, error) => stream?.closed(error),
        error: (_, error) =>
          queueMicrotask(() => {
            throw error;
          }),
        connectError: async (_, said) => {
          const error = await trueError(said, endpoint);
          if (given) return;
          const failure = connectFailure(error, connectAdvice(error, endpoint));
          traceConnect(context, endpoint, failure.message);
          reject(failure);
        },
      },
    }).catch(() => {}); // connectError() reports the same error.
  });
  return {
    opened,
    destroy: () => {
      given = true;
      stream?.destroy();
    },
  };
}

/** Adds to a connected Bun socket what a Node stream does by itself: a buffer for bytes to be written. */
class BunStream implements ByteStream {
  readonly #socket: BunSocket;
  readonly #handlers: StreamHandlers;
  #waiting: Uint8Array[] = [];
  buffered = 0;
  taken = 0;
  /** Whether a write has returned false. */
  #wasFull = false;
  #ending = false;
  #peerEnded = false;
  #destroyed = false;

  constructor(socket: BunSocket, handlers: StreamHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ending || this.#destroyed) return true;
    const taken = this.buffered > 0 ? 0 : Math.max(0, this.#socket.write(bytes));
    this.taken += taken;
    if (taken < bytes.length) {
      this.#waiting.push(bytes.subarray(taken));
      this.buffered += bytes.length - taken;
    }
    if (this.buffered >= WRITE_BUFFER_BYTES) this.#wasFull = true;
    return !this.#wasFull;
  }

  end(): void {
    this.#ending = true;
    if (this.buffered === 0) this.#endNow();
  }

  arrived(): number {
    return this.taken - unacknowledged(this.#socket);
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#socket.end();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The system accepts bytes again. */
  drained(): void {
    while (this.#waiting.length > 0) {
      const next = this.#waiting[0]!;
      const taken = Math.max(0, this.#socket.write(next));
      this.buffered -= taken;
      this.taken += taken;
      if (taken < next.length) {
        this.#waiting[0] = next.subarray(taken);
        return;
      }
      this.#waiting.shift();
    }
    if (this.#ending) this.#endNow();
    if (!this.#wasFull) return;
    this.#wasFull = false;
    this.#handlers.drain();
  }

  /** This stream is never half-open: when the peer closes its side, the local side follows after everything is written. */
  ended(): void {
    this.#peerEnded = true;
    this.end();
  }

  closed(error: unknown): void {
    const isWhole = error === undefined && !this.#destroyed && this.buffered === 0;
    // Waits until destroy() has returned, and until the caller of reach() has the stream.
    setImmediate(() => this.#handlers.closed(isWhole ? undefined : streamFailure(error)));
  }

  #endNow(): void {
    if (this.#peerEnded) this.#socket.end();
    else {
      this.#socket.shutdown();
      setImmediate(() => this.#handlers.ended?.());
    }
  }
}
