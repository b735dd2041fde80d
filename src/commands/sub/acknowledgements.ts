/**
 * Whether the broker has read our acknowledgements. The broker sends a printed message again when it did not read the
 * acknowledgement. So a run that leaves some open has failed, unless the next connection completes them.
 */
import type { SubPlan } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import type { MessageCount } from './message-count.ts';

/** The broker keeps the session, and did not complete printed messages in time. */
const UNFINISHED = 'The broker did not complete the last messages in time, and may send them again';

export class Acknowledgements {
  readonly #plan: Pick<SubPlan, 'session' | 'subscriptions'>;
  readonly #count: MessageCount;
  /** Why there is no connection at present. */
  #lost: Failure | undefined;
  /** Why the broker may not have read some acknowledgements: the connection broke at the end. */
  problem: Failure | undefined;
  #areSettled = false;

  constructor(plan: Pick<SubPlan, 'session' | 'subscriptions'>, count: MessageCount) {
    this.#plan = plan;
    this.#count = count;
  }

  /** True when no printed message needs an acknowledgement. */
  get areNone(): boolean {
    return this.#count.put === 0 || !this.#hasAcknowledged;
  }

  /** True when the next connection can complete what a connection that broke at the end left open. */
  get goOn(): boolean {
    if (this.#areSettled || this.#plan.session.clean || this.areNone) return false;
    return this.#lost === undefined || this.problem !== undefined;
  }

  /** The connection broke. At the end, nothing shows that the broker read our acknowledgements. */
  lost(failure: Failure, atEnd: boolean): void {
    this.#lost = failure;
    if (atEnd) this.problem ??= failure;
  }

  connected(atEnd: boolean): void {
    this.#lost = undefined;
    if (!atEnd) this.problem = undefined;
  }

  /** A message at this QoS was acknowledged; without a connection the acknowledgement is not sent. */
  given(qos: number): void {
    if (qos > 0) this.problem ??= this.#lost;
  }

  /** Every flow is complete; with `again`, on a connection that shows that the broker read everything. */
  settled(again: boolean): void {
    if (again) this.problem = undefined;
    this.#areSettled = true;
  }

  /** The time is over. */
  giveUp(): void {
    if (this.goOn) this.problem ??= new Failure('connection-lost', { message: UNFINISHED });
  }

  get #hasAcknowledged(): boolean {
    return this.#plan.subscriptions.some(({ qos }) => qos > 0);
  }
}
