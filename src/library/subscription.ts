/**
 * How the messages of a subscription reach `for await`. Messages at QoS 1 and 2 that wait here, or are delivered but
 * not acknowledged, stay with the broker until the consumer acknowledges them.
 */
import type { Failure } from '../errors.ts';
import { ownProperties, type Properties, valueBytes } from '../mqtt/properties.ts';
import { matches } from '../mqtt/topic.ts';
import type { PublishPacket, QoS, RetainHandling } from '../mqtt/types.ts';
import { type AbortSignalLike, onAbort } from '../util/on-abort.ts';
import { ownBytes } from '../util/own-bytes.ts';
import { Queue } from '../util/queue.ts';

export interface SubscribeOptions {
  /** The highest QoS to receive. Default: 1. */
  readonly qos?: QoS;
  /**
   * `auto`: a message is acknowledged when its loop asks for the next one. If the loop is left by `break` or an error,
   * the current message is not acknowledged. Parallel loops over one subscription share its messages. `manual`: only
   * message.acknowledge() acknowledges. Default: `auto`.
   */
  readonly acknowledge?: 'auto' | 'manual';
  /** MQTT 5: the client does not receive its own messages. */
  readonly noLocal?: boolean;
  /** MQTT 5: messages keep the `retain` flag that they were published with. */
  readonly retainAsPublished?: boolean;
  /** MQTT 5: the broker sends retained messages always (0), only for a new subscription (1), never (2). Default: 0. */
  readonly retainHandling?: RetainHandling;
  /** MQTT 5: properties of SUBSCRIBE. */
  readonly properties?: Properties;
  /** Ends the loop without an error. */
  readonly signal?: AbortSignalLike;
}

/** A received message with its own copy of the bytes. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The payload as UTF-8. */
  readonly text: string;
  readonly qos: QoS;
  readonly retain: boolean;
  /** The broker may have sent the message before. */
  readonly dup: boolean;
  readonly properties: Properties;
  /** Acknowledges the message: the broker need not send it again. Further calls do nothing. */
  acknowledge(): void;
}

/** A message counts once, and once more for each block of this many bytes. */
const BYTES_OF_ONE = 64 * 1024;
/** Approximate bytes of memory for a property object, without its value. */
const BYTES_OF_PROPERTY = 128;

/** @internal The weight of a message in memory, in short messages. */
export function weightOf({ topic, payload, properties }: Pick<Message, 'topic' | 'payload' | 'properties'>): number {
  let bytes = topic.length + payload.length;
  for (const { value } of properties) bytes += BYTES_OF_PROPERTY + valueBytes(value);
  return 1 + Math.floor(bytes / BYTES_OF_ONE);
}

/** @internal A message for one or more subscriptions: acknowledged when all of them have acknowledged it. */
export class Arrival {
  readonly packet: PublishPacket;
  readonly #acknowledge: () => void;
  #open = 0;

  /** Copies the bytes, because the memory of the read is used again. */
  constructor(packet: PublishPacket, acknowledge: () => void) {
    this.packet = { ...packet, payload: ownBytes(packet.payload), properties: ownProperties(packet.properties) };
    this.#acknowledge = acknowledge;
  }

  /** Returns the message for one more subscription. */
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
  /** The number of waiting messages has changed. */
  taken(): void;
  /** The loop was left, or its signal ended it. */
  left(subscription: Subscription): void;
  unsubscribe(subscription: Subscription): Promise<void>;
}

/** Messages delivered to a loop and not acknowledged: one, unless it calls next() again before the last call resolved. */
type Loop = Message[];

type Taker = {
  readonly loop: Loop;
  resolve(result: IteratorResult<Message, undefined>): void;
  reject(error: unknown): void;
};

export class Subscription implements AsyncIterableIterator<Message, undefined> {
  readonly filters: readonly string[];
  /**
   * The reason codes of SUBACK, one per filter: the granted QoS, or 128 and above for a refusal. If all are refused,
   * this promise and the loop reject with a Failure. It also rejects when the connection ends before SUBACK.
   */
  readonly granted: Promise<readonly number[]>;
  readonly #automatic: boolean;
  readonly #owner: SubscriptionOwner;
  readonly #messages = new Queue<Message>();
  #load = 0;
  readonly #waiting: Taker[] = [];
  /** The loop of callers that use next() directly. */
  readonly #own: Loop = [];
  #over = false;
  #forgetSignal = (): void => {};
  #failure: Failure | undefined;
  #grant: { resolve(codes: readonly number[]): void; reject(reason: unknown): void };

  /** @internal Use subscribe(). */
  constructor(filters: readonly string[], options: SubscribeOptions, owner: SubscriptionOwner) {
    this.filters = filters;
    this.#automatic = options.acknowledge !== 'manual';
    this.#owner = owner;
    const { promise, ...grant } = withResolvers<readonly number[]>();
    this.granted = promise;
    this.#grant = grant;
    promise.catch(() => {}); // The loop throws the same error.
    const { signal } = options;
    if (signal?.aborted) void this.return();
    else if (signal) this.#forgetSignal = onAbort(signal, () => void this.return());
  }

  /** Messages that wait for the consumer. */
  get waiting(): number {
    return this.#messages.length;
  }

  /** @internal The weight of the waiting messages. */
  get load(): number {
    return this.#load;
  }

  /** @internal */
  takes(topic: string): boolean {
    // Matches the FILTER of `$share/GROUP/FILTER` [MQTT 5, 4.8.2].
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

  /** @internal No SUBACK can arrive any more, whether the loop runs or was left. */
  ungranted(reason: unknown): void {
    this.#grant.reject(reason);
  }

  /** @internal Waiting messages are still delivered. */
  fail(failure: Failure | undefined): void {
    if (failure !== undefined) {
      this.#failure ??= failure;
      this.#grant.reject(failure);
    }
    this.#over = true;
    this.#forgetSignal();
    for (const next of this.#waiting.splice(0)) this.#finish(next);
  }

  /** Stops delivery, sends UNSUBSCRIBE, and resolves with its response. Waiting messages are acknowledged and dropped. */
  async unsubscribe(): Promise<void> {
    this.#end();
    await this.#owner.unsubscribe(this);
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    return this.#next(this.#own);
  }

  /** Runs when the loop is left. */
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

  /** @internal Removes and returns the waiting messages. */
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

/** @internal Promise.withResolvers(), which Node has from version 22 on. */
export function withResolvers<T>(): { promise: Promise<T>; resolve(value: T): void; reject(reason: unknown): void } {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
