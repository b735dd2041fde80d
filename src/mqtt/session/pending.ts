/**
 * Which SUBSCRIBE and UNSUBSCRIBE requests wait for their acknowledgement. A request outlives the connection: after a
 * reconnect the client sends it again with the same packet identifier.
 */
import { protocolError } from '../packet-error.ts';
import { type Properties, property, reasonString } from '../properties.ts';
import { PACKET_TOO_LARGE } from '../reasons.ts';
import { hasWildcard, isSharedFilter } from '../topic.ts';
import type { SubackPacket, SubscribePacket, Subscription, UnsubackPacket, UnsubscribePacket } from '../types.ts';
import type { Token } from './events.ts';
import type { ServerLimits } from './limits.ts';
import type { SessionOutput } from './output.ts';
import type { PacketIds } from './packet-ids.ts';

interface PendingRequest<P extends SubscribePacket | UnsubscribePacket = SubscribePacket | UnsubscribePacket> {
  readonly token: Token;
  readonly packet: P;
}

type SubscribeRequest = PendingRequest<SubscribePacket>;

export class Pending {
  readonly #output: SessionOutput;
  readonly #ids: PacketIds;
  /** Requests in the order of the calls. */
  readonly #requests = new Map<number, PendingRequest>();
  #limits: ServerLimits | undefined;
  /** Whether the session has sent a request. */
  hasAsked = false;

  constructor(output: SessionOutput, ids: PacketIds) {
    this.#output = output;
    this.#ids = ids;
  }

  connected(limits: ServerLimits): void {
    this.#limits = limits;
    for (const request of [...this.#requests.values()]) this.#send(request);
  }

  disconnected(): void {
    this.#limits = undefined;
  }

  subscribe(subscriptions: readonly Subscription[], properties: Properties): Token {
    const packetId = this.#ids.take();
    return this.#add({ token: this.#ids.token(), packet: { type: 'subscribe', packetId, subscriptions, properties } });
  }

  unsubscribe(filters: readonly string[], properties: Properties): Token {
    const packetId = this.#ids.take();
    return this.#add({ token: this.#ids.token(), packet: { type: 'unsubscribe', packetId, filters, properties } });
  }

  suback(packet: SubackPacket): void {
    const request = this.#requests.get(packet.packetId);
    if (request === undefined) return;
    if (request.packet.type !== 'subscribe') protocolError('SUBACK for an UNSUBSCRIBE [MQTT-3.8.4-2]');
    const sent = this.#permitted(request.packet.subscriptions, request.packet.properties);
    if (packet.codes.length !== sent.filter((code) => code === 0).length)
      protocolError(`SUBACK with ${packet.codes.length} codes for ${sent.length} topic filters [MQTT-3.8.4-6]`);
    const codes = packet.codes.values();
    this.#settle(
      request as SubscribeRequest,
      sent.map((code) => (code === 0 ? codes.next().value! : code)),
      packet.properties,
    );
  }

  unsuback(packet: UnsubackPacket): void {
    const request = this.#requests.get(packet.packetId);
    if (request === undefined) return;
    if (request.packet.type !== 'unsubscribe') protocolError('UNSUBACK for a SUBSCRIBE [MQTT-3.10.4-4]');
    if (this.#output.version === 5 && packet.codes.length !== request.packet.filters.length)
      protocolError(
        `UNSUBACK with ${packet.codes.length} codes for ${request.packet.filters.length} topic filters [MQTT-3.11.3-1]`,
      );
    this.#forget(packet.packetId);
    this.#output.emit({ type: 'unsubscribed', token: request.token, codes: packet.codes });
  }

  #add(request: PendingRequest): Token {
    this.hasAsked = true;
    this.#requests.set(request.packet.packetId, request);
    if (this.#limits !== undefined) this.#send(request);
    return request.token;
  }

  #send(request: PendingRequest): void {
    const { packet } = request;
    const allowed = packet.type === 'subscribe' ? this.#narrowed(request as SubscribeRequest) : packet;
    if (allowed === undefined || this.#output.send(allowed, this.#output.limit)) return;
    if (packet.type === 'subscribe') {
      const codes = packet.subscriptions.map(() => PACKET_TOO_LARGE);
      return this.#settle(request as SubscribeRequest, codes, []);
    }
    const codes = packet.filters.map(() => PACKET_TOO_LARGE);
    this.#forget(packet.packetId);
    this.#output.emit({ type: 'unsubscribed', token: request.token, codes });
  }

  /** The packet without filters that the broker does not support. Settles the request and returns undefined when none is left. */
  #narrowed(request: SubscribeRequest): SubscribePacket | undefined {
    const { packet } = request;
    const codes = this.#permitted(packet.subscriptions, packet.properties);
    const subscriptions = packet.subscriptions.filter((_, i) => codes[i] === 0);
    if (subscriptions.length === packet.subscriptions.length) return packet;
    if (subscriptions.length > 0) return { ...packet, subscriptions };
    this.#settle(request, codes, []);
    return undefined;
  }

  /** For each subscription 0, or the reason code why this broker does not support it [MQTT 5, 3.2.2.3.11 to 3.2.2.3.13]. */
  #permitted(subscriptions: readonly Subscription[], properties: Properties): number[] {
    const limits = this.#limits!;
    const identified = property(properties, 'subscription-identifier') !== undefined;
    return subscriptions.map(({ filter }) => {
      if (!limits.subscriptionIds && identified) return 0xa1;
      if (!limits.sharedSubscriptions && isSharedFilter(filter)) return 0x9e;
      if (!limits.wildcards && hasWildcard(filter)) return 0xa2;
      return 0;
    });
  }

  #settle(request: SubscribeRequest, codes: readonly number[], properties: Properties): void {
    const { packetId } = request.packet;
    this.#forget(packetId);
    const reason = reasonString(properties);
    this.#output.emit({ type: 'subscribed', token: request.token, packetId, codes, reason });
  }

  #forget(packetId: number): void {
    this.#requests.delete(packetId);
    this.#ids.release(packetId);
  }
}
