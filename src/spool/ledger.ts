/** What happened to the messages, in memory: which are settled, and which are in flight with what packet identifier. */
import { Ranges } from './ranges.ts';

/** How a message left the spool. The numbers are on disk; 1 meant rejected by the broker, which now leaves it in the spool. */
export const OUTCOMES = { delivered: 0, expired: 2, dropped: 3, damaged: 4 } as const;
export type Outcome = keyof typeof OUTCOMES;

export type JournalEntry =
  /** Every message below `base` is settled; `total` is the number of all settled ones. */
  | { readonly type: 'base'; readonly base: number; readonly total: number }
  /** These messages are settled too, both ends included. */
  | { readonly type: 'settled'; readonly from: number; readonly to: number; readonly outcome: Outcome }
  /** A PUBLISH with this packet identifier is about to be sent. */
  | { readonly type: 'sending'; readonly id: number; readonly packetId: number }
  /** A PUBREC was received; its PUBREL is about to be sent. */
  | { readonly type: 'released'; readonly packetId: number }
  /** The broker has rejected the message: its packet identifier is free, and the message waits again. */
  | { readonly type: 'returned'; readonly id: number }
  /** The broker has a new session without our messages: released messages start over. */
  | { readonly type: 'restarted' }
  /** The state of messages in flight is given up, and they wait again. */
  | { readonly type: 'forgotten' }
  /** The packet identifier assigned last. */
  | { readonly type: 'counter'; readonly packetId: number }
  /** Every message up to this one was on disk: one that is missing now was lost. */
  | { readonly type: 'seen'; readonly id: number };

export interface Flight {
  readonly id: number;
  readonly packetId: number;
  /** True after PUBREC: the broker has the message. */
  readonly released: boolean;
}

export class Ledger {
  /** Every lower identifier is settled. */
  base = 1;
  /** Number of messages settled since the spool was made. */
  total = 0;
  lastPacketId = 0;
  /** The highest identifier ever mentioned. */
  highest = 0;
  /**
   * True when the broker may have a session of ours with unknown packet identifiers. None may be used before a clean
   * start, because the broker would mistake a new message for a duplicate.
   */
  needsCleanStart = true;
  /** Settled messages above `base`. */
  readonly #settled = new Ranges();
  /** Messages by packet identifier; in the order of sending, and of the PUBREC packets. */
  #sent = new Map<number, number>();
  #released = new Map<number, number>();
  /** Packet identifiers by message. */
  readonly #byId = new Map<number, number>();

  isSettled(id: number): boolean {
    return id < this.base || this.#settled.has(id);
  }

  /** How many messages from `from` to before `to` are not settled. */
  unsettled(from: number, to: number): number {
    const first = Math.max(from, this.base);
    return Math.max(0, to - first) - this.#settled.count(first, to);
  }

  /** The first unsettled identifier, from this one on. */
  nextUnsettled(id: number): number {
    return this.#settled.gapFrom(Math.max(id, this.base));
  }

  isInFlight(id: number): boolean {
    return this.#byId.has(id);
  }

  /** Whether a message in flight uses it. */
  usesPacketId(packetId: number): boolean {
    return this.#sent.has(packetId) || this.#released.has(packetId);
  }

  /** Messages in flight, in the order in which a session has to send them again: PUBREL first [MQTT-4.4.0-1]. */
  flights(): Flight[] {
    const list = (map: Map<number, number>, released: boolean): Flight[] =>
      [...map].map(([packetId, id]) => ({ id, packetId, released }));
    return [...list(this.#released, true), ...list(this.#sent, false)];
  }

  apply(entry: JournalEntry): void {
    switch (entry.type) {
      case 'base':
        this.base = entry.base;
        this.total = entry.total;
        this.highest = Math.max(this.highest, entry.base - 1);
        return;
      case 'settled':
        this.highest = Math.max(this.highest, entry.to);
        this.#settle(entry.from, entry.to);
        return;
      case 'sending':
        this.highest = Math.max(this.highest, entry.id);
        this.#send(entry.id, entry.packetId);
        return;
      case 'released': {
        const id = this.#sent.get(entry.packetId);
        if (id === undefined) return;
        this.#sent.delete(entry.packetId);
        this.#released.set(entry.packetId, id);
        return;
      }
      case 'returned':
        this.#land(entry.id);
        return;
      case 'restarted':
        this.needsCleanStart = false;
        this.#sent = new Map([...this.#released, ...this.#sent]);
        this.#released = new Map();
        return;
      case 'forgotten':
        this.needsCleanStart = true;
        this.#sent.clear();
        this.#released.clear();
        this.#byId.clear();
        return;
      case 'counter':
        this.lastPacketId = entry.packetId;
        return;
      case 'seen':
        this.highest = Math.max(this.highest, entry.id);
    }
  }

  /** The same state in the fewest entries. */
  *entries(): Generator<JournalEntry> {
    const above = [...this.#settled];
    const count = above.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    yield { type: 'base', base: this.base, total: this.total - count };
    for (const { from, to } of above) yield { type: 'settled', from, to, outcome: 'delivered' };
    yield { type: this.needsCleanStart ? 'forgotten' : 'restarted' };
    for (const { id, packetId, released } of this.flights()) {
      yield { type: 'sending', id, packetId };
      if (released) yield { type: 'released', packetId };
    }
    yield { type: 'counter', packetId: this.lastPacketId };
    if (this.highest >= this.base) yield { type: 'seen', id: this.highest };
  }

  #settle(from: number, to: number): void {
    if (from === to) this.#land(from);
    else for (const id of [...this.#byId.keys()]) if (id >= from && id <= to) this.#land(id);
    this.total += this.#settled.add(Math.max(from, this.base), to);
    const { first } = this.#settled;
    if (first === undefined || first.from > this.base) return;
    this.base = first.to + 1;
    this.#settled.shift();
  }

  /** The message is no longer in flight. */
  #land(id: number): void {
    const packetId = this.#byId.get(id);
    if (packetId === undefined) return;
    this.#byId.delete(id);
    this.#sent.delete(packetId);
    this.#released.delete(packetId);
  }

  #send(id: number, packetId: number): void {
    this.lastPacketId = packetId;
    if (this.isSettled(id)) return;
    this.#land(id);
    // A packet identifier belongs to one message: its previous message is no longer in flight.
    const other = this.#sent.get(packetId) ?? this.#released.get(packetId);
    if (other !== undefined) this.#byId.delete(other);
    this.#released.delete(packetId);
    this.#sent.delete(packetId);
    this.#byId.set(id, packetId);
    this.#sent.set(packetId, id);
  }
}
