/**
 * Reads standard input record by record, no faster than the broker accepts it: a record waits while the window of
 * unacknowledged messages is full (canSend), and resume() continues when it has room. input/batches.ts reads the bytes.
 */
import type { PubPlan } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import type { Io } from '../../runtime/io.ts';
import { type Batches, batchesOf } from '../input/batches.ts';
import type { LineSplitter } from '../input/line-splitter.ts';
import type { ReadRecord, RecordMessage } from '../input/record.ts';
import { recordReader } from '../input/records.ts';
import type { WorkProgress } from '../terminal/progress.ts';
import type { MessageSource, Outlet } from './message-source.ts';
import type { Pacer } from './replay.ts';

/** Loads the pacer only when the plan needs it. */
export async function recordStream(plan: PubPlan, io: Io): Promise<RecordStream> {
  const isJson = plan.records?.kind === 'json';
  const speed = plan.records?.kind === 'json' ? plan.records.speed : undefined;
  // A record is used until its acknowledgement, or its place in the file of --unsent, so it must outlive its input
  // buffer. At QoS 0 it is written at once, and a payload from JSON has its own memory.
  const outlive = plan.unsent !== undefined || (plan.qos > 0 && !isJson);
  const batches = batchesOf(plan, io.stdin, outlive);
  const read = await recordReader(plan);
  if (speed === undefined) return new RecordStream(batches, read);
  const { Pacer } = await import('./replay.ts');
  return new RecordStream(batches, read, new Pacer(speed, io.clock));
}

export class RecordStream implements MessageSource {
  readonly #batches: Batches;
  readonly #read: ReadRecord;
  readonly #pacer: Pacer | undefined;
  #out!: Outlet;
  /** A record that waits for its time or for the window, and its message. */
  #held: Uint8Array | undefined;
  #message: RecordMessage | undefined;
  /** True when nothing more is sent, and every record is stored. */
  #keeping = false;
  #ended = false;
  /** Defined while the input waits for room in the window. */
  #proceed: (() => void) | undefined;

  constructor(batches: Batches, read: ReadRecord, pacer?: Pacer) {
    this.#batches = batches;
    this.#read = read;
    this.#pacer = pacer;
  }

  get isOver(): boolean {
    return this.#ended || this.#batches.isStopped;
  }

  get taken(): number | undefined {
    return this.#batches.taken;
  }

  progress(): Partial<WorkProgress> {
    return { share: this.#batches.share };
  }

  async start(out: Outlet): Promise<void> {
    this.#out = out;
    try {
      await this.#run();
    } finally {
      this.#ended = true;
    }
  }

  resume(): void {
    if (this.#proceed === undefined || !this.#out.canSend(this.#message!.qos)) return;
    const proceed = this.#proceed;
    this.#proceed = undefined;
    proceed();
  }

  settled(): void {}

  keep(): void {
    this.#keeping = true;
    this.#pacer?.hurry();
    this.#proceed?.();
  }

  stop(): void {
    this.#batches.stop();
    this.#pacer?.stop();
    this.#proceed = undefined;
  }

  close(): void {
    this.#batches.close();
  }

  async *rest(): AsyncGenerator<Iterable<Uint8Array>> {
    this.stop();
    if (this.#held !== undefined) yield [this.#held];
    yield* this.#batches.rest();
  }

  async #run(): Promise<void> {
    for await (const lines of this.#batches) {
      while (!this.#keeping) {
        const line = this.#next(lines);
        if (line === undefined) break;
        const wait = this.#take(line);
        if (wait !== undefined) {
          await wait;
          this.#handOver();
        }
        if (this.#batches.isStopped) return;
      }
      if (this.#keeping) this.#out.keep(lines);
    }
  }

  /** Returns the next record that is not sent together with others. */
  #next(lines: LineSplitter): Uint8Array | undefined {
    const { sendSlices } = this.#out;
    if (sendSlices === undefined) return lines.next();
    for (let slices = lines.slices(); slices !== undefined; slices = lines.slices()) {
      const count = sendSlices(slices);
      lines.skip(count);
      if (count < slices.count) break;
    }
    return lines.next();
  }

  /** Sends the record. When it has to wait, holds it and returns a promise that resolves when handOver() may be called. */
  #take(record: Uint8Array): Promise<void> | undefined {
    let message: RecordMessage | undefined;
    try {
      message = this.#read(record);
    } catch (error) {
      this.#keeping = this.#out.unreadable(Failure.of(error));
      if (this.#keeping) this.#out.keep([record]);
      else this.stop();
      return undefined;
    }
    if (message === undefined) return undefined;
    const itsTime = this.#pacer?.until(message.recorded ?? 0);
    if (itsTime === undefined && this.#out.canSend(message.qos)) {
      this.#out.send(message, record);
      return undefined;
    }
    this.#held = record;
    this.#message = message;
    return itsTime === undefined ? this.#window() : this.#both(itsTime);
  }

  async #both(itsTime: Promise<void>): Promise<void> {
    await itsTime;
    if (!this.#keeping && !this.#out.canSend(this.#message!.qos)) await this.#window();
  }

  /** Resolves when another message may be sent. */
  #window(): Promise<void> {
    return new Promise((resolve) => {
      this.#proceed = resolve;
    });
  }

  #handOver(): void {
    const record = this.#held;
    if (record === undefined || this.#batches.isStopped) return;
    this.#held = undefined;
    if (this.#keeping) this.#out.keep([record]);
    else this.#out.send(this.#message!, record);
  }
}
