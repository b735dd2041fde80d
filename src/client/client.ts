/**
 * The only place where a session meets a connection and a clock: bytes go in, what comes out is written, events are
 * handed on, the one timer is set. All decisions about MQTT are the session's; about coming back, the retry policy's.
 *
 * One write a turn: whatever is published or acknowledged within a turn leaves together when the turn ends.
 */

import { type Advice, Failure } from '../errors.ts';
import type { PublishContent, Slices } from '../mqtt/packets/publish.ts';
import type { Properties } from '../mqtt/properties.ts';
import type { Delivery, SessionEvent, Token } from '../mqtt/session/events.ts';
import type { Session } from '../mqtt/session/session.ts';
import type { QoS, Subscription } from '../mqtt/types.ts';
import type { ByteStream, Dialing } from '../net/byte-stream.ts';
import type { Millis } from '../runtime/io.ts';
import { Losses } from './connection-history.ts';
import { failureOf, strangerAdvice } from './failures.ts';
import { LINGER, Linger } from './linger.ts';
import type { ClientHandlers, ClientOptions } from './options.ts';
import { paced } from './paced.ts';
import { Progress } from './progress.ts';
import { Quiet } from './quiet.ts';

export class Client {
  readonly #session: Session;
  readonly #options: ClientOptions;
  readonly #handlers: ClientHandlers;

  #dialing: Dialing | undefined;
  #stream: ByteStream | undefined;
  /** The socket has taken as much as it wants. */
  #full = false;
  #paused = false;
  /** end() was called. */
  #ending = false;
  #finished = false;
  /** Why this connection is being closed, when it is not the transport's doing. */
  #cause: Failure | undefined;
  readonly #linger = new Linger();
  /** The limit that runs, for the server to answer or to close its side. */
  #limit: Millis = Infinity;
  readonly #progress = new Progress();
  #everConnected = false;
  /** When CONNACK has to be here at the latest. */
  #connackBy: Millis = Infinity;
  /** Something came on this connection. */
  #heard = false;
  /** What the server's first bytes say when they are not MQTT. */
  #stranger: Advice | undefined;
  readonly #losses = new Losses();
  #awake = false;
  #alarm: (() => void) | undefined;
  #alarmAt: Millis = Infinity;
  #stopWaiting: (() => void) | undefined;
  readonly #quiet: Quiet;

  constructor(options: ClientOptions, handlers: ClientHandlers) {
    this.#options = options;
    this.#session = options.session;
    this.#quiet = new Quiet(options.session);
    this.#handlers = handlers;
  }

  get clientId(): string {
    return this.#session.clientId;
  }

  /** As in Session. */
  get hasUnread(): boolean {
    return this.#session.hasUnread;
  }

  /** The connection has failed, and is being closed: why it ends is known. */
  get isFailing(): boolean {
    return this.#cause !== undefined;
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
    return this.#losses.publishing(content, this.#session.publish(content));
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
    // The end is seen, and the answer before it, by whoever reads.
    if (this.#finished || this.#paused === !reading || (this.#ending && !reading)) return;
    this.#paused = !reading;
    if (reading) this.#stream?.resume();
    // CONNACK is waited for, and has to be read.
    else if (this.#session.isConnected) this.#stream?.pause();
    this.#session.setReading(reading, this.#now());
    this.#setAlarm();
  }

  /** As in Quiet. */
  flowsEnded(again = false): Promise<void> {
    return this.#finished ? Promise.resolve() : this.#quiet.wait(again);
  }

  /**
   * Sends DISCONNECT with this reason after everything that is queued, closes, and calls `ended`. Before that the server is
   * asked whether it has read what went out at QoS 0 (`asks`), unless something else has shown it. `linger`: how long the
   * server may then take to close its side, while none of our bytes move. A connection that has failed already ends with that
   * failure. A second call can only make that shorter.
   */
  end(code = 0, asks = true, linger: Millis = LINGER): void {
    if (this.#finished) return;
    this.#linger.limit(linger, this.#now());
    if (this.#ending) return this.#setAlarm();
    this.#ending = true;
    // Bytes that nobody reads would turn the close into a reset.
    this.setReading(true);
    this.#session.disconnect(code, asks);
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
    const dialing = paced(this.#options)({
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
      ended: () => {
        if (this.#ending && this.#cause === undefined && this.#session.isSettled) this.#finish(undefined);
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
    this.#progress.reset();
    this.#session.transportOpened(this.#now());
    this.#turn();
  }

  /** The end of a connection that stood. `inOrder`: the peer closed it after everything it had to say. */
  #closed(reason: Failure, inOrder: boolean): void {
    const failure = this.#options.version === 5 ? reason : this.#losses.explained(reason, this.hasUnread);
    const isWhole = inOrder && this.#stream?.buffered === 0;
    // With DISCONNECT, a connection on which nothing was owed has come to its end.
    const isOver = this.#session.hasLeft && this.#session.isSettled;
    this.#stream = undefined;
    this.#linger.reset();
    this.#session.transportClosed();
    if (this.#finished) return;
    this.#turn();
    if (this.#finished) return;
    if (this.#ending) this.#finish(this.#cause ?? (isOver || isWhole ? undefined : failure));
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
    this.#handlers.ended(failure ?? (this.hasUnread ? new Failure('connection-lost') : undefined));
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
    this.#quiet.tell(this.#finished);
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
      this.#quiet.connected();
    } else if (event.type === 'pong') {
      this.#quiet.pong();
    } else if (event.type === 'refused' || event.type === 'disconnected' || event.type === 'failed') {
      this.#cause = failureOf(event, this.#options.version, this.#stranger);
    }
    this.#losses.note(event);
    if (!this.#finished) this.#handlers.event(event);
  }

  #write(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
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
    if (this.#stream === undefined || this.#linger.until !== Infinity) return;
    if (this.#cause === undefined && !(this.#ending && this.#session.hasLeft)) return;
    const isSilent = this.#cause?.kind === 'keepalive' || (this.#ending && !this.#heard);
    this.#linger.begin(this.#now(), this.#cause !== undefined, isSilent);
    this.#progress.begin(this.#stream);
    this.#stream.end(this.#cause !== undefined || !this.#session.isSettled);
  }

  /** One timer for all deadlines. It may ring early, never late: deadlines mostly move away, and then it is set again. */
  #setAlarm(): void {
    const limit = Math.min(this.#session.limit, this.#linger.until);
    if (limit !== this.#limit && this.#stream !== undefined) this.#progress.begin(this.#stream);
    this.#limit = limit;
    const at = Math.min(this.#session.nextDeadline() ?? Infinity, limit, this.#connackBy);
    if (this.#finished || at >= this.#alarmAt) return;
    this.#alarm?.();
    this.#alarmAt = at;
    this.#alarm = this.#options.clock.callAt(at, () => this.#ring());
  }

  #ring(): void {
    this.#alarm = undefined;
    this.#alarmAt = Infinity;
    const now = this.#now();
    if (this.#connackBy <= now) return this.#tooLate();
    if (this.#limit <= now && this.#stream !== undefined && this.#progress.hasMoved(this.#stream)) {
      this.#session.progressed(now);
      this.#linger.moved(now);
    }
    if (this.#linger.until <= now) return this.#tooLong();
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
  #tooLong(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    if (!this.#ending || this.#cause !== undefined || stream.buffered > 0) return stream.destroy();
    this.#finish(undefined);
  }
}
