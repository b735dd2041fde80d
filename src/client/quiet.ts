/** Resolves promises when the flows of messages, both ways, have come to their end. */
import type { Session } from '../mqtt/session/session.ts';

export class Quiet {
  readonly #session: Session;
  #waiting: { readonly again: boolean; resolve(): void }[] = [];
  /** A connection was made since somebody waits, and the server is asked whether it has anything to send again. */
  #isAsking = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Resolves when they have, or can no longer do so: on this connection, or with `again` on the next one either. What the
   * server has not read of our acknowledgements it asks for again there, before it answers a PINGREQ.
   */
  wait(again: boolean): Promise<void> {
    if (this.#isReached(again)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ again, resolve }));
  }

  /** CONNACK is here. */
  connected(): void {
    this.#isAsking = this.#waiting.length > 0;
    if (this.#isAsking) this.#session.ping();
  }

  /** The server has answered. */
  pong(): void {
    this.#isAsking = false;
  }

  /** To be called when something has happened. `finished`: there is no connection any more, nor will there be one. */
  settle(finished: boolean): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ again }) => !finished && !this.#isReached(again));
    for (const one of waiting) if (!this.#waiting.includes(one)) one.resolve();
  }

  #isReached(again: boolean): boolean {
    return this.#session.isQuiet && (!again || (this.#session.isConnected && !this.#isAsking));
  }
}
