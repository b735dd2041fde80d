/**
 * How long the end of a run may take: one deadline to print received messages, to have messages in flight acknowledged,
 * and to close the connection cleanly. A stuck reader or broker may prevent each. run.ts handles the signals.
 */
import type { OutputWriter } from '../output/writer.ts';
import type { Clock } from '../runtime/io.ts';
import type { Millis } from '../util/millis.ts';

/** Longest end that the program begins itself. */
const UNHURRIED: Millis = 5000;
/** Longest end after a signal or a time limit. Its sender waits, and the process is gone within 2 s. */
const HURRIED: Millis = 1900;
/** Of HURRIED, the wait for a broker to close its side when no work is left: the process is gone within half a second. */
const LINGER: Millis = 400;

export class Ending {
  readonly #clock: Clock;
  #limit: Millis = UNHURRIED;
  #by: Millis = Infinity;
  /** Each function sets an alarm for the deadline. */
  readonly #alarms = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts the time, unless it already runs. */
  begin(): void {
    if (this.#by === Infinity) this.#by = this.#clock.now() + this.#limit;
  }

  /** Shortens the deadline because a user or parent process waits, also for waits already begun. */
  hurry(): this {
    this.#limit = HURRIED;
    if (this.#by === Infinity) return this;
    this.#by = Math.min(this.#by, this.#clock.now() + HURRIED);
    for (const set of [...this.#alarms]) set();
    return this;
  }

  /** Calls back at the deadline. Returns a function that cancels the call. */
  late(callback: () => void): () => void {
    this.begin();
    let stop = (): void => {};
    const set = (): void => {
      stop();
      stop = this.#clock.callAt(this.#by, () => {
        this.#alarms.delete(set);
        callback();
      });
    };
    this.#alarms.add(set);
    set();
    return () => {
      this.#alarms.delete(set);
      stop();
    };
  }

  /** How long the broker may take to close its side after DISCONNECT. */
  get linger(): Millis {
    return this.#limit === HURRIED ? Math.min(LINGER, this.#left) : this.#left;
  }

  /** Resolves with true when `wait` resolves before the deadline, else false. */
  async within(wait: Promise<void>): Promise<boolean> {
    let giveUp = (): void => {};
    const tooLate = new Promise<boolean>((resolve) => {
      giveUp = this.late(() => resolve(false));
    });
    const inTime = await Promise.race([wait.then(() => true), tooLate]);
    giveUp();
    return inTime;
  }

  /**
   * Resolves when everything is printed, or at the deadline. The deadline moves while the reader accepts output: a slow
   * reader loses nothing, and a stopped one delays nothing.
   */
  async printed(output: OutputWriter): Promise<void> {
    for (let taken = -1; output.untaken > 0 && output.taken !== taken && !output.isBroken; ) {
      taken = output.taken;
      await this.within(output.finished());
      if (output.taken !== taken) this.#by = this.#clock.now() + this.#limit;
    }
  }

  get #left(): Millis {
    return Math.max(0, Math.min(this.#limit, this.#by - this.#clock.now()));
  }
}
