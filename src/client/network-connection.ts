/**
 * How one network connection runs, from its first step to its end: it carries bytes between broker and session, and
 * limits how long the broker may take to accept the client, to answer, and to close its side.
 */

import { type Advice, Failure } from '../errors.ts';
import type { ByteStream, Dialing } from '../net/byte-stream.ts';
import type { Millis } from '../util/millis.ts';
import { strangerAdvice } from './failures.ts';
import { Linger } from './linger.ts';
import type { ClientOptions } from './options.ts';
import { paced } from './paced.ts';
import { Progress } from './progress.ts';

/** Enough first bytes of a server to recognize its protocol. */
const FIRST_BYTES = 5;

/** Callbacks of a connection. */
export interface ConnectionOwner {
  /** The session has events or output, or the socket has room again. */
  turn(): void;
  /** The attempt failed. */
  failed(failure: Failure): void;
  /** After close(): everything is written, and the broker need not close its side. */
  over(): void;
  /** The connection is closed; without a failure, the broker closed it. `isOver`: nothing was lost. */
  closed(failure: Failure | undefined, isOver: boolean): void;
}

export class NetworkConnection {
  readonly #options: ClientOptions;
  readonly #session: ClientOptions['session'];
  readonly #owner: ConnectionOwner;
  #dialing: Dialing | undefined;
  #stream: ByteStream | undefined;
  /** The first bytes of the server; undefined while it has sent none. */
  #first: Uint8Array | undefined;
  /** When CONNACK is too late. */
  #connackBy: Millis = Infinity;
  /** The limit that is running: until when the broker must answer or close its side. */
  #limit: Millis = Infinity;
  readonly #linger = new Linger();
  readonly #progress = new Progress();
  /** Whether the write buffer of the socket is full. */
  isFull = false;
  /** Why the client closes the connection, if not because of the transport. */
  cause: Failure | undefined;

  constructor(options: ClientOptions, owner: ConnectionOwner) {
    this.#options = options;
    this.#session = options.session;
    this.#owner = owner;
  }

  get isOpen(): boolean {
    return this.#stream !== undefined;
  }

  /** Advice for a server whose first bytes were not MQTT. */
  get strangerAdvice(): Advice | undefined {
    return this.#first && strangerAdvice(this.#first);
  }

  /** Starts the attempt. Call this once. */
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

  /** Starts the connect timeout, or stops it while the user answers a prompt and after CONNACK. */
  setRunning(running: boolean): void {
    const { connectTimeout = Infinity } = this.#options;
    this.#connackBy = running ? this.#now() + connectTimeout : Infinity;
  }

  setReading(reading: boolean): void {
    if (reading) this.#stream?.resume();
    else this.#stream?.pause();
  }

  /** Writes the output of the session. */
  write(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    const now = this.#now();
    for (let chunk = this.#session.takeOutput(now); chunk !== undefined; chunk = this.#session.takeOutput(now)) {
      if (!stream.write(chunk)) this.isFull = true;
    }
  }

  /** Limits the time for the broker to close its side, even if that time has begun. */
  limitLinger(length: Millis): void {
    this.#linger.limit(length, this.#now());
  }

  /** Closes the client's side after the written output, once; `isFinal`: because the client is done. */
  close(isFinal: boolean): void {
    if (this.#stream === undefined || this.#linger.until !== Infinity) return;
    const hasFailed = this.cause !== undefined;
    const isSilent = this.cause?.kind === 'keepalive' || (isFinal && this.#first === undefined);
    this.#linger.begin(this.#now(), hasFailed, isSilent);
    this.#progress.begin(this.#stream);
    this.#stream.end(hasFailed || !this.#session.isSettled);
  }

  /** Drops the connection or the attempt without DISCONNECT. */
  drop(): void {
    this.#dialing?.cancel();
    this.#dialing = undefined;
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.destroy();
  }

  /** When to call tick() at the latest. */
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
    // The attempt was cancelled before the connection was open.
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
    // After DISCONNECT, a connection on which neither side owed a packet is complete.
    const isOver = isWhole || (this.#session.hasLeft && this.#session.isSettled);
    this.#stream = undefined;
    this.#connackBy = Infinity;
    this.#linger.reset();
    this.#session.transportClosed();
    this.#owner.closed(failure, isOver);
  }

  /** Bounds the memory: output that the socket has passed on can be overwritten. */
  #reuseOutput(): void {
    if (this.#stream?.buffered === 0) this.#session.outputWritten();
  }

  /** The connect timeout is over. */
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

  /** The broker did not close its side. If the system accepted every byte, the client treats the end as clean. */
  #tooLong(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    if (this.cause !== undefined || stream.buffered > 0) return stream.destroy();
    this.#owner.over();
  }
}
