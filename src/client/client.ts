/**
 * How a session, its connections and a clock work together: this file forwards events, writes output and sets the one
 * timer. The session makes all decisions about MQTT; the retry policy decides about reconnecting.
 *
 * One write per turn: everything published or acknowledged within a turn is written together when the turn ends.
 */

import { Failure } from '../errors.ts';
import type { PublishContent, Slices } from '../mqtt/packets/publish.ts';
import type { Properties } from '../mqtt/properties.ts';
import type { Delivery, SessionEvent, Token } from '../mqtt/session/events.ts';
import type { Session } from '../mqtt/session/session.ts';
import type { QoS, Subscription } from '../mqtt/types.ts';
import type { Millis } from '../util/millis.ts';
import { Alarm } from './alarm.ts';
import { ConnectionHistory } from './connection-history.ts';
import { failureOf } from './failures.ts';
import { LINGER } from './linger.ts';
import { NetworkConnection } from './network-connection.ts';
import type { ClientHandlers, ClientOptions } from './options.ts';
import { Quiet } from './quiet.ts';

export class Client {
  readonly #session: Session;
  readonly #options: ClientOptions;
  readonly #handlers: ClientHandlers;
  readonly #history = new ConnectionHistory();
  readonly #quiet: Quiet;
  readonly #alarm: Alarm;
  /** The current connection, or the last one. */
  #connection: NetworkConnection;
  #stopWaiting: (() => void) | undefined;
  #paused = false;
  /** Whether end() was called. */
  #ending = false;
  #finished = false;
  #awake = false;

  constructor(options: ClientOptions, handlers: ClientHandlers) {
    this.#options = options;
    this.#session = options.session;
    this.#handlers = handlers;
    this.#quiet = new Quiet(options.session);
    this.#alarm = new Alarm(options.clock, () => this.#connection.tick());
    this.#connection = this.#newConnection();
  }

  get clientId(): string {
    return this.#session.clientId;
  }

  /** See Session.hasUnread. */
  get hasUnread(): boolean {
    return this.#session.hasUnread;
  }

  /** The connection has failed and is being closed; the cause is known. */
  get isFailing(): boolean {
    return this.#connection.isOpen && this.#connection.cause !== undefined;
  }

  /** Messages accepted but not sent yet. */
  get waiting(): number {
    return this.#session.waiting;
  }

  /** PUBLISH packets sent again after a lost connection. */
  get resent(): number {
    return this.#session.resent;
  }

  /** The reason not to reconnect with the queued messages: the broker closes every connection over one of them. */
  get poisonMessage(): Failure | undefined {
    return this.#history.poisonMessage;
  }

  /** Starts a connection attempt. The handlers report its outcome. */
  connect(): void {
    this.setAsking(false);
    this.#connection.dial();
  }

  publish(content: PublishContent): Token {
    this.#wake();
    return this.#history.publishing(content, this.#session.publish(content));
  }

  /** See Session.publishSlices(). */
  publishSlices(content: PublishContent, slices: Slices): number {
    if (!this.canPublish(0)) return 0;
    this.#wake();
    const count = this.#session.publishSlices(content, slices);
    if (count > 0) this.#history.published(count);
    return count;
  }

  /** Whether a message would be sent at once: the session's window and the socket both have room. */
  canPublish(qos: QoS): boolean {
    return !this.#connection.isFull && !this.#ending && this.#session.canPublish(qos);
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

  /** See Session.release(). */
  release(): void {
    this.#wake();
    this.#session.release();
  }

  /** Asks the broker for a `pong` event, which shows that the broker has handled everything sent before. */
  ping(): void {
    this.#wake();
    this.#session.ping();
  }

  /** Stops or resumes reading from the connection. Keepalive packets are still sent. */
  setReading(reading: boolean): void {
    // After end() the client keeps reading, to receive the last PINGRESP and the end of the connection.
    if (this.#finished || this.#paused === !reading || (this.#ending && !reading)) return;
    this.#paused = !reading;
    // CONNACK must be read, so reading stops only after it.
    if (reading || this.#session.isConnected) this.#connection.setReading(reading);
    this.#session.setReading(reading, this.#now());
    this.#setAlarm();
  }

  /** See Quiet.wait(). */
  flowsEnded(again = false): Promise<void> {
    return this.#finished ? Promise.resolve() : this.#quiet.wait(again);
  }

  /**
   * Sends DISCONNECT with this reason code after the queued output, closes, and calls `ended`. With `asks`, the client
   * first sends PINGREQ to check that the broker has read the QoS 0 messages, unless that is known. `linger`:
   * milliseconds that the broker may take to close its side while no outgoing bytes move. A connection that has failed
   * ends with its failure. A second call can only shorten `linger`.
   */
  end(code = 0, asks = true, linger: Millis = LINGER): void {
    if (this.#finished) return;
    this.#connection.limitLinger(linger);
    if (this.#ending) return this.#setAlarm();
    this.#ending = true;
    // Unread bytes would turn the close into a reset.
    this.setReading(true);
    this.#session.disconnect(code, asks);
    if (this.#connection.isOpen) this.#wake();
    else this.#finish(undefined);
  }

  /** Pauses the connect timeout while the user answers a prompt; it starts over afterwards. */
  setAsking(asking: boolean): void {
    if (this.#finished) return;
    this.#connection.setRunning(!asking);
    this.#setAlarm();
  }

  /** Drops the connection without DISCONNECT; no handler is called afterwards. */
  abandon(): void {
    this.#finished = true;
    this.#alarm.stop();
    this.#stopWaiting?.();
    this.#connection.drop();
  }

  #now(): Millis {
    return this.#options.clock.now();
  }

  #newConnection(): NetworkConnection {
    return new NetworkConnection(this.#options, {
      turn: () => this.#turn(),
      failed: (failure) => this.#lost(failure, false),
      over: () => this.#finish(undefined),
      closed: (failure, isOver) => this.#closed(failure, isOver),
    });
  }

  /** An open connection has ended. */
  #closed(reason: Failure | undefined, isOver: boolean): void {
    let failure = reason ?? new Failure('connection-lost');
    if (this.#options.version !== 5) failure = this.#history.explained(failure, this.hasUnread);
    if (this.#finished) return;
    this.#turn();
    if (this.#finished) return;
    const { cause } = this.#connection;
    if (this.#ending) this.#finish(cause ?? (isOver ? undefined : failure));
    else this.#lost(cause ?? failure, reason === undefined && cause === undefined);
  }

  /** `inOrder`: the broker closed the connection cleanly after its last packet. */
  #lost(reason: Failure, inOrder: boolean): void {
    if (this.#finished) return;
    const now = this.#now();
    const row = this.#history.lost(reason, inOrder, now);
    const failure = this.#history.verdict(this.clientId) ?? reason;
    const wait = this.#options.retry({ failure, ...row });
    if (wait === undefined) this.abandon();
    else this.#stopWaiting = this.#options.clock.callAt(now + wait, () => this.#dialAgain());
    this.#handlers.down(failure, wait);
  }

  #dialAgain(): void {
    this.#stopWaiting = undefined;
    this.#connection = this.#newConnection();
    this.connect();
  }

  #finish(failure: Failure | undefined): void {
    this.abandon();
    this.#handlers.ended(failure ?? (this.hasUnread ? new Failure('connection-lost') : undefined));
  }

  /** Runs a turn after the caller's current code. */
  #wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    queueMicrotask(() => {
      if (this.#awake && !this.#finished) this.#turn();
    });
  }

  /** Forwards events and writes output until neither causes more of the other. */
  #turn(): void {
    if (this.#finished) return;
    this.#awake = true;
    do {
      for (let event = this.#session.takeEvent(); event !== undefined; event = this.#session.takeEvent())
        this.#handOn(event);
      if (this.#finished) return;
      this.#connection.write();
      this.#handlers.settled();
    } while (this.#session.hasWork && !this.#finished);
    this.#awake = false;
    this.#quiet.settle(this.#finished);
    if (this.#finished) return;
    if (this.isFailing || (this.#ending && this.#session.hasLeft)) this.#connection.close(this.#ending);
    this.#setAlarm();
  }

  #handOn(event: SessionEvent): void {
    if (event.type === 'connected') {
      this.#history.connected(this.#now());
      this.#connection.setRunning(false);
      if (this.#paused) this.#connection.setReading(false);
      this.#quiet.connected();
    } else if (event.type === 'pong') {
      this.#quiet.pong();
    } else if (event.type === 'refused' || event.type === 'disconnected' || event.type === 'failed') {
      const connection = this.#connection;
      connection.cause = failureOf(event, this.#options.version, connection.strangerAdvice);
    }
    this.#history.note(event);
    if (!this.#finished) this.#handlers.event(event);
  }

  #setAlarm(): void {
    const at = this.#connection.deadline();
    if (!this.#finished) this.#alarm.set(at);
  }
}
