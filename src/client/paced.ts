/**
 * How fast a connection is read, so that neither the memory nor the time that nothing else has a turn grows with what a server
 * sends (decision 24): not while answers wait that the server does not read, and in parts that are handled soon.
 */
import type { Failure } from '../errors.ts';
import type { ByteStream, Dial, StreamHandlers } from '../net/byte-stream.ts';
import type { Millis } from '../runtime/io.ts';
import { LONGEST_SHARED_BYTES } from '../util/own-bytes.ts';
import { Queue } from '../util/queue.ts';
import type { ClientOptions } from './options.ts';

type Surroundings = Pick<ClientOptions, 'session' | 'clock'>;

/** Bytes handed on at once. Only WebSocket frames are longer: 256 MiB of packets of two bytes in one. They may wait. */
const PIECE_BYTES = LONGEST_SHARED_BYTES;

/** For so long one read may follow another at once: libuv does not look at anything else before it has made 32 of them. */
const LONGEST_RUN: Millis = 50;

/** A read of fewer bytes has left nothing behind that could follow it at once. */
const SHORT_READ_BYTES = 4 * 1024;

/** Answers (PUBACK, PUBREC, PUBREL, PUBCOMP) that may stand in a socket that is full. */
const MOST_ANSWER_BYTES = 64 * 1024;

/** The same way to connect; its connections are read as said above. */
export function paced({ dial, session, clock }: Surroundings & Pick<ClientOptions, 'dial'>): Dial {
  return (handlers) => {
    const stream = new Paced(handlers, { session, clock });
    const dialing = dial({
      data: (bytes) => stream.data(bytes),
      space: () => handlers.space?.(),
      drain: () => stream.drained(),
      ended: () => handlers.ended?.(),
      closed: (failure) => stream.closed(failure),
    });
    return { opened: dialing.opened.then((lower) => stream.over(lower)), cancel: () => dialing.cancel() };
  };
}

class Paced implements ByteStream {
  readonly #handlers: StreamHandlers;
  readonly #session: Surroundings['session'];
  readonly #clock: Surroundings['clock'];
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
  /** The connection is gone, which is to be told after the rest. */
  #end: { readonly failure: Failure | undefined } | undefined;
  /** When the first of the reads was handled that nothing else had a turn since. */
  #runningSince: Millis | undefined;
  /** Everything else has its turn. */
  #isYielding = false;
  #stopRunning: (() => void) | undefined;
  /** The end was told. */
  #isOver = false;
  #stopPieces: (() => void) | undefined;

  constructor(handlers: StreamHandlers, { session, clock }: Surroundings) {
    this.#handlers = handlers;
    this.#session = session;
    this.#clock = clock;
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
    // Bytes that nobody reads would turn the close into a reset.
    this.#unchoke();
    this.#lower.end(courteous);
  }

  destroy(): void {
    this.#rest.clear();
    this.#stopPieces?.();
    this.#unchoke();
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
    this.#unchoke();
  }

  closed(failure: Failure | undefined): void {
    this.#end = { failure };
    this.#unchoke();
  }

  /** The rest of a packet that is under way is one thing to do, however long. */
  get #most(): number {
    return Math.max(PIECE_BYTES, this.#session.space?.length ?? 0);
  }

  #handOn(bytes: Uint8Array): void {
    this.#handlers.data(bytes);
    if (this.#isFull && this.#session.answerBytes > MOST_ANSWER_BYTES) this.#choke();
    if (bytes.length < SHORT_READ_BYTES) return;
    const now = this.#clock.now();
    if (this.#runningSince === undefined) {
      this.#runningSince = now;
      this.#stopRunning = this.#clock.callAt(now, () => this.#turned());
    } else if (now - this.#runningSince >= LONGEST_RUN) {
      this.#isYielding = true;
      this.#update();
    }
  }

  /** Timers had a turn, and with them everything else. */
  #turned(): void {
    this.#runningSince = undefined;
    this.#isYielding = false;
    this.#update();
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

  #choke(): void {
    this.#isChoked = true;
    this.#update();
  }

  #unchoke(): void {
    this.#isChoked = false;
    this.#update();
  }

  #update(): void {
    if (this.#end !== undefined && this.#rest.length === 0) return this.#tellEnd(this.#end.failure);
    const mayRead = this.#isWanted && !this.#isChoked && !this.#isYielding;
    if (mayRead && this.#rest.length > 0)
      this.#stopPieces ??= this.#clock.callAt(this.#clock.now(), () => this.#nextPiece());
    const isReading = mayRead && this.#rest.length === 0;
    if (isReading === this.#isReading) return;
    this.#isReading = isReading;
    if (isReading) this.#lower.resume();
    else this.#lower.pause();
  }

  #tellEnd(failure: Failure | undefined): void {
    this.#stopRunning?.();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#handlers.closed(failure);
  }
}
