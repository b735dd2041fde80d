/** `--replay-speed`: messages leave at the distances at which they were recorded. */
import type { Clock, Millis } from '../../runtime/io.ts';

/** mosquitto_sub 2.0 writes a Z before the zone. */
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(?:Z|Z?([+-])(\d\d):?(\d\d))$/;

/** The time since 1970 of a `tst` stamp, with its fraction of a millisecond; undefined when it is none. */
export function stampTime(stamp: string): Millis | undefined {
  const [, seconds, fraction = '0', sign, hours = '0', minutes = '0'] = STAMP.exec(stamp) ?? [];
  if (seconds === undefined) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  const time = Date.parse(`${seconds}Z`) + Number(fraction) * 1000 + (sign === '-' ? offset : -offset);
  return Number.isNaN(time) ? undefined : time;
}

/** Counted from the first message, so that no delay adds up; what is late goes at once. */
export class Pacer {
  readonly #speed: number;
  readonly #clock: Clock;
  /** When a message recorded at 0 would leave. */
  #origin: Millis | undefined;
  #hurried = false;
  #callOff: () => void = () => {};
  #proceed: (() => void) | undefined;

  /** `speed`: so many times as fast as it was recorded. */
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
