/**
 * What happened to the messages of tspub: prints why the broker rejected one, gives the exit status for that, writes
 * undelivered messages into the file of --unsent, and counts for --summary.
 */
import type { PubPlan } from '../../cli/plan/types.ts';
import { FAILURES } from '../../errors.ts';
import { isRefusal } from '../../mqtt/reasons.ts';
import type { Token } from '../../mqtt/session/events.ts';
import type { QoS } from '../../mqtt/types.ts';
import { takenLine } from '../input/batches.ts';
import type { Run } from '../run.ts';
import { hintOfRejection } from './hint-of-rejection.ts';
import type { MessageSource } from './message-source.ts';
import { type Published, refusal, Tally } from './summary.ts';
import type { UnsentFile } from './unsent.ts';

export class Outcomes {
  readonly counts = new Tally();
  readonly #plan: PubPlan;
  readonly #run: Run;
  readonly #unsent: UnsentFile | undefined;
  /** Records of messages in flight in the order of sending; only with --unsent. */
  readonly #flights = new Map<Token, Uint8Array>();
  /** True when the rest of the input goes into the file of --unsent. */
  #keepsInput = false;
  /** True when QoS 0 messages, which have no acknowledgement, were sent. */
  hasQos0 = false;
  #hasAcknowledged = false;
  /** The first message that the broker rejected, for the hint. */
  #rejected: Published | undefined;

  constructor(plan: PubPlan, run: Run, unsent: UnsentFile | undefined) {
    this.#plan = plan;
    this.#run = run;
    this.#unsent = unsent;
  }

  /** True when undelivered messages go into a file. */
  get hasFile(): boolean {
    return this.#unsent !== undefined;
  }

  /** `record` is stored when the message is not delivered. */
  sent(token: Token, qos: QoS, record: Uint8Array): void {
    this.counts.published++;
    if (qos === 0) this.hasQos0 = true;
    else this.#hasAcknowledged = true;
    if (this.#unsent !== undefined) this.#flights.set(token, record);
  }

  /** `count` messages at QoS 0 are in the output. */
  written(count: number): void {
    this.counts.written(count);
    if (count > 0) this.hasQos0 = true;
  }

  /** Returns the exit status for the outcome, 0 for success. */
  settled(event: Published): number {
    this.counts.settle(event.code, event.local);
    const status = isRefusal(event.code) ? this.#refused(event) : 0;
    this.#flights.delete(event.token);
    return status;
  }

  /** Stores records that are not sent or not delivered in the file. */
  keep(records: Iterable<Uint8Array>): void {
    for (const record of records) this.#unsent?.put(record);
    this.#unsent?.flush();
  }

  /** Sends later input into the file. */
  keepInput(): void {
    if (!this.#keepsInput) this.#run.warn(`Warning: The rest of standard input goes to ${this.#plan.unsent}.\n`);
    this.#keepsInput = true;
  }

  /** Treats messages in flight as undelivered. */
  keepOpen(): void {
    this.keep(this.#flights.values());
    this.#flights.clear();
  }

  /**
   * Handles the end of the outcomes. Prints how many messages are undelivered and, with --unsent, also stores input
   * that was read and never sent. Resolves with the exit status of what went wrong, else 0.
   */
  async end(source: MessageSource): Promise<number> {
    await this.#hint();
    if (this.#unsent !== undefined) return this.#keepAll(this.#unsent, source);
    const open = this.counts.published - this.counts.settled;
    if (this.#run.signalStatus !== 0 && open > 0)
      this.#run.warn(`Warning: ${open} ${open === 1 ? 'message was' : 'messages were'} sent and not acknowledged.\n`);
    return 0;
  }

  /** Makes the line of --summary. `waiting`: handed over and not sent yet; `resent`: packets sent again. */
  summary({ waiting, resent }: { readonly waiting: number; readonly resent: number }): string {
    const qos = this.#hasAcknowledged ? 1 : this.#plan.qos;
    return this.counts.line(qos, { waiting, resent, unsent: this.#unsent?.count });
  }

  #refused(event: Published): number {
    const record = this.#flights.get(event.token);
    if (record !== undefined) this.keep([record]);
    const { status, text } = refusal(event);
    this.#run.warn(text);
    if (!event.local) this.#rejected ??= event;
    return status;
  }

  /** Prints one hint for the run, however many messages were rejected. Each record of JSON has its own topic. */
  async #hint(): Promise<void> {
    if (this.#rejected === undefined) return;
    const { topic, records } = this.#plan;
    await hintOfRejection(this.#rejected, this.#run, records?.kind === 'json' ? undefined : topic);
  }

  /** Prints where to resume standard input, too, when the rest of it is stored nowhere. */
  async #keepAll(unsent: UnsentFile, source: MessageSource): Promise<number> {
    let status = 0;
    this.keepOpen();
    try {
      for await (const records of source.rest()) this.keep(records);
    } catch (error) {
      status = this.#run.fail(error);
    }
    const kept = unsent.finish();
    if (kept !== undefined) this.#run.warn(`${kept.text}\n`);
    if (source.taken !== undefined) this.#run.warn(takenLine(source.taken, this.#plan.nul));
    return kept?.complete === false ? FAILURES.file.status : status;
  }
}
