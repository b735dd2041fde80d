/** Whether outgoing bytes still move on a connection: a broker that has not received a request yet is not silent. */
import type { ByteStream } from '../net/byte-stream.ts';

/** Up to this many bytes in flight arrive within a moment. */
const FEW_BYTES = 64 * 1024;

export class Progress {
  /** Bytes that had arrived at the last check. */
  #arrived = 0;
  /** Whether at most FEW_BYTES were in flight then: a few more, such as a PINGREQ, do not show that the others move. */
  #areFew = true;

  /** A time limit begins. Checks arrival only when many bytes are in flight, because the check may read a file. */
  begin(stream: ByteStream): void {
    this.#areFew = underWay(stream, this.#arrived) <= FEW_BYTES;
    if (this.#areFew) this.#arrived = stream.taken;
  }

  /** The limit is over. Returns whether bytes have arrived since it began, or since the last call. */
  hasMoved(stream: ByteStream): boolean {
    const arrived = stream.arrived();
    const hasMoved = arrived > this.#arrived + (this.#areFew ? FEW_BYTES : 0);
    this.#arrived = Math.max(this.#arrived, arrived);
    this.#areFew = underWay(stream, arrived) <= FEW_BYTES;
    return hasMoved;
  }
}

/** Bytes that have not arrived: those buffered in layers above the socket, such as TLS, and those in the system. */
const underWay = (stream: ByteStream, arrived: number): number => stream.buffered + stream.taken - arrived;
