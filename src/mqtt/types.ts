/**
 * Which control packets exist, as values with one shape per packet for all protocol versions. Fields that a version
 * does not have (properties, reason codes) are empty or 0, so callers of the codec need not ask for the version.
 */
import type { Properties } from './properties.ts';

/** The protocol level in CONNECT: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0. */
export type ProtocolVersion = 3 | 4 | 5;

export type QoS = 0 | 1 | 2;

/** The largest remaining length: four bytes of seven bits [MQTT 5, 1.5.5; MQTT 3.1.1, 2.2.3]. */
export const MAX_REMAINING_LENGTH = 268_435_455;

/** The highest packet identifier, two bytes [MQTT 5, 2.2.1]. */
export const MAX_PACKET_ID = 65_535;

export interface Will {
  readonly topic: string;
  /** At most 65,535 bytes. */
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties: Properties;
}

export interface ConnectPacket {
  readonly type: 'connect';
  readonly version: ProtocolVersion;
  /** May be empty: then the broker assigns one (MQTT 5) or keeps the session anonymous (3.1.1). */
  readonly clientId: string;
  /** Clean Session in MQTT 3, Clean Start in MQTT 5. */
  readonly clean: boolean;
  /** Seconds, 0 (off) to 65,535. A broker of MQTT 5 may send another value, which replaces this one [MQTT-3.1.2-21]. */
  readonly keepAlive: number;
  readonly username?: string | undefined;
  /** At most 65,535 bytes. */
  readonly password?: Uint8Array | undefined;
  readonly will?: Will | undefined;
  readonly properties: Properties;
}

export interface ConnackPacket {
  readonly type: 'connack';
  readonly sessionPresent: boolean;
  /** Return code (MQTT 3) or reason code (MQTT 5). */
  readonly code: number;
  readonly properties: Properties;
}

/** Measurements of a property section that exceeds the limits of count-limits.ts. */
export interface Excess {
  /** Number of properties in the first 16 MiB. */
  readonly count: number;
  /** Size of the whole property section in bytes. */
  readonly bytes: number;
  /** The topic alias of a PUBLISH, if found while counting. */
  readonly topicAlias: number | undefined;
}

export interface PublishPacket {
  readonly type: 'publish';
  readonly dup: boolean;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly topic: string;
  /** 0 at QoS 0. */
  readonly packetId: number;
  /** For a received packet, a view of the transport's chunk: copy it to keep it. */
  readonly payload: Uint8Array;
  readonly properties: Properties;
  /** Set for a received message that is rejected because its properties exceed the limits; they are not decoded. */
  readonly excess?: Excess | undefined;
}

export type AckType = 'puback' | 'pubrec' | 'pubrel' | 'pubcomp';

export interface AckPacket<T extends AckType = AckType> {
  readonly type: T;
  readonly packetId: number;
  readonly code: number;
  readonly properties: Properties;
}

/** When the broker sends retained messages: always, only for a new subscription, never [MQTT 5, 3.8.3.1]. */
export type RetainHandling = 0 | 1 | 2;

export interface Subscription {
  readonly filter: string;
  readonly qos: QoS;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly retainHandling: RetainHandling;
}

export interface SubscribePacket {
  readonly type: 'subscribe';
  readonly packetId: number;
  readonly subscriptions: readonly Subscription[];
  readonly properties: Properties;
}

interface FilterAck<T extends 'suback' | 'unsuback'> {
  readonly type: T;
  readonly packetId: number;
  /** One code per filter. Empty in UNSUBACK of MQTT 3. */
  readonly codes: readonly number[];
  readonly properties: Properties;
}

export type SubackPacket = FilterAck<'suback'>;

export interface UnsubscribePacket {
  readonly type: 'unsubscribe';
  readonly packetId: number;
  readonly filters: readonly string[];
  readonly properties: Properties;
}

export type UnsubackPacket = FilterAck<'unsuback'>;

interface PingPacket<T extends 'pingreq' | 'pingresp' = 'pingreq' | 'pingresp'> {
  readonly type: T;
}

export interface ClosingPacket<T extends 'disconnect' | 'auth' = 'disconnect' | 'auth'> {
  readonly type: T;
  readonly code: number;
  readonly properties: Properties;
}

export type DisconnectPacket = ClosingPacket<'disconnect'>;
export type AuthPacket = ClosingPacket<'auth'>;

export type Packet =
  | ConnectPacket
  | ConnackPacket
  | PublishPacket
  | AckPacket<'puback'>
  | AckPacket<'pubrec'>
  | AckPacket<'pubrel'>
  | AckPacket<'pubcomp'>
  | SubscribePacket
  | SubackPacket
  | UnsubscribePacket
  | UnsubackPacket
  | PingPacket<'pingreq'>
  | PingPacket<'pingresp'>
  | DisconnectPacket
  | AuthPacket;

export type PacketType = Packet['type'];
