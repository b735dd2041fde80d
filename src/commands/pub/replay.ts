/** `--replay-speed`: sends messages at the intervals at which they were recorded. */

import type { Clock } from '../../runtime/io.ts';
import type { Millis } from '../../util/millis.ts';

/** Counts times from the first message, so that delays do not add up; a late message is sent at once. */
export class Pacer {
  readonly #speed: number;
  readonly #clock: Clock;
  /** The time at which a message recorded at time 0 would be sent. */
  #origin: Millis | undefined;
  #hurried = false;
  #callOff: () => void = () => {};
  #proceed: (() => void) | undefined;

  /** `speed`: 2 replays twice as fast as recorded. */
  constructor(speed: number, clock: Clock) {
    this.#speed = speed;
    this.#clock = clock;
  }

  /** Resolves when a message recorded at this time is due; undefined when it is due now. Only one wait may run at a time. */
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

  /** Ends this wait and all later ones. */
  hurry(): void {
    this.#hurried = true;
    this.#callOff();
    this.#proceed?.();
  }

  /** Cancels the wait; its promise never resolves. */
  stop(): void {
    this.#callOff();
  }
}
