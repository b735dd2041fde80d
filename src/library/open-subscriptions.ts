/** Which subscriptions of a client receive an incoming message, and how many messages wait for their consumers. */
import type { Failure } from '../errors.ts';
import { type Arrival, type Message, type SubscribeOptions, type Subscription, weightOf } from './subscription.ts';

/** Most messages, and most blocks of 64 KiB, to keep while a pending response may follow them. */
const MOST_UNANSWERED = 250_000;
const MOST_BLOCKS_UNANSWERED = 4096;

export class OpenSubscriptions {
  /** Whether the broker keeps subscriptions and undelivered messages for the next connection. */
  readonly keepsSession: boolean;
  readonly #rows = new Map<Subscription, { readonly options: SubscribeOptions; isGranted: boolean }>();
  /** QoS 1 and 2 messages that match no subscription of this run yet: they belong to the session of an earlier one. */
  #unclaimed: Arrival[] = [];
  #unclaimedLoad = 0;

  constructor(keepsSession: boolean) {
    this.keepsSession = keepsSession;
  }

  /** A new subscription gets the waiting messages that match it at once. */
  add(subscription: Subscription, options: SubscribeOptions): void {
    this.#rows.set(subscription, { options, isGranted: false });
    const unclaimed = this.#unclaimed;
    this.#unclaimed = [];
    this.#unclaimedLoad = 0;
    for (const arrival of unclaimed) this.deliver(arrival);
  }

  grant(subscription: Subscription): void {
    const row = this.#rows.get(subscription);
    if (row !== undefined) row.isGranted = true;
  }

  /** Subscriptions to repeat if the broker has lost the session. The session itself repeats requests without a response. */
  *granted(): Iterable<readonly [Subscription, SubscribeOptions]> {
    for (const [subscription, { options, isGranted }] of this.#rows) if (isGranted) yield [subscription, options];
  }

  /** Returns false when the subscription had been removed before. */
  delete(subscription: Subscription): boolean {
    return this.#rows.delete(subscription);
  }

  /** The filters that no other subscription has. */
  unwanted(filters: readonly string[]): string[] {
    const wanted = new Set([...this.#rows.keys()].flatMap((subscription) => subscription.filters));
    return filters.filter((filter) => !wanted.has(filter));
  }

  deliver(arrival: Arrival): void {
    const takers = [...this.#rows.keys()].filter((subscription) => subscription.takes(arrival.packet.topic));
    const shares = takers.map(() => arrival.share());
    takers.forEach((taker, i) => {
      taker.push(shares[i] as Message);
    });
    if (takers.length > 0 || arrival.packet.qos === 0) return;
    if (this.keepsSession) {
      this.#unclaimed.push(arrival);
      this.#unclaimedLoad += weightOf(arrival.packet);
      return;
    }
    // The message matches a subscription that has just ended.
    arrival.share().acknowledge();
  }

  /** The weight of all waiting messages, in short messages. Infinity when it exceeds the limits. */
  get load(): number {
    let messages = this.#unclaimed.length;
    let load = this.#unclaimedLoad;
    for (const subscription of this.#rows.keys()) {
      messages += subscription.waiting;
      load += subscription.load;
    }
    return messages > MOST_UNANSWERED || load - messages > MOST_BLOCKS_UNANSWERED ? Infinity : load;
  }

  /** The connection is over. */
  fail(failure: Failure | undefined): void {
    for (const subscription of this.#rows.keys()) subscription.fail(failure);
    this.#rows.clear();
  }
}
