/**
 * Where a session keeps what it has in flight towards the server, so that a later run can go on with it [MQTT 5, 4.1].
 * The session tells its store of each step as it happens, and lets nothing leave before commit() has returned true.
 * With a store PUBREL waits for Session.release(), so that one commit can serve many.
 */
import type { PublishContent } from '../packets/publish.ts';

/** A publish of an earlier run. */
export interface SavedPublish extends PublishContent {
  readonly packetId: number;
  /** PUBREC came; PUBREL is to be sent again. */
  readonly released: boolean;
}

/** Plain values, nothing live. */
export interface SavedFlights {
  /** The packet identifier handed out last: the session counts on from there. */
  readonly lastPacketId: number;
  /** In the order in which they are to be sent again. They get the first tokens of the session. */
  readonly flights: readonly SavedPublish[];
}

export interface InflightStore {
  /** What an earlier run has left; undefined: nothing, so that the session is a new one. Asked once. */
  load(): SavedFlights | undefined;
  /** The server has a new session, and knows nothing of what was in flight: PUBREL is not what follows, but PUBLISH. */
  restarted(): void;
  /** A publish at QoS 1 or 2 gets this packet identifier and goes out, or, `again`, goes out under the one that it has. */
  sending(packetId: number, again: boolean): void;
  /** PUBREC came. */
  received(packetId: number): void;
  /** PUBREL goes out, perhaps once more. */
  released(packetId: number): void;
  /** The flow has ended, with this reason code, and the packet identifier is free. From 128 on it was refused, or never sent. */
  settled(packetId: number, code: number): void;
  /** PINGRESP came: what the server has not answered by now of what stood before PINGREQ, it keeps for later. */
  pong(): void;
  /**
   * Output is about to leave: the store has kept every step so far when this returns true. `lastPacketId`: what is sent next gets the
   * identifiers after this one, at most `window` at a time. False: it cannot be kept, and nothing leaves.
   */
  commit(lastPacketId: number, window: number): boolean;
}
