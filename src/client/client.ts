/**
 * The only place where a session meets a connection and a clock: bytes go in, what comes out is written, events are
 * handed on, the one timer is set. All decisions about MQTT are the session's; about coming back, the retry policy's.
 *
 * One write a turn: whatever is published or acknowledged within a turn leaves together when the turn ends.
 */
import { Failure } from '../errors.ts';
import type {
  Delivery,
  Properties,
  PublishContent,
  QoS,
  Session,
  SessionEvent,
  Slices,
  Subscription,
  Token,
} from '../mqtt/index.ts';
import type { ByteStream, Dial, Dialing } from '../net/byte-stream.ts';
import type { Clock, Millis } from '../runtime/io.ts';
import { strangerAdvice } from './advice.ts';
import { failureOf } from './failures.ts';
import { Losses } from './losses.ts';
import type { RetryPolicy } from './reconnect.ts';

export interface ClientOptions {
  readonly session: Session;
  readonly version: 3 | 4 | 5;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
  /** How long an attempt may take, from its first step to CONNACK; undefined: as long as its steps allow. */
  readonly connectTimeout?: Millis | undefined;
}

export interface ClientHandlers {
  event(event: SessionEvent): void;
  /** All events of a turn are told, and what they caused is written: the moment to flush and to publish more. */
  settled(): void;
  /**
   * What the events of this turn have caused is about to be written, if there is anything: the moment to store what must
   * be stored before. False: nothing is written, and the connection has been abandoned.
   */
  writing?(): boolean;
  /** The connection, or the attempt to make one, failed. The next attempt comes after `wait`; undefined: there is none. */
  down(failure: Failure, wait: Millis | undefined): void;
  /** After end(): the connection is closed. `failure` is undefined when everything was written and both sides closed in order. */
  ended(failure: Failure | undefined): void;
}

/** How long to wait, after our DISCONNECT, for a server that has ever spoken to close its side, before we close ours anyway. */
const LINGER: Millis = 5000;

export class Client {
  readonly #session: Session;
  readonly #options: ClientOptions;
  readonly #handlers: ClientHandlers;

  #dialing: Dialing | undefined;
  #stream: ByteStream | undefined;
  /** The socket has taken as much as it wants. */
  #full = false;
  #leftOpen = false;
  #paused = false;
  /** end() was called. */
  #ending = false;
  #finished = false;
  /** Why this connection is being closed, when it is not the transport's doing. */
  #cause: Failure | undefined;
  #lingerUntil: Millis = Infinity;
  #everConnected = false;
  /** When CONNACK has to be here at the latest. */
  #connackBy: Millis = Infinity;
  /** Something came on this connection. */
  #heard = false;
  /** What the server's first bytes say when they are not MQTT. */
  #stranger: string | undefined;
  readonly #losses = new Losses();
  #awake = false;
  #alarm: (() => void) | undefined;
  #alarmAt: Millis = Infinity;
  #stopWaiting: (() => void) | undefined;
  #untilQuiet: (() => void)[] = [];

  constructor(options: ClientOptions, handlers: ClientHandlers) {
    this.#options = options;
    this.#session = options.session;
    this.#handlers = handlers;
  }

  get clientId(): string {
    return this.#session.clientId;
  }

  /** The server has not closed its side after our DISCONNECT: nobody can say what it has read. */
  get leftOpen(): boolean {
    return this.#leftOpen;
  }

  /** Messages of QoS 1 and 2 on their way to the server. */
  get inflight(): number {
    return this.#session.inflight;
  }

  /** Messages accepted and not sent yet. */
  get waiting(): number {
    return this.#session.waiting;
  }

  /** PUBLISH packets that were sent again because a connection was lost. */
  get resent(): number {
    return this.#session.resent;
  }

  /** Starts the first attempt. Everything else is told to the handlers. */
  connect(): void {
    this.#dial();
  }

  publish(content: PublishContent): Token {
    this.#wake();
    return this.#session.publish(content);
  }

  /** As Session.publishSlices(). */
  publishSlices(content: PublishContent, slices: Slices): number {
    if (!this.canPublish(0)) return 0;
    this.#wake();
    const count = this.#session.publishSlices(content, slices);
    if (count > 0) this.#losses.published();
    return count;
  }

  /** Whether a message would go out at once, both for the session's window and for the socket. */
  canPublish(qos: QoS): boolean {
    return !this.#full && !this.#ending && this.#session.canPublish(qos);
  }

  subscribe(subscriptions: readonly Subscription[], properties: Properties): Token {
    this.#wake();
    return this.#session.subscribe(subscriptions, properties);
  }

  unsubscribe(filters: readonly string[], properties: Properties): Token {
    this.#wake();
    return this.#session.unsubscribe(filters, properties);
  }

  acknowledge(delivery: Delivery): void {
    if (this.#finished) return;
    this.#wake();
    this.#session.acknowledge(delivery);
  }

  /** As in Session. */
  release(): void {
    this.#wake();
    this.#session.release();
  }

  /** Has the server say, as a `pong` event, that it has handled all we sent. */
  ping(): void {
    this.#wake();
    this.#session.ping();
  }

  /** Stops, or takes up, reading from the connection. The keepalive goes on. */
  setReading(reading: boolean): void {
    if (this.#finished || this.#paused === !reading) return;
    this.#paused = !reading;
    if (reading) this.#stream?.resume();
    // CONNACK is waited for, and has to be read.
    else if (this.#session.isConnected) this.#stream?.pause();
    this.#session.setReading(reading, this.#now());
    this.#setAlarm();
  }

  /** Resolves when every flow of messages has come to its end, or can no longer do so on this connection. */
  flowsEnded(): Promise<void> {
    if (this.#finished || this.#session.isQuiet) return Promise.resolve();
    return new Promise((resolve) => this.#untilQuiet.push(resolve));
  }

  /** Sends DISCONNECT with this reason after everything that is queued, closes, and calls `ended`. */
  end(code = 0): void {
    if (this.#ending || this.#finished) return;
    this.#ending = true;
    // Bytes that nobody reads would turn the close into a reset.
    this.setReading(true);
    this.#session.disconnect(code);
    if (this.#stream === undefined) this.#finish(undefined);
    else this.#wake();
  }

  /** While the user is asked something the time of an attempt does not run; it begins afterwards. */
  setAsking(asking: boolean): void {
    if (this.#finished) return;
    const { connectTimeout = Infinity } = this.#options;
    this.#connackBy = asking ? Infinity : this.#now() + connectTimeout;
    this.#setAlarm();
  }

  /** Drops the connection without a word to the server; no handler is called any more. */
  abandon(): void {
    this.#finished = true;
    this.#alarm?.();
    this.#stopWaiting?.();
    this.#dialing?.cancel();
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.destroy();
  }

  #now(): Millis {
    return this.#options.clock.now();
  }

  #dial(): void {
    this.setAsking(false);
    const dialing = this.#options.dial({
      data: (bytes) => {
        this.#reuseOutput();
        if (!this.#heard) this.#stranger = strangerAdvice(bytes);
        this.#heard = true;
        this.#session.receive(bytes, this.#now());
        this.#turn();
      },
      space: () => this.#session.space,
      drain: () => {
        this.#full = false;
        this.#reuseOutput();
        this.#turn();
      },
      closed: (failure) => this.#closed(failure ?? new Failure('connection-lost'), failure === undefined),
    });
    this.#dialing = dialing;
    dialing.opened.then(
      (stream) => this.#opened(stream),
      (error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        this.#lost(error);
      },
    );
  }

  #opened(stream: ByteStream): void {
    if (this.#finished) return stream.destroy();
    this.#dialing = undefined;
    this.#stream = stream;
    this.#full = false;
    this.#cause = undefined;
    this.#heard = false;
    this.#stranger = undefined;
    this.#session.transportOpened(this.#now());
    this.#turn();
  }

  /** The end of a connection that stood. `inOrder`: the peer closed it after everything it had to say. */
  #closed(failure: Failure, inOrder: boolean): void {
    const unwritten = this.#stream?.buffered ?? 0;
    this.#stream = undefined;
    this.#lingerUntil = Infinity;
    this.#session.transportClosed();
    if (this.#finished) return;
    this.#turn();
    if (this.#finished) return;
    if (this.#ending) this.#finish(this.#cause ?? (inOrder && unwritten === 0 ? undefined : failure));
    else this.#lost(this.#cause ?? failure, inOrder && this.#cause === undefined);
  }

  #lost(reason: Failure, inOrder = false): void {
    this.#dialing = undefined;
    this.#connackBy = Infinity;
    if (this.#finished) return;
    const now = this.#now();
    const row = this.#losses.add(inOrder, now);
    const failure = this.#losses.verdict(this.clientId) ?? reason;
    const wait = this.#options.retry({ failure, everConnected: this.#everConnected, ...row });
    if (wait === undefined) {
      this.abandon();
    } else {
      this.#stopWaiting = this.#options.clock.callAt(now + wait, () => {
        this.#stopWaiting = undefined;
        this.#dial();
      });
    }
    this.#handlers.down(failure, wait);
  }

  #finish(failure: Failure | undefined): void {
    this.abandon();
    this.#handlers.ended(failure);
  }

  /** Has a turn at the end of whatever the caller is doing. */
  #wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    queueMicrotask(() => {
      if (this.#awake && !this.#finished) this.#turn();
    });
  }

  /** Tells events and writes output until neither causes the other any more. */
  #turn(): void {
    if (this.#finished) return;
    this.#awake = true;
    do {
      for (let event = this.#session.takeEvent(); event !== undefined; event = this.#session.takeEvent())
        this.#tell(event);
      if (this.#finished) return;
      this.#write();
      this.#handlers.settled();
    } while (this.#session.hasWork && !this.#finished);
    this.#awake = false;
    if (this.#untilQuiet.length > 0 && (this.#finished || this.#session.isQuiet))
      for (const resolve of this.#untilQuiet.splice(0)) resolve();
    if (this.#finished) return;
    this.#closeIfOver();
    this.#setAlarm();
  }

  #tell(event: SessionEvent): void {
    if (event.type === 'connected') {
      this.#everConnected = true;
      this.#losses.connected(this.#now());
      this.#connackBy = Infinity;
      if (this.#paused) this.#stream?.pause();
    } else if (event.type === 'refused' || event.type === 'disconnected' || event.type === 'failed') {
      this.#cause = failureOf(event, this.#options.version, this.#stranger);
    }
    this.#losses.note(event);
    if (!this.#finished) this.#handlers.event(event);
  }

  #write(): void {
    const stream = this.#stream;
    if (stream === undefined || this.#handlers.writing?.() === false) return;
    const now = this.#now();
    for (let chunk = this.#session.takeOutput(now); chunk !== undefined; chunk = this.#session.takeOutput(now)) {
      if (!stream.write(chunk)) this.#full = true;
    }
  }

  /** Keeps the memory flat: what the socket has passed on need not be kept. */
  #reuseOutput(): void {
    if (this.#stream?.buffered === 0) this.#session.outputWritten();
  }

  #closeIfOver(): void {
    if (this.#stream === undefined || this.#lingerUntil !== Infinity) return;
    if (!this.#ending && this.#cause === undefined) return;
    this.#lingerUntil = this.#now() + (this.#ending && !this.#heard ? 0 : LINGER);
    this.#stream.end();
  }

  /** One timer for all deadlines. It may ring early, never late: deadlines mostly move away, and then it is set again. */
  #setAlarm(): void {
    const at = Math.min(this.#session.nextDeadline() ?? Infinity, this.#lingerUntil, this.#connackBy);
    if (this.#finished || at >= this.#alarmAt) return;
    this.#alarm?.();
    this.#alarmAt = at;
    this.#alarm = this.#options.clock.callAt(at, () => this.#ring());
  }

  #ring(): void {
    this.#alarm = undefined;
    this.#alarmAt = Infinity;
    const now = this.#now();
    if (this.#lingerUntil <= now) {
      this.#linger();
      return;
    }
    if (this.#connackBy <= now) return this.#tooLate();
    this.#session.tick(now);
    this.#turn();
  }

  /** The attempt has had its time. */
  #tooLate(): void {
    this.#connackBy = Infinity;
    const failure = new Failure('connect', { code: 'ETIMEDOUT', message: 'Connection timed out' });
    if (this.#stream === undefined) {
      this.#dialing?.cancel();
      return this.#ending ? this.#finish(failure) : this.#lost(failure);
    }
    this.#cause = failure;
    this.#stream.destroy();
  }

  /** The server did not close its side. If the system took all we wrote, the end is in order as far as anyone can tell. */
  #linger(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    if (!this.#ending || this.#cause !== undefined || stream.buffered > 0) return stream.destroy();
    this.#leftOpen = this.#heard;
    this.#finish(undefined);
  }
}
