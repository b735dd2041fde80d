/**
 * What became of the messages of tspub: prints why the server refused one, gives the exit status of that, puts what is not
 * delivered into the file of --unsent, and counts for --summary.
 */
import type { PubPlan } from '../../cli/plan/types.ts';
import { FAILURES } from '../../errors.ts';
import { isRefusal } from '../../mqtt/reasons.ts';
import type { Token } from '../../mqtt/session/events.ts';
import type { QoS } from '../../mqtt/types.ts';
import { takenLine } from '../input/batches.ts';
import type { Run } from '../run.ts';
import type { MessageSource } from './message-source.ts';
import { type Published, refusal, Tally } from './summary.ts';
import type { UnsentFile } from './unsent.ts';

export class Outcomes {
  readonly counts = new Tally();
  readonly #plan: PubPlan;
  readonly #run: Run;
  readonly #unsent: UnsentFile | undefined;
  /** What is on its way, as it is kept, in the order of sending; with --unsent only. */
  readonly #flights = new Map<Token, Uint8Array>();
  /** The rest of the input goes into the file. */
  #keepsInput = false;
  /** Messages without acknowledgement are among what was sent. */
  hasQos0 = false;
  #hasAcknowledged = false;

  constructor(plan: PubPlan, run: Run, unsent: UnsentFile | undefined) {
    this.#plan = plan;
    this.#run = run;
    this.#unsent = unsent;
  }

  /** There is a file for what is not delivered. */
  get hasFile(): boolean {
    return this.#unsent !== undefined;
  }

  /** `record`: what is kept of the message when it does not arrive. */
  sent(token: Token, qos: QoS, record: Uint8Array): void {
    this.counts.published++;
    if (qos === 0) this.hasQos0 = true;
    else this.#hasAcknowledged = true;
    if (this.#unsent !== undefined) this.#flights.set(token, record);
  }

  /** `count` were sent at QoS 0, and stand in the output. */
  written(count: number): void {
    this.counts.written(count);
    if (count > 0) this.hasQos0 = true;
  }

  /** Returns the exit status that the outcome leaves, 0 for a good one. */
  settled(event: Published): number {
    this.counts.settle(event.code, event.local);
    const status = isRefusal(event.code) ? this.#refused(event) : 0;
    this.#flights.delete(event.token);
    return status;
  }

  /** Puts into the file what is not sent, or not delivered. */
  keep(records: Iterable<Uint8Array>): void {
    for (const record of records) this.#unsent?.put(record);
    this.#unsent?.flush();
  }

  /** From now on the input goes into the file. */
  keepInput(): void {
    if (!this.#keepsInput) this.#run.warn(`Warning: The rest of standard input goes to ${this.#plan.unsent}.\n`);
    this.#keepsInput = true;
  }

  /** What is on its way is not delivered. */
  keepOpen(): void {
    this.keep(this.#flights.values());
    this.#flights.clear();
  }

  /**
   * No more outcomes come. Prints how many messages are not delivered and, where there is a file, puts into it also what was
   * read and never sent. Returns the exit status of what went wrong, 0 when nothing did.
   */
  async end(source: MessageSource): Promise<number> {
    if (this.#unsent !== undefined) return this.#keepAll(this.#unsent, source);
    const open = this.counts.published - this.counts.settled;
    if (this.#run.signalStatus !== 0 && open > 0)
      this.#run.warn(`Warning: ${open} ${open === 1 ? 'message was' : 'messages were'} sent and not acknowledged.\n`);
    return 0;
  }

  /** The line of --summary. `waiting`: handed over and not sent yet; `resent`: packets sent once more. */
  summary({ waiting, resent }: { readonly waiting: number; readonly resent: number }): string {
    const qos = this.#hasAcknowledged ? 1 : this.#plan.qos;
    return this.counts.line(qos, { waiting, resent, unsent: this.#unsent?.count });
  }

  #refused(event: Published): number {
    const record = this.#flights.get(event.token);
    if (record !== undefined) this.keep([record]);
    const { status, text } = refusal(event);
    this.#run.warn(text);
    return status;
  }

  /** Prints also where standard input is to be taken up, when the rest of it is in no place. */
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
