/** When all messages in both directions are settled, as promises. */
import type { Session } from '../mqtt/session/session.ts';

export class Quiet {
  readonly #session: Session;
  #waiting: { readonly again: boolean; resolve(): void }[] = [];
  /** Whether a connection was made since wait() was called, and a ping checks whether the broker sends messages again. */
  #isAsking = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Resolves when all messages are settled or can no longer be: on this connection or, with `again`, on the next one
   * too. There the broker repeats the messages whose acknowledgements it has not read, before it answers a PINGREQ.
   */
  wait(again: boolean): Promise<void> {
    if (this.#isReached(again)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ again, resolve }));
  }

  /** CONNACK arrived. */
  connected(): void {
    this.#isAsking = this.#waiting.length > 0;
    if (this.#isAsking) this.#session.ping();
  }

  /** PINGRESP arrived. */
  pong(): void {
    this.#isAsking = false;
  }

  /** Call this after each event. `finished`: the client has no connection and makes no other. */
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
