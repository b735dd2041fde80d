/** Which topic aliases a connection has. They end with the connection [MQTT-3.3.2-7], and each direction has its own. */
import { protocolError } from '../packet-error.ts';
import { type Properties, property } from '../properties.ts';
import type { PublishPacket } from '../types.ts';

/** The aliases that the broker has set; `maximum` is the Topic Alias Maximum of CONNECT. */
export class InboundAliases {
  readonly #topics = new Map<number, string>();
  readonly #maximum: number;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** The packet with its topic filled in. Throws a PacketError for an alias above the maximum or one that the broker has not set. */
  resolve(packet: PublishPacket): PublishPacket {
    if (packet.properties.length === 0) return packet;
    const alias = property(packet.properties, 'topic-alias');
    if (alias === undefined) return packet;
    if (alias > this.#maximum) protocolError(`topic alias ${alias} exceeds ${this.#maximum} [MQTT-3.1.2-26]`, 0x94);
    if (packet.topic !== '') {
      this.#topics.set(alias, packet.topic);
      return packet;
    }
    const topic = this.#topics.get(alias) ?? protocolError(`topic alias ${alias} was never set [MQTT 3.3.2.3.4]`, 0x82);
    return { ...packet, topic };
  }
}

/** The aliases that the client has set; `maximum` is the Topic Alias Maximum of CONNACK. */
export class OutboundAliases {
  readonly #topics = new Map<number, string>();
  readonly #maximum: number;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /**
   * How to send this topic: without the topic if the broker knows the alias, and without the alias if the broker would
   * reject it [MQTT-3.1.2-27, applied to the client's side]. An alias never delays the message.
   */
  shorten(topic: string, properties: Properties): { readonly topic: string; readonly properties: Properties } {
    const alias = property(properties, 'topic-alias');
    if (alias === undefined) return { topic, properties };
    if (alias > this.#maximum) return { topic, properties: properties.filter(({ name }) => name !== 'topic-alias') };
    return { topic: this.#topics.get(alias) === topic ? '' : topic, properties };
  }

  /** A PUBLISH with this topic and these properties was sent. */
  sent(topic: string, properties: Properties): void {
    const alias = property(properties, 'topic-alias');
    if (alias !== undefined && topic !== '') this.#topics.set(alias, topic);
  }
}
