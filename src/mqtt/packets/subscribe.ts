/** How SUBSCRIBE and SUBACK are encoded [MQTT 5, 3.8 and 3.9]. */
import { checkCodeCount } from '../count-limits.ts';
import { malformed, protocolError } from '../packet-error.ts';
import { NO_PROPERTIES } from '../properties.ts';
import type { Reader } from '../reader.ts';
import { isReasonOf } from '../reasons.ts';
import { isSharedFilter, isTopicFilter } from '../topic.ts';
import type { ProtocolVersion, QoS, RetainHandling, SubackPacket, SubscribePacket, Subscription } from '../types.ts';
import type { Writer } from '../writer.ts';
import { decodeProperties, encodeProperties } from './properties.ts';

const NO_LOCAL = 0x04;
const RETAIN_AS_PUBLISHED = 0x08;

/** The options byte of one subscription [MQTT 5, 3.8.3.1]; in MQTT 3 it holds only the QoS. */
export function subscriptionOptions(subscription: Subscription, version: ProtocolVersion): number {
  if (version !== 5) return subscription.qos;
  return (
    subscription.qos |
    (subscription.noLocal ? NO_LOCAL : 0) |
    (subscription.retainAsPublished ? RETAIN_AS_PUBLISHED : 0) |
    (subscription.retainHandling << 4)
  );
}

export function encodeSubscribe(writer: Writer, packet: SubscribePacket, version: ProtocolVersion): void {
  writer.packetId(packet.packetId);
  if (version === 5) encodeProperties(writer, packet.properties);
  for (const subscription of packet.subscriptions) {
    writer.text(subscription.filter);
    writer.u8(subscriptionOptions(subscription, version));
  }
}

export function decodeSubscribe(reader: Reader, version: ProtocolVersion): SubscribePacket {
  const packetId = reader.packetId();
  const properties = version === 5 ? decodeProperties(reader, 'subscribe') : NO_PROPERTIES;
  const subscriptions: Subscription[] = [];
  while (reader.left > 0) subscriptions.push(decodeSubscription(reader, version));
  if (subscriptions.length === 0) protocolError('SUBSCRIBE without a topic filter [MQTT-3.8.3-2]');
  return { type: 'subscribe', packetId, subscriptions, properties };
}

function decodeSubscription(reader: Reader, version: ProtocolVersion): Subscription {
  const filter = reader.text();
  if (!isTopicFilter(filter)) protocolError('topic filter is not valid [MQTT-4.7.1-1]', 0x8f);
  const options = reader.u8();
  const qos = options & 3;
  const retainHandling = (options >> 4) & 3;
  // MQTT 3 calls both faults malformed [MQTT-3.8.3-4 of 3.1.1]; MQTT 5 gives them different codes.
  if (options & (version === 5 ? 0xc0 : 0xfc))
    malformed('reserved bits of the subscription options are set [MQTT-3.8.3-5]');
  if (qos === 3) (version === 5 ? protocolError : malformed)('subscription with QoS 3 [MQTT 5, 3.8.3.1]');
  if (retainHandling === 3) protocolError('subscription with retain handling 3 [MQTT 5, 3.8.3.1]');
  if (options & NO_LOCAL && isSharedFilter(filter)) protocolError('shared subscription with no local [MQTT-3.8.3-4]');
  return {
    filter,
    qos: qos as QoS,
    noLocal: (options & NO_LOCAL) !== 0,
    retainAsPublished: (options & RETAIN_AS_PUBLISHED) !== 0,
    retainHandling: retainHandling as RetainHandling,
  };
}

export function encodeSuback(writer: Writer, packet: SubackPacket, version: ProtocolVersion): void {
  writer.packetId(packet.packetId);
  if (version === 5) encodeProperties(writer, packet.properties);
  for (const code of packet.codes) writer.u8(code);
}

/** MQTT 3.1.1 has three grants and one refusal [MQTT-3.9.3-2 of 3.1.1]. MQTT 3.1 has no refusal, but brokers send 0x80 there too. */
const V3_CODES = [0, 1, 2, 0x80];

export function decodeSuback(reader: Reader, version: ProtocolVersion): SubackPacket {
  const packetId = reader.packetId();
  const properties = version === 5 ? decodeProperties(reader, 'suback') : NO_PROPERTIES;
  checkCodeCount('SUBACK', reader.left);
  const codes = [...reader.rest()];
  for (const code of codes)
    if (!(version === 5 ? isReasonOf('suback', code) : V3_CODES.includes(code)))
      protocolError(`SUBACK with code ${code} [MQTT-3.9.3-2]`);
  if (codes.length === 0) malformed('SUBACK without a code [MQTT 5, 3.9.3]');
  return { type: 'suback', packetId, codes, properties };
}
