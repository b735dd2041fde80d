/**
 * Standard input and output that never block the event loop, and never the exit either.
 *
 * Pipes are opened once more by way of /proc/self/fd, which gives a file description of our own: it can be non-blocking
 * without changing the one that other processes share. Reading or writing a pipe on the thread pool instead would keep
 * the process from exiting for as long as the other end is silent, since the exit waits for the pool (decision 2).
 * Files, devices and terminals go through the asynchronous file API.
 */
import { close, closeSync, constants, fstatSync, openSync, read, write } from 'node:fs';
import type { Socket } from 'node:net';
import { Failure } from '../errors.ts';
import { reasonOf } from '../util/errno.ts';
import { isBun } from './features.ts';
import type { Sink, Source } from './io.ts';
import { bunSink, bunSource } from './stdio-bun.ts';

/** Loaded when there is a pipe. */
const net = () => process.getBuiltinModule('node:net');

const STDIN = 0;
const STDOUT = 1;
/** The most that one read of a pipe returns on Linux, unless it was enlarged. */
const READ_BYTES = 64 * 1024;

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'EIO';

function isPipe(fd: number): boolean {
  const stat = fstatSync(fd);
  return stat.isSocket() || stat.isFIFO();
}

/** A descriptor that libuv can poll, or undefined when this one is no pipe or socket. */
function pollable(fd: number, flags: number): number | undefined {
  const stat = fstatSync(fd);
  if (stat.isSocket()) return fd;
  if (!stat.isFIFO()) return undefined;
  try {
    return openSync(`/proc/self/fd/${fd}`, flags | constants.O_NONBLOCK);
  } catch (error) {
    // No /proc, or a pipe of another user: share the description, as Node's own process.stdin does.
    if (codeOf(error) === 'ENXIO') throw error;
    return fd;
  }
}

/** Opened when called, so that a program that reads nothing touches nothing. Throws a Failure when it is closed. */
export function standardInput(): Source {
  try {
    if (isBun && isPipe(STDIN)) return bunSource(STDIN, unreadable);
    const fd = pollable(STDIN, constants.O_RDONLY);
    return fd === undefined
      ? fileSource(STDIN)
      : socketSource(new (net().Socket)({ fd, readable: true, writable: false }));
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): Failure {
  const code = codeOf(error);
  return new Failure('file', { code, message: `Standard input cannot be read: ${reasonOf(code)}` });
}

function socketSource(socket: Socket): Source {
  const chunks = socket.iterator({ destroyOnReturn: true });
  return {
    async read() {
      try {
        const next = await chunks.next();
        return next.done ? undefined : (next.value as Buffer);
      } catch (error) {
        throw unreadable(error);
      }
    },
    leftover: () => (socket.read() as Buffer | null) ?? undefined,
    close: () => void socket.on('error', () => {}).destroy(),
  };
}

function fileSource(fd: number): Source {
  let closed = false;
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const stat = fstatSync(fd);
  return {
    size: stat.isFile() ? stat.size : undefined,
    read: () =>
      new Promise((resolve, reject) => {
        if (closed) return resolve(undefined);
        read(fd, buffer, 0, READ_BYTES, null, (error, length) => {
          if (error) reject(unreadable(error));
          else resolve(length === 0 || closed ? undefined : buffer.subarray(0, length));
        });
      }),
    close: () => {
      closed = true;
    },
  };
}

/** Opened at the first write, so that a program that prints nothing pays nothing. */
export function standardOutput(): Sink {
  let sink: Sink | undefined;
  return {
    write: (bytes, done) => {
      try {
        sink ??= openOutput();
      } catch (error) {
        // ENXIO: a pipe that nobody reads any more.
        const code = codeOf(error) === 'ENXIO' ? 'EPIPE' : codeOf(error);
        setImmediate(done, code);
        return;
      }
      sink.write(bytes, done);
    },
    get left() {
      return sink?.left;
    },
    close: () => sink?.close(),
  };
}

function openOutput(): Sink {
  const fd = pollable(STDOUT, constants.O_WRONLY);
  if (fd !== undefined && isBun) return bunSink(fd, codeOf, () => closeBoth(fd));
  return fd === undefined
    ? fileSink(STDOUT)
    : socketSink(new (net().Socket)({ fd, readable: false, writable: true }), fd);
}

/** Not in the types of Node, whose own time limits of sockets look at it: it goes down with each part that is written. */
type Polled = Socket & { readonly _handle?: { readonly writeQueueSize?: number } | null };

function socketSink(socket: Socket, fd: number): Sink {
  socket.on('error', () => {});
  return {
    write: (bytes, done) => void socket.write(bytes, (error) => done(error ? codeOf(error) : undefined)),
    get left() {
      return (socket as Polled)._handle?.writeQueueSize;
    },
    close: () => {
      socket.destroy();
      // As in closeBoth().
      if (fd !== STDOUT) closeSync(STDOUT);
    },
  };
}

/** Whoever reads gets its end of file only when our other descriptor of the same pipe is gone too. */
function closeBoth(fd: number): void {
  closeSync(fd);
  if (fd !== STDOUT) closeSync(STDOUT);
}

/** Sleeps between tries when a terminal or device was made non-blocking by somebody else and is full. */
const AGAIN_MS = 10;

function fileSink(fd: number): Sink {
  const writeAll = (bytes: Uint8Array, from: number, done: (errno?: string) => void): void => {
    write(fd, bytes, from, bytes.length - from, null, (error, length) => {
      if (error && codeOf(error) === 'EAGAIN') setTimeout(writeAll, AGAIN_MS, bytes, from, done);
      else if (error) done(codeOf(error));
      else if (from + length < bytes.length) writeAll(bytes, from + length, done);
      else done();
    });
  };
  return { write: (bytes, done) => writeAll(bytes, 0, done), close: () => close(fd, () => {}) };
}
