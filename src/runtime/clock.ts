/** The real clock: monotonic, so that a corrected wall clock cannot break a keepalive. */
import type { Millis } from '../util/millis.ts';
import type { Clock, Io, WallTime } from './io.ts';

/** setTimeout takes a signed 32-bit number of milliseconds; longer waits are made of several. */
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
      // Timers may ring up to a millisecond early; "not before" is a promise.
      if (left < -LATE) {
        // The process stood still (SIGSTOP, say). What came in time may lie there unread, and timers run before what can be
        // read is read; between two immediates it is, before the callback takes it for missing.
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

/** How far the fine clock may stray from the wall clock, which has whole milliseconds, before it is set again. */
const DRIFT: Millis = 2;

/** Not before it is asked for: Node loads a module for `performance` when it is first named, a millisecond of the start. */
let origin: Millis | undefined;
/** When the fine clock was last held against the wall clock. */
let checked: Millis = -Infinity;

/** The wall clock with the digits below a millisecond that Date does not have. */
export function wallTime(): WallTime {
  origin ??= performance.timeOrigin;
  const fine = performance.now();
  // Date.now() costs as much as all the rest; messages come by the thousand in a millisecond, and it has no more of them.
  if (fine - checked >= 1) {
    checked = fine;
    const wall = Date.now();
    // Somebody has set the wall clock since the process began.
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
