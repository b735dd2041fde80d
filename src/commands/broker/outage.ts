/** The time without a connection, on standard error: each cause once, however many attempts fail, and one line at its end. */

import type { Failure } from '../../errors.ts';
import type { Millis } from '../../util/millis.ts';
import { plural } from '../../util/phrases.ts';
import { timeText } from '../terminal/progress.ts';

export class Outage {
  readonly #started: Millis;
  #everConnected = false;
  /** When it began; undefined: there is a connection, or the first attempt. */
  #since: Millis | undefined;
  /** Attempts that failed in it. */
  #failed = 0;
  /** The causes that were printed. */
  readonly #causes = new Set<string>();

  constructor(now: Millis) {
    this.#started = now;
  }

  /** The warning, or nothing where the same cause was printed in this outage. */
  lost({ message }: Failure, now: Millis): string {
    // Only what failed before CONNACK was an attempt; the loss of a connection is none.
    if (this.#since !== undefined || !this.#everConnected) this.#failed++;
    this.#since ??= this.#everConnected ? now : this.#started;
    if (this.#causes.has(message)) return '';
    this.#causes.add(message);
    return `Warning: ${message}; connecting again.\n`;
  }

  /** The line that says that it is over, or nothing where there was none. */
  connected(now: Millis): string {
    const since = this.#since;
    const attempts = this.#failed + 1;
    const again = this.#everConnected ? 'again ' : '';
    this.#everConnected = true;
    this.#since = undefined;
    this.#failed = 0;
    this.#causes.clear();
    if (since === undefined) return '';
    const time = timeText(Math.max(1, Math.round((now - since) / 1000)));
    return `Connected ${again}after ${time} and ${plural(attempts, 'attempt')}.\n`;
  }
}
