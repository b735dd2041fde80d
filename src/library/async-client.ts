/** A client with promises: what becomes of each publish and subscription goes to whoever waits for it. */

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

/** Longer than a server that works takes to answer, and shorter than what waits for a process to end. */
const END_TIMEOUT: Millis = 30_000;

/** So many messages, large ones counted several times, may wait before no more are read from the connection. */
const MOST_WAITING = 1000;

export class AsyncClient {
  /** Resolves when the connection is over: with the reason, or with undefined after end(). */
  readonly closed: Promise<Failure | undefined>;

  readonly #client: Client;
  readonly #handlers: ConnectionListeners;
  readonly #clock: Clock;
  readonly #answers = new Answers();
  readonly #subscriptions: OpenSubscriptions;
  readonly #close: (failure: Failure | undefined) => void;
  #opening: { resolve(): void; reject(failure: unknown): void } | undefined;
  #connected = false;
  /** Of end(): nothing new is begun; then nothing more is handed out. */
  #phase: 'open' | 'ending' | 'leaving' = 'open';
  /** Messages at QoS 0 went out on a connection that broke, and it is unknown what became of them. */
  #mayBeLost = false;
  #over: Failure | undefined;

  /** @internal `keepsSession`: the server keeps subscriptions and messages when the connection ends. */
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

  /** As it was given, or as the server chose it. */
  get clientId(): string {
    return this.#client.clientId;
  }

  /** Whether the connection stands at present. */
  get connected(): boolean {
    return this.#connected;
  }

  /** @internal Resolves when the server has taken us in; rejects with a Failure. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
      this.#client.connect();
    });
  }

  /**
   * Resolves when the server has acknowledged the message (QoS 1 and 2), or when it is on its way (QoS 0; that it
   * arrived is known when end() resolves). Rejects with a Failure that says why not. A `payload` of bytes must stay as
   * it is until then. Messages that are published while the connection is being made again go out afterwards.
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
   * Subscribes to one filter, or several at once. The messages come by `for await`; what comes on two subscriptions is
   * handed to both. A loop has to go on taking messages, or nothing more is read from the connection when 1,000 wait.
   *
   * Leaving the loop unsubscribes, unless the session is kept: then the server keeps the subscription, and all that was
   * not acknowledged, for the next connection; unsubscribe() ends it.
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
   * Ends the connection in order, after everything that was published is acknowledged, and what was published at QoS 0 is
   * read. Nothing new can be published or subscribed to from the call on. Rejects with a Failure when a message, or the
   * order, was lost, or when the server has not answered within `timeout`; then, and on `signal`, the connection is dropped.
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

  /** Drops the connection at once, without a word to the server, which publishes the Will; everything open rejects. */
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
        return this.#give(new Failure('auth', { message: 'The server asks for authentication that is not there' }));
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
    // A server that kept the session kept the subscriptions.
    if (!sessionPresent)
      for (const [subscription, options] of this.#subscriptions.granted()) this.#ask(subscription, options);
    this.#handlers.onResumed?.();
  }

  #arrived(packet: PublishPacket, delivery: Delivery): void {
    // It is read on for the answer to our goodbye: what is not taken any more stays with the server.
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
      (reason: unknown) => subscription.ungranted(reason), // fail() ends its loop
    );
  }

  #left(subscription: Subscription): void {
    if (this.#subscriptions.keepsSession) {
      // What waits stays with the server, or goes to the next loop over it.
      this.#subscriptions.delete(subscription);
      this.#throttle();
      return;
    }
    this.#unsubscribe(subscription).catch(() => {}); // the connection is over, and with it the subscription
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

  /** Reading goes on while an answer is waited for: it stands behind the messages. */
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

  /** `reason`: what the promises that are open reject with, where it is not the failure. */
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
    message: `The server refused ${what}: ${reasonText(code)}${said}`,
    status: code,
    reason: code,
  });
}
