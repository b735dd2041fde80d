/** A client with a clock and connections that the test holds in its hands. */
import { expect } from 'vitest';
import { Client } from '../../src/client/client.ts';
import type { RetryPolicy } from '../../src/client/reconnect.ts';
import type { Failure } from '../../src/errors.ts';
import type { SessionEvent } from '../../src/mqtt/session/events.ts';
import type { SessionOptions } from '../../src/mqtt/session/options.ts';
import { Session } from '../../src/mqtt/session/session.ts';
import type { ByteStream, Dial, StreamHandlers } from '../../src/net/byte-stream.ts';
import { bytes } from '../mqtt/notation.ts';
import { decodeAll, OPTIONS } from '../mqtt/session/harness.ts';
import { FakeStream } from '../support/pair.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

export const CONNACK = '20 {00 00 {}}';

interface Attempt {
  readonly handlers: StreamHandlers;
  readonly resolve: (stream: ByteStream) => void;
  readonly reject: (failure: unknown) => void;
  cancelled: boolean;
}

export interface RigOptions {
  readonly session?: Partial<SessionOptions>;
  readonly retry?: RetryPolicy;
  readonly connectTimeout?: number;
  readonly dial?: (clock: VirtualClock) => Dial;
  event?(event: SessionEvent, rig: Rig): void;
  settled?(rig: Rig): void;
  down?(rig: Rig): void;
}

export class Rig {
  readonly clock = new VirtualClock();
  readonly attempts: Attempt[] = [];
  readonly events: SessionEvent[] = [];
  /** Every call of the handlers, in order: event types except `settled`, `down`, `ended`. */
  readonly log: string[] = [];
  readonly failures: (Failure | undefined)[] = [];
  readonly client: Client;
  settledCount = 0;

  constructor(options: RigOptions = {}) {
    const session = { ...OPTIONS, ...options.session };
    this.client = new Client(
      {
        session: new Session(session),
        version: session.version,
        clock: this.clock,
        retry: options.retry ?? (() => undefined),
        connectTimeout: options.connectTimeout,
        dial: options.dial?.(this.clock) ?? ((handlers) => this.#dial(handlers)),
      },
      {
        event: (event) => {
          this.events.push(event);
          this.log.push(event.type);
          options.event?.(event, this);
        },
        settled: () => {
          this.settledCount++;
          options.settled?.(this);
        },
        down: (failure, wait) => {
          this.failures.push(failure);
          this.log.push(`down ${failure.kind}${wait === undefined ? '' : ` ${wait}`}`);
          options.down?.(this);
        },
        ended: (failure) => {
          this.failures.push(failure);
          this.log.push(`ended${failure === undefined ? '' : ` ${failure.kind}`}`);
        },
      },
    );
  }

  /** The connection attempt made last. */
  get attempt(): Attempt {
    return this.attempts.at(-1)!;
  }

  /** Starts, or goes on with the attempt that waits, up to an open connection without CONNACK. */
  async open(): Promise<FakeStream> {
    if (this.attempts.length === 0) this.client.connect();
    const { handlers, resolve } = this.attempt;
    const stream = new FakeStream(handlers);
    resolve(stream);
    await settle();
    return stream;
  }

  /** The same with CONNACK; what was written is taken. */
  async connect(connack = CONNACK): Promise<FakeStream> {
    const stream = await this.open();
    stream.feed(bytes(connack));
    await settle();
    stream.take();
    return stream;
  }

  /** What was written since the last look, as `type id`. */
  static sent(stream: FakeStream, version: 3 | 4 | 5 = 5): string[] {
    return decodeAll(stream.take(), version).map((packet) =>
      'packetId' in packet ? `${packet.type} ${packet.packetId}` : packet.type,
    );
  }

  expectLog(...lines: string[]): void {
    expect(this.log).toEqual(lines);
    this.log.length = 0;
  }

  #dial(handlers: StreamHandlers): ReturnType<Dial> {
    let attempt: Attempt;
    const opened = new Promise<ByteStream>((resolve, reject) => {
      attempt = { handlers, resolve, reject, cancelled: false };
      this.attempts.push(attempt);
    });
    return {
      opened,
      cancel: () => {
        attempt.cancelled = true;
      },
    };
  }
}

/** For the handler of events: acknowledges each message at once. */
export function acknowledge(event: SessionEvent, client: Rig['client']): void {
  if (event.type === 'message') client.acknowledge(event.delivery);
}
