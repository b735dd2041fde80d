/**
 * The messages of a subscription, for `for await`. What waits here, or was handed out and not acknowledged, stays with
 * the server (QoS 1 and 2): it goes away only when the consumer says so.
 */
import type { Failure } from '../errors.ts';
import { ownProperties, type Properties, valueBytes } from '../mqtt/properties.ts';
import { matches } from '../mqtt/topic.ts';
import type { PublishPacket, QoS, RetainHandling } from '../mqtt/types.ts';
import { type AbortSignalLike, onAbort } from '../util/on-abort.ts';
import { ownBytes } from '../util/own-bytes.ts';
import { Queue } from '../util/queue.ts';

export interface SubscribeOptions {
  /** Most of the server's quality of service. Default: 1. */
  readonly qos?: QoS;
  /**
   * `auto`: a message is acknowledged when the loop that got it asks for the next one, so that one which was being
   * worked on when the loop was left, by `break` or an error, is not; loops side by side over one subscription share
   * its messages out among them. `manual`: by message.acknowledge() alone. Default: `auto`.
   */
  readonly acknowledge?: 'auto' | 'manual';
  /** MQTT 5: messages that this client publishes do not come back to it. */
  readonly noLocal?: boolean;
  /** MQTT 5: `retain` of messages is as they were published. */
  readonly retainAsPublished?: boolean;
  /** MQTT 5: retained messages come always (0), only for a new subscription (1), never (2). Default: 0. */
  readonly retainHandling?: RetainHandling;
  /** MQTT 5: of SUBSCRIBE. */
  readonly properties?: Properties;
  /** Ends the loop in order. */
  readonly signal?: AbortSignalLike;
}

/** A message as it came; its bytes are its own. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The payload as UTF-8. */
  readonly text: string;
  readonly qos: QoS;
  readonly retain: boolean;
  /** The server may have sent it before. */
  readonly dup: boolean;
  readonly properties: Properties;
  /** It is safe now: the server need not send it again. To be called once or more often. */
  acknowledge(): void;
}

/** Bytes that weigh as much as a short message. */
const BYTES_OF_ONE = 64 * 1024;
/** What an object for a property takes, beside its value. */
const BYTES_OF_PROPERTY = 128;

/** @internal How much of the memory it is, in short messages. */
export function weightOf({ topic, payload, properties }: Pick<Message, 'topic' | 'payload' | 'properties'>): number {
  let bytes = topic.length + payload.length;
  for (const { value } of properties) bytes += BYTES_OF_PROPERTY + valueBytes(value);
  return 1 + Math.floor(bytes / BYTES_OF_ONE);
}

/** @internal A message on its way to one or more subscriptions: acknowledged when all of them have done so. */
export class Arrival {
  readonly packet: PublishPacket;
  readonly #acknowledge: () => void;
  #open = 0;

  /** Its bytes are its own: the memory that they came in is used again. */
  constructor(packet: PublishPacket, acknowledge: () => void) {
    this.packet = { ...packet, payload: ownBytes(packet.payload), properties: ownProperties(packet.properties) };
    this.#acknowledge = acknowledge;
  }

  /** The message for one more subscription. */
  share(): Message {
    this.#open++;
    let acknowledged = false;
    const { topic, payload, qos, retain, dup, properties } = this.packet;
    return {
      topic,
      payload,
      get text() {
        return Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString();
      },
      qos,
      retain,
      dup,
      properties,
      acknowledge: () => {
        if (acknowledged) return;
        acknowledged = true;
        if (--this.#open === 0) this.#acknowledge();
      },
    };
  }
}

/** @internal */
export interface SubscriptionOwner {
  /** The number of messages that wait has changed. */
  taken(): void;
  /** The loop was left, or its signal ended it. */
  left(subscription: Subscription): void;
  unsubscribe(subscription: Subscription): Promise<void>;
}

/** What a loop was handed since it last asked, and is not acknowledged yet: one message, unless it asks before it gets. */
type Loop = Message[];

type Taker = {
  readonly loop: Loop;
  resolve(result: IteratorResult<Message, undefined>): void;
  reject(error: unknown): void;
};

export class Subscription implements AsyncIterableIterator<Message, undefined> {
  readonly filters: readonly string[];
  /**
   * The reason codes of SUBACK, one a filter: the quality of service granted, or from 128 on a refusal. Rejects with a
   * Failure when all are refused, as does the loop, and when the connection ends before the answer comes.
   */
  readonly granted: Promise<readonly number[]>;
  readonly #automatic: boolean;
  readonly #owner: SubscriptionOwner;
  readonly #messages = new Queue<Message>();
  #load = 0;
  readonly #waiting: Taker[] = [];
  /** Of those who call next() without a loop. */
  readonly #own: Loop = [];
  #over = false;
  #forgetSignal = (): void => {};
  #failure: Failure | undefined;
  #grant: { resolve(codes: readonly number[]): void; reject(reason: unknown): void };

  /** @internal Made by subscribe(). */
  constructor(filters: readonly string[], options: SubscribeOptions, owner: SubscriptionOwner) {
    this.filters = filters;
    this.#automatic = options.acknowledge !== 'manual';
    this.#owner = owner;
    const { promise, ...grant } = withResolvers<readonly number[]>();
    this.granted = promise;
    this.#grant = grant;
    promise.catch(() => {}); // the loop throws it as well
    const { signal } = options;
    if (signal?.aborted) void this.return();
    else if (signal) this.#forgetSignal = onAbort(signal, () => void this.return());
  }

  /** Messages that came and were not taken yet. */
  get waiting(): number {
    return this.#messages.length;
  }

  /** @internal The weight of those. */
  get load(): number {
    return this.#load;
  }

  /** @internal */
  takes(topic: string): boolean {
    // `$share/GROUP/FILTER` [MQTT 5, 4.8.2]
    return !this.#over && this.filters.some((filter) => matches(filter.replace(/^\$share\/[^/]*\//, ''), topic));
  }

  /** @internal */
  push(message: Message): void {
    const next = this.#waiting.shift();
    if (next !== undefined) return this.#handOut(message, next);
    this.#messages.push(message);
    this.#load += weightOf(message);
  }

  /** @internal */
  grant(codes: readonly number[]): void {
    this.#grant.resolve(codes);
  }

  /** @internal No answer will come any more, whether the loop goes on or has long been left. */
  ungranted(reason: unknown): void {
    this.#grant.reject(reason);
  }

  /** @internal What has come is still handed out. */
  fail(failure: Failure | undefined): void {
    if (failure !== undefined) {
      this.#failure ??= failure;
      this.#grant.reject(failure);
    }
    this.#over = true;
    this.#forgetSignal();
    for (const next of this.#waiting.splice(0)) this.#finish(next);
  }

  /** Takes no more messages, sends UNSUBSCRIBE, and resolves with the answer. What waits is acknowledged and dropped. */
  async unsubscribe(): Promise<void> {
    this.#end();
    await this.#owner.unsubscribe(this);
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    return this.#next(this.#own);
  }

  /** Called by the loop when it is left. */
  return(): Promise<IteratorResult<Message, undefined>> {
    if (!this.#over) {
      this.#end();
      this.#owner.left(this);
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Message, undefined> {
    const loop: Loop = [];
    return {
      next: () => this.#next(loop),
      return: () => this.return(),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** @internal Everything that waits; it waits no more. */
  drain(): Message[] {
    const messages: Message[] = [];
    for (let message = this.#shift(); message !== undefined; message = this.#shift()) messages.push(message);
    return messages;
  }

  #next(loop: Loop): Promise<IteratorResult<Message, undefined>> {
    for (const message of loop.splice(0)) if (this.#automatic) message.acknowledge();
    return new Promise((resolve, reject) => {
      const message = this.#shift();
      if (message !== undefined) {
        this.#handOut(message, { loop, resolve, reject });
        this.#owner.taken();
      } else if (this.#over) this.#finish({ loop, resolve, reject });
      else this.#waiting.push({ loop, resolve, reject });
    });
  }

  #shift(): Message | undefined {
    const message = this.#messages.shift();
    if (message !== undefined) this.#load -= weightOf(message);
    return message;
  }

  #end(): void {
    this.#over = true;
    this.#forgetSignal();
    this.#own.length = 0;
    for (const next of this.#waiting.splice(0)) next.resolve({ done: true, value: undefined });
  }

  #handOut(message: Message, { loop, resolve }: Taker): void {
    loop.push(message);
    resolve({ done: false, value: message });
  }

  #finish({ resolve, reject }: Taker): void {
    if (this.#failure === undefined) resolve({ done: true, value: undefined });
    else reject(this.#failure);
  }
}

/** @internal Promise.withResolvers() of Node 22. */
export function withResolvers<T>(): { promise: Promise<T>; resolve(value: T): void; reject(reason: unknown): void } {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
