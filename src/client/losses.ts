/** What connections that were lost, one after the other, have in common: the numbers that the retry policy asks for. */
import { Failure } from '../errors.ts';
import type { SessionEvent } from '../mqtt/index.ts';
import type { Millis } from '../runtime/io.ts';
import { printable } from '../util/printable.ts';
import type { Situation } from './reconnect.ts';

/** A connection that stood so long was of use, whatever it carried: losses are counted anew. */
const OF_USE: Millis = 30_000;

/**
 * So many connections in a row that the server took in and ended at once, in order and with nothing said, are no accident.
 * Before MQTT 5 a server has no other way to say that another client took the session over [MQTT-3.1.4-2], or that it does
 * not allow what was asked; and two clients that take one session from each other would do so for ever.
 */
const ENDED_ENOUGH = 10;
/** From here on the user is told of the suspicion. */
const ENDED_OFTEN = 4;
/** In such a fight a connection stands as long as the other client waits: a second, ours as well as others. */
const AT_ONCE: Millis = 2_500;

/** MQTT 5, 2.4; the retry policy does not come back after this. */
const SESSION_TAKEN_OVER = 0x8e;

export class Losses {
  /** Failures in a row, and when the first of them was. */
  #inRow = 0;
  /** The same from the last one on that was no reason to wait longer. */
  #longer = 0;
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
    if (type === 'message') this.#inRow = 0;
    else if (type === 'published') this.published();
  }

  published(): void {
    this.#inRow = 0;
    this.#ended = 0;
  }

  /** `inOrder`: the server closed the connection after everything it had to say. */
  add(inOrder: boolean, now: Millis): Pick<Situation, 'attempt' | 'step' | 'elapsed'> {
    const stood = now - this.#connectedAt;
    const endedAtOnce = inOrder && stood >= 0 && stood < AT_ONCE;
    this.#ended = endedAtOnce ? this.#ended + 1 : 0;
    if (stood >= OF_USE) this.#inRow = 0;
    this.#connectedAt = Infinity;
    if (++this.#inRow === 1) this.#since = now;
    // A server that ends connections in order is there: no reason to wait longer each time.
    this.#longer = endedAtOnce || this.#inRow === 1 ? 1 : this.#longer + 1;
    return { attempt: this.#inRow, step: this.#longer, elapsed: now - this.#since };
  }

  /** What there is to say instead of "connection lost", if there is; in the end it is of no use to come back. */
  verdict(clientId: string): Failure | undefined {
    if (this.#ended < ENDED_OFTEN) return undefined;
    // Without an identifier of its own nobody else can have it.
    const twin = clientId === '' ? '' : `another client may have the identifier "${printable(clientId)}" too, or `;
    const suspicion =
      `the server accepted the client and ended the connection ${this.#ended} times without a reason; ` +
      `${twin}something asked for is not allowed`;
    return this.#ended < ENDED_ENOUGH
      ? new Failure('connection-lost', { message: `The connection was lost: ${suspicion}` })
      : new Failure('not-connected', {
          message: `The client is not currently connected: ${suspicion}`,
          reason: SESSION_TAKEN_OVER,
        });
  }
}
