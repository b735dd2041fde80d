/** Which line `-d` prints for a packet: Mosquitto's words, because scripts read them. */
import { subscriptionOptions } from '../mqtt/packets/subscribe.ts';
import type { SessionEvent } from '../mqtt/session/events.ts';
import type { Packet, ProtocolVersion, PublishPacket } from '../mqtt/types.ts';
import { printable } from '../util/printable.ts';

type Trace = Extract<SessionEvent, { type: 'trace' }>;

const bit = (value: boolean): number => (value ? 1 : 0);

function publish(packet: PublishPacket, mid: number): string {
  const { dup, qos, retain, topic, payload } = packet;
  const name = topic === '' ? '(null)' : printable(topic);
  return `PUBLISH (d${bit(dup)}, q${qos}, r${bit(retain)}, m${mid}, '${name}', ... (${payload.length} bytes))`;
}

function sent(packet: Packet, mid: number, version: ProtocolVersion): string[] {
  switch (packet.type) {
    case 'publish':
      return [publish(packet, mid)];
    case 'puback':
    case 'pubrec':
      return [`${packet.type.toUpperCase()} (m${packet.packetId}, rc${packet.code})`];
    case 'pubrel':
    case 'pubcomp':
      return [`${packet.type.toUpperCase()} (m${packet.packetId})`];
    case 'subscribe':
      return packet.subscriptions.map((subscription) => {
        const options = subscriptionOptions(subscription, version) & ~3;
        const hex = options.toString(16).padStart(2, '0');
        return `SUBSCRIBE (Mid: ${packet.packetId}, Topic: ${printable(subscription.filter)}, QoS: ${subscription.qos}, Options: 0x${hex})`;
      });
    case 'unsubscribe':
      return packet.filters.map((filter) => `UNSUBSCRIBE (Mid: ${packet.packetId}, Topic: ${printable(filter)})`);
    default:
      return [packet.type.toUpperCase()];
  }
}

function received(packet: Packet): string {
  switch (packet.type) {
    case 'connack':
      return `CONNACK (${packet.code})`;
    case 'publish':
      return publish(packet, packet.packetId);
    case 'puback':
    case 'pubcomp':
      return `${packet.type.toUpperCase()} (Mid: ${packet.packetId}, RC:${packet.code})`;
    case 'pubrec':
    case 'pubrel':
      return `${packet.type.toUpperCase()} (Mid: ${packet.packetId})`;
    default:
      return packet.type.toUpperCase();
  }
}

/** The lines of one packet, without newlines. `clientId` is empty while the client has none. */
export function traceLines(event: Trace, clientId: string, version: ProtocolVersion): string[] {
  const { packet } = event;
  if (event.direction === 'received' && packet.type === 'disconnect') return [`Received DISCONNECT (${packet.code})`];
  const client = `Client ${printable(clientId) || '(null)'}`;
  if (event.direction === 'received') return [`${client} received ${received(packet)}`];
  const mid = event.mid ?? ('packetId' in packet ? packet.packetId : 0);
  return sent(packet, mid, version).map((what) => `${client} sending ${what}`);
}
