/**
 * Which reason codes MQTT 5 has and which packets may carry them [MQTT 5, 2.4], and the return codes of MQTT 3 CONNACK
 * [MQTT 3.1.1, 3.2.2.3]. The texts are Mosquitto's, because scripts grep for them.
 */
import type { PacketType, ProtocolVersion } from './types.ts';

interface ReasonRow {
  readonly code: number;
  readonly text: string;
  readonly packets: readonly PacketType[];
}

const PUBLISH_ACKS = ['puback', 'pubrec'] as const;
const SUBSCRIPTION_ACKS = ['suback', 'unsuback'] as const;

// biome-ignore format: one row a line
export const REASONS: readonly ReasonRow[] = [
  { code: 0, text: 'Success', packets: ['connack', ...PUBLISH_ACKS, 'pubrel', 'pubcomp', ...SUBSCRIPTION_ACKS, 'disconnect', 'auth'] },
  { code: 1, text: 'Granted QoS 1', packets: ['suback'] },
  { code: 2, text: 'Granted QoS 2', packets: ['suback'] },
  { code: 4, text: 'Disconnect with Will Message', packets: ['disconnect'] },
  { code: 16, text: 'No matching subscribers', packets: PUBLISH_ACKS },
  { code: 17, text: 'No subscription existed', packets: ['unsuback'] },
  { code: 24, text: 'Continue authentication', packets: ['auth'] },
  { code: 25, text: 'Re-authenticate', packets: ['auth'] },
  { code: 128, text: 'Unspecified error', packets: ['connack', ...PUBLISH_ACKS, ...SUBSCRIPTION_ACKS, 'disconnect'] },
  { code: 129, text: 'Malformed Packet', packets: ['connack', 'disconnect'] },
  { code: 130, text: 'Protocol Error', packets: ['connack', 'disconnect'] },
  { code: 131, text: 'Implementation specific error', packets: ['connack', ...PUBLISH_ACKS, ...SUBSCRIPTION_ACKS, 'disconnect'] },
  { code: 132, text: 'Unsupported Protocol Version', packets: ['connack'] },
  { code: 133, text: 'Client Identifier not valid', packets: ['connack'] },
  { code: 134, text: 'Bad User Name or Password', packets: ['connack'] },
  { code: 135, text: 'Not authorized', packets: ['connack', ...PUBLISH_ACKS, ...SUBSCRIPTION_ACKS, 'disconnect'] },
  { code: 136, text: 'Server unavailable', packets: ['connack'] },
  { code: 137, text: 'Server busy', packets: ['connack', 'disconnect'] },
  { code: 138, text: 'Banned', packets: ['connack'] },
  { code: 139, text: 'Server shutting down', packets: ['disconnect'] },
  { code: 140, text: 'Bad authentication method', packets: ['connack', 'disconnect'] },
  { code: 141, text: 'Keep Alive timeout', packets: ['disconnect'] },
  { code: 142, text: 'Session taken over', packets: ['disconnect'] },
  { code: 143, text: 'Topic Filter invalid', packets: [...SUBSCRIPTION_ACKS, 'disconnect'] },
  { code: 144, text: 'Topic Name invalid', packets: ['connack', ...PUBLISH_ACKS, 'disconnect'] },
  { code: 145, text: 'Packet Identifier in use', packets: [...PUBLISH_ACKS, ...SUBSCRIPTION_ACKS] },
  { code: 146, text: 'Packet Identifier not found', packets: ['pubrel', 'pubcomp'] },
  { code: 147, text: 'Receive Maximum exceeded', packets: ['disconnect'] },
  { code: 148, text: 'Topic Alias invalid', packets: ['disconnect'] },
  { code: 149, text: 'Packet too large', packets: ['connack', 'disconnect'] },
  { code: 150, text: 'Message rate too high', packets: ['disconnect'] },
  { code: 151, text: 'Quota exceeded', packets: ['connack', ...PUBLISH_ACKS, 'suback', 'disconnect'] },
  { code: 152, text: 'Administrative action', packets: ['disconnect'] },
  { code: 153, text: 'Payload format invalid', packets: ['connack', ...PUBLISH_ACKS, 'disconnect'] },
  { code: 154, text: 'Retain not supported', packets: ['connack', 'disconnect'] },
  { code: 155, text: 'QoS not supported', packets: ['connack', 'disconnect'] },
  { code: 156, text: 'Use another server', packets: ['connack', 'disconnect'] },
  { code: 157, text: 'Server moved', packets: ['connack', 'disconnect'] },
  { code: 158, text: 'Shared Subscriptions not supported', packets: ['suback', 'disconnect'] },
  { code: 159, text: 'Connection rate exceeded', packets: ['connack', 'disconnect'] },
  { code: 160, text: 'Maximum connect time', packets: ['disconnect'] },
  { code: 161, text: 'Subscription identifiers not supported', packets: ['suback', 'disconnect'] },
  { code: 162, text: 'Wildcard Subscriptions not supported', packets: ['suback', 'disconnect'] },
];

/** An implementation or administrative limit is exceeded [MQTT 5, 3.4.2.1, 3.14.2.1]. */
export const QUOTA_EXCEEDED = 0x97;

/** The packet exceeds the Maximum Packet Size of the other side [MQTT 5, 2.4]. */
export const PACKET_TOO_LARGE = 0x95;

const byCode: (ReasonRow | undefined)[] = [];
for (const row of REASONS) byCode[row.code] = row;

/** Mosquitto's text of an MQTT 5 reason code; `Unknown reason` for a code that the standard does not define. */
export function reasonText(code: number): string {
  return byCode[code]?.text ?? 'Unknown reason';
}

/** Whether the standard lets this packet carry the code. */
export function isReasonOf(packet: PacketType, code: number): boolean {
  return byCode[code]?.packets.includes(packet) ?? false;
}

/** Packet too large in PUBACK and PUBREC: Mosquitto sends it for a message above its message_size_limit. */
const BEYOND_STANDARD: readonly PacketType[] = PUBLISH_ACKS;

/** Whether the packet is accepted with the code: what the standard allows, and what brokers send nevertheless. */
export function isAcceptedReason(packet: PacketType, code: number): boolean {
  return isReasonOf(packet, code) || (code === PACKET_TOO_LARGE && BEYOND_STANDARD.includes(packet));
}

/** Reason codes of 128 and above are failures [MQTT 5, 2.4]. */
export function isRefusal(code: number): boolean {
  return code >= 128;
}

const V3_CONNACK = [
  'Connection Accepted',
  'Connection Refused: unacceptable protocol version',
  'Connection Refused: identifier rejected',
  'Connection Refused: broker unavailable',
  'Connection Refused: bad user name or password',
  'Connection Refused: not authorised',
] as const;

/** The text after `Connection error: ` when CONNACK carries this code. */
export function connackText(code: number, version: ProtocolVersion): string {
  if (version !== 5) return V3_CONNACK[code] ?? 'Connection Refused: unknown reason';
  const advice = code === 0x84 ? '. Try connecting to an MQTT v5 broker, or use MQTT v3.x mode.' : '';
  return reasonText(code) + advice;
}
