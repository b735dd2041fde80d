/** The real clock: monotonic, so that a corrected wall clock cannot break a keepalive. */
import type { Clock, Millis } from './io.ts';

/** setTimeout takes a signed 32-bit number of milliseconds; longer waits are made of several. */
const LONGEST_TIMEOUT: Millis = 2_147_483_647;

export const systemClock: Clock = {
  now() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },

  callAt(at, callback) {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const left = at - systemClock.now();
      // Timers may ring up to a millisecond early; "not before" is a promise.
      if (left <= 0) callback();
      else timer = setTimeout(wait, Math.min(Math.ceil(left), LONGEST_TIMEOUT));
    };
    timer = setTimeout(wait, Math.max(0, Math.min(Math.ceil(at - systemClock.now()), LONGEST_TIMEOUT)));
    return () => clearTimeout(timer);
  },
};
