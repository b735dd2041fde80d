/**
 * How Bun reads and writes pipes and sockets as standard input and output: its `Socket` of node:net accepts no
 * descriptor, and neither reads nor writes nor reports an error. Bun's own files write to a pipe without blocking. They
 * read ahead and do not return those bytes, so the thread pool reads input, only as much as requested. Unlike Node's
 * exit, Bun's does not wait for the pool.
 */
import { read } from 'node:fs';
import { codeOf } from '../util/errno.ts';
import type { Sink, Source } from './io.ts';
import { recordEnd } from './record-end.ts';

/** The part of Bun's interface that this file uses. */
interface BunFile {
  writer(options: { highWaterMark: number }): {
    /** Returns a promise when the pipe is full, and throws or rejects when it has no reader. */
    write(bytes: Uint8Array): number | Promise<number>;
    flush(): number | Promise<number>;
  };
}

declare const Bun: { file(fd: number): BunFile };

/** Most bytes of one read from a pipe on Linux, unless it was enlarged. */
const READ_BYTES = 64 * 1024;
/** Most bytes in one write, so that it shows how much a slow reader has read. */
const WRITE_BYTES = 64 * 1024;
/** Milliseconds between attempts on a descriptor that another process has made non-blocking. */
const AGAIN = 10;
/** Milliseconds after close() in which a waiting read may still return bytes that it has read. */
const LAST_LOOK = 20;

export function bunSource(fd: number, failure: (error: unknown) => Error): Source {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  let closed = false;
  /** Whether the caller no longer waits for the read. */
  let given = false;
  let late: Uint8Array | undefined;
  let giveUp = (): void => {};
  const look = (resolve: (chunk: Uint8Array | undefined) => void, reject: (error: Error) => void): void =>
    read(fd, buffer, 0, READ_BYTES, null, (error, length) => {
      if (error?.code === 'EAGAIN') setTimeout(closed ? giveUp : look, AGAIN, resolve, reject);
      else if (given) late = error ? undefined : Uint8Array.from(buffer.subarray(0, length));
      else if (error) reject(failure(error));
      else resolve(length === 0 ? undefined : buffer.subarray(0, length));
    });
  return {
    read: () =>
      new Promise((resolve, reject) => {
        if (closed) return resolve(undefined);
        giveUp = () => {
          given = true;
          resolve(undefined);
        };
        look(resolve, reject);
      }),
    leftover: () => {
      const taken = late;
      late = undefined;
      return taken;
    },
    recordEnd: (separator) => recordEnd(fd, separator),
    close: () => {
      closed = true;
      setTimeout(() => giveUp(), LAST_LOOK);
    },
  };
}

export function bunSink(fd: number, close: () => void): Sink {
  const writer = Bun.file(fd).writer({ highWaterMark: 1 });
  let left = 0;
  const writeAll = async (bytes: Uint8Array): Promise<void> => {
    for (left = bytes.length; left > 0; ) {
      const at = bytes.length - left;
      const part = bytes.subarray(at, at + WRITE_BYTES);
      await writer.write(part);
      await writer.flush();
      left -= part.length;
    }
  };
  return {
    // The bytes must not change until done() is called.
    write: (bytes, done) =>
      void writeAll(bytes).then(
        () => done(),
        (error: unknown) => done(codeOf(error)),
      ),
    get left() {
      return left;
    },
    close,
  };
}
