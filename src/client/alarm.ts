/** How one timer serves deadlines that usually move later: it may ring early, never late, and so is seldom set again. */

import type { Clock } from '../runtime/io.ts';
import type { Millis } from '../util/millis.ts';

export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at: Millis = Infinity;
  #stop: (() => void) | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at this time or earlier; the callback must set it again. */
  set(at: Millis): void {
    if (at >= this.#at) return;
    this.#stop?.();
    this.#at = at;
    this.#stop = this.#clock.callAt(at, () => {
      this.#at = Infinity;
      this.#ring();
    });
  }

  stop(): void {
    this.#stop?.();
    this.#at = Infinity;
  }
}
