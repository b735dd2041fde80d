/**
 * One network connection, from the first step of the attempt to make it until its end: carries bytes between the server and
 * the session, and decides how long the server may take to accept us, to answer, and to close its side.
 */

import { type Advice, Failure } from '../errors.ts';
import type { ByteStream, Dialing } from '../net/byte-stream.ts';
import type { Millis } from '../util/millis.ts';
import { strangerAdvice } from './failures.ts';
import { Linger } from './linger.ts';
import type { ClientOptions } from './options.ts';
import { paced } from './paced.ts';
import { Progress } from './progress.ts';

/** As much of the first bytes of a server as shows what it speaks. */
const FIRST_BYTES = 5;

/** Hears of what becomes of a connection. */
export interface ConnectionOwner {
  /** The session has something to say, or the socket has room again. */
  turn(): void;
  /** No connection was made. */
  failed(failure: Failure): void;
  /** After close(): everything is written, and the server need not close its side. */
  over(): void;
  /** The connection is gone; no failure: the server closed it. `isOver`: it has come to its end, with nothing lost. */
  closed(failure: Failure | undefined, isOver: boolean): void;
}

export class NetworkConnection {
  readonly #options: ClientOptions;
  readonly #session: ClientOptions['session'];
  readonly #owner: ConnectionOwner;
  #dialing: Dialing | undefined;
  #stream: ByteStream | undefined;
  /** What the server said first; undefined: it has been silent. */
  #first: Uint8Array | undefined;
  /** When CONNACK has to be here at the latest. */
  #connackBy: Millis = Infinity;
  /** The limit that runs, for the server to answer or to close its side. */
  #limit: Millis = Infinity;
  readonly #linger = new Linger();
  readonly #progress = new Progress();
  /** The socket has taken as much as it wants. */
  isFull = false;
  /** Why the connection is being closed, when it is not the transport's doing. */
  cause: Failure | undefined;

  constructor(options: ClientOptions, owner: ConnectionOwner) {
    this.#options = options;
    this.#session = options.session;
    this.#owner = owner;
  }

  get isOpen(): boolean {
    return this.#stream !== undefined;
  }

  /** What to change, where the first bytes of the server were not MQTT. */
  get strangerAdvice(): Advice | undefined {
    return this.#first && strangerAdvice(this.#first);
  }

  /** Makes the first step. To be called once. */
  dial(): void {
    const dialing = paced(this.#options)({
      data: (bytes) => {
        this.#reuseOutput();
        this.#first ??= Buffer.from(bytes.subarray(0, FIRST_BYTES));
        this.#session.receive(bytes, this.#now());
        this.#owner.turn();
      },
      space: () => this.#session.space,
      drain: () => {
        this.isFull = false;
        this.#reuseOutput();
        this.#owner.turn();
      },
      ended: () => {
        if (this.cause === undefined && this.#session.isSettled) this.#owner.over();
      },
      closed: (failure) => this.#closed(failure),
    });
    this.#dialing = dialing;
    dialing.opened.then(
      (stream) => this.#opened(stream),
      (error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        this.#failed(error);
      },
    );
  }

  /** The time of the attempt begins; or it does not run, while the user is asked something and after CONNACK. */
  setRunning(running: boolean): void {
    const { connectTimeout = Infinity } = this.#options;
    this.#connackBy = running ? this.#now() + connectTimeout : Infinity;
  }

  setReading(reading: boolean): void {
    if (reading) this.#stream?.resume();
    else this.#stream?.pause();
  }

  /** Writes what the session has to send. */
  write(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    const now = this.#now();
    for (let chunk = this.#session.takeOutput(now); chunk !== undefined; chunk = this.#session.takeOutput(now)) {
      if (!stream.write(chunk)) this.isFull = true;
    }
  }

  /** At most so long for the server to close its side, also where that time has begun. */
  limitLinger(length: Millis): void {
    this.#linger.limit(length, this.#now());
  }

  /** Ends our side after what is written, unless that was done before; `isFinal`: because we wanted to leave. */
  close(isFinal: boolean): void {
    if (this.#stream === undefined || this.#linger.until !== Infinity) return;
    const hasFailed = this.cause !== undefined;
    const isSilent = this.cause?.kind === 'keepalive' || (isFinal && this.#first === undefined);
    this.#linger.begin(this.#now(), hasFailed, isSilent);
    this.#progress.begin(this.#stream);
    this.#stream.end(hasFailed || !this.#session.isSettled);
  }

  /** Drops the connection, or the attempt, without a word to the server. */
  drop(): void {
    this.#dialing?.cancel();
    this.#dialing = undefined;
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.destroy();
  }

  /** When tick() has to be called at the latest. */
  deadline(): Millis {
    const limit = Math.min(this.#session.limit, this.#linger.until);
    if (limit !== this.#limit && this.#stream !== undefined) this.#progress.begin(this.#stream);
    this.#limit = limit;
    return Math.min(this.#session.nextDeadline() ?? Infinity, limit, this.#connackBy);
  }

  tick(): void {
    const now = this.#now();
    if (this.#connackBy <= now) return this.#tooLate();
    if (this.#limit <= now && this.#stream !== undefined && this.#progress.hasMoved(this.#stream)) {
      this.#session.progressed(now);
      this.#linger.moved(now);
    }
    if (this.#linger.until <= now) return this.#tooLong();
    this.#session.tick(now);
    this.#owner.turn();
  }

  #now(): Millis {
    return this.#options.clock.now();
  }

  #opened(stream: ByteStream): void {
    // It was dropped meanwhile.
    if (this.#dialing === undefined) return stream.destroy();
    this.#dialing = undefined;
    this.#stream = stream;
    this.#session.transportOpened(this.#now());
    this.#owner.turn();
  }

  #failed(failure: Failure): void {
    if (this.#dialing === undefined) return;
    this.#dialing = undefined;
    this.#connackBy = Infinity;
    this.#owner.failed(failure);
  }

  #closed(failure: Failure | undefined): void {
    const isWhole = failure === undefined && this.#stream?.buffered === 0;
    // With DISCONNECT, a connection on which nothing was owed has come to its end.
    const isOver = isWhole || (this.#session.hasLeft && this.#session.isSettled);
    this.#stream = undefined;
    this.#connackBy = Infinity;
    this.#linger.reset();
    this.#session.transportClosed();
    this.#owner.closed(failure, isOver);
  }

  /** Keeps the memory flat: what the socket has passed on need not be kept. */
  #reuseOutput(): void {
    if (this.#stream?.buffered === 0) this.#session.outputWritten();
  }

  /** The attempt has had its time. */
  #tooLate(): void {
    this.#connackBy = Infinity;
    const failure = new Failure('connect', { code: 'ETIMEDOUT', message: 'Connection timed out' });
    if (this.#stream === undefined) {
      this.#dialing?.cancel();
      return this.#failed(failure);
    }
    this.cause = failure;
    this.#stream.destroy();
  }

  /** The server did not close its side. If the system took all we wrote, the end is in order as far as anyone can tell. */
  #tooLong(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    if (this.cause !== undefined || stream.buffered > 0) return stream.destroy();
    this.#owner.over();
  }
}
