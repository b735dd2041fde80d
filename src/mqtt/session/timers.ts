/** Which deadlines a session has, by name. Nothing here runs: the owner asks for the next deadline and calls tick(). */
import type { Millis } from '../../util/millis.ts';

/** `answer` limits the wait for a PINGREQ that checks what the broker has read. The other names are self-explanatory. */
export const TIMERS = ['connack', 'ping', 'pingresp', 'answer'] as const;

/** Timers that limit how long the broker may take to answer. */
export const LIMITS = ['connack', 'pingresp', 'answer'] as const;

export type TimerName = (typeof TIMERS)[number];

export class Timers {
  readonly #at: Record<TimerName, Millis> = {
    connack: Infinity,
    ping: Infinity,
    pingresp: Infinity,
    answer: Infinity,
  };

  set(name: TimerName, at: Millis): void {
    this.#at[name] = at;
  }

  clear(name: TimerName): void {
    this.#at[name] = Infinity;
  }

  clearAll(): void {
    for (const name of TIMERS) this.#at[name] = Infinity;
  }

  isSet(name: TimerName): boolean {
    return this.#at[name] !== Infinity;
  }

  isDue(name: TimerName, now: Millis): boolean {
    return this.#at[name] <= now;
  }

  /** The earliest of these timers; Infinity when none is set. */
  earliest(names: readonly TimerName[]): Millis {
    let at = Infinity;
    for (const name of names) if (this.#at[name] < at) at = this.#at[name];
    return at;
  }

  /** The earliest deadline, or undefined when none is set. */
  next(): Millis | undefined {
    const next = this.earliest(TIMERS);
    return next === Infinity ? undefined : next;
  }
}
