/** Whether bytes of ours still move on a connection: a server is not silent while it has not got what it is to answer. */
import type { ByteStream } from '../net/byte-stream.ts';

/** So few bytes are on their way for a moment only, wherever they are. */
const FEW_BYTES = 64 * 1024;

export class Progress {
  /** Bytes that have certainly reached the other side before the limit that runs now. */
  #arrived = 0;

  /** A connection stands. */
  reset(): void {
    this.#arrived = 0;
  }

  /** A time limit begins. How far our bytes are is looked at only after many: it costs more than it is worth. */
  begin(stream: ByteStream): void {
    if (stream.buffered === 0 && stream.taken - this.#arrived <= FEW_BYTES) this.#arrived = stream.taken;
  }

  /** The limit is over. Whether any have arrived since it began, or since this was asked last. */
  hasMoved(stream: ByteStream): boolean {
    const before = this.#arrived;
    this.#arrived = Math.max(before, stream.arrived());
    return this.#arrived > before;
  }
}
