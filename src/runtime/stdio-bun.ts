/**
 * Pipes and sockets as standard input and output under Bun, whose `Socket` of node:net takes no descriptor: it neither
 * reads nor writes, and says nothing. Bun's own files write to a pipe without blocking. They read ahead, and do not give
 * back what they have read; so input is read by the thread pool, as much as is wanted. Unlike Node's, Bun's exit does not
 * wait for that.
 */
import { read } from 'node:fs';
import { codeOf } from '../util/errno.ts';
import type { Sink, Source } from './io.ts';
import { recordEnd } from './record-end.ts';

/** As much of Bun as is used here. */
interface BunFile {
  writer(options: { highWaterMark: number }): {
    /** Promises when the pipe is full, and throws or rejects when it has no reader. */
    write(bytes: Uint8Array): number | Promise<number>;
    flush(): number | Promise<number>;
  };
}

declare const Bun: { file(fd: number): BunFile };

/** The most that one read of a pipe returns on Linux, unless it was enlarged. */
const READ_BYTES = 64 * 1024;
/** The most that is written at once, so that it shows how much a slow reader has taken. */
const WRITE_BYTES = 64 * 1024;
/** Milliseconds between two looks at a descriptor that somebody else made non-blocking. */
const AGAIN = 10;
/** Milliseconds that a read which waits has, once the source is closed, to hand out what it has taken already. */
const LAST_LOOK = 20;

export function bunSource(fd: number, failure: (error: unknown) => Error): Source {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  let closed = false;
  /** Nobody waits for the read any more. */
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
    // The bytes are the caller's again when done() is called; until then they stay as they are.
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
