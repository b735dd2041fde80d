/** How long the broker may take to close its side after DISCONNECT, before the client closes the connection. */
import type { Millis } from '../util/millis.ts';

/**
 * Counts from the last progress of outgoing bytes, for a broker that has sent something. When neither side owes a
 * packet, the client does not wait.
 */
export const LINGER: Millis = 5000;
/** The wait after a failure, when DISCONNECT only reports the reason. */
const FAILED_LINGER: Millis = 500;

export class Linger {
  #length: Millis = LINGER;
  /** End of the wait; Infinity before it begins. */
  until: Millis = Infinity;

  /** Limits the wait to this length, even if it has begun. */
  limit(length: Millis, now: Millis): void {
    this.#length = Math.min(this.#length, length);
    if (this.until !== Infinity) this.until = Math.min(this.until, now + length);
  }

  /** DISCONNECT is written. A broker that never sent anything gets no time. */
  begin(now: Millis, hasFailed: boolean, isSilent: boolean): void {
    if (hasFailed) this.limit(FAILED_LINGER, now);
    this.until = now + (isSilent ? 0 : this.#length);
  }

  /** Outgoing bytes have moved. */
  moved(now: Millis): void {
    if (this.until !== Infinity) this.until = now + this.#length;
  }

  /** The connection is closed. */
  reset(): void {
    this.#length = LINGER;
    this.until = Infinity;
  }
}
