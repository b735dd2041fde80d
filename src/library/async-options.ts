/** What the calls of the library take and give. */

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
  /** Gives up waiting. The message may be delivered all the same. */
  readonly signal?: AbortSignalLike;
}

/** What the server said to a message. At QoS 0 it says nothing: then the code is 0. */
export interface PublishResult {
  /** Below 128: 0, or 16 when there is no subscriber to the topic (MQTT 5). */
  readonly code: number;
  /** The server's own words. */
  readonly reason: string | undefined;
}

export interface EndOptions {
  /** Milliseconds after which the connection is dropped; Infinity: never. Default: 30,000. */
  readonly timeout?: number;
  /** Drops the connection at once. */
  readonly signal?: AbortSignalLike;
}

/** What a program hears of while the connection goes on. */
export interface ConnectionListeners {
  /** The connection broke and is made again after `wait` milliseconds. */
  onInterrupted?(failure: Failure, wait: number): void;
  /** It stands again. */
  onResumed?(): void;
  /**
   * A message was refused because it has more properties than are accepted: 65,535, or 16 MiB of them. Left out: a warning of
   * the process.
   */
  onDiscarded?(failure: Failure): void;
}
