/** What time it is: a monotonic clock, so that a corrected wall clock cannot break a keepalive, and the wall clock. */
import type { Millis } from '../util/millis.ts';
import type { Clock, Io, WallTime } from './io.ts';

/** setTimeout accepts at most this many milliseconds (a signed 32-bit number); longer waits consist of several timeouts. */
const LONGEST_TIMEOUT: Millis = 2_147_483_647;

/** How late a timer may be on a busy machine. */
const LATE: Millis = 100;

export const systemClock: Clock = {
  now() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },

  callAt(at, callback) {
    let timer: NodeJS.Timeout;
    let turn: NodeJS.Immediate | undefined;
    const wait = (): void => {
      const left = at - systemClock.now();
      // A timer may fire up to a millisecond early, but callAt() promises "not before".
      if (left < -LATE) {
        // The process was stopped, for example by SIGSTOP. Data that arrived in time may be unread, because timers run
        // before reads. Reads run between two immediates, so the callback does not report the data as missing.
        turn = setImmediate(() => {
          turn = setImmediate(callback);
        });
      } else if (left <= 0) callback();
      else timer = setTimeout(wait, Math.min(Math.ceil(left), LONGEST_TIMEOUT));
    };
    timer = setTimeout(wait, Math.max(0, Math.min(Math.ceil(at - systemClock.now()), LONGEST_TIMEOUT)));
    return () => {
      clearTimeout(timer);
      clearImmediate(turn);
    };
  },
};

/** Largest difference between the fine clock and the wall clock, which counts whole milliseconds; then origin is set again. */
const DRIFT: Millis = 2;

/** Set at the first use: Node loads a module when `performance` is first named, which takes a millisecond at start-up. */
let origin: Millis | undefined;
/** When the fine clock was last compared with the wall clock. */
let checked: Millis = -Infinity;

/** The wall clock with nanoseconds, which Date does not have. */
export function wallTime(): WallTime {
  origin ??= performance.timeOrigin;
  const fine = performance.now();
  // Date.now() takes as long as the rest of this function, so it is called once per millisecond and not for every message.
  if (fine - checked >= 1) {
    checked = fine;
    const wall = Date.now();
    // The wall clock was changed since the process began.
    if (Math.abs(origin + fine - wall) > DRIFT) origin = wall - fine;
  }
  const now = origin + fine;
  const seconds = Math.floor(now / 1000);
  return { seconds, nanoseconds: Math.floor((now - seconds * 1000) * 1e6) };
}

/** Milliseconds since 1970. */
export function wallMillis({ wallTime }: Pick<Io, 'wallTime'>): Millis {
  const { seconds, nanoseconds } = wallTime();
  return seconds * 1000 + Math.floor(nanoseconds / 1e6);
}
