/** How tspub --spool accepts messages: each is stored on disk before anything else, or the run reports that it is not. */
import type { PubPlan } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import type { PublishContent } from '../../mqtt/packets/publish.ts';
import type { Source } from '../../runtime/io.ts';
import type { Draft } from '../../spool/append.ts';
import type { Spool } from '../../spool/spool.ts';
import { type Batches, batchesOf, takenLine } from '../input/batches.ts';
import type { ReadRecord } from '../input/record.ts';
import { recordReader } from '../input/records.ts';
import { withinPacket } from '../spool/io.ts';

const UNWRITABLE: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** True when the disk accepts no data, because it is full or read-only. */
export const isUnwritable = ({ code }: Failure): boolean => UNWRITABLE.has(code);

export class Intake {
  readonly #plan: PubPlan;
  readonly #spool: Spool;
  /** Identifiers of the stored messages of this run. */
  readonly own: number[] = [];
  /** Why the last attempt stored nothing, when the disk is the cause. */
  diskProblem: Failure | undefined;
  #input: Batches | undefined;
  #isStopped = false;
  /** Records read, and the number of the last stored record; empty records count. */
  #read = 0;
  #taken = 0;

  constructor(plan: PubPlan, spool: Spool) {
    this.#plan = plan;
    this.#spool = spool;
  }

  /** Share of the input that is read, 0 to 1, when the size is known. */
  get share(): number | undefined {
    return this.#input?.share;
  }

  /** Says at which record to resume the input; empty when no record is stored. */
  get takenLine(): string {
    return this.#taken === 0 ? '' : takenLine(this.#taken, this.#plan.nul);
  }

  /**
   * Stores the single message of the plan, as many times as it is to be sent, or the copies still missing. Resolves
   * with the reason when not all could be stored, else undefined. Rejects with a Failure when the spool is broken.
   */
  async one(payload: Uint8Array): Promise<Failure | undefined> {
    const { topic, qos, retain, properties, repeat } = this.#plan;
    const draft = draftOf({ topic, payload, qos, retain, properties });
    return this.#accept(Array.from({ length: repeat - this.own.length }, () => draft));
  }

  /**
   * Stores the records of standard input as fast as the disk allows. Records that arrived together share one sync, then
   * `kept` is called. Rejects with a Failure when a record cannot be read or stored; the ones before it are stored.
   */
  async lines(open: () => Source, kept: () => Promise<void>): Promise<void> {
    const read = await recordReader(this.#plan);
    // The end was requested before the input was open.
    if (this.#isStopped) return;
    this.#input = batchesOf(this.#plan, open);
    for await (const lines of this.#input) await this.#take(lines, read, kept);
  }

  /** Stops reading. */
  stop(): void {
    this.#isStopped = true;
    this.#input?.stop();
  }

  /** Stores the records before an invalid record, and none after it. */
  async #take(lines: Iterable<Uint8Array>, read: ReadRecord, kept: () => Promise<void>): Promise<void> {
    const drafts: Draft[] = [];
    const numbers: number[] = [];
    const before = this.own.length;
    let problem: Failure | undefined;
    try {
      for (const line of lines) {
        this.#read++;
        const message = read(line);
        if (message === undefined) continue;
        drafts.push(draftOf(message));
        numbers.push(this.#read);
      }
    } catch (error) {
      problem = Failure.of(error);
    }
    const refusal = await this.#accept(drafts).finally(() => {
      this.#taken = numbers[this.own.length - before - 1] ?? this.#taken;
    });
    problem = refusal ?? problem;
    await kept();
    if (problem !== undefined) throw problem;
  }

  async #accept(drafts: readonly Draft[]): Promise<Failure | undefined> {
    this.diskProblem = undefined;
    if (drafts.length === 0) return undefined;
    try {
      const { ids, refusal } = await this.#spool.accept(drafts);
      this.own.push(...ids);
      return refusal;
    } catch (error) {
      const failure = Failure.of(error);
      if (!isUnwritable(failure)) throw failure;
      this.diskProblem = failure;
      return failure;
    }
  }
}

function draftOf({ topic, payload, qos, retain, properties }: PublishContent): Draft {
  // A topic alias is valid only within a connection.
  const kept = properties.filter(({ name }) => name !== 'topic-alias');
  return withinPacket({ topic, payload, qos, retain, properties: kept });
}
