/** What a session is opened with: everything that goes into CONNECT, and the limits that the client sets itself. */
import { type Properties, property } from '../properties.ts';
import type { ProtocolVersion, Will } from '../types.ts';
import type { InflightStore } from './inflight-store.ts';

export interface SessionOptions {
  readonly version: ProtocolVersion;
  /** May be empty: then the server assigns one (MQTT 5) or keeps the session anonymous (3.1.1). */
  readonly clientId: string;
  /** Clean Session (MQTT 3) or Clean Start (MQTT 5). */
  readonly clean: boolean;
  /** Seconds, 0 (off) to 65,535. The server's own value replaces it [MQTT-3.1.2-21]. */
  readonly keepAlive: number;
  readonly username?: string | undefined;
  /** At most 65,535 bytes. */
  readonly password?: Uint8Array | undefined;
  readonly will?: Will | undefined;
  /** Properties of CONNECT, in the order in which they are sent. */
  readonly properties: Properties;
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

/** Bytes of the largest packet that may come; undefined: as many as MQTT can express. */
export function receiveLimit({ properties, maxPacketBytes }: SessionOptions): number | undefined {
  return property(properties, 'maximum-packet-size') ?? maxPacketBytes;
}
