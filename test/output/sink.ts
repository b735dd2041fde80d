/** Standard output in the hands of a test: a write is finished when the test says so. */
import type { Sink } from '../../src/runtime/io.ts';

export class FakeSink implements Sink {
  /** The very objects that were handed over; their bytes are good only until finish(). */
  readonly chunks: Uint8Array[] = [];
  /** What they held when they were finished, as latin-1 text. */
  text = '';
  closed = false;
  #done: ((errno?: string) => void) | undefined;

  write(bytes: Uint8Array, done: (errno?: string) => void): void {
    if (this.#done !== undefined) throw new Error('a second write before the first is finished');
    if (bytes.length === 0) throw new Error('an empty write');
    this.chunks.push(bytes);
    this.#done = done;
  }

  close(): void {
    this.closed = true;
  }

  get isWriting(): boolean {
    return this.#done !== undefined;
  }

  /** Finishes the write under way; with an errno it failed. */
  finish(errno?: string): void {
    const done = this.#done;
    if (done === undefined) throw new Error('nothing is being written');
    this.#done = undefined;
    this.text += Buffer.from(this.chunks.at(-1)!).toString('latin1');
    done(errno);
  }

  /** Finishes writes until none is under way. */
  finishAll(): void {
    while (this.isWriting) this.finish();
  }
}
