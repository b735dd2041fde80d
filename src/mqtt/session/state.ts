/** The session state that a store can keep across runs: plain values, nothing live [MQTT 5, 4.1]. */
import type { PublishContent } from '../packets/publish.ts';

export interface SavedPublish extends PublishContent {
  readonly packetId: number;
  /** PUBREC came; PUBREL is to be sent again. */
  readonly released: boolean;
}

export interface SessionState {
  readonly clientId: string;
  /** The packet identifier handed out last: the next run counts on from there. */
  readonly lastPacketId: number;
  /** In the order in which they are to be sent again. */
  readonly outbound: readonly SavedPublish[];
  /** Packet identifiers of QoS 2 messages received whose PUBREL is still to come. */
  readonly inbound: readonly number[];
}

/**
 * closed: no transport. connecting: CONNECT is out. connected: CONNACK came. leaving: our DISCONNECT is out, and the server
 * may have said one of its own before it read that. over: this connection has nothing more to say.
 */
export type Phase = 'closed' | 'connecting' | 'connected' | 'leaving' | 'over';
