/** What connections that were lost, one after the other, have in common: the numbers that the retry policy asks for. */
import { Failure } from '../errors.ts';
import type { SessionEvent } from '../mqtt/index.ts';
import type { Millis } from '../runtime/io.ts';

/** A connection that stood so long was of use, whatever it carried: losses are counted anew. */
const OF_USE: Millis = 30_000;

/**
 * So many connections in a row that the server took in and soon ended in order, with nothing said, are no accident. Before
 * MQTT 5 a server has no other way to say that another client took the session over [MQTT-3.1.4-2], or that it does not
 * allow what was asked; and two clients that take one session from each other would do so for ever.
 */
const ENDED_ENOUGH = 4;

export class Losses {
  /** Failures in a row, and when the first of them was. */
  #inRow = 0;
  #since: Millis = 0;
  /** When the server took us in; Infinity: it did not. */
  #connectedAt: Millis = Infinity;
  /** Connections in a row that the server ended as above. Messages received do not change this: both clients get some. */
  #ended = 0;

  connected(now: Millis): void {
    this.#connectedAt = now;
  }

  note({ type }: SessionEvent): void {
    // A server that takes us in and drops us at once, again and again, is a row of failures, with SUBACK too.
    if (type === 'message' || type === 'published') this.#inRow = 0;
    if (type === 'published') this.#ended = 0;
  }

  /** `inOrder`: the server closed the connection after everything it had to say. */
  add(inOrder: boolean, now: Millis): { attempt: number; elapsed: Millis } {
    const stood = now - this.#connectedAt;
    if (stood >= OF_USE) this.#inRow = 0;
    this.#ended = inOrder && stood >= 0 && stood < OF_USE ? this.#ended + 1 : 0;
    this.#connectedAt = Infinity;
    if (++this.#inRow === 1) this.#since = now;
    return { attempt: this.#inRow, elapsed: now - this.#since };
  }

  /** Why it is of no use to come back again, if that is so. */
  verdict(clientId: string): Failure | undefined {
    if (this.#ended < ENDED_ENOUGH) return undefined;
    return new Failure('not-connected', {
      message:
        `The client is not currently connected: the server accepted it and ended the connection ${ENDED_ENOUGH} times without ` +
        `a reason: another client may have the identifier "${clientId}" too, or something asked for is not allowed`,
      reason: SESSION_TAKEN_OVER,
    });
  }
}

/** MQTT 5, 2.4; the retry policy does not come back after this. */
const SESSION_TAKEN_OVER = 0x8e;
