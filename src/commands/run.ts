/**
 * The shared life of a program: its exit status, what it prints on standard error, the first and the second signal and the time
 * limit that end it, and the moment when it is over. ending.ts has how long the end may take, entry/end.ts how the process ends.
 */
import { Failure } from '../errors.ts';
import type { Io } from '../runtime/io.ts';
import type { Millis } from '../util/millis.ts';
import { Ending } from './ending.ts';

/** What a shell reports for a program that a signal has ended: 128 and the number of the signal. */
export const SIGNAL_STATUS = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;

type RunIo = Pick<Io, 'clock' | 'onSignal' | 'stderr'>;

export class Run {
  readonly #plan: { readonly quiet: boolean };
  readonly #io: RunIo;
  /** How long the end may take. */
  readonly ending: Ending;
  /** The exit status so far: the first thing that went wrong, where nothing after it is worse. */
  status = 0;
  /** The exit status of a run that a signal has ended, by the first one that came; 0: none came. */
  signalStatus = 0;
  #stopClock: (() => void) | undefined;
  #resolve!: (status: number) => void;
  /** Resolves with the exit status at end(). */
  readonly over: Promise<number> = new Promise((resolve) => {
    this.#resolve = resolve;
  });

  constructor(plan: { readonly quiet: boolean }, io: RunIo) {
    this.#plan = plan;
    this.#io = io;
    this.ending = new Ending(io.clock);
  }

  /** Prints on standard error, but not with `--quiet`. */
  warn(text: string): void {
    warn(text, this.#plan, this.#io);
  }

  /** Prints why the run ended, and returns the exit status of that. What is not a Failure is a mistake of ours: thrown again. */
  fail(error: unknown): number {
    const failure = Failure.of(error);
    // Without words: the user has interrupted it.
    if (failure.message !== '') this.warn(failureText(failure));
    return failure.status;
  }

  /** As fail(), and the run ends with that status, unless something went wrong before. */
  failed(error: unknown): void {
    const status = this.fail(error);
    this.status ||= status;
  }

  /** The run is over. A second call has no effect. */
  end(status: number = this.status): void {
    this.#stopClock?.();
    this.#resolve(status);
  }

  /**
   * Calls `first` at the first signal that brings a program to an end, and `second` at each one after it, with the exit status
   * that this signal stands for. Signals are heard until the process ends: one that comes when the work is done must not make a
   * run that has delivered everything look killed. `hangup`: SIGHUP too, where there is something to keep.
   */
  onSignal(
    first: (status: number) => void = () => {},
    second: (status: number) => void = () => {},
    { hangup = false }: { readonly hangup?: boolean } = {},
  ): void {
    for (const name of hangup ? (['SIGINT', 'SIGTERM', 'SIGHUP'] as const) : (['SIGINT', 'SIGTERM'] as const))
      this.#io.onSignal(name, () => {
        const status = SIGNAL_STATUS[name];
        if (this.signalStatus !== 0) return second(status);
        this.signalStatus = status;
        first(status);
      });
  }

  /**
   * Calls `expired` when `-W` is over (undefined: never), and at SIGALRM, which alarm(2) of a parent sends: the originals end
   * at both in the same way. The end of the run stops the clock; the signal is heard until the process ends.
   */
  timeLimit(limit: Millis | undefined, expired: () => void): void {
    this.#io.onSignal('SIGALRM', expired);
    if (limit !== undefined) this.#stopClock = this.#io.clock.callAt(this.#io.clock.now() + limit, expired);
  }
}

/** As Run.warn(), where no run is at hand. */
export function warn(text: string, plan: { readonly quiet: boolean }, io: Pick<Io, 'stderr'>): void {
  if (!plan.quiet && text !== '') io.stderr(text);
}

/** Mosquitto's words. */
function failureText(failure: Failure): string {
  switch (failure.kind) {
    case 'refused':
      return `Connection error: ${failure.message}\n`;
    case 'lookup':
    case 'invalid-input':
      return `Unable to connect (${failure.message}).\n`;
    default:
      return `Error: ${failure.message}\n`;
  }
}
