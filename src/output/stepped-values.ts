/** The values of an output that are long in the making: each is put in steps, and what a step puts is written before the next. */
import { Queue } from '../util/queue.ts';
import type { Steps } from './steps.ts';

/** Stands for the length of a value, which is not known before its end: more than fits. */
const UNKNOWN_BYTES = 2 ** 44;

export interface SteppedValue {
  readonly steps: Steps;
  isComplete: boolean;
}

export class SteppedValues {
  /** Values put, and of those the ones that are written. */
  count = 0;
  #written = 0;
  /** Bytes that were written of the others, and steps. */
  #progress = 0;
  /** What the steps of the first have put. */
  readonly #parts = new Queue<Uint8Array>();
  /** The write under way is of those. */
  #isWriting = false;
  /** The next step waits for its turn. */
  isPausing = false;

  add(steps: Steps): SteppedValue {
    this.count++;
    return { steps, isComplete: false };
  }

  /** Whether the first `count` of them are written. */
  hasWritten(count: number): boolean {
    return count <= this.#written;
  }

  /** Nobody knows how much that will be: more than fits, and less with each part. */
  get pending(): number {
    return this.count === this.#written ? 0 : (this.count - this.#written) * UNKNOWN_BYTES - this.#progress;
  }

  /** The first has made a step, and put these. */
  stepped(parts: Iterable<Uint8Array>): void {
    for (const part of parts) this.#parts.push(part);
    this.#progress++;
  }

  /** What is to be written before the next step. */
  next(): Uint8Array | undefined {
    this.#isWriting = this.#parts.length > 0;
    return this.#parts.shift();
  }

  /** A write has ended; false: it was not of these values. */
  wrote(bytes: number): boolean {
    if (this.#isWriting) this.#progress += bytes;
    return this.#isWriting;
  }

  /** The first is written. */
  finished(): void {
    this.#written++;
    if (this.#written === this.count) this.#progress = 0;
  }

  clear(): void {
    this.#parts.clear();
  }
}
