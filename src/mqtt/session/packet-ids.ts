/**
 * Which numbers a session hands out. Packet identifiers run from 1 to 65,535, wrap around, and skip those in use
 * [MQTT-2.2.1-3]. PUBLISH, SUBSCRIBE and UNSUBSCRIBE share one counter; a PUBLISH at QoS 0 uses a number too, as in
 * Mosquitto. Tokens identify publishes and requests inside the client; each is unique.
 */
import { MAX_PACKET_ID } from '../types.ts';
import type { Token } from './events.ts';

export class PacketIds {
  readonly #used = new Uint8Array(MAX_PACKET_ID + 1);
  #inUse = 0;
  /** The identifier handed out last. */
  last = 0;
  #lastToken: Token = 0;

  token(): Token {
    return ++this.#lastToken;
  }

  get available(): boolean {
    return this.#inUse < MAX_PACKET_ID;
  }

  /** Counts on from this one, if nothing was handed out yet. */
  begin(after: number): void {
    if (this.last === 0) this.last = after;
  }

  /** The next number, without reserving it. */
  pass(): number {
    this.last = this.last === MAX_PACKET_ID ? 1 : this.last + 1;
    return this.last;
  }

  /** Equals `count` calls of pass(). */
  passMany(count: number): void {
    if (count > 0) this.last = ((this.last + count + MAX_PACKET_ID - 1) % MAX_PACKET_ID) + 1;
  }

  /** The next free identifier; it stays in use until release(). Throws a TypeError when none is free. */
  take(): number {
    if (!this.available) throw new TypeError('all packet identifiers are in use');
    while (this.#used[this.pass()] === 1);
    this.#used[this.last] = 1;
    this.#inUse++;
    return this.last;
  }

  /** Reserves this identifier. Throws a TypeError when it is in use. */
  reserve(id: number): void {
    if (this.#used[id] === 1) throw new TypeError(`packet identifier ${id} is in use`);
    this.#used[id] = 1;
    this.#inUse++;
  }

  release(id: number): void {
    if (this.#used[id] !== 1) throw new TypeError(`packet identifier ${id} is not in use`);
    this.#used[id] = 0;
    this.#inUse--;
  }
}
