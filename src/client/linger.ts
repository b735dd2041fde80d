/** How long the server may take to close its side, after our DISCONNECT, before we close the connection anyway. */
import type { Millis } from '../util/millis.ts';

/**
 * For a server that has ever spoken, from the last bytes of ours that moved. Where nothing is owed any more there is nothing
 * to wait for.
 */
export const LINGER: Millis = 5000;
/** The same where the connection has failed, and DISCONNECT only says why. */
const FAILED_LINGER: Millis = 500;

export class Linger {
  #length: Millis = LINGER;
  /** Infinity: it has not begun. */
  until: Millis = Infinity;

  /** At most so long, also where it has begun. */
  limit(length: Millis, now: Millis): void {
    this.#length = Math.min(this.#length, length);
    if (this.until !== Infinity) this.until = Math.min(this.until, now + length);
  }

  /** DISCONNECT is written. Who was silent before is not waited for. */
  begin(now: Millis, hasFailed: boolean, isSilent: boolean): void {
    if (hasFailed) this.limit(FAILED_LINGER, now);
    this.until = now + (isSilent ? 0 : this.#length);
  }

  /** Bytes of ours have moved. */
  moved(now: Millis): void {
    if (this.until !== Infinity) this.until = now + this.#length;
  }

  /** The connection is closed. */
  reset(): void {
    this.#length = LINGER;
    this.until = Infinity;
  }
}
