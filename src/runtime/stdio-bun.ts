/**
 * Pipes and sockets as standard input and output under Bun, whose `Socket` of node:net takes no descriptor: it neither
 * reads nor writes, and says nothing. Bun's own files wait for a pipe without blocking.
 */
import type { Sink, Source } from './io.ts';

/** As much of Bun as is used here. */
interface BunFile {
  stream(): ReadableStream<Uint8Array>;
  writer(options: { highWaterMark: number }): {
    /** Promises when the pipe is full, and throws or rejects when nobody reads it. */
    write(bytes: Uint8Array): number | Promise<number>;
    flush(): number | Promise<number>;
  };
}

declare const Bun: { file(fd: number): BunFile };

export function bunSource(fd: number, failure: (error: unknown) => Error): Source {
  const reader = Bun.file(fd).stream().getReader();
  return {
    async read() {
      try {
        const { done, value } = await reader.read();
        return done ? undefined : value;
      } catch (error) {
        throw failure(error);
      }
    },
    close: () => void reader.cancel().catch(() => {}),
  };
}

export function bunSink(fd: number, codeOf: (error: unknown) => string, close: () => void): Sink {
  const writer = Bun.file(fd).writer({ highWaterMark: 1 });
  const writeAll = async (bytes: Uint8Array): Promise<void> => {
    await writer.write(bytes);
    await writer.flush();
  };
  return {
    // The bytes are the caller's again as soon as it is told; until then nobody writes over them.
    write: (bytes, done) =>
      void writeAll(bytes).then(
        () => done(),
        (error: unknown) => done(codeOf(error)),
      ),
    close,
  };
}
