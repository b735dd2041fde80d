/** How large values are put in steps: the output of one step is written before the next step runs. */
import { Queue } from '../util/queue.ts';
import type { Steps } from './steps.ts';

/** Assumed length of a value until it ends, larger than any limit. */
const UNKNOWN_BYTES = 2 ** 44;

export interface SteppedValue {
  readonly steps: Steps;
  isComplete: boolean;
}

export class SteppedValues {
  /** Number of values added, and how many of them are written. */
  count = 0;
  #written = 0;
  /** Bytes and steps of the unfinished values that are done. */
  #progress = 0;
  /** The output of the first value's steps. */
  readonly #parts = new Queue<Uint8Array>();
  /** Whether the current write is from #parts. */
  #isWriting = false;
  /** Whether the next step waits for its turn. */
  isPausing = false;

  add(steps: Steps): SteppedValue {
    this.count++;
    return { steps, isComplete: false };
  }

  /** Whether the first `count` values are written. */
  hasWritten(count: number): boolean {
    return count <= this.#written;
  }

  /** The total is unknown: the estimate exceeds every limit, and shrinks with each part. */
  get pending(): number {
    return this.count === this.#written ? 0 : (this.count - this.#written) * UNKNOWN_BYTES - this.#progress;
  }

  /** The first value has made a step, with this output. */
  stepped(parts: Iterable<Uint8Array>): void {
    for (const part of parts) this.#parts.push(part);
    this.#progress++;
  }

  /** The bytes to write before the next step. */
  next(): Uint8Array | undefined {
    this.#isWriting = this.#parts.length > 0;
    return this.#parts.shift();
  }

  /** A write has ended; returns false when it was not of these values. */
  wrote(bytes: number): boolean {
    if (this.#isWriting) this.#progress += bytes;
    return this.#isWriting;
  }

  /** The first value is written. */
  finished(): void {
    this.#written++;
    if (this.#written === this.count) this.#progress = 0;
  }

  clear(): void {
    this.#parts.clear();
  }
}
