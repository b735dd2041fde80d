/** Which options open a session: the contents of CONNECT, and the limits that the client sets itself. */
import type { Properties } from '../properties.ts';
import type { ConnectPacket } from '../types.ts';
import type { InflightStore } from './inflight-store.ts';

export interface SessionOptions extends Omit<ConnectPacket, 'type'> {
  /** Properties of the DISCONNECT that closes the session cleanly. */
  readonly disconnectProperties: Properties;
  /** Most QoS 1 and 2 messages in flight from the client, 1 to 65,535 (`-M`). The broker's receive maximum may lower it. */
  readonly maxInflight: number;
  /** Bytes of the largest packet to accept, in any version. In MQTT 5, `maximum-packet-size` in `properties` replaces this limit. */
  readonly maxPacketBytes?: number | undefined;
  /**
   * 0 (the default) to 65,535: packet identifiers continue after this one when the broker has a session that this
   * client does not know.
   */
  readonly idsAfter?: number;
  /** Stores QoS 1 and 2 messages in flight for a later run. */
  readonly store?: InflightStore;
  /** Whether every packet is also reported as an event, for `-d`. */
  readonly trace: boolean;
}
