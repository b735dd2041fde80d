/** What the broker supports, according to its CONNACK [MQTT 5, 3.2.2.3]. MQTT 3 brokers announce no limits, so none apply. */
import type { PublishContent } from '../packets/publish.ts';
import { property } from '../properties.ts';
import type { ConnackPacket } from '../types.ts';
import { OutboundAliases } from './topic-alias.ts';

export type ServerLimits = Readonly<ReturnType<typeof serverLimits>>;

export function serverLimits({ properties }: ConnackPacket) {
  return {
    /** Most QoS 1 and 2 publishes in flight to the broker. */
    receiveMaximum: property(properties, 'receive-maximum') ?? 65_535,
    maximumQos: property(properties, 'maximum-qos') ?? 2,
    retain: property(properties, 'retain-available') !== 0,
    /** Most bytes in one packet, fixed header included. */
    maximumPacketSize: property(properties, 'maximum-packet-size') ?? Number.POSITIVE_INFINITY,
    /** Highest topic alias that the client may use; 0 for none. */
    topicAliasMaximum: property(properties, 'topic-alias-maximum') ?? 0,
    wildcards: property(properties, 'wildcard-subscription-available') !== 0,
    subscriptionIds: property(properties, 'subscription-identifier-available') !== 0,
    sharedSubscriptions: property(properties, 'shared-subscription-available') !== 0,
  };
}

/** What the broker accepts of publishes on one connection. */
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

  /** 0, or the code with which the broker would reject the message, regardless of its size. */
  refusal({ qos, retain }: Pick<PublishContent, 'qos' | 'retain'>): number {
    if (qos > this.#limits.maximumQos) return 0x9b;
    return retain && !this.#limits.retain ? 0x9a : 0;
  }
}
