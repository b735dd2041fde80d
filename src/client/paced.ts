/**
 * How fast a connection is read, so that neither the memory nor the time that nothing else has a turn grows with what a server
 * sends (decision 24): not while answers wait that the server does not read, and in parts that are handled soon.
 */

import type { Failure } from '../errors.ts';
import type { ByteStream, Dial, StreamHandlers } from '../net/byte-stream.ts';
import type { Clock } from '../runtime/io.ts';
import type { Millis } from '../util/millis.ts';
import { LONGEST_SHARED_BYTES } from '../util/own-bytes.ts';
import { Queue } from '../util/queue.ts';
import type { ClientOptions } from './options.ts';

type PacingOptions = Pick<ClientOptions, 'session' | 'clock' | 'dial'>;

/** Bytes handed on at once. Only WebSocket frames are longer: 256 MiB of packets of two bytes in one. They may wait. */
const PIECE_BYTES = LONGEST_SHARED_BYTES;

/** For so long one read may follow another at once: libuv does not look at anything else before it has made 32 of them. */
const LONGEST_RUN: Millis = 50;

/** A read of fewer bytes has left nothing behind that could follow it at once. */
const SHORT_READ_BYTES = 4 * 1024;

/** Answers (PUBACK, PUBREC, PUBREL, PUBCOMP) that may stand in a socket that is full. */
const MOST_ANSWER_BYTES = 64 * 1024;

/** The same way to connect; its connections are read as said above. */
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

/** How a connection ended, and whether its owner knows. */
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
  /** The owner wants to read. */
  #isWanted = true;
  /** The socket has taken as much as it wants. */
  #isFull = false;
  /** Answers wait, so nothing is read that would make more of them. */
  #isChoked = false;
  /** What was read and not handed on. */
  readonly #rest = new Queue<Uint8Array>();
  /** The connection is gone, which the owner hears of after the rest. */
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
    // Bytes left unread would turn the close into a reset.
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

  /** The rest of a packet that is under way is one thing to do, however long. */
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

/** Reads that were handled one after the other, with nothing else between them. */
class ReadingSpell {
  readonly #clock: Clock;
  readonly #over: () => void;
  /** When the first of them was handled; undefined: there was none yet. */
  #since: Millis | undefined;
  #stop: (() => void) | undefined;
  /** Everything else has its turn before the next one. */
  isYielding = false;

  /** `over` is called when everything else has had a turn. */
  constructor(clock: Clock, over: () => void) {
    this.#clock = clock;
    this.#over = over;
  }

  /** To be called after each read: whether the next one has to wait. */
  isTooLong(): boolean {
    const now = this.#clock.now();
    if (this.#since === undefined) {
      this.#since = now;
      // Timers have their turn with everything else.
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
