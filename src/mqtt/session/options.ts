/** What a session is opened with: everything that goes into CONNECT, and the limits that the client sets itself. */
import type { Properties } from '../properties.ts';
import type { ConnectPacket } from '../types.ts';
import type { InflightStore } from './inflight-store.ts';

export interface SessionOptions extends Omit<ConnectPacket, 'type'> {
  /** Properties of the DISCONNECT that ends the session in order. */
  readonly disconnectProperties: Properties;
  /** Most QoS 1 and 2 messages in flight from us, 1 to 65,535 (`-M`). The server's receive maximum narrows it. */
  readonly maxInflight: number;
  /** Bytes of the largest packet that is received, of any version. In MQTT 5 `properties` may announce another one, which counts. */
  readonly maxPacketBytes?: number | undefined;
  /**
   * 0 (the default) to 65,535: packet identifiers count on from this one when the server has a session that this one knows
   * nothing of.
   */
  readonly idsAfter?: number;
  /** Keeps what is in flight at QoS 1 and 2 for a later run. */
  readonly store?: InflightStore;
  /** Whether every packet is also reported as an event, for `-d`. */
  readonly trace: boolean;
}
