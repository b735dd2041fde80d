/** `--replay-speed`: messages leave at the distances at which they were recorded. */

import type { Clock } from '../../runtime/io.ts';
import type { Millis } from '../../util/millis.ts';

/** Counted from the first message, so that no delay adds up; what is late goes at once. */
export class Pacer {
  readonly #speed: number;
  readonly #clock: Clock;
  /** When a message recorded at 0 would leave. */
  #origin: Millis | undefined;
  #hurried = false;
  #callOff: () => void = () => {};
  #proceed: (() => void) | undefined;

  /** `speed`: 2 is twice as fast as it was recorded. */
  constructor(speed: number, clock: Clock) {
    this.#speed = speed;
    this.#clock = clock;
  }

  /** Resolves when it is time for what was recorded then; undefined: it is time. One wait at a time. */
  until(recorded: Millis): Promise<void> | undefined {
    const now = this.#clock.now();
    this.#origin ??= now - recorded / this.#speed;
    const due = this.#origin + recorded / this.#speed;
    if (due <= now || this.#hurried) return undefined;
    return new Promise((resolve) => {
      this.#proceed = resolve;
      this.#callOff = this.#clock.callAt(due, resolve);
    });
  }

  /** Ends the wait, and all waits to come. */
  hurry(): void {
    this.#hurried = true;
    this.#callOff();
    this.#proceed?.();
  }

  /** The wait does not end any more. */
  stop(): void {
    this.#callOff();
  }
}
