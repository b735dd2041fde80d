/** Whether bytes of ours still move on a connection: a server is not silent while it has not got what it is to answer. */
import type { ByteStream } from '../net/byte-stream.ts';

/** So few bytes are on their way for a moment only, wherever they are. */
const FEW_BYTES = 64 * 1024;

export class Progress {
  /** Bytes that had reached the other side when that was last looked at. */
  #arrived = 0;
  /** No more than a few were on their way at that time: a few more, such as a PINGREQ, do not show that any others move. */
  #areFew = true;

  /** A time limit begins. How far our bytes are is looked at only when they are many: it costs more than it is worth. */
  begin(stream: ByteStream): void {
    this.#areFew = underWay(stream, this.#arrived) <= FEW_BYTES;
    if (this.#areFew) this.#arrived = stream.taken;
  }

  /** The limit is over. Whether any have arrived since it began, or since this was asked last. */
  hasMoved(stream: ByteStream): boolean {
    const arrived = stream.arrived();
    const hasMoved = arrived > this.#arrived + (this.#areFew ? FEW_BYTES : 0);
    this.#arrived = Math.max(this.#arrived, arrived);
    this.#areFew = underWay(stream, arrived) <= FEW_BYTES;
    return hasMoved;
  }
}

/** Bytes that have not arrived: those that a layer above the socket keeps for a moment, as TLS does, and those that the system has. */
const underWay = (stream: ByteStream, arrived: number): number => stream.buffered + stream.taken - arrived;
