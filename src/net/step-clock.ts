/** How long each step of an attempt to connect takes: a stop watch between the steps that a dialer traces. */
import type { Clock } from '../runtime/io.ts';
import type { Millis } from '../util/millis.ts';
import type { Dialer } from './dial.ts';

export class StepClock {
  readonly #clock: Clock;
  #last: Millis = 0;
  #times = new Map<string, Millis>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The same dialer; each attempt sets the watch to zero. */
  watching(dialer: Dialer): Dialer {
    return (target, context) => {
      const dial = dialer(target, {
        ...context,
        step: (step) => {
          if (!step.failed) this.done(step.kind);
          context.step(step);
        },
      });
      return (handlers) => {
        this.#times = new Map();
        this.#last = this.#clock.now();
        return dial(handlers);
      };
    };
  }

  /** A step is done. Returns the times of all so far. */
  done(step: string): ReadonlyMap<string, Millis> {
    const now = this.#clock.now();
    this.#times.set(step, (this.#times.get(step) ?? 0) + now - this.#last);
    this.#last = now;
    return this.#times;
  }
}
