/**
 * Detects missing acknowledgements while the connection is open and the broker answers pings, which nothing else
 * reveals. Every 30 seconds a warning reports how many are missing; `--ack-timeout` ends the run.
 */

import { Failure } from '../../errors.ts';
import type { Clock } from '../../runtime/io.ts';
import type { Millis } from '../../util/millis.ts';
import { plural } from '../../util/phrases.ts';
import type { Run } from '../run.ts';

const WARN_EVERY: Millis = 30_000;

export interface AckWatchEvents {
  /** Messages handed over, and those of them with an outcome. */
  counts(): { readonly published: number; readonly settled: number };
  /** No message was acknowledged for the time of `--ack-timeout`. */
  tooLong?(failure: Failure): void;
}

export class AckWatch {
  readonly #clock: Clock;
  readonly #timeout: Millis;
  readonly #run: Pick<Run, 'warn'>;
  readonly #events: AckWatchEvents;
  #settled = 0;
  /** Time since which no message was acknowledged; undefined when none is unacknowledged. */
  #since: Millis | undefined;
  /** When to print the next warning. */
  #warnAt: Millis = Infinity;
  #alarm: (() => void) | undefined;

  constructor(clock: Clock, timeout: Millis | undefined, run: Pick<Run, 'warn'>, events: AckWatchEvents) {
    this.#clock = clock;
    this.#timeout = timeout ?? Infinity;
    this.#run = run;
    this.#events = events;
  }

  /** Call this after each turn of the connection. */
  turn(): void {
    const { published, settled } = this.#events.counts();
    if (published === settled) {
      this.#since = undefined;
    } else if (this.#since === undefined || settled !== this.#settled) {
      this.#settled = settled;
      this.#since = this.#clock.now();
      this.#warnAt = this.#since + WARN_EVERY;
      this.#alarm ??= this.#clock.callAt(this.#due, () => this.#ring());
    }
  }

  /** Stops while there is no connection, and when the run ends. */
  stop(): void {
    this.#since = undefined;
    this.#alarm?.();
    this.#alarm = undefined;
  }

  get #due(): Millis {
    return Math.min(this.#warnAt, this.#since! + this.#timeout);
  }

  #ring(): void {
    this.#alarm = undefined;
    if (this.#since === undefined) return;
    const now = this.#clock.now();
    const { published, settled } = this.#events.counts();
    const open = published - settled;
    const messages = plural(open, 'message');
    if (now - this.#since >= this.#timeout) {
      const seconds = this.#timeout / 1000;
      const message = `The broker acknowledged nothing for ${seconds} s, and ${messages} ${open === 1 ? 'is' : 'are'} unacknowledged (--ack-timeout)`;
      return this.#events.tooLong?.(new Failure('timeout', { message }));
    }
    if (now >= this.#warnAt) {
      this.#run.warn(`Warning: Waiting for acknowledgement of ${messages}.\n`);
      this.#warnAt += WARN_EVERY;
    }
    this.#alarm = this.#clock.callAt(this.#due, () => this.#ring());
  }
}
