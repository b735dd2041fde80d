/**
 * How standard output is written in batches: the output of a turn is collected in one buffer, and only one write runs
 * at a time. `written` is called for each mark in order, and only then may its message be acknowledged. With a slow
 * reader the buffer fills, `isFull` becomes true, and the caller stops reading from the network until `room`.
 */
import type { Sink } from '../runtime/io.ts';
import { Queue } from '../util/queue.ts';
import { Blocks, isLongValue } from './blocks.ts';
import { type SteppedValue, SteppedValues } from './stepped-values.ts';
import type { Steps } from './steps.ts';

/** Above this many pending bytes, isFull is true. */
const HIGH_BYTES = 1024 * 1024;
/** Below this many pending bytes, after having been full, room() is called. */
const LOW_BYTES = 256 * 1024;

/** `M`: the type of the marks. */
export interface WriterEvents<M = unknown> {
  /** Everything put before this mark is written. */
  written(mark: M): void;
  /** There is room again. */
  room(): void;
  /** Calls back after a turn of the event loop, between the steps of a long value. Without it, steps follow at once. */
  pause?(goOn: () => void): void;
  /** Output has failed for this reason (an errno name). Called once; later output is dropped. */
  broken(errno: string): void;
}

interface Mark<M> {
  readonly at: number;
  /** How many stepped values precede the mark. */
  readonly stepped: number;
  readonly mark: M;
}

export class OutputWriter<M = unknown> extends Blocks<SteppedValue> {
  readonly #sink: Sink;
  readonly #events: WriterEvents<M>;
  readonly #mostBytes: number;
  readonly #stepped = new SteppedValues();
  readonly #marks = new Queue<Mark<M>>();
  /** The rest of a piece that did not fit into one write. */
  #rest: Uint8Array | undefined;
  /** Bytes written since the beginning, and those of the current write. */
  #done = 0;
  #underWay = 0;
  #wasFull = false;
  #idle: (() => void)[] = [];

  /** `mostBytes`: most bytes of a block in one write; `written` is called for a mark as soon as the writes before it are done. */
  constructor(sink: Sink, events: WriterEvents<M>, mostBytes: number = Infinity) {
    super();
    this.#sink = sink;
    this.#events = events;
    this.#mostBytes = mostBytes;
  }

  /** Bytes put but not written yet. */
  get pending(): number {
    return this.bytesPut - this.#done + this.#stepped.pending;
  }

  /** Pending bytes that the reader has not read, including those of a long write where the system shows them. */
  get untaken(): number {
    return this.pending - this.#underWay + (this.#sink.left ?? this.#underWay);
  }

  /** Bytes that the reader has read since the beginning. */
  get taken(): number {
    return this.bytesPut - this.untaken;
  }

  get isFull(): boolean {
    if (this.pending > HIGH_BYTES) this.#wasFull = true;
    return this.#wasFull;
  }

  /** Whether a write or a step is in progress. */
  get #isBusy(): boolean {
    return this.#underWay > 0 || this.#stepped.isPausing;
  }

  get isBroken(): boolean {
    return this.isClosed;
  }

  /**
   * Puts a large value in steps; each step runs when the output of the step before is written. The data of the steps
   * must not change until then.
   */
  later(steps: Steps): void {
    if (this.isClosed) return;
    this.seal();
    this.pieces.push(this.#stepped.add(steps));
  }

  /** `written` is called with `mark` when everything put so far is written. */
  mark(mark: M): void {
    if (this.isClosed) return;
    this.#marks.push({ at: this.bytesPut, stepped: this.#stepped.count, mark });
  }

  /** Starts writing. Call this at the end of each turn. */
  flush(): void {
    if (this.#underWay > 0 || this.isClosed || this.#stepped.isPausing) return;
    const next = this.#next();
    if (next === undefined) {
      const value = this.pieces.peek();
      if (value === undefined || value instanceof Uint8Array) return this.#settle();
      return value.isComplete ? this.#finishStepped() : this.#continue(value);
    }
    this.#underWay = next.length;
    this.#sink.write(next, (errno) => this.#written(next, errno));
  }

  /** Resolves when everything put so far is written, or output has failed. */
  finished(): Promise<void> {
    this.flush();
    if (!this.#isBusy) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** After a pause, runs the next step of a value. Its output goes before everything put after that value. */
  #continue(value: SteppedValue): void {
    this.#stepped.isPausing = true;
    const goOn = (): void => {
      this.#stepped.isPausing = false;
      if (this.isClosed) return;
      const parts = this.apart(() => {
        value.isComplete = value.steps.next().done === true;
      });
      this.#stepped.stepped(parts as Queue<Uint8Array>);
      this.#proceed();
    };
    if (this.#events.pause === undefined) goOn();
    else this.#events.pause(goOn);
  }

  #finishStepped(): void {
    this.pieces.shift();
    this.#stepped.finished();
    this.#settle();
    this.flush();
  }

  /** The next bytes to write. Undefined when there are none, or when a step must run first. */
  #next(): Uint8Array | undefined {
    const part = this.#stepped.next();
    if (part !== undefined) return part;
    if (this.#rest === undefined && this.pieces.length === 0) this.seal();
    const first = this.#rest ?? this.pieces.peek();
    if (first !== undefined && !(first instanceof Uint8Array)) return undefined;
    const next = this.#rest ?? (this.pieces.shift() as Uint8Array | undefined);
    // A piece longer than a block is a single value, which is useful to its reader only when complete.
    const isWhole = next === undefined || next.length <= this.#mostBytes || isLongValue(next);
    this.#rest = isWhole ? undefined : next.subarray(this.#mostBytes);
    return isWhole ? next : next.subarray(0, this.#mostBytes);
  }

  #written(chunk: Uint8Array, errno: string | undefined): void {
    this.#underWay = 0;
    if (errno !== undefined) {
      this.isClosed = true;
      this.pieces.clear();
      this.#stepped.clear();
      this.#rest = undefined;
      this.#marks.clear();
      this.#release();
      this.#events.broken(errno);
      return;
    }
    if (!this.#stepped.wrote(chunk.length)) this.#done += chunk.length;
    if (this.#rest === undefined) this.reuse(chunk);
    this.#settle();
    this.#proceed();
  }

  #proceed(): void {
    this.flush();
    if (!this.#isBusy) this.#release();
    if (this.#wasFull && this.pending < LOW_BYTES) {
      this.#wasFull = false;
      this.#events.room();
    }
  }

  /** Calls `written` for the marks that are reached. */
  #settle(): void {
    for (
      let next = this.#marks.peek();
      next !== undefined && next.at <= this.#done && this.#stepped.hasWritten(next.stepped);
      next = this.#marks.peek()
    ) {
      this.#marks.shift();
      this.#events.written(next.mark);
    }
  }

  #release(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
