/** A check on a virtual clock, with a broker that the test plays. */
import type { BeginCheck, Link, Reply } from '../../src/check/link.ts';
import type { Verdict } from '../../src/check/result.ts';
import type { Properties } from '../../src/mqtt/properties.ts';
import type { ProtocolVersion, PublishPacket, QoS } from '../../src/mqtt/types.ts';

/** The time of day at the beginning of a bench, in milliseconds since 1970. */
export const START = Date.UTC(2026, 0, 1);

export class Bench {
  now = 1000;
  readonly requests: string[] = [];
  verdict: Verdict | undefined;
  readonly #timers: { at: number; call: () => void }[] = [];
  readonly #subscribed: ((answer: Reply) => void)[] = [];
  readonly #published: ((answer: Reply) => void)[] = [];
  readonly #pinged: (() => void)[] = [];
  readonly #running: ReturnType<BeginCheck>;
  lastPayload: Uint8Array = new Uint8Array(0);

  constructor(
    check: BeginCheck,
    {
      version = 5,
      properties = [],
      times = [
        ['connect', 1],
        ['connack', 2],
      ],
      attempts = 1,
    }: {
      version?: ProtocolVersion;
      properties?: Properties;
      times?: readonly (readonly [string, number])[];
      attempts?: number;
    } = {},
  ) {
    const link: Link = {
      version,
      clientId: 'me',
      connack: { type: 'connack', sessionPresent: false, code: 0, properties },
      keepAlive: 60,
      times: new Map(times),
      attempts,
      now: () => this.now,
      callAt: (at, call) => {
        const timer = { at, call };
        this.#timers.push(timer);
        return () => void this.#timers.splice(this.#timers.indexOf(timer), this.#timers.includes(timer) ? 1 : 0);
      },
      wallTime: () => START + this.now - 1000,
      token: () => 'abc',
      subscribe: (filter, qos, answered) => {
        this.requests.push(`SUBSCRIBE ${filter} ${qos}`);
        this.#subscribed.push(answered);
      },
      publish: (topic, payload, qos, answered) => {
        this.requests.push(`PUBLISH ${topic} ${qos}`);
        this.lastPayload = payload;
        this.#published.push(answered);
      },
      ping: (answered) => {
        this.requests.push('PINGREQ');
        this.#pinged.push(answered);
      },
    };
    this.#running = check(link, (verdict) => {
      this.verdict ??= verdict;
    });
  }

  suback(code = 0, reason?: string): this {
    this.#subscribed.shift()!({ code, reason });
    return this;
  }

  puback(code = 0, reason?: string): this {
    this.#published.shift()!({ code, reason });
    return this;
  }

  pong(): this {
    this.#pinged.shift()!();
    return this;
  }

  message(topic: string, payload: string | Uint8Array, { retain = false, qos = 0 as QoS } = {}): this {
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
    const packet = { type: 'publish', topic, payload: bytes, retain, qos, dup: false, packetId: 0, properties: [] };
    if (this.verdict === undefined) this.#running.message?.(packet as PublishPacket);
    return this;
  }

  after(span: number): this {
    this.now += span;
    for (const timer of [...this.#timers])
      if (timer.at <= this.now && this.#timers.includes(timer)) {
        this.#timers.splice(this.#timers.indexOf(timer), 1);
        timer.call();
      }
    return this;
  }

  expire(): this {
    this.verdict ??= this.#running.expired();
    return this;
  }

  /** `OK text`. */
  get outcome(): string {
    const { verdict } = this;
    return verdict === undefined
      ? 'none'
      : `${['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'][verdict.status]} ${verdict.text}`;
  }
}
