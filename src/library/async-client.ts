/** How a client works with promises: each publish and subscription reports its own outcome. */

import { Client } from '../client/client.ts';
import { discardOf } from '../client/failures.ts';
import type { ClientOptions } from '../client/options.ts';
import { Failure } from '../errors.ts';
import { isRefusal, reasonText } from '../mqtt/reasons.ts';
import type { Delivery, SessionEvent } from '../mqtt/session/events.ts';
import { isTopicFilter, isTopicName } from '../mqtt/topic.ts';
import type { PublishPacket } from '../mqtt/types.ts';
import type { Clock } from '../runtime/io.ts';
import type { Millis } from '../util/millis.ts';
import { onAbort } from '../util/on-abort.ts';
import { hasUtf8Form } from '../util/utf8.ts';
import { Answers } from './answers.ts';
import type { ConnectionListeners, EndOptions, PublishOptions, PublishResult } from './async-options.ts';
import { OpenSubscriptions } from './open-subscriptions.ts';
import { Arrival, type SubscribeOptions, Subscription, withResolvers } from './subscription.ts';
import { invalid, mustBeInteger, mustBeProperties, mustBeTime, payloadBytes } from './validate.ts';

/** Milliseconds for end(): longer than a working broker needs, and shorter than most supervisors wait for a process to exit. */
const END_TIMEOUT: Millis = 30_000;

/** When this many messages wait, no more are read from the connection; a large message counts several times. */
const MOST_WAITING = 1000;

export class AsyncClient {
  /** Resolves when the connection is over: with the failure, or with undefined after end(). */
  readonly closed: Promise<Failure | undefined>;

  readonly #client: Client;
  readonly #handlers: ConnectionListeners;
  readonly #clock: Clock;
  readonly #answers = new Answers();
  readonly #subscriptions: OpenSubscriptions;
  readonly #close: (failure: Failure | undefined) => void;
  #opening: { resolve(): void; reject(failure: unknown): void } | undefined;
  #connected = false;
  /** Progress of end(): in `ending` nothing new can begin, in `leaving` no messages are delivered either. */
  #phase: 'open' | 'ending' | 'leaving' = 'open';
  /** Whether QoS 0 messages were sent on a connection that broke, so that their fate is unknown. */
  #mayBeLost = false;
  #over: Failure | undefined;

  /** @internal `keepsSession`: the broker keeps subscriptions and messages when the connection ends. */
  constructor(options: ClientOptions, keepsSession: boolean, handlers: ConnectionListeners) {
    this.#subscriptions = new OpenSubscriptions(keepsSession);
    this.#handlers = handlers;
    this.#clock = options.clock;
    const { promise, resolve } = withResolvers<Failure | undefined>();
    this.closed = promise;
    this.#close = resolve;
    this.#client = new Client(options, {
      event: (event) => this.#event(event),
      settled: () => this.#throttle(),
      down: (failure, wait) => this.#down(failure, wait),
      ended: (failure) => this.#finish(failure),
    });
  }

  /** The client ID as given, or as the broker assigned it. */
  get clientId(): string {
    return this.#client.clientId;
  }

  /** Whether the client is connected now. */
  get connected(): boolean {
    return this.#connected;
  }

  /** @internal Resolves when the broker has accepted the client; rejects with a Failure. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
      this.#client.connect();
    });
  }

  /**
   * Publishes a message. Resolves when the broker has acknowledged it (QoS 1 and 2), or when it is in the output (QoS
   * 0; end() confirms that the broker has read it). Rejects with a Failure that names the reason. Do not change the
   * bytes of `payload` before that. Messages published during a reconnect are sent afterwards.
   */
  async publish(topic: string, payload: string | Uint8Array, options: PublishOptions = {}): Promise<PublishResult> {
    const { qos = 1, retain = false, properties = [], signal } = options;
    if (typeof topic !== 'string' || !hasUtf8Form(topic) || !isTopicName(topic))
      throw invalid(`Invalid topic to publish to: "${topic}"`);
    const bytes = payloadBytes(topic, payload);
    mustBeInteger('qos', qos, 0, 2);
    mustBeProperties('publish', properties);
    signal?.throwIfAborted();
    this.#mustBeOpen();
    const token = this.#client.publish({ topic, payload: bytes, qos, retain, properties });
    const event = await this.#answers.to(token, `the message on ${topic}`, true, signal);
    if (event.type !== 'published') throw new TypeError(`a publish that became ${event.type}`);
    const { code, reason } = event;
    if (isRefusal(code)) throw refusal(`the message on ${topic}`, code, reason);
    return { code, reason };
  }

  /**
   * Subscribes to one or several filters at once. Read the messages with `for await`; a message that matches two
   * subscriptions is delivered to both. Keep reading: when 1,000 messages wait, the client stops reading from the connection.
   *
   * Leaving the loop unsubscribes. In a persistent session, the broker instead keeps the subscription and the unacknowledged
   * messages for the next connection; unsubscribe() ends the subscription.
   */
  subscribe(filter: string | readonly string[], options: SubscribeOptions = {}): Subscription {
    const filters = typeof filter === 'string' ? [filter] : [...filter];
    const wrong = filters.find((one) => typeof one !== 'string' || !hasUtf8Form(one) || !isTopicFilter(one));
    if (filters.length === 0 || wrong !== undefined) throw invalid(`Invalid filter to subscribe to: "${wrong ?? ''}"`);
    mustBeInteger('qos', options.qos ?? 1, 0, 2);
    mustBeInteger('retainHandling', options.retainHandling ?? 0, 0, 2);
    mustBeProperties('subscribe', options.properties ?? []);
    this.#mustBeOpen();
    const subscription = new Subscription(filters, options, {
      taken: () => this.#throttle(),
      left: (which) => this.#left(which),
      unsubscribe: (which) => this.#unsubscribe(which),
    });
    if (options.signal?.aborted) {
      subscription.ungranted(options.signal.reason);
      return subscription;
    }
    this.#subscriptions.add(subscription, options);
    this.#ask(subscription, options);
    return subscription;
  }

  /**
   * Closes the connection cleanly, after all messages are acknowledged and the broker has read those at QoS 0. Nothing
   * new can be published or subscribed from this call on. Rejects with a Failure when a message was lost, the close was
   * not clean, or the broker did not answer within `timeout`. After `timeout` or on `signal` the connection is dropped.
   */
  async end({ timeout = END_TIMEOUT, signal }: EndOptions = {}): Promise<void> {
    mustBeTime('timeout', timeout);
    signal?.throwIfAborted();
    if (this.#over === undefined) {
      this.#phase = 'ending';
      const tooLate = `The broker did not answer within ${timeout} ms of end(); messages may be lost`;
      const stop = this.#clock.callAt(this.#clock.now() + timeout, () =>
        this.#give(new Failure('timeout', { message: tooLate })),
      );
      const deaf = signal === undefined ? () => {} : onAbort(signal, () => this.abort(signal.reason));
      void this.closed.then(() => {
        stop();
        deaf();
      });
      if (this.#answers.hasMessages) await Promise.race([this.#client.flowsEnded(), this.closed]);
      this.#phase = 'leaving';
      this.#client.end();
    }
    const failure = await this.closed;
    signal?.throwIfAborted();
    if (failure !== undefined) throw failure;
  }

  /** Drops the connection at once without DISCONNECT, so the broker publishes the will message. Everything pending rejects. */
  abort(reason: unknown = new Failure('not-connected', { message: 'The connection was given up' })): void {
    if (this.#over !== undefined) return;
    this.#give(new Failure('not-connected', { message: 'The connection was given up' }), reason);
  }

  #mustBeOpen(): void {
    if (this.#over !== undefined) throw this.#over;
    if (this.#phase !== 'open') throw new Failure('not-connected', { message: 'The connection is being ended' });
  }

  #event(event: SessionEvent): void {
    switch (event.type) {
      case 'connected':
        return this.#standing(event.packet.sessionPresent);
      case 'message':
        return this.#arrived(event.packet, event.delivery);
      case 'oversized':
        this.#client.acknowledge(event.delivery);
        return this.#discarded(discardOf(event.packet));
      case 'published':
      case 'subscribed':
      case 'unsubscribed':
        return this.#answers.came(event);
      case 'auth':
        return this.#give(
          new Failure('auth', { message: 'The broker asks for authentication, which this client does not support' }),
        );
      default:
        return;
    }
  }

  #standing(sessionPresent: boolean): void {
    this.#connected = true;
    if (this.#opening !== undefined) {
      this.#opening.resolve();
      this.#opening = undefined;
      return;
    }
    // A broker that kept the session has kept the subscriptions.
    if (!sessionPresent)
      for (const [subscription, options] of this.#subscriptions.granted()) this.#ask(subscription, options);
    this.#handlers.onResumed?.();
  }

  #arrived(packet: PublishPacket, delivery: Delivery): void {
    // Reading continues for the answer to the last PINGREQ; a message that is not delivered now stays with the broker.
    if (this.#phase === 'leaving') return;
    this.#subscriptions.deliver(new Arrival(packet, () => this.#client.acknowledge(delivery)));
  }

  #discarded(failure: Failure): void {
    if (this.#handlers.onDiscarded) this.#handlers.onDiscarded(failure);
    else process.emitWarning(failure.message);
  }

  #ask(subscription: Subscription, options: SubscribeOptions): void {
    const { qos = 1, noLocal = false, retainAsPublished = false, retainHandling = 0, properties = [] } = options;
    const rows = subscription.filters.map((filter) => ({ filter, qos, noLocal, retainAsPublished, retainHandling }));
    const token = this.#client.subscribe(rows, properties);
    this.#answers.to(token, `the subscription to ${subscription.filters.join(', ')}`, false).then(
      (event) => {
        if (event.type !== 'subscribed') throw new TypeError(`a subscribe that became ${event.type}`);
        this.#subscriptions.grant(subscription);
        if (!event.codes.every(isRefusal)) return subscription.grant(event.codes);
        this.#subscriptions.delete(subscription);
        const [code = 128] = event.codes;
        subscription.fail(refusal(`the subscription to ${subscription.filters.join(', ')}`, code, event.reason));
      },
      (reason: unknown) => subscription.ungranted(reason), // The rejection of `granted` is enough here: fail() ends the loop.
    );
  }

  #left(subscription: Subscription): void {
    if (this.#subscriptions.keepsSession) {
      // Waiting messages stay with the broker, or go to the next loop over this subscription.
      this.#subscriptions.delete(subscription);
      this.#throttle();
      return;
    }
    this.#unsubscribe(subscription).catch(() => {}); // The connection is over, and so is the subscription.
  }

  async #unsubscribe(subscription: Subscription): Promise<void> {
    const known = this.#subscriptions.delete(subscription);
    for (const message of subscription.drain()) message.acknowledge();
    this.#throttle();
    const filters = this.#subscriptions.unwanted(subscription.filters);
    if (!known || filters.length === 0 || this.#over !== undefined) return;
    const token = this.#client.unsubscribe(filters, []);
    await this.#answers.to(token, `the end of the subscription to ${filters.join(', ')}`, false);
  }

  /** Keeps reading while a response is pending, because it arrives after the messages. */
  #throttle(): void {
    if (this.#over !== undefined) return;
    const { load } = this.#subscriptions;
    if (load === Infinity) return this.#give(floodFailure());
    this.#client.setReading(load < MOST_WAITING || this.#answers.count > 0);
  }

  #down(failure: Failure, wait: Millis | undefined): void {
    this.#connected = false;
    this.#mayBeLost ||= this.#client.hasUnread;
    if (wait === undefined) this.#finish(failure);
    else this.#handlers.onInterrupted?.(failure, wait);
  }

  #give(failure: Failure, reason: unknown = failure): void {
    this.#client.abandon();
    this.#finish(failure, reason);
  }

  /** `reason`: pending promises reject with it instead of the failure. */
  #finish(failure: Failure | undefined, reason: unknown = failure): void {
    if (this.#over !== undefined) return;
    this.#connected = false;
    this.#over = failure ?? new Failure('not-connected', { message: 'The connection was ended' });
    this.#opening?.reject(reason);
    const unread = this.#mayBeLost ? unreadFailure() : undefined;
    const unanswered = this.#answers.rejectAll(reason);
    this.#subscriptions.fail(failure);
    this.#close(failure ?? unread ?? unanswered);
  }
}

const floodFailure = (): Failure =>
  new Failure('system', { message: 'The broker sent more messages than can be kept until it answers' });

function unreadFailure(): Failure {
  const message = `${new Failure('connection-lost').message} before the broker confirmed that it read the messages sent at QoS 0`;
  return new Failure('connection-lost', { message });
}

function refusal(what: string, code: number, reason: string | undefined): Failure {
  const said = reason === undefined ? '' : `: ${reason}`;
  return new Failure('refused', {
    message: `The broker refused ${what}: ${reasonText(code)}${said}`,
    status: code,
    reason: code,
  });
}
