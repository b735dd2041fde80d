/**
 * `--drain`: the end of what a server has for us. Silence alone proves nothing when the server or the network is slow, so
 * after so much of it the server is asked: its PINGRESP comes after all that our acknowledgements made it send. When
 * nothing came before that either, there is nothing more.
 */

import type { Clock } from '../../runtime/io.ts';
import type { Millis } from '../../util/millis.ts';

export interface DrainContext {
  readonly clock: Clock;
  /** Milliseconds without a message; undefined: the end is not looked for. */
  readonly quiet: Millis | undefined;
  /** Subscribed, and everything that came is handled. */
  isIdle(): boolean;
  ping(): void;
  /** Nothing more will come. */
  drained(): void;
}

export class Drain {
  readonly #context: DrainContext;
  #cancel = (): void => {};
  /** The answer that is waited for is to a question asked after the last message. */
  #asked = false;

  constructor(context: DrainContext) {
    this.#context = context;
  }

  /** Something came, or was handled: the silence begins anew. */
  touch(): void {
    const { clock, quiet } = this.#context;
    if (quiet === undefined) return;
    this.stop();
    this.#cancel = clock.callAt(clock.now() + quiet, () => this.#isQuiet());
  }

  pong(): void {
    if (!this.#asked) return;
    this.stop();
    if (this.#context.isIdle()) this.#context.drained();
  }

  /** The connection is gone, or the end has come. */
  stop(): void {
    this.#asked = false;
    this.#cancel();
  }

  #isQuiet(): void {
    // When it is idle again touch() is called.
    if (!this.#context.isIdle()) return;
    this.#asked = true;
    this.#context.ping();
  }
}
