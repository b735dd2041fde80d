/** How long each step of an attempt to connect takes: a stop watch between the steps that a dialer traces. */
import type { Clock } from '../runtime/io.ts';
import type { Millis } from '../util/millis.ts';
import type { Dialer } from './dial.ts';
import type { DialStep } from './dial-trace.ts';

export class StepClock {
  readonly #clock: Clock;
  #last: Millis = 0;
  #times = new Map<string, Millis>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The same dialer; each attempt sets the watch to zero. `seen` gets every step as well. */
  watching(dialer: Dialer, seen: (step: DialStep) => void = () => {}): Dialer {
    return (target, context) => {
      const step = (one: DialStep): void => {
        if (!one.failed) this.done(one.kind);
        seen(one);
        context.step(one);
      };
      const dial = dialer(target, { ...context, step, passphrase: (file) => context.passphrase(file) });
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
