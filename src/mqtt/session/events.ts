/** What a session reports to its owner, one value after the other in the order in which it happened. */
import type { PacketError } from '../packet-error.ts';
import type { AuthPacket, ConnackPacket, DisconnectPacket, Excess, Packet, PublishPacket, QoS } from '../types.ts';

/** Names a publish, subscribe or unsubscribe. Counts up from 1 over the life of a session. */
export type Token = number;

/** A message on its way to the consumer. To be handed back to acknowledge() once. */
export interface Delivery {
  readonly packetId: number;
  readonly qos: QoS;
}

export type SessionEvent =
  | {
      readonly type: 'connected';
      readonly packet: ConnackPacket;
      /** Publishes in flight that are sent anew because the server no longer has the session that we asked it to keep. */
      readonly lost: number;
    }
  /** CONNACK with a code other than 0. The transport is to be closed. */
  | { readonly type: 'refused'; readonly packet: ConnackPacket }
  /** Hand `delivery` to acknowledge() once the message is safe; at QoS 0 that does nothing. */
  | { readonly type: 'message'; readonly packet: PublishPacket; readonly delivery: Delivery }
  /** The same for a message that cannot be handed out: acknowledge() refuses it, so that the server does not keep it. */
  | {
      readonly type: 'oversized';
      readonly packet: PublishPacket & { readonly excess: Excess };
      readonly delivery: Delivery;
    }
  /** The outcome of a publish. At QoS 0: it stands in the output. */
  | {
      readonly type: 'published';
      readonly token: Token;
      readonly packetId: number;
      /** From 128 on it was refused. */
      readonly code: number;
      readonly reason: string | undefined;
      /** It was not sent at all, because the server said in CONNACK that it cannot take it. */
      readonly local: boolean;
    }
  | {
      readonly type: 'subscribed';
      readonly token: Token;
      readonly packetId: number;
      /** One a filter, in order; from 128 on refused. */
      readonly codes: readonly number[];
      readonly reason: string | undefined;
    }
  | { readonly type: 'unsubscribed'; readonly token: Token; readonly codes: readonly number[] }
  /** PINGRESP, after ping(). */
  | { readonly type: 'pong' }
  | { readonly type: 'auth'; readonly packet: AuthPacket }
  /** The server ended the connection with a DISCONNECT (MQTT 5). The transport is to be closed. */
  | { readonly type: 'disconnected'; readonly packet: DisconnectPacket }
  /** The server broke the protocol, or is silent. The transport is to be closed after the output is written. */
  | { readonly type: 'failed'; readonly error: PacketError | 'no-connack' | 'no-pingresp' }
  /** A packet went out or came in; only with the option `trace`. */
  | {
      readonly type: 'trace';
      readonly direction: 'sent' | 'received';
      readonly packet: Packet;
      /** For PUBLISH at QoS 0, which has no identifier of its own: the number it counts as. */
      readonly mid?: number;
    };
