/**
 * Acknowledgements that do not come while the connection stands and the server answers pings: nothing else would show it.
 * Every 30 seconds a warning says how many are missing, and `--ack-timeout` makes an end.
 */

import { Failure } from '../../errors.ts';
import type { Clock } from '../../runtime/io.ts';
import type { Millis } from '../../util/millis.ts';
import { plural } from '../../util/phrases.ts';
import type { Run } from '../run.ts';

const WARN_EVERY: Millis = 30_000;

export interface AckWatchEvents {
  /** Messages handed over, and of those the ones with an outcome. */
  counts(): { readonly published: number; readonly settled: number };
  /** Nothing was acknowledged for the time of `--ack-timeout`. */
  tooLong?(failure: Failure): void;
}

export class AckWatch {
  readonly #clock: Clock;
  readonly #timeout: Millis;
  readonly #run: Pick<Run, 'warn'>;
  readonly #events: AckWatchEvents;
  #settled = 0;
  /** Since when nothing was acknowledged; undefined: nothing is waited for. */
  #since: Millis | undefined;
  /** The next line. */
  #warnAt: Millis = Infinity;
  #alarm: (() => void) | undefined;

  constructor(clock: Clock, timeout: Millis | undefined, run: Pick<Run, 'warn'>, events: AckWatchEvents) {
    this.#clock = clock;
    this.#timeout = timeout ?? Infinity;
    this.#run = run;
    this.#events = events;
  }

  /** To be called after each turn of the connection. */
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

  /** There is no connection, or the end has come. */
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
      const message = `The broker acknowledged nothing for ${seconds} s, and ${messages} ${open === 1 ? 'waits' : 'wait'} for it (--ack-timeout)`;
      return this.#events.tooLong?.(new Failure('timeout', { message }));
    }
    if (now >= this.#warnAt) {
      this.#run.warn(`Warning: Waiting for acknowledgement of ${messages}.\n`);
      this.#warnAt += WARN_EVERY;
    }
    this.#alarm = this.#clock.callAt(this.#due, () => this.#ring());
  }
}
