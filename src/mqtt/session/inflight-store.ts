/**
 * Where a session stores its publishes in flight, so that a later run can continue them [MQTT 5, 4.1]. The session
 * reports each step to its store, and sends nothing before commit() has returned true. With a store, PUBREL waits for
 * Session.release(), so that one commit covers many messages.
 */
import type { PublishContent } from '../packets/publish.ts';

/** A publish of an earlier run. */
export interface SavedPublish extends PublishContent {
  readonly packetId: number;
  /** Whether PUBREC arrived: then PUBREL is sent again, not PUBLISH. */
  readonly released: boolean;
}

/** State of an earlier run, as plain data. */
export interface SavedFlights {
  /** The packet identifier handed out last: the session counts on from there. */
  readonly lastPacketId: number;
  /** The publishes in the order in which to send them again. They get the first tokens of the session. */
  readonly flights: readonly SavedPublish[];
}

export interface InflightStore {
  /** State that an earlier run saved; undefined when there is none, so that the session is new. Called once. */
  load(): SavedFlights | undefined;
  /** The broker has a new session without the publishes in flight: PUBLISH is sent again, not PUBREL. */
  restarted(): void;
  /** A publish at QoS 1 or 2 gets this packet identifier and is sent; with `again`, it is repeated under the same identifier. */
  sending(packetId: number, again: boolean): void;
  /** PUBREC arrived. */
  received(packetId: number): void;
  /** PUBREL is sent, possibly again. */
  released(packetId: number): void;
  /** The flow ended with this reason code, and the packet identifier is free. From 128 on, the message was rejected or never sent. */
  settled(packetId: number, code: number): void;
  /** PINGRESP arrived: the broker has read every packet sent before PINGREQ, so an outcome still missing is pending at the broker. */
  pong(): void;
  /**
   * Called before output is sent: true when the store has saved every step. The next messages get the identifiers after
   * `lastPacketId`, at most `window` at a time. False when saving failed; then nothing is sent.
   */
  commit(lastPacketId: number, window: number): boolean;
}
