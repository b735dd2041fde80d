/** Which options the calls of the library accept, and what they return. */

import type { Failure } from '../errors.ts';
import type { Properties } from '../mqtt/properties.ts';
import type { QoS } from '../mqtt/types.ts';
import type { AbortSignalLike } from '../util/on-abort.ts';

export interface PublishOptions {
  /** Default: 1. */
  readonly qos?: QoS;
  readonly retain?: boolean;
  /** MQTT 5. */
  readonly properties?: Properties;
  /** Stops waiting for the outcome. The message may still be delivered. */
  readonly signal?: AbortSignalLike;
}

/** The broker's response to a message. At QoS 0 there is none, and the code is 0. */
export interface PublishResult {
  /** Below 128: 0, or 16 when the topic has no subscriber (MQTT 5). */
  readonly code: number;
  /** The broker's reason string. */
  readonly reason: string | undefined;
}

export interface EndOptions {
  /** Milliseconds after which the connection is dropped; Infinity: never. Default: 30,000. */
  readonly timeout?: number;
  /** Drops the connection at once. */
  readonly signal?: AbortSignalLike;
}

/** Callbacks for events of the connection. */
export interface ConnectionListeners {
  /** The connection was lost; the next attempt starts after `wait` milliseconds. */
  onInterrupted?(failure: Failure, wait: number): void;
  /** The client is connected again. */
  onResumed?(): void;
  /**
   * A message was rejected because it has more than 65,535 properties, or more than 16 MiB of them. Without this
   * callback, the process emits a warning.
   */
  onDiscarded?(failure: Failure): void;
}
