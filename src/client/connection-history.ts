/**
 * What connections that were lost, one after the other, have in common: the numbers that the retry policy asks for, and
 * whether the server ends them over what it is asked for or sent, which before MQTT 5 it has no other way to refuse.
 */

import { type Advice, Failure } from '../errors.ts';
import type { PublishContent } from '../mqtt/packets/publish.ts';
import type { SessionEvent, Token } from '../mqtt/session/events.ts';
import type { Millis } from '../util/millis.ts';
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
/** From here on the failure names the suspicion. */
const ENDED_OFTEN = 4;
/** In such a fight a connection stands as long as the other client waits: a second, ours as well as others. */
const AT_ONCE: Millis = 2_500;

/** Mosquitto 2.1 lets a payload of this size through only when it is configured to; before MQTT 5 it can only close the connection. */
const LARGE_BYTES = 2_000_000;

/** MQTT 5, 2.4; the retry policy does not come back after this. */
export const SESSION_TAKEN_OVER = 0x8e;

/** What to change when two clients take one session from each other. */
export const TWIN_ADVICE: Advice = {
  advice: 'Give each client a client ID of its own, or none.',
  remedy: { code: 'client-id-of-its-own' },
};

const TOO_LARGE =
  `A message of more than ${LARGE_BYTES} bytes was on its way, which is all that Mosquitto 2.1 accepts by default: ` +
  'raise max_packet_size in mosquitto.conf.';

/** So many connections in a row that were lost before anything was acknowledged are no accident. */
const LOST_IN_VAIN = 5;

export class ConnectionHistory {
  #everConnected = false;
  /** Failures in a row, and when the first of them was. */
  #inRow = 0;
  /** The same from the last one on that was no reason to wait longer. */
  #longer = 0;
  #since: Millis = 0;
  /** When the server took us in; Infinity: it did not. */
  #connectedAt: Millis = Infinity;
  /** Connections in a row that the server ended as above. Messages received do not change this: both clients get some. */
  #endedAtOnce = 0;
  /** The same where they stood for longer, as with another client that waits for longer: enough to name it, not to give up. */
  #ended = 0;
  /** Connections in a row that were lost in whatever way, each with messages on its way and nothing acknowledged on it. */
  #inVain = 0;
  /** Messages of this run that have no outcome yet, and that have one. */
  #open = 0;
  #settled = 0;
  /** The latest large message that the server has not acknowledged. */
  #large: { readonly token: Token; readonly qos: number } | undefined;

  connected(now: Millis): void {
    this.#everConnected = true;
    this.#connectedAt = now;
  }

  note(event: SessionEvent): void {
    // A server that takes us in and drops us at once, again and again, is a row of failures, with SUBACK too.
    if (event.type === 'message') this.#inRow = 0;
    else if (event.type === 'published') {
      this.#open--;
      this.published(1);
      if (this.#large !== undefined && this.#large.qos > 0 && this.#large.token === event.token)
        this.#large = undefined;
    }
  }

  /** Returns the token of the message. */
  publishing({ topic, payload, qos }: PublishContent, token: Token): Token {
    this.#open++;
    if (topic.length + payload.length > LARGE_BYTES) this.#large = { token, qos };
    return token;
  }

  /** With what a large message may have to do with it; `unread`: nothing has shown that the server read those of QoS 0. */
  explained(failure: Failure, unread: boolean): Failure {
    const isOpen = this.#large !== undefined && (this.#large.qos > 0 || unread) && this.#connectedAt < Infinity;
    return isOpen && failure.kind === 'connection-lost'
      ? failure.with(failure.message, { advice: TOO_LARGE })
      : failure;
  }

  /** So many messages have an outcome. */
  published(count: number): void {
    this.#settled += count;
    this.#inRow = this.#inVain = 0;
    this.#ended = this.#endedAtOnce = 0;
  }

  /** `inOrder`: the server closed the connection after everything it had to say. */
  lost({ kind }: Failure, inOrder: boolean, now: Millis): Omit<Situation, 'failure'> {
    const stood = now - this.#connectedAt;
    // A server that cannot be reached, or is silent, refuses nothing.
    const inVain = this.#connectedAt < Infinity && kind === 'connection-lost' && this.#open > 0;
    this.#inVain = inVain ? this.#inVain + 1 : 0;
    const ended = inOrder && stood >= 0 && stood < OF_USE;
    const endedAtOnce = ended && stood < AT_ONCE;
    this.#ended = ended ? this.#ended + 1 : 0;
    this.#endedAtOnce = endedAtOnce ? this.#endedAtOnce + 1 : 0;
    if (stood >= OF_USE) this.#inRow = 0;
    this.#connectedAt = Infinity;
    if (++this.#inRow === 1) this.#since = now;
    // A server that ends connections in order is there: no reason to wait longer each time.
    this.#longer = endedAtOnce || this.#inRow === 1 ? 1 : this.#longer + 1;
    return {
      everConnected: this.#everConnected,
      attempt: this.#inRow,
      step: this.#longer,
      elapsed: now - this.#since,
    };
  }

  /** Why it is of no use to come back, if it is: the server seems to end every connection over one message. */
  get poisonMessage(): Failure | undefined {
    if (this.#inVain < LOST_IN_VAIN) return undefined;
    // Acknowledgements come in the order of the messages [MQTT-4.6.0-2].
    return new Failure('connection-lost', {
      message: `The connection was lost ${LOST_IN_VAIN} times in a row and nothing acknowledged: the server may not take message ${this.#settled + 1}, the first on its way`,
    });
  }

  /** What there is to say instead of "connection lost", if there is; in the end it is of no use to come back. */
  verdict(clientId: string): Failure | undefined {
    if (this.#ended < ENDED_OFTEN) return undefined;
    // Without an identifier of its own no other client can have it.
    const twin = clientId === '' ? '' : `another client may have the identifier "${printable(clientId)}" too, or `;
    const advice = clientId === '' ? {} : TWIN_ADVICE;
    const suspicion =
      `the server accepted the client and ended the connection ${this.#ended} times without a reason; ` +
      `${twin}something asked for is not allowed`;
    return this.#endedAtOnce < ENDED_ENOUGH
      ? new Failure('connection-lost', { message: `The connection was lost: ${suspicion}`, ...advice })
      : new Failure('not-connected', {
          message: `The client is not currently connected: ${suspicion}`,
          reason: SESSION_TAKEN_OVER,
          ...advice,
        });
  }
}
