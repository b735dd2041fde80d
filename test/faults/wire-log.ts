// What the packets between spool and server say: who owned each message at which moment, whatever came of it later.
import { decodePacket } from '../../src/mqtt/codec.ts';
import { Framer } from '../../src/mqtt/framer.ts';
import { Reader } from '../../src/mqtt/reader.ts';
import type { Packet, ProtocolVersion } from '../../src/mqtt/types.ts';
import type { Way } from './proxy.ts';

export interface Trail {
  readonly topic: string;
  readonly qos: number;
  /** Packet identifiers that it had, by session of the server (counted from 1 at the first). */
  readonly ids: Map<number, Set<number>>;
  /** PUBLISH packets without and with DUP. */
  publishes: number;
  repeats: number;
  /** PUBACK or PUBREC was passed to the client: the server has the message, and no one else has to keep it. */
  owned: boolean;
  /** The session in which PUBREL was sent for it. */
  released: number;
}

export class WireLog {
  readonly trails = new Map<string, Trail>();
  /** What the client must not have done. */
  readonly violations: string[] = [];
  /** First transmissions, in order. */
  readonly order: string[] = [];
  /** Sessions that the server has had of the spool. */
  sessions = 0;
  readonly #version: ProtocolVersion;
  readonly #reader = new Reader();
  /** The message that has a packet identifier in the session of now. */
  readonly #holders = new Map<number, string>();

  constructor(version: ProtocolVersion) {
    this.#version = version;
  }

  readonly see = (way: Way, bytes: Buffer): void => {
    const packet = this.#decode(bytes);
    if (way === 'up') this.#sent(packet);
    else this.#answered(packet);
  };

  #decode(bytes: Buffer): Packet {
    const framer = new Framer(this.#version);
    framer.push(bytes);
    framer.next();
    this.#reader.open(framer.data, framer.start, framer.end);
    return decodePacket(this.#reader, framer.header, this.#version);
  }

  #sent(packet: Packet): void {
    if (packet.type === 'publish') {
      const text = Buffer.from(packet.payload).toString();
      const trail = this.#trail(text, packet.topic, packet.qos);
      if (packet.dup) trail.repeats++;
      else trail.publishes++;
      if (trail.publishes + trail.repeats === 1) this.order.push(text);
      if (packet.qos === 0) return;
      const holder = this.#holders.get(packet.packetId);
      // At QoS 1 the server remembers nothing: an identifier that was in use in a run that was killed is free for it.
      if (holder !== undefined && holder !== text && this.trails.get(holder)!.qos === 2)
        this.violations.push(`${text} has the identifier ${packet.packetId} of ${holder}, which is on its way`);
      if (trail.released === this.sessions) this.violations.push(`PUBLISH of ${text} after its PUBREL [MQTT-4.3.3-6]`);
      const ids = trail.ids.get(this.sessions) ?? new Set<number>();
      trail.ids.set(this.sessions, ids.add(packet.packetId));
      if (packet.qos === 2 && ids.size > 1)
        this.violations.push(`${text} has several identifiers in one session: ${[...ids].join(', ')}`);
      this.#holders.set(packet.packetId, text);
    } else if (packet.type === 'pubrel') {
      const holder = this.#holders.get(packet.packetId);
      if (holder !== undefined) this.trails.get(holder)!.released = this.sessions;
    }
  }

  #answered(packet: Packet): void {
    if (packet.type === 'connack' && packet.code === 0 && !packet.sessionPresent) {
      this.sessions++;
      this.#holders.clear();
    } else if (packet.type === 'puback' || packet.type === 'pubrec') {
      const holder = this.#holders.get(packet.packetId);
      if (holder !== undefined) this.trails.get(holder)!.owned = true;
      if (packet.type === 'puback') this.#holders.delete(packet.packetId);
    } else if (packet.type === 'pubcomp') this.#holders.delete(packet.packetId);
  }

  #trail(text: string, topic: string, qos: number): Trail {
    const known = this.trails.get(text);
    if (known !== undefined) return known;
    const trail: Trail = { topic, qos, ids: new Map(), publishes: 0, repeats: 0, owned: false, released: 0 };
    this.trails.set(text, trail);
    return trail;
  }
}
