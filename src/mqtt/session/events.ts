/** Which events a session reports to its owner, in the order in which they happen. */
import type { PacketError } from '../packet-error.ts';
import type { AuthPacket, ConnackPacket, DisconnectPacket, Excess, Packet, PublishPacket, QoS } from '../types.ts';

/** Identifies a publish, subscribe or unsubscribe. Counts up from 1 during the life of a session. */
export type Token = number;

/** A message that the consumer has not confirmed yet. Pass it to acknowledge() exactly once. */
export interface Delivery {
  readonly packetId: number;
  readonly qos: QoS;
}

export type SessionEvent =
  | {
      readonly type: 'connected';
      readonly packet: ConnackPacket;
      /** Publishes in flight that are sent again because the broker lost the session that it was asked to keep. */
      readonly lost: number;
    }
  /** CONNACK with a code other than 0. The owner must close the transport. */
  | { readonly type: 'refused'; readonly packet: ConnackPacket }
  /** Pass `delivery` to acknowledge() once the message is safe; at QoS 0 that does nothing. */
  | { readonly type: 'message'; readonly packet: PublishPacket; readonly delivery: Delivery }
  /** A message that exceeds the limits and cannot be delivered. acknowledge() rejects it, so that the broker drops it. */
  | {
      readonly type: 'oversized';
      readonly packet: PublishPacket & { readonly excess: Excess };
      readonly delivery: Delivery;
    }
  /** The outcome of a publish. At QoS 0 the message is in the output. */
  | {
      readonly type: 'published';
      readonly token: Token;
      readonly packetId: number;
      /** A code of 128 or above means that the broker rejected the message. */
      readonly code: number;
      readonly reason: string | undefined;
      /** The message was not sent, because CONNACK says that the broker cannot accept it. */
      readonly local: boolean;
    }
  | {
      readonly type: 'subscribed';
      readonly token: Token;
      readonly packetId: number;
      /** One code per filter, in the order of the request; 128 and above means rejected. */
      readonly codes: readonly number[];
      readonly reason: string | undefined;
    }
  | { readonly type: 'unsubscribed'; readonly token: Token; readonly codes: readonly number[] }
  /** A PINGRESP that answers ping(). */
  | { readonly type: 'pong' }
  | { readonly type: 'auth'; readonly packet: AuthPacket }
  /** The broker ended the connection with a DISCONNECT (MQTT 5). The owner must close the transport. */
  | { readonly type: 'disconnected'; readonly packet: DisconnectPacket }
  /** The broker violated the protocol or is silent. The owner must write the output, then close the transport. */
  | { readonly type: 'failed'; readonly error: PacketError | 'no-connack' | 'no-pingresp' }
  /** A packet was sent or received; only with the option `trace`. */
  | {
      readonly type: 'trace';
      readonly direction: 'sent' | 'received';
      readonly packet: Packet;
      /** For PUBLISH at QoS 0, which has no packet identifier: the number that it counts as. */
      readonly mid?: number;
    };
