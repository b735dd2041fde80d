/** What the server can do, as its CONNACK says [MQTT 5, 3.2.2.3]. MQTT 3 servers say nothing, so anything goes. */
import type { PublishContent } from '../packets/publish.ts';
import { property } from '../properties.ts';
import type { ConnackPacket } from '../types.ts';
import { OutboundAliases } from './topic-alias.ts';

export type ServerLimits = Readonly<ReturnType<typeof serverLimits>>;

export function serverLimits({ properties }: ConnackPacket) {
  return {
    /** Most QoS 1 and 2 publishes in flight towards the server. */
    receiveMaximum: property(properties, 'receive-maximum') ?? 65_535,
    maximumQos: property(properties, 'maximum-qos') ?? 2,
    retain: property(properties, 'retain-available') !== 0,
    /** Bytes of a whole packet. */
    maximumPacketSize: property(properties, 'maximum-packet-size') ?? Number.POSITIVE_INFINITY,
    /** Highest topic alias we may use; 0 for none. */
    topicAliasMaximum: property(properties, 'topic-alias-maximum') ?? 0,
    wildcards: property(properties, 'wildcard-subscription-available') !== 0,
    subscriptionIds: property(properties, 'subscription-identifier-available') !== 0,
    sharedSubscriptions: property(properties, 'shared-subscription-available') !== 0,
  };
}

/** What a server takes of publishes on one connection. */
export class PublishTerms {
  /** Most QoS 1 and 2 publishes in flight. */
  readonly window: number;
  readonly aliases: OutboundAliases;
  readonly #limits: ServerLimits;

  constructor(limits: ServerLimits, maxInflight: number) {
    this.#limits = limits;
    this.window = Math.min(maxInflight, limits.receiveMaximum);
    this.aliases = new OutboundAliases(limits.topicAliasMaximum);
  }

  /** 0, or the code with which the server would refuse the message, whatever its length. */
  refusal({ qos, retain }: Pick<PublishContent, 'qos' | 'retain'>): number {
    if (qos > this.#limits.maximumQos) return 0x9b;
    return retain && !this.#limits.retain ? 0x9a : 0;
  }
}
