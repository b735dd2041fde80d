/** One connection, shared by checks: hands each the answers to its requests and the messages on its filters. */

import type { PublishContent } from '../mqtt/packets/publish.ts';
import { type Properties, property } from '../mqtt/properties.ts';
import type { Delivery, SessionEvent, Token } from '../mqtt/session/events.ts';
import { matches } from '../mqtt/topic.ts';
import type { ConnackPacket, ProtocolVersion, Subscription } from '../mqtt/types.ts';
import type { Clock } from '../runtime/io.ts';
import type { BeginCheck, Link, Reply, Running, StepTimes } from './link.ts';
import type { Verdict } from './result.ts';

/** What is used of a client. */
interface BoardWire {
  readonly clientId: string;
  publish(content: PublishContent): Token;
  subscribe(subscriptions: readonly Subscription[], properties: Properties): Token;
  acknowledge(delivery: Delivery): void;
  ping(): void;
}

export interface BoardContext {
  readonly wire: BoardWire;
  readonly clock: Clock;
  readonly version: ProtocolVersion;
  /** Seconds. */
  readonly keepAlive: number;
  /** Milliseconds since 1970. */
  wallTime(): number;
  /** Hexadecimal digits that no other message has. */
  token(): string;
  /** Every check has its verdict. */
  over(): void;
}

/** A check and what becomes of it. */
interface BoardRow {
  readonly check: BeginCheck;
  readonly finish: (verdict: Verdict) => void;
  readonly filters: string[];
  running?: Running | undefined;
  finished: boolean;
}

export class Board {
  readonly #context: BoardContext;
  readonly #rows: BoardRow[] = [];
  readonly #answers = new Map<Token, (answer: Reply) => void>();
  /** Those that wait for the PINGRESP that is on its way, and those that asked after its PINGREQ had gone. */
  #pinged: (() => void)[] = [];
  #pingNext: (() => void)[] = [];

  constructor(context: BoardContext) {
    this.#context = context;
  }

  get isOver(): boolean {
    return this.#rows.every((row) => row.finished);
  }

  /**
   * To be called before connected(). Returns what ends the check when its time is over: with the verdict on what has arrived, or with
   * that of `without` where it never began.
   */
  add(check: BeginCheck, finish: (verdict: Verdict) => void): (without: () => Verdict) => void {
    const row: BoardRow = { check, finish, filters: [], finished: false };
    this.#rows.push(row);
    return (without) => {
      if (!row.finished) this.#finish(row, row.running?.expired() ?? without());
    };
  }

  /** CONNACK has arrived: every check begins. */
  connected(connack: ConnackPacket, times: StepTimes, attempts: number): void {
    for (const row of this.#rows) {
      if (row.finished) continue;
      row.running = row.check(this.#linkFor(row, connack, times, attempts), (verdict) => this.#finish(row, verdict));
    }
  }

  event(event: SessionEvent): void {
    switch (event.type) {
      case 'message': {
        this.#context.wire.acknowledge(event.delivery);
        for (const row of this.#rows)
          if (!row.finished && row.filters.some((filter) => matches(filter, event.packet.topic)))
            row.running?.message?.(event.packet);
        return;
      }
      case 'oversized':
        return this.#context.wire.acknowledge(event.delivery);
      case 'published':
        return this.#answer(event.token, { code: event.code, reason: event.reason });
      case 'subscribed':
        return this.#answer(event.token, { code: event.codes[0] ?? 128, reason: event.reason });
      case 'pong':
        return this.#pong();
      default:
        return;
    }
  }

  /** The connection is lost, or was never made: that is the verdict of every check that still runs. */
  fail(verdict: Verdict): void {
    for (const row of this.#rows) if (!row.finished) this.#finish(row, verdict);
  }

  #finish(row: BoardRow, verdict: Verdict): void {
    if (row.finished) return;
    row.finished = true;
    row.finish(verdict);
    if (this.isOver) this.#context.over();
  }

  #answer(token: Token, answer: Reply): void {
    const answered = this.#answers.get(token);
    this.#answers.delete(token);
    answered?.(answer);
  }

  #ping(answered: () => void): void {
    if (this.#pinged.length > 0) return void this.#pingNext.push(answered);
    this.#pinged = [answered];
    this.#context.wire.ping();
  }

  #pong(): void {
    const answered = this.#pinged;
    this.#pinged = this.#pingNext;
    this.#pingNext = [];
    if (this.#pinged.length > 0) this.#context.wire.ping();
    for (const call of answered) call();
  }

  #linkFor(row: BoardRow, connack: ConnackPacket, times: StepTimes, attempts: number): Link {
    const { wire, clock, version, keepAlive, token, wallTime } = this.#context;
    const unless = (call: (answer: Reply) => void) => (answer: Reply) => {
      if (!row.finished) call(answer);
    };
    return {
      version,
      clientId: wire.clientId,
      connack,
      times,
      attempts,
      keepAlive: property(connack.properties, 'server-keep-alive') ?? keepAlive,
      now: () => clock.now(),
      callAt: (at, callback) => clock.callAt(at, callback),
      token,
      wallTime,
      subscribe: (filter, qos, answered) => {
        row.filters.push(filter);
        const subscription = { filter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
        this.#answers.set(wire.subscribe([subscription], []), unless(answered));
      },
      publish: (topic, payload, qos, answered) => {
        const token = wire.publish({ topic, payload, qos, retain: false, properties: [] });
        this.#answers.set(token, unless(answered));
      },
      ping: (answered) =>
        this.#ping(() => {
          if (!row.finished) answered();
        }),
    };
  }
}
