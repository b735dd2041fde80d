// The standard streams of a program in memory.
import { Failure } from '../../src/errors.ts';
import type { Sink, Source } from '../../src/runtime/io.ts';

/** Standard input. Pushed pieces are read in the same pieces. */
export class TestInput implements Source {
  /** The size of a file. */
  size: number | undefined;
  /** The record end of a pipe. */
  recordEnd: (separator: number) => Uint8Array | undefined = () => undefined;
  readonly #pieces: Uint8Array[] = [];
  #ended = false;
  #failure: Failure | undefined;
  #wake: () => void = () => {};

  push(piece: string | Uint8Array): void {
    this.#pieces.push(Buffer.from(piece));
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  fail(code: string): void {
    this.#failure = new Failure('file', { code, message: `Standard input cannot be read: ${code}` });
    this.#wake();
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) return piece;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  leftover(): Uint8Array | undefined {
    return this.#pieces.length === 0 ? undefined : Buffer.concat(this.#pieces.splice(0));
  }

  close(): void {
    this.#pieces.length = 0;
    this.end();
  }
}

/** Standard output. */
export class TestOutput implements Sink {
  text = '';
  /** Bytes accepted before the output blocks. */
  room = Infinity;
  /** The error of a write once the room is used up; undefined: the write waits. */
  errno: string | undefined;
  #waiting: { readonly bytes: Uint8Array; readonly done: (errno?: string) => void } | undefined;

  write(bytes: Uint8Array, done: (errno?: string) => void): void {
    if (this.#waiting !== undefined) throw new Error('a second write before the first is finished');
    this.#waiting = { bytes, done };
    queueMicrotask(() => this.#take());
  }

  get left(): number {
    return this.#waiting?.bytes.length ?? 0;
  }

  /** Gives the output room again. */
  resume(room = Infinity): void {
    this.room = room;
    this.#take();
  }

  close(): void {
    this.#waiting = undefined;
  }

  #take(): void {
    if (this.#waiting === undefined) return;
    const { bytes, done } = this.#waiting;
    const taken = bytes.subarray(0, Math.min(bytes.length, this.room));
    this.text += Buffer.from(taken).toString('latin1');
    this.room -= taken.length;
    if (taken.length < bytes.length) {
      this.#waiting = { bytes: bytes.subarray(taken.length), done };
      if (this.errno === undefined) return;
    }
    this.#waiting = undefined;
    done(taken.length < bytes.length ? this.errno : undefined);
  }
}
