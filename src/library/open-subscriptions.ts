/** All subscriptions of a client: which of them take a message that comes, and how much waits to be taken. */
import type { Failure } from '../errors.ts';
import { type Arrival, type Message, type SubscribeOptions, type Subscription, weightOf } from './subscription.ts';

/** The client keeps at most this many messages, and blocks of 64 KiB of them, while it waits for an answer that may be behind them. */
const MOST_UNANSWERED = 250_000;
const MOST_BLOCKS_UNANSWERED = 4096;

export class OpenSubscriptions {
  /** The server keeps subscriptions, and messages that are not taken, for the next connection. */
  readonly keepsSession: boolean;
  readonly #rows = new Map<Subscription, { readonly options: SubscribeOptions; isGranted: boolean }>();
  /** Messages of QoS 1 and 2 that no subscription of this run takes yet: they belong to a session of an earlier one. */
  #unclaimed: Arrival[] = [];
  #unclaimedLoad = 0;

  constructor(keepsSession: boolean) {
    this.keepsSession = keepsSession;
  }

  /** It gets what waits for it at once. */
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

  /** Those that a server without our session has to be asked for again. The session repeats a request without an answer. */
  *granted(): Iterable<readonly [Subscription, SubscribeOptions]> {
    for (const [subscription, { options, isGranted }] of this.#rows) if (isGranted) yield [subscription, options];
  }

  /** False: it had been taken out before. */
  delete(subscription: Subscription): boolean {
    return this.#rows.delete(subscription);
  }

  /** Those of these filters that no subscription has. */
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
    // A subscription that was ended a moment ago.
    arrival.share().acknowledge();
  }

  /** What waits, in short messages. Infinity: more than can be kept. */
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
