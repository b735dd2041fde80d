/**
 * Standard output in batches: what is put within a turn is gathered in one buffer and written once, one write at a time.
 * Whoever put a message is told when it is written, in order: only then may it be acknowledged. When a reader is slow
 * the buffer fills, `isFull` turns true, and the caller stops reading from the network until `onRoom`.
 */
import type { Sink } from '../runtime/io.ts';
import { Queue } from '../util/queue.ts';
import type { Steps } from './steps.ts';

/** A block goes out when it is this full, even within a turn. */
const BLOCK_BYTES = 64 * 1024;
/** Long values are written in pieces, so that progress shows. */
const PIECE_BYTES = 1024 * 1024;
/** Above this many bytes waiting, isFull. */
const HIGH_BYTES = 1024 * 1024;
/** Below this many bytes waiting after having been full, onRoom is called. */
const LOW_BYTES = 256 * 1024;
/** Stands for a value that is put in steps. */
const LATER_BYTES = 2 ** 44;
/** Shorter values are copied by hand, which is cheaper than a call into the engine. */
const SHORT_BYTES = 16;
/** The same for text. */
const SHORT_LENGTH = 64;
const ZERO = 0x30;
const POWERS = Array.from({ length: 10 }, (_, i) => 10 ** i);

/** `M`: what marks are. */
export interface WriterEvents<M = unknown> {
  /** Everything put before this mark is written. */
  written(mark: M): void;
  /** There is room again. */
  room(): void;
  /** Calls back after everything else that waits for its turn; not given: at once. Between the steps of a long value. */
  pause?(goOn: () => void): void;
  /** Nothing more can be written, for this reason (an errno name). Called once; later output is dropped. */
  broken(errno: string): void;
}

interface Mark<M> {
  readonly at: number;
  /** Of the values put in steps, how many came before it. */
  readonly laters: number;
  readonly mark: M;
}

/** A value that is put in steps. */
interface Later {
  readonly steps: Steps;
  ended: boolean;
}

export class OutputWriter<M = unknown> {
  readonly #sink: Sink;
  readonly #events: WriterEvents<M>;
  #block: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #used = 0;
  #full = new Queue<Uint8Array | Later>();
  /** Of the value put in steps at the head of that, what is to be written before the next step. */
  readonly #front = new Queue<Uint8Array>();
  /** The write under way is from there. */
  #isFront = false;
  #pausing = false;
  /** Values put in steps, and of those: written. */
  #laters = 0;
  #latersDone = 0;
  /** What was written of them, and steps. */
  #laterProgress = 0;
  readonly #mostBytes: number;
  /** Of what is being written, what did not fit into one write. */
  #rest: Uint8Array | undefined;
  #spare: Buffer | undefined;
  readonly #marks = new Queue<Mark<M>>();
  /** Bytes put, and bytes written, since the beginning. */
  #put = 0;
  #done = 0;
  #writing = false;
  /** Bytes of the write under way. */
  #underWay = 0;
  #wasFull = false;
  #broken = false;
  #idle: (() => void)[] = [];

  /** `mostBytes`: the most of a block for one write; a mark is told as soon as the writes before it are done. */
  constructor(sink: Sink, events: WriterEvents<M>, mostBytes: number = Infinity) {
    this.#sink = sink;
    this.#events = events;
    this.#mostBytes = mostBytes;
  }

  /** Bytes put and not written yet. */
  get pending(): number {
    const waiting = this.#put - this.#done;
    return this.#laters === this.#latersDone ? waiting : waiting + this.#laterPending;
  }

  /** Nobody knows how much that will be: more than fits, and less with each part. */
  get #laterPending(): number {
    return (this.#laters - this.#latersDone) * LATER_BYTES - this.#laterProgress;
  }

  /** Of those, bytes that nobody has taken: of a long write too, where the system tells. */
  get untaken(): number {
    return this.pending - this.#underWay + (this.#sink.left ?? this.#underWay);
  }

  /** Bytes that were taken since the beginning. */
  get taken(): number {
    return this.#put - this.untaken;
  }

  get isFull(): boolean {
    if (this.pending > HIGH_BYTES) this.#wasFull = true;
    return this.#wasFull;
  }

  get isBroken(): boolean {
    return this.#broken;
  }

  byte(value: number): void {
    if (this.#broken) return;
    if (this.#used === this.#block.length) this.#seal();
    this.#block[this.#used++] = value;
    this.#put++;
  }

  /** A whole number from 0 to 2,147,483,647 in decimal digits, with zeros in front where it has fewer than `least`. */
  digits(value: number, least = 1): void {
    if (this.#broken) return;
    let count = least;
    for (let power = POWERS[least]!; value >= power; power *= 10) count++;
    if (count > this.#block.length - this.#used) this.#seal();
    const block = this.#block;
    let left = value;
    for (let at = this.#used + count - 1; at >= this.#used; at--) {
      // Of 32 bits, which is several times faster than Math.floor().
      const rest = (left / 10) | 0;
      block[at] = ZERO + left - rest * 10;
      left = rest;
    }
    this.#used += count;
    this.#put += count;
  }

  /** Short values, of which some bytes are others here: what `others` has, which is at most 6 bytes long. */
  mapped(value: Uint8Array, others: readonly (Uint8Array | undefined)[]): void {
    if (this.#broken) return;
    if (value.length * 6 > this.#block.length - this.#used) this.#seal();
    const block = this.#block;
    let at = this.#used;
    for (let i = 0; i < value.length; i++) {
      const byte = value[i]!;
      const other = others[byte];
      if (other === undefined) block[at++] = byte;
      else for (let k = 0; k < other.length; k++) block[at++] = other[k]!;
    }
    this.#put += at - this.#used;
    this.#used = at;
  }

  /** A part of the value, which need not be cut out where it is short. */
  range(value: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#broken) return;
    if (length > SHORT_LENGTH) return this.bytes(value.subarray(start, end));
    if (length > this.#block.length - this.#used) this.#seal();
    const block = this.#block;
    const used = this.#used;
    for (let i = 0; i < length; i++) block[used + i] = value[start + i]!;
    this.#used += length;
    this.#put += length;
  }

  /** Long values are not copied: they must not change until they are written. */
  bytes(value: Uint8Array): void {
    if (this.#broken) return;
    const { length } = value;
    if (length > this.#block.length - this.#used) {
      this.#seal();
      if (length > BLOCK_BYTES) {
        for (let at = 0; at < length; at += PIECE_BYTES) this.#full.push(value.subarray(at, at + PIECE_BYTES));
        this.#put += length;
        return;
      }
    }
    if (length > SHORT_BYTES) {
      this.#block.set(value, this.#used);
    } else {
      const block = this.#block;
      const used = this.#used;
      for (let i = 0; i < length; i++) block[used + i] = value[i]!;
    }
    this.#used += length;
    this.#put += length;
  }

  /** The UTF-8 form of the text, made where it is to stand. */
  text(value: string): void {
    if (this.#broken) return;
    const { length } = value;
    // No character of UTF-16 takes more than three bytes.
    if (length * 3 > this.#block.length - this.#used) {
      if (length * 3 > BLOCK_BYTES) return this.bytes(Buffer.from(value));
      this.#seal();
    }
    const block = this.#block;
    const used = this.#used;
    let i = 0;
    if (length <= SHORT_LENGTH) {
      for (; i < length; i++) {
        const code = value.charCodeAt(i);
        if (code > 0x7f) break;
        block[used + i] = code;
      }
    }
    // What is longer, or not ASCII, is the engine's.
    const size = i === length ? i : block.write(value, used);
    this.#used += size;
    this.#put += size;
  }

  /**
   * A value that is long in the making: put by these steps, each when what the one before has put is written. What they use
   * must not change until then.
   */
  later(steps: Steps): void {
    if (this.#broken) return;
    this.#seal();
    this.#full.push({ steps, ended: false });
    this.#laters++;
  }

  /** `mark` is handed to `written` when everything put so far is written. */
  mark(mark: M): void {
    if (this.#broken) return;
    this.#marks.push({ at: this.#put, laters: this.#laters, mark });
  }

  /** Starts writing what was put. To be called at the end of each turn. */
  flush(): void {
    if (this.#writing || this.#broken || this.#pausing) return;
    const next = this.#next();
    if (next === undefined) {
      const later = this.#full.peek();
      if (later === undefined || later instanceof Uint8Array) return this.#settle();
      return later.ended ? this.#finishLater() : this.#continue(later);
    }
    this.#writing = true;
    this.#underWay = next.length;
    this.#sink.write(next, (errno) => this.#written(next, errno));
  }

  /** Resolves when everything put so far is written, or never will be. */
  finished(): Promise<void> {
    this.flush();
    if (!this.#writing && !this.#pausing) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** After a pause, the next step of a value. */
  #continue(later: Later): void {
    this.#pausing = true;
    const goOn = (): void => {
      this.#pausing = false;
      if (this.#broken) return;
      this.#step(later);
      this.#proceed();
    };
    if (this.#events.pause === undefined) goOn();
    else this.#events.pause(goOn);
  }

  /** What a step puts comes before all that was put behind its value. */
  #step(later: Later): void {
    const [full, block, used, put] = [this.#full, this.#block, this.#used, this.#put];
    this.#full = new Queue();
    this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#used = 0;
    later.ended = later.steps.next().done === true;
    this.#seal();
    for (const part of this.#full) this.#front.push(part as Uint8Array);
    [this.#full, this.#block, this.#used, this.#put] = [full, block, used, put];
    this.#laterProgress++;
  }

  #finishLater(): void {
    this.#full.shift();
    this.#latersDone++;
    if (this.#latersDone === this.#laters) this.#laterProgress = 0;
    this.#settle();
    this.flush();
  }

  /** Undefined: there is nothing, or a value whose next step has to come first. */
  #next(): Uint8Array | undefined {
    this.#isFront = this.#front.length > 0;
    if (this.#isFront) return this.#front.shift();
    if (this.#rest === undefined && this.#full.length === 0) this.#seal();
    const first = this.#rest ?? this.#full.peek();
    if (first !== undefined && !(first instanceof Uint8Array)) return undefined;
    const next = this.#rest ?? (this.#full.shift() as Uint8Array | undefined);
    // Longer than a block is a single long value: who reads it has it when it ends.
    const isWhole = next === undefined || next.length <= this.#mostBytes || next.length > BLOCK_BYTES;
    this.#rest = isWhole ? undefined : next.subarray(this.#mostBytes);
    return isWhole ? next : next.subarray(0, this.#mostBytes);
  }

  /** Puts the block into the queue and takes a new one. */
  #seal(): void {
    if (this.#used === 0) return;
    this.#full.push(this.#block.subarray(0, this.#used));
    this.#block = this.#spare ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#spare = undefined;
    this.#used = 0;
  }

  #written(chunk: Uint8Array, errno: string | undefined): void {
    this.#writing = false;
    this.#underWay = 0;
    if (errno !== undefined) {
      this.#broken = true;
      this.#full.clear();
      this.#front.clear();
      this.#rest = undefined;
      this.#marks.clear();
      this.#release();
      this.#events.broken(errno);
      return;
    }
    if (this.#isFront) this.#laterProgress += chunk.length;
    else this.#done += chunk.length;
    // A block of ours that is written can be filled again. (Nothing as short as a block comes from elsewhere.)
    if (chunk.buffer.byteLength === BLOCK_BYTES && this.#rest === undefined) this.#spare = Buffer.from(chunk.buffer);
    this.#settle();
    this.#proceed();
  }

  #proceed(): void {
    this.flush();
    if (!this.#writing && !this.#pausing) this.#release();
    if (this.#wasFull && this.pending < LOW_BYTES) {
      this.#wasFull = false;
      this.#events.room();
    }
  }

  /** Tells the marks that are reached. */
  #settle(): void {
    for (
      let next = this.#marks.peek();
      next !== undefined && next.at <= this.#done && next.laters <= this.#latersDone;
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
