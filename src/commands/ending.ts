/**
 * How long the end of a run may take: one deadline for all that it waits for. What is received has to be printed, what is in flight
 * acknowledged, and the connection closed in order, with a reader and a server that may do nothing of it. run.ts has the signals.
 */
import type { OutputWriter } from '../output/writer.ts';
import type { Clock } from '../runtime/io.ts';
import type { Millis } from '../util/millis.ts';

/** Of an end that the program comes to by itself. */
const UNHURRIED: Millis = 5000;
/** Of one that a signal, or a time limit, has asked for. Whoever sent it waits, and has the process gone after 2 s. */
const HURRIED: Millis = 1900;
/** Of that, for a server that is owed nothing any more to close its side: gone after half a second. */
const LINGER: Millis = 400;

export class Ending {
  readonly #clock: Clock;
  #limit: Millis = UNHURRIED;
  #by: Millis = Infinity;
  /** Each sets an alarm for the deadline. */
  readonly #alarms = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From now on the time runs, unless it does already. */
  begin(): void {
    if (this.#by === Infinity) this.#by = this.#clock.now() + this.#limit;
  }

  /** Somebody waits for the end: what is waited for already, too, is over sooner. */
  hurry(): this {
    this.#limit = HURRIED;
    if (this.#by === Infinity) return this;
    this.#by = Math.min(this.#by, this.#clock.now() + HURRIED);
    for (const set of [...this.#alarms]) set();
    return this;
  }

  /** Calls back at the deadline. Returns the way to call it off. */
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

  /** How long the server may take to close its side after DISCONNECT. */
  get linger(): Millis {
    return this.#limit === HURRIED ? Math.min(LINGER, this.#left) : this.#left;
  }

  /** Resolves with `wait`, or at the deadline: whether `wait` came first. */
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
   * Resolves when everything is printed, or at the deadline, which moves for as long as the reader takes something: a slow
   * one loses nothing, and one that has gone to sleep holds nothing up.
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
