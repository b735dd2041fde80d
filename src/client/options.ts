/** What a client is made of, and who hears of what it does. */

import type { Failure } from '../errors.ts';
import type { SessionEvent } from '../mqtt/session/events.ts';
import type { Session } from '../mqtt/session/session.ts';
import type { Dial } from '../net/byte-stream.ts';
import type { Clock } from '../runtime/io.ts';
import type { Millis } from '../util/millis.ts';
import type { RetryPolicy } from './reconnect.ts';

export interface ClientOptions {
  readonly session: Session;
  readonly version: 3 | 4 | 5;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
  /** How long an attempt may take, from its first step to CONNACK; undefined: as long as its steps allow. */
  readonly connectTimeout?: Millis | undefined;
}

export interface ClientHandlers {
  event(event: SessionEvent): void;
  /** The owner has all events of a turn, and what they caused is written: the moment to flush and to publish more. */
  settled(): void;
  /** The connection, or the attempt to make one, failed. The next attempt comes after `wait`; undefined: there is none. */
  down(failure: Failure, wait: Millis | undefined): void;
  /** After end(): the connection is closed. `failure` is undefined when everything was written and both sides closed in order. */
  ended(failure: Failure | undefined): void;
}
