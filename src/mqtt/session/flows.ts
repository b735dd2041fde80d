/** What a session has begun and not brought to its end: publishes, messages of the server, requests. They outlive connections. */
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
  /** They begin with those of an earlier run. */
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

  /** The server took us in. */
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

  /** No publish is on its way, and no message that the consumer has waits for its PUBREL. */
  get areOver(): boolean {
    return this.outbound.isIdle && this.inbound.unreleased === 0;
  }

  /** Neither side owes the other anything. */
  get areSettled(): boolean {
    const { outbound, inbound, pending } = this;
    return !outbound.hasUnread && outbound.isIdle && !inbound.hasReceived && !pending.hasAsked;
  }

  /** Packets so far that answered ours, or that we have asked for. */
  get steps(): number {
    return this.outbound.steps + (this.pending.hasAsked ? this.inbound.received : 0);
  }
}
