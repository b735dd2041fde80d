/** What tspub --spool is given to send: it is on the disk before anything else happens to it, or the run says that it is not. */
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

/** The disk takes nothing, because it is full or read-only. */
export const isUnwritable = ({ code }: Failure): boolean => UNWRITABLE.has(code);

export class Intake {
  readonly #plan: PubPlan;
  readonly #spool: Spool;
  /** Identifiers of the messages of this run that are kept. */
  readonly own: number[] = [];
  /** Why the last try has kept nothing, where that is the disk. */
  diskProblem: Failure | undefined;
  #input: Batches | undefined;
  #isStopped = false;
  /** Records read, and the number of the last one that is kept; empty ones count. */
  #read = 0;
  #taken = 0;

  constructor(plan: PubPlan, spool: Spool) {
    this.#plan = plan;
    this.#spool = spool;
  }

  /** How much of the input is read, 0 to 1, where that is known. */
  get share(): number | undefined {
    return this.#input?.share;
  }

  /** Says where the rest of the input is to be taken up; empty when nothing of it is kept. */
  get takenLine(): string {
    return this.#taken === 0 ? '' : takenLine(this.#taken, this.#plan.nul);
  }

  /**
   * Keeps the one message of the plan, as often as it is to be sent, or what of that is not kept yet. Why not all of it can be
   * kept; undefined: it is. Rejects with a Failure when the spool is broken.
   */
  async one(payload: Uint8Array): Promise<Failure | undefined> {
    const { topic, qos, retain, properties, repeat } = this.#plan;
    const draft = draftOf({ topic, payload, qos, retain, properties });
    return this.#accept(Array.from({ length: repeat - this.own.length }, () => draft));
  }

  /**
   * Keeps the records of standard input, as fast as the disk takes them: all that came together are synced together, and
   * `kept` is called. Rejects with a Failure when one cannot be read or kept; those before it are.
   */
  async lines(open: () => Source, kept: () => Promise<void>): Promise<void> {
    const read = await recordReader(this.#plan);
    // The end came when there was no input to close yet.
    if (this.#isStopped) return;
    this.#input = batchesOf(this.#plan, open);
    for await (const lines of this.#input) await this.#take(lines, read, kept);
  }

  /** Nothing more is read. */
  stop(): void {
    this.#isStopped = true;
    this.#input?.stop();
  }

  /** What is before a record that says nothing that can be sent is taken, and nothing behind it. */
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
  // An alias belongs to a connection.
  const kept = properties.filter(({ name }) => name !== 'topic-alias');
  return withinPacket({ topic, payload, qos, retain, properties: kept });
}
