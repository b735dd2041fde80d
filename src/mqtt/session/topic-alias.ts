/** Topic aliases, which live as long as a connection [MQTT-3.3.2-7] and are counted for each direction on its own. */
import { protocolError } from '../packet-error.ts';
import { type Properties, property } from '../properties.ts';
import type { PublishPacket } from '../types.ts';

/** The aliases that the server has set; `maximum` is the Topic Alias Maximum that we announced. */
export class InboundAliases {
  readonly #topics = new Map<number, string>();
  readonly #maximum: number;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** The packet with its topic in place. Throws a PacketError for an alias that is too high or that the server has not set. */
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

/** The aliases that the server knows from us; `maximum` is the Topic Alias Maximum of its CONNACK. */
export class OutboundAliases {
  readonly #topics = new Map<number, string>();
  readonly #maximum: number;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /**
   * How to send this topic: without it where the server knows the alias by now, and without the alias where the server
   * would not take it [MQTT-3.1.2-27 seen from our side]. The message is never held back for it.
   */
  shorten(topic: string, properties: Properties): { readonly topic: string; readonly properties: Properties } {
    const alias = property(properties, 'topic-alias');
    if (alias === undefined) return { topic, properties };
    if (alias > this.#maximum) return { topic, properties: properties.filter(({ name }) => name !== 'topic-alias') };
    return { topic: this.#topics.get(alias) === topic ? '' : topic, properties };
  }

  /** A PUBLISH with this topic and these properties went out. */
  sent(topic: string, properties: Properties): void {
    const alias = property(properties, 'topic-alias');
    if (alias !== undefined && topic !== '') this.#topics.set(alias, topic);
  }
}
