/** One timer for deadlines that mostly move away: it rings early rather than be set again each time, and never late. */

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

  /** Rings at this time or before; whoever hears it sets it again. */
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
