/** Which parts a client consists of, and which callbacks report what it does. */

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
  /** Milliseconds from the first step of an attempt to CONNACK; undefined: only the limits of the steps apply. */
  readonly connectTimeout?: Millis | undefined;
}

export interface ClientHandlers {
  event(event: SessionEvent): void;
  /** All events of a turn were reported and the resulting output is written: now the owner may flush and publish more. */
  settled(): void;
  /** The connection or the attempt failed. The next attempt starts after `wait` milliseconds; undefined: none follows. */
  down(failure: Failure, wait: Millis | undefined): void;
  /** After end(): the connection is closed. `failure` is undefined when everything was written and both sides closed cleanly. */
  ended(failure: Failure | undefined): void;
}
