/**
 * How fast a connection is read. Neither memory nor the time that blocks the event loop may grow with what a broker sends
 * (decision 24): reading stops while the broker does not read acknowledgements, and large reads are handled in pieces.
 */

import type { Failure } from '../errors.ts';
import type { ByteStream, Dial, StreamHandlers } from '../net/byte-stream.ts';
import type { Clock } from '../runtime/io.ts';
import type { Millis } from '../util/millis.ts';
import { LONGEST_SHARED_BYTES } from '../util/own-bytes.ts';
import { Queue } from '../util/queue.ts';
import type { ClientOptions } from './options.ts';

type PacingOptions = Pick<ClientOptions, 'session' | 'clock' | 'dial'>;

/** Most bytes handled at once. Only WebSocket frames are longer, up to 256 MiB of two-byte packets; those are split. */
const PIECE_BYTES = LONGEST_SHARED_BYTES;

/** How long reads may follow each other at once: libuv makes up to 32 in a row before it handles anything else. */
const LONGEST_RUN: Millis = 50;

/** After a read of fewer bytes the socket is empty, so no other read follows at once. */
const SHORT_READ_BYTES = 4 * 1024;

/** Most bytes of acknowledgements (PUBACK, PUBREC, PUBREL, PUBCOMP) that may wait in a full socket. */
const MOST_ANSWER_BYTES = 64 * 1024;

/** Wraps `options.dial` so that its connections are read at this pace. */
export function paced(options: PacingOptions): Dial {
  return (handlers) => {
    const stream = new Paced(handlers, options);
    const dialing = options.dial({
      data: (bytes) => stream.data(bytes),
      space: () => handlers.space?.(),
      drain: () => stream.drained(),
      ended: () => handlers.ended?.(),
      closed: (failure) => stream.closed(failure),
    });
    return { opened: dialing.opened.then((lower) => stream.over(lower)), cancel: () => dialing.cancel() };
  };
}

/** How a connection ended, and whether its owner was notified. */
interface End {
  readonly failure: Failure | undefined;
  isHandedOn: boolean;
}

class Paced implements ByteStream {
  readonly #handlers: StreamHandlers;
  readonly #session: PacingOptions['session'];
  readonly #clock: PacingOptions['clock'];
  #lower!: ByteStream;
  #isReading = true;
  /** Whether the owner wants to read. */
  #isWanted = true;
  /** Whether the write buffer of the socket is full. */
  #isFull = false;
  /** Whether reading is stopped because acknowledgements wait and more reads would add to them. */
  #isChoked = false;
  /** Bytes that were read but not handled yet. */
  readonly #rest = new Queue<Uint8Array>();
  /** Set when the connection is closed; the owner is notified after #rest. */
  #end: End | undefined;
  readonly #spell: ReadingSpell;
  #stopPieces: (() => void) | undefined;

  constructor(handlers: StreamHandlers, { session, clock }: PacingOptions) {
    this.#handlers = handlers;
    this.#session = session;
    this.#clock = clock;
    this.#spell = new ReadingSpell(clock, () => this.#update());
  }

  over(lower: ByteStream): this {
    this.#lower = lower;
    return this;
  }

  get buffered(): number {
    return this.#lower.buffered;
  }

  get taken(): number {
    return this.#lower.taken;
  }

  arrived(): number {
    return this.#lower.arrived();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#end !== undefined) return true;
    const hasRoom = this.#lower.write(bytes);
    if (!hasRoom) this.#isFull = true;
    return hasRoom;
  }

  end(courteous?: boolean): void {
    // Unread bytes would turn the close into a reset.
    this.#setChoked(false);
    this.#lower.end(courteous);
  }

  destroy(): void {
    this.#rest.clear();
    this.#stopPieces?.();
    this.#setChoked(false);
    this.#lower.destroy();
  }

  pause(): void {
    this.#isWanted = false;
    this.#update();
  }

  resume(): void {
    this.#isWanted = true;
    this.#update();
  }

  data(bytes: Uint8Array): void {
    if (this.#rest.length === 0 && bytes.length <= this.#most) return this.#handOn(bytes);
    this.#rest.push(bytes);
    if (this.#stopPieces === undefined) this.#nextPiece();
  }

  drained(): void {
    this.#isFull = false;
    this.#handlers.drain();
    this.#setChoked(false);
  }

  closed(failure: Failure | undefined): void {
    this.#end = { failure, isHandedOn: false };
    this.#setChoked(false);
  }

  /** The rest of an incomplete packet is handled at once, however long it is. */
  get #most(): number {
    return Math.max(PIECE_BYTES, this.#session.space?.length ?? 0);
  }

  #handOn(bytes: Uint8Array): void {
    this.#handlers.data(bytes);
    if (this.#isFull && this.#session.answerBytes > MOST_ANSWER_BYTES) this.#setChoked(true);
    if (bytes.length < SHORT_READ_BYTES) return;
    if (this.#spell.isTooLong()) this.#update();
  }

  #nextPiece(): void {
    this.#stopPieces = undefined;
    const first = this.#rest.shift();
    if (first === undefined) return;
    const most = this.#most;
    if (first.length > most) this.#rest.unshift(first.subarray(most));
    this.#handOn(first.subarray(0, most));
    this.#update();
  }

  #setChoked(isChoked: boolean): void {
    this.#isChoked = isChoked;
    this.#update();
  }

  #update(): void {
    if (this.#end !== undefined && this.#rest.length === 0) return this.#handOnEnd(this.#end);
    const mayRead = this.#isWanted && !this.#isChoked && !this.#spell.isYielding;
    if (mayRead && this.#rest.length > 0)
      this.#stopPieces ??= this.#clock.callAt(this.#clock.now(), () => this.#nextPiece());
    const isReading = mayRead && this.#rest.length === 0;
    if (isReading === this.#isReading) return;
    this.#isReading = isReading;
    if (isReading) this.#lower.resume();
    else this.#lower.pause();
  }

  #handOnEnd(end: End): void {
    this.#spell.stop();
    if (end.isHandedOn) return;
    end.isHandedOn = true;
    this.#handlers.closed(end.failure);
  }
}

/** Measures how long reads have followed each other without a turn of the event loop. */
class ReadingSpell {
  readonly #clock: Clock;
  readonly #over: () => void;
  /** When the first of these reads was handled; undefined before the first. */
  #since: Millis | undefined;
  #stop: (() => void) | undefined;
  /** Whether the next read waits for a turn of the event loop. */
  isYielding = false;

  /** `over` is called after a turn of the event loop. */
  constructor(clock: Clock, over: () => void) {
    this.#clock = clock;
    this.#over = over;
  }

  /** Call this after each read. Returns whether the next read must wait. */
  isTooLong(): boolean {
    const now = this.#clock.now();
    if (this.#since === undefined) {
      this.#since = now;
      // A timer fires only after a turn of the event loop.
      this.#stop = this.#clock.callAt(now, () => {
        this.#since = undefined;
        this.isYielding = false;
        this.#over();
      });
    } else if (now - this.#since >= LONGEST_RUN) {
      this.isYielding = true;
    }
    return this.isYielding;
  }

  stop(): void {
    this.#stop?.();
  }
}
