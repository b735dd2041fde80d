/**
 * Whether the server has read our acknowledgements. What was printed and may not count as acknowledged comes again, so a run
 * that leaves some open has not ended well, unless the next connection brings them to their end.
 */
import type { SubPlan } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import type { MessageCount } from './message-count.ts';

/** The broker keeps the session, and has not completed in time what was printed. */
const UNFINISHED = 'The broker did not complete the last messages in time, and may send them again';

export class Acknowledgements {
  readonly #plan: Pick<SubPlan, 'session' | 'subscriptions'>;
  readonly #count: MessageCount;
  /** Why there is no connection at present. */
  #lost: Failure | undefined;
  /** Why some that were given may not have been read, by a connection that broke at the end. */
  problem: Failure | undefined;
  #areSettled = false;

  constructor(plan: Pick<SubPlan, 'session' | 'subscriptions'>, count: MessageCount) {
    this.#plan = plan;
    this.#count = count;
  }

  /** None is due for anything that was printed. */
  get areNone(): boolean {
    return this.#count.put === 0 || !this.#hasAcknowledged;
  }

  /** What a connection that breaks at the end leaves open can be brought to its end on the next one. */
  get goOn(): boolean {
    if (this.#areSettled || this.#plan.session.clean || this.areNone) return false;
    return this.#lost === undefined || this.problem !== undefined;
  }

  /** The connection broke. At the end nothing shows that the server read what we gave. */
  lost(failure: Failure, atEnd: boolean): void {
    this.#lost = failure;
    if (atEnd) this.problem ??= failure;
  }

  connected(atEnd: boolean): void {
    this.#lost = undefined;
    if (!atEnd) this.problem = undefined;
  }

  /** A message at this QoS is acknowledged; without a connection that is not sent. */
  given(qos: number): void {
    if (qos > 0) this.problem ??= this.#lost;
  }

  /** Every flow has come to its end; with `again` on a connection that shows that all was read. */
  settled(again: boolean): void {
    if (again) this.problem = undefined;
    this.#areSettled = true;
  }

  /** There is no more time. */
  giveUp(): void {
    if (this.goOn) this.problem ??= new Failure('connection-lost', { message: UNFINISHED });
  }

  get #hasAcknowledged(): boolean {
    return this.#plan.subscriptions.some(({ qos }) => qos > 0);
  }
}
