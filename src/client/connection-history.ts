/**
 * What lost connections have in common: the numbers that the retry policy needs, and a suspected cause. In MQTT 3 a
 * broker that rejects a request or message can only close the connection, and does so each time.
 */

import { type Advice, Failure } from '../errors.ts';
import type { PublishContent } from '../mqtt/packets/publish.ts';
import type { SessionEvent, Token } from '../mqtt/session/events.ts';
import type { Millis } from '../util/millis.ts';
import { printable } from '../util/printable.ts';
import type { Situation } from './reconnect.ts';

/** A connection that was open this long was useful, whatever it carried: the count of failures starts over. */
const OF_USE: Millis = 30_000;

/**
 * This many connections in a row that the broker accepted and closed cleanly at once are not an accident. Before MQTT
 * 5, closing is the only way to report that another client has taken over the session [MQTT-3.1.4-2] or that a request
 * is not allowed. Two clients that take over each other's session would repeat that indefinitely.
 */
const ENDED_ENOUGH = 10;
/** From this many connections on, the failure names the suspected cause. */
const ENDED_OFTEN = 4;
/** Two clients with one session: each connection lasts as long as the other waits to reconnect, usually one second. */
const AT_ONCE: Millis = 2_500;

/** Mosquitto 2.1 accepts a payload of this size only if configured to; before MQTT 5 it can only close the connection. */
const LARGE_BYTES = 2_000_000;

/** Reason code of [MQTT 5, 2.4]; the retry policy does not reconnect after it. */
export const SESSION_TAKEN_OVER = 0x8e;

/** Advice for two clients that take over each other's session. */
export const TWIN_ADVICE: Advice = {
  advice: 'Give each client its own client ID, or none.',
  remedy: { code: 'client-id-of-its-own' },
};

const TOO_LARGE =
  `A message had more than ${LARGE_BYTES} bytes, the default limit of Mosquitto 2.1. ` +
  'Raise max_packet_size in mosquitto.conf.';

/** This many connections in a row that were lost without an acknowledgement are not an accident. */
const LOST_IN_VAIN = 5;

export class ConnectionHistory {
  #everConnected = false;
  /** Failures in a row, and the time of the first one. */
  #inRow = 0;
  /** The number of the current wait, of those that grow. */
  #longer = 0;
  #since: Millis = 0;
  /** When CONNACK accepted the connection; Infinity when it did not. */
  #connectedAt: Millis = Infinity;
  /** Connections in a row that the broker closed within AT_ONCE. Received messages do not reset it: both clients get some. */
  #endedAtOnce = 0;
  /** Connections in a row closed within OF_USE, as when the other client waits longer: enough for a hint, not for giving up. */
  #ended = 0;
  /** Connections in a row lost in any way, each with messages pending and none acknowledged. */
  #inVain = 0;
  /** Messages of this run without an outcome (open) and with one (settled). */
  #open = 0;
  #settled = 0;
  /** The latest large message that the broker has not acknowledged. */
  #large: { readonly token: Token; readonly qos: number } | undefined;

  connected(now: Millis): void {
    this.#everConnected = true;
    this.#connectedAt = now;
  }

  note(event: SessionEvent): void {
    // SUBACK does not reset the count: a broker may accept the client and drop it at once every time.
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

  /** Adds a hint about a large message to a lost connection; `unread`: the broker may not have read the QoS 0 messages. */
  explained(failure: Failure, unread: boolean): Failure {
    const isOpen = this.#large !== undefined && (this.#large.qos > 0 || unread) && this.#connectedAt < Infinity;
    return isOpen && failure.kind === 'connection-lost'
      ? failure.with(failure.message, { advice: TOO_LARGE })
      : failure;
  }

  /** Another `count` messages have an outcome. */
  published(count: number): void {
    this.#settled += count;
    this.#inRow = this.#inVain = 0;
    this.#ended = this.#endedAtOnce = 0;
  }

  /** `inOrder`: the broker closed the connection cleanly after its last packet. */
  lost({ kind }: Failure, inOrder: boolean, now: Millis): Omit<Situation, 'failure'> {
    const stood = now - this.#connectedAt;
    // An unreachable or silent broker does not reject messages.
    const inVain = this.#connectedAt < Infinity && kind === 'connection-lost' && this.#open > 0;
    this.#inVain = inVain ? this.#inVain + 1 : 0;
    const ended = inOrder && stood >= 0 && stood < OF_USE;
    const endedAtOnce = ended && stood < AT_ONCE;
    this.#ended = ended ? this.#ended + 1 : 0;
    this.#endedAtOnce = endedAtOnce ? this.#endedAtOnce + 1 : 0;
    if (stood >= OF_USE) this.#inRow = 0;
    this.#connectedAt = Infinity;
    if (++this.#inRow === 1) this.#since = now;
    // A broker that closes connections cleanly is running, so the waits need not grow.
    this.#longer = endedAtOnce || this.#inRow === 1 ? 1 : this.#longer + 1;
    return {
      everConnected: this.#everConnected,
      attempt: this.#inRow,
      step: this.#longer,
      elapsed: now - this.#since,
    };
  }

  /** The reason not to reconnect, or undefined: the broker seems to close every connection over one message. */
  get poisonMessage(): Failure | undefined {
    if (this.#inVain < LOST_IN_VAIN) return undefined;
    // Acknowledgements arrive in the order of the messages [MQTT-4.6.0-2].
    return new Failure('connection-lost', {
      message: `The connection was lost ${LOST_IN_VAIN} times in a row with nothing acknowledged: the broker may reject message ${this.#settled + 1}, the first in flight`,
    });
  }

  /** A more precise failure than "connection lost", or undefined. After ENDED_ENOUGH connections it makes the client give up. */
  verdict(clientId: string): Failure | undefined {
    if (this.#ended < ENDED_OFTEN) return undefined;
    // Without a client ID of its own, no other client can have the same one.
    const twin = clientId === '' ? '' : `another client may use the client ID "${printable(clientId)}", or `;
    const advice = clientId === '' ? {} : TWIN_ADVICE;
    const suspicion =
      `the broker accepted the client and closed the connection ${this.#ended} times without a reason; ` +
      `${twin}something in the request is not allowed`;
    return this.#endedAtOnce < ENDED_ENOUGH
      ? new Failure('connection-lost', { message: `The connection was lost: ${suspicion}`, ...advice })
      : new Failure('not-connected', {
          message: `The client is not currently connected: ${suspicion}`,
          reason: SESSION_TAKEN_OVER,
          ...advice,
        });
  }
}
