/** Which publishes, received messages and requests a session has not finished. They outlive a connection. */
import { property } from '../properties.ts';
import type { ConnackPacket, Packet } from '../types.ts';
import { Inbound } from './inbound.ts';
import { serverLimits } from './limits.ts';
import type { Continuity } from './opening.ts';
import type { SessionOptions } from './options.ts';
import { Outbound } from './outbound.ts';
import type { SessionOutput } from './output.ts';
import { PacketIds } from './packet-ids.ts';
import { Pending } from './pending.ts';

export class Flows {
  readonly outbound: Outbound;
  readonly inbound: Inbound;
  readonly pending: Pending;
  /** Whether the flows of an earlier run were restored. */
  readonly areRestored: boolean;
  readonly #output: SessionOutput;

  constructor(options: SessionOptions, output: SessionOutput) {
    this.#output = output;
    const ids = new PacketIds();
    this.outbound = new Outbound(options, output, ids);
    this.inbound = new Inbound(output, property(options.properties, 'topic-alias-maximum') ?? 0);
    this.pending = new Pending(output, ids);
    const saved = options.store?.load();
    if (saved !== undefined) this.outbound.restore(saved);
    this.areRestored = saved !== undefined;
  }

  /** CONNACK accepted the connection. */
  connected(packet: ConnackPacket, continuity: Continuity): void {
    const resumed = continuity === 'resumed';
    const limits = serverLimits(packet);
    this.#output.limit = limits.maximumPacketSize;
    this.#output.emit({ type: 'connected', packet, lost: continuity === 'lost' ? this.outbound.inflight : 0 });
    this.inbound.connected(resumed);
    this.pending.connected(limits);
    this.outbound.connected(limits, resumed);
  }

  disconnected(): void {
    this.outbound.disconnected();
    this.inbound.disconnected();
    this.pending.disconnected();
  }

  handle(packet: Packet): void {
    switch (packet.type) {
      case 'publish':
        return this.inbound.publish(packet);
      case 'puback':
        return this.outbound.puback(packet);
      case 'pubrec':
        return this.outbound.pubrec(packet);
      case 'pubrel':
        return this.inbound.pubrel(packet);
      case 'pubcomp':
        return this.outbound.pubcomp(packet);
      case 'suback':
        return this.pending.suback(packet);
      case 'unsuback':
        return this.pending.unsuback(packet);
    }
  }

  /** True when no publish is in flight and no message that the consumer has waits for its PUBREL. */
  get areOver(): boolean {
    return this.outbound.isIdle && this.inbound.unreleased === 0;
  }

  /** True when neither side owes the other a packet. */
  get areSettled(): boolean {
    const { outbound, inbound, pending } = this;
    return !outbound.hasUnread && outbound.isIdle && !inbound.hasReceived && !pending.hasAsked;
  }

  /** Number of received packets that answer this client's packets or deliver what it has requested. */
  get steps(): number {
    return this.outbound.steps + (this.pending.hasAsked ? this.inbound.received : 0);
  }
}
