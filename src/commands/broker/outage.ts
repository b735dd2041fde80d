/** Reports an outage on standard error: each cause once, however many attempts fail, and one line at its end. */

import type { Failure } from '../../errors.ts';
import type { Millis } from '../../util/millis.ts';
import { plural } from '../../util/phrases.ts';
import { timeText } from '../terminal/progress.ts';

export class Outage {
  readonly #started: Millis;
  #everConnected = false;
  /** When the outage began; undefined while connected, and during the first attempt. */
  #since: Millis | undefined;
  /** Failed attempts during the outage. */
  #failed = 0;
  /** The causes that were printed. */
  readonly #causes = new Set<string>();

  constructor(now: Millis) {
    this.#started = now;
  }

  /** Returns the warning, or an empty text when the same cause was printed in this outage. */
  lost({ message }: Failure, now: Millis): string {
    // Only a failure before CONNACK counts as a failed attempt; losing a connection does not.
    if (this.#since !== undefined || !this.#everConnected) this.#failed++;
    this.#since ??= this.#everConnected ? now : this.#started;
    if (this.#causes.has(message)) return '';
    this.#causes.add(message);
    return `Warning: ${message}; connecting again.\n`;
  }

  /** Returns the line that reports the end of the outage, or an empty text without an outage. */
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
