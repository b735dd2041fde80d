/** Checks that share a connection: makes it, tries again where a check waits for the broker, and hands out its events. */
import { Board } from '../../check/board.ts';
import { durationText } from '../../check/duration.ts';
import { type Verdict, verdict } from '../../check/result.ts';
import { type ConnectedSpec, checkFor, type Remembering } from '../../check/spec.ts';
import { CRITICAL, UNKNOWN } from '../../check/status.ts';
import type { CheckJob } from '../../cli/plan/types.ts';
import { FAILURES, Failure } from '../../errors.ts';
import type { SessionEvent } from '../../mqtt/session/events.ts';
import { StepClock } from '../../net/step-clock.ts';
import { wallMillis } from '../../runtime/clock.ts';
import type { Millis } from '../../util/millis.ts';
import { type BrokerIo, type Connection, openConnection } from '../broker/connection.ts';
import { boundedMatch } from './bounded-match.ts';
import { type FinishJob, isOurs, type Work } from './work.ts';

/** Between two attempts of `up --wait`. */
const RETRY_DELAY: Millis = 500;
/** For the broker to close its side: the verdict is there, and nothing is owed. */
const LINGER: Millis = 500;

/** The same, with a time limit for the expression of `--match`. */
const bounded = (spec: ConnectedSpec): ConnectedSpec =>
  spec.kind === 'value' && spec.match instanceof RegExp ? { ...spec, match: boundedMatch(spec.match) } : spec;

/** Behind the name of the broker. A refusal in CONNACK has the words of the standard, with more before and after them in the programs that Mosquitto has too. */
function reasonOf({ kind, message, reason }: Failure): string {
  if (kind !== 'refused') return `: ${message}`;
  return ` refused the connection: ${message.replace(/^Connection Refused: /, '').replace(/\..*$/s, '')} (${reason})`;
}

/** Reads a file of `--state`. Throws a Failure. */
type OpenMemory = (path: string) => Remembering;

export class ConnectionChecks implements Work {
  readonly #jobs: readonly CheckJob[];
  readonly #io: BrokerIo;
  readonly #finish: FinishJob;
  readonly #remembering: OpenMemory | undefined;
  readonly #steps: StepClock;
  readonly #connection: Connection;
  readonly #board: Board;
  readonly #stops: (() => void)[] = [];
  #attempts = 1;
  /** Why the last attempt failed. */
  #lastFailure: Failure | undefined;
  #resolve!: () => void;
  readonly over: Promise<void> = new Promise((resolve) => {
    this.#resolve = resolve;
  });

  /** `jobs`: at least one. `remembering` is needed for those that have a file of `--state`. */
  constructor(jobs: readonly CheckJob[], io: BrokerIo, finish: FinishJob, remembering?: OpenMemory) {
    this.#jobs = jobs;
    this.#io = io;
    this.#finish = finish;
    this.#remembering = remembering;
    this.#steps = new StepClock(io.clock);
    const { plan } = jobs[0]!;
    const wait = Math.max(0, ...jobs.map(({ spec }) => (spec.kind === 'up' ? spec.wait : 0)));
    const retry = wait === 0 ? { count: 0 } : { count: Number.MAX_SAFE_INTEGER, delay: RETRY_DELAY, maxTime: wait };
    this.#connection = openConnection(
      { ...plan, retry },
      { ...io, dialer: this.#steps.watching(io.dialer), debug: (line) => io.stderr(line) },
      'never',
      {
        event: (event) => this.#event(event),
        interrupted: (failure) => {
          this.#attempts++;
          this.#lastFailure = failure;
        },
        over: (failure) => void this.#over(failure),
      },
    );
    const { client } = this.#connection;
    this.#board = new Board({
      wire: client,
      clock: io.clock,
      version: plan.session.version,
      keepAlive: plan.session.keepAlive,
      wallTime: () => wallMillis(io),
      token: () => Array.from({ length: 4 }, () => Math.floor(io.random() * 2 ** 32).toString(16)).join(''),
      over: () => this.#leave(),
    });
  }

  start(): void {
    const begun = this.#io.clock.now();
    for (const job of this.#jobs) {
      const finish = (outcome: Verdict): void => this.#finish(job, outcome);
      try {
        const spec = bounded(job.spec as ConnectedSpec);
        const state = spec.kind === 'fresh' ? spec.state : undefined;
        const expire = this.#board.add(
          checkFor(spec, state === undefined ? undefined : this.#remembering?.(state)),
          finish,
        );
        this.#stops.push(this.#io.clock.callAt(begun + job.limit, () => expire(() => this.#silence(job))));
      } catch (error) {
        finish(verdict(UNKNOWN, Failure.of(error).message));
      }
    }
    if (this.#board.isOver) return this.#resolve();
    this.#connection.client.connect();
  }

  cutShort(outcome: Verdict): void {
    this.#board.fail(outcome);
  }

  #event(event: SessionEvent): void {
    switch (event.type) {
      case 'connected':
        return this.#board.connected(event.packet, this.#steps.done('connack'), this.#attempts);
      case 'auth':
        return this.#board.fail(verdict(CRITICAL, FAILURES.auth.text));
      default:
        return this.#board.event(event);
    }
  }

  /** No CONNACK until the end of the time of a check. */
  #silence({ limit, broker }: CheckJob): Verdict {
    const why = this.#lastFailure === undefined ? 'no CONNACK' : this.#lastFailure.message;
    return verdict(
      CRITICAL,
      `${broker}: ${why}, after ${durationText(limit)} and ${this.#attempts} attempts`.replace(/ and 1 attempts$/, ''),
    );
  }

  #leave(): void {
    for (const stop of this.#stops) stop();
    this.#connection.client.end(0, false, LINGER);
  }

  async #over(failure: Failure | undefined): Promise<void> {
    if (failure !== undefined && !this.#board.isOver) {
      const { broker } = this.#jobs[0]!;
      this.#board.fail(verdict(isOurs(failure) ? UNKNOWN : CRITICAL, `${broker}${reasonOf(failure)}`));
      await this.#connection.hint();
    }
    this.#resolve();
  }
}
