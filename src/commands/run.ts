/**
 * The life of a run, shared by all programs: its exit status, its lines on standard error, the first and the second signal,
 * the time limit, and the moment when it is over. ending.ts limits how long the end takes; entry/end.ts ends the process.
 */
import { Failure } from '../errors.ts';
import type { Io } from '../runtime/io.ts';
import type { Millis } from '../util/millis.ts';
import { Ending } from './ending.ts';

/** Exit status that a shell reports after a signal: 128 plus the number of the signal. */
export const SIGNAL_STATUS = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;

type RunIo = Pick<Io, 'clock' | 'onSignal' | 'stderr'>;

export class Run {
  readonly #plan: { readonly quiet: boolean };
  readonly #io: RunIo;
  /** Limits how long the end may take. */
  readonly ending: Ending;
  /** The exit status so far: of the first problem, unless a later one is worse. */
  status = 0;
  /** The exit status for the first signal received; 0 without a signal. */
  signalStatus = 0;
  #stopClock: (() => void) | undefined;
  #resolve!: (status: number) => void;
  /** Resolves with the exit status when end() is called. */
  readonly over: Promise<number> = new Promise((resolve) => {
    this.#resolve = resolve;
  });

  constructor(plan: { readonly quiet: boolean }, io: RunIo) {
    this.#plan = plan;
    this.#io = io;
    this.ending = new Ending(io.clock);
  }

  /** Prints on standard error, except with `--quiet`. */
  warn(text: string): void {
    warn(text, this.#plan, this.#io);
  }

  /** Prints why the run ended, and returns the exit status. An error that is not a Failure is a bug, and is thrown again. */
  fail(error: unknown): number {
    const failure = Failure.of(error);
    // Without a message: the user interrupted the run.
    if (failure.message !== '') this.warn(failureText(failure));
    return failure.status;
  }

  /** Prints a failure that leaves the exit status at 0, as a warning. */
  warnOf(failure: Failure): void {
    this.warn(`Warning: ${failureText(failure).replace(/^Error: /, '')}`);
  }

  /** As fail(), and the run ends with that status, unless something went wrong before. */
  failed(error: unknown): void {
    const status = this.fail(error);
    this.status ||= status;
  }

  /** Ends the run. A second call has no effect. */
  end(status: number = this.status): void {
    this.#stopClock?.();
    this.#resolve(status);
  }

  /**
   * Calls `first` at the first signal that ends a program, and `second` at each later one, with the exit status for
   * that signal. Signals are handled until the process ends, because a signal after the last delivery must not make a
   * successful run look killed. `hangup`: handles SIGHUP too, when there is something to store.
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
   * Calls `expired` after the limit of `-W` (undefined: no limit), and at SIGALRM, which a parent may set by alarm(2): the
   * Mosquitto clients treat both alike. The end of the run stops the clock; the signal is handled until the process ends.
   */
  timeLimit(limit: Millis | undefined, expired: () => void): void {
    this.#io.onSignal('SIGALRM', expired);
    if (limit !== undefined) this.#stopClock = this.#io.clock.callAt(this.#io.clock.now() + limit, expired);
  }
}

/** As Run.warn(), for code without a run. */
export function warn(text: string, plan: { readonly quiet: boolean }, io: Pick<Io, 'stderr'>): void {
  if (!plan.quiet && text !== '') io.stderr(text);
}

/** Texts as Mosquitto prints them. */
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
