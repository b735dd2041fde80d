/**
 * How standard input and output work without blocking the event loop or the exit.
 *
 * Pipes, terminals and other devices are opened again through /proc/self/fd. The new file description belongs to this
 * process, so it can be non-blocking without changing the one that other processes share. A read or write that waits in
 * the thread pool would delay the exit, which waits for the pool, while the other end is silent (decisions 2 and 26).
 * Files use the asynchronous file API.
 */
import { closeSync, constants, fstatSync, read, readSync, write } from 'node:fs';
import type { Socket } from 'node:net';
import { Failure } from '../errors.ts';
import { codeOf, reasonOf } from '../util/errno.ts';
import { inPool } from './at-end.ts';
import { isBun } from './features.ts';
import type { Sink, Source } from './io.ts';
import { openedAgain } from './open-again.ts';
import { recordEnd } from './record-end.ts';
import { isTerminal } from './screen.ts';
import { bunSink, bunSource } from './stdio-bun.ts';

/** Loaded when there is a pipe. */
const net = () => process.getBuiltinModule('node:net');
/** Loaded when there is a terminal. */
const tty = () => process.getBuiltinModule('node:tty');

const STDIN = 0;
const STDOUT = 1;
/** Most bytes of one read from a pipe on Linux, unless it was enlarged. */
const READ_BYTES = 64 * 1024;

/** Whether a read may find no data yet, or a write no room: true for everything except files. */
const canWait = (fd: number): boolean => !fstatSync(fd).isFile();

/** A descriptor that libuv can poll, or undefined when this one is not a pipe or socket. */
function pollable(fd: number, access: number): number | undefined {
  const stat = fstatSync(fd);
  if (stat.isSocket()) return fd;
  // Without /proc, or for a pipe of another user, the description is shared, as with Node's process.stdin.
  return stat.isFIFO() ? (openedAgain(fd, access) ?? fd) : undefined;
}

/** Opens the descriptor when called, so that a program that reads nothing changes nothing. Throws a Failure when it is closed. */
export function standardInput(): Source {
  try {
    if (isBun && canWait(STDIN)) return bunSource(STDIN, unreadable);
    const fd = pollable(STDIN, constants.O_RDONLY);
    if (fd !== undefined) return fd === STDIN ? polledSource(fd) : pipeSource(fd);
    const device = openedAgain(STDIN, constants.O_RDONLY) ?? STDIN;
    return isTerminal(STDIN) ? socketSource(() => new (tty().ReadStream)(device)) : fileSource(device);
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): Failure {
  const code = codeOf(error);
  return new Failure('file', { code, message: `Standard input cannot be read: ${reasonOf(code)}` });
}

const polledSource = (fd: number): Source =>
  socketSource(() => new (net().Socket)({ fd, readable: true, writable: false }));

/** This many reads return more than a pipe holds (1 MiB at most, unless root has enlarged it). */
const DIRECT_READS = 17;

/**
 * A pipe that was opened again. If all its writers have exited, Linux reports the end to a read but never to a poll. So
 * its contents are read directly; when the pipe is empty without an end, it has a writer and can be polled.
 */
function pipeSource(fd: number): Source {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  let polled: Source | undefined;
  let left = DIRECT_READS;
  let closed = false;
  return {
    async read() {
      if (polled === undefined && !closed && left-- > 0) {
        try {
          const length = readSync(fd, buffer, 0, READ_BYTES, null);
          return length === 0 ? undefined : buffer.subarray(0, length);
        } catch (error) {
          if (codeOf(error) !== 'EAGAIN') throw unreadable(error);
        }
      }
      if (closed) return undefined;
      polled ??= polledSource(fd);
      return polled.read();
    },
    leftover: () => polled?.leftover?.(),
    recordEnd: (separator) => recordEnd(STDIN, separator),
    close: () => {
      if (!closed && polled === undefined) closeSync(fd);
      closed = true;
      polled?.close();
    },
  };
}

/** Creates the socket at the first read, because it reads ahead from then on. */
function socketSource(make: () => Socket): Source {
  let socket: Socket | undefined;
  let chunks: NodeJS.AsyncIterator<unknown> | undefined;
  let closed = false;
  return {
    async read() {
      if (closed && chunks === undefined) return undefined;
      try {
        socket ??= make();
        chunks ??= socket.iterator({ destroyOnReturn: true });
        const next = await chunks.next();
        return next.done ? undefined : (next.value as Buffer);
      } catch (error) {
        throw unreadable(error);
      }
    },
    leftover: () => (socket?.read() as Buffer | null | undefined) ?? undefined,
    close: () => {
      closed = true;
      socket?.on('error', () => {}).destroy();
    },
  };
}

/** Only calls that may wait count for the exit: a disk responds, however slow it is. */
const poolOf = (fd: number): typeof inPool => (canWait(fd) ? inPool : () => () => {});

function fileSource(fd: number): Source {
  let closed = false;
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const stat = fstatSync(fd);
  const enter = poolOf(fd);
  const look = (resolve: (chunk: Uint8Array | undefined) => void, reject: (error: Error) => void): void => {
    if (closed) return resolve(undefined);
    const done = enter();
    read(fd, buffer, 0, READ_BYTES, null, (error, length) => {
      done();
      if (error?.code === 'EAGAIN') setTimeout(look, LONGEST_AGAIN, resolve, reject);
      else if (error) reject(unreadable(error));
      else resolve(length === 0 || closed ? undefined : buffer.subarray(0, length));
    });
  };
  return {
    size: stat.isFile() ? stat.size : undefined,
    read: () => new Promise(look),
    close: () => {
      closed = true;
    },
  };
}

/** Opens standard output at the first write, so that a program without output does not pay for it. */
export function standardOutput(): Sink {
  let sink: Sink | undefined;
  return {
    write: (bytes, done) => {
      try {
        sink ??= openOutput();
      } catch (error) {
        // ENXIO: a pipe that has lost its reader.
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
  if (fd === undefined) return fileSink(openedAgain(STDOUT, constants.O_WRONLY) ?? STDOUT);
  return isBun
    ? bunSink(fd, () => closeBoth(fd))
    : socketSink(new (net().Socket)({ fd, readable: false, writable: true }), fd);
}

/** Node's types lack this field, which its socket timeouts use: it decreases with each part written. */
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
      // Closes both descriptors, as closeBoth() does.
      if (fd !== STDOUT) closeSync(STDOUT);
    },
  };
}

/** The reader gets its end of file only when both descriptors of the pipe are closed. */
function closeBoth(fd: number): void {
  closeSync(fd);
  if (fd !== STDOUT) closeSync(STDOUT);
}

/** Milliseconds between attempts while a terminal or device has no room: doubled each time. */
const FIRST_AGAIN = 1;
const LONGEST_AGAIN = 50;

function fileSink(fd: number): Sink {
  let left = 0;
  const enter = poolOf(fd);
  const writeAll = (bytes: Uint8Array, done: (errno?: string) => void, wait: number): void => {
    const ended = enter();
    write(fd, bytes, bytes.length - left, left, null, (error, length) => {
      ended();
      if (error && codeOf(error) !== 'EAGAIN') return done(codeOf(error));
      if (error) return void setTimeout(writeAll, wait, bytes, done, Math.min(2 * wait, LONGEST_AGAIN));
      left -= length;
      if (left > 0) writeAll(bytes, done, FIRST_AGAIN);
      else done();
    });
  };
  return {
    write: (bytes, done) => {
      left = bytes.length;
      writeAll(bytes, done, FIRST_AGAIN);
    },
    get left() {
      return left;
    },
    close: () => closeBoth(fd),
  };
}
