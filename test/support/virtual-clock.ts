/** A clock that moves only when a test moves it, so that an hour of waiting takes microseconds. */

import type { Clock } from '../../src/runtime/io.ts';
import type { Millis } from '../../src/util/millis.ts';

interface Alarm {
  readonly at: Millis;
  readonly callback: () => void;
}

export class VirtualClock implements Clock {
  #now: Millis = 0;
  /** By time, then in the order of setting. */
  readonly #alarms: Alarm[] = [];

  now(): Millis {
    return this.#now;
  }

  callAt(at: Millis, callback: () => void): () => void {
    const alarm = { at: Math.max(at, this.#now), callback };
    let index = this.#alarms.length;
    while (index > 0 && this.#alarms[index - 1]!.at > alarm.at) index--;
    this.#alarms.splice(index, 0, alarm);
    return () => {
      const place = this.#alarms.indexOf(alarm);
      if (place >= 0) this.#alarms.splice(place, 1);
    };
  }

  /** Lets time pass while work is done; no alarm rings. */
  spend(time: Millis): void {
    this.#now += time;
  }

  /** The time of the next alarm; undefined when none is set. */
  get next(): Millis | undefined {
    return this.#alarms[0]?.at;
  }

  /** Number of alarms set. */
  get size(): number {
    return this.#alarms.length;
  }

  /** Moves to the next alarm, not beyond `until`, and rings it. Returns false when there is none. */
  advance(until: Millis = Infinity): boolean {
    const alarm = this.#alarms[0];
    if (alarm === undefined || alarm.at > until) return false;
    this.#alarms.shift();
    this.#now = Math.max(this.#now, alarm.at);
    alarm.callback();
    return true;
  }

  /** Rings all alarms up to `until` and stops there. */
  runTo(until: Millis): void {
    while (this.advance(until));
    if (until !== Infinity) this.#now = Math.max(this.#now, until);
  }

  /** As runTo(), with promises and microtasks running between alarms. */
  async run(until: Millis = Infinity): Promise<void> {
    await settle();
    while (this.advance(until)) await settle();
    if (until !== Infinity) this.#now = Math.max(this.#now, until);
    await settle();
  }
}

/** Resolves when every promise and microtask that is ready has run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
