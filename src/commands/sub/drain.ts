/**
 * `--drain`: detects that the broker has no more messages. Silence alone proves nothing when the broker or the network
 * is slow, so after a time without messages this client sends a PINGREQ. The PINGRESP follows everything that our
 * acknowledgements made the broker send. If no message precedes it, there are no more.
 */

import type { Clock } from '../../runtime/io.ts';
import type { Millis } from '../../util/millis.ts';

export interface DrainContext {
  readonly clock: Clock;
  /** Milliseconds without a message before a PINGREQ; undefined without --drain. */
  readonly quiet: Millis | undefined;
  /** Whether this client has subscribed, and has handled every message received. */
  isIdle(): boolean;
  ping(): void;
  /** Called when no more messages will arrive. */
  drained(): void;
}

export class Drain {
  readonly #context: DrainContext;
  #cancel = (): void => {};
  /** True when a PINGREQ was sent after the last message. */
  #asked = false;

  constructor(context: DrainContext) {
    this.#context = context;
  }

  /** Restarts the time without messages, after one was received or handled. */
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

  /** Stops when the connection is lost, or the run ends. */
  stop(): void {
    this.#asked = false;
    this.#cancel();
  }

  #isQuiet(): void {
    // The next idle state calls touch().
    if (!this.#context.isIdle()) return;
    this.#asked = true;
    this.#context.ping();
  }
}
