/** How each packet becomes bytes and is decoded again: one row per packet type. */
import { decodeAck, encodeAck } from './packets/ack.ts';
import { decodeConnack, encodeConnack } from './packets/connack.ts';
import { decodeConnect, encodeConnect } from './packets/connect.ts';
import { decodeClosing, encodeClosing } from './packets/disconnect.ts';
import { headerOf, typeOf } from './packets/header.ts';
import { decodePublish, encodePublish } from './packets/publish.ts';
import { decodeSuback, decodeSubscribe, encodeSuback, encodeSubscribe } from './packets/subscribe.ts';
import { decodeUnsuback, decodeUnsubscribe, encodeUnsuback, encodeUnsubscribe } from './packets/unsubscribe.ts';
import type { Reader } from './reader.ts';
import type { Packet, PacketType, ProtocolVersion } from './types.ts';
import type { Writer } from './writer.ts';

type Of<T extends PacketType> = Extract<Packet, { type: T }>;
type BodyCodec<T extends PacketType> = {
  readonly decode: (reader: Reader, version: ProtocolVersion) => Of<T>;
  readonly encode: (writer: Writer, packet: Of<T>, version: ProtocolVersion) => void;
};

const nothing = (): void => {};

const BODIES: { readonly [T in Exclude<PacketType, 'publish'>]: BodyCodec<T> } = {
  connect: { decode: decodeConnect, encode: encodeConnect },
  connack: { decode: decodeConnack, encode: encodeConnack },
  puback: { decode: (reader, version) => decodeAck(reader, 'puback', version), encode: encodeAck },
  pubrec: { decode: (reader, version) => decodeAck(reader, 'pubrec', version), encode: encodeAck },
  pubrel: { decode: (reader, version) => decodeAck(reader, 'pubrel', version), encode: encodeAck },
  pubcomp: { decode: (reader, version) => decodeAck(reader, 'pubcomp', version), encode: encodeAck },
  subscribe: { decode: decodeSubscribe, encode: encodeSubscribe },
  suback: { decode: decodeSuback, encode: encodeSuback },
  unsubscribe: { decode: decodeUnsubscribe, encode: encodeUnsubscribe },
  unsuback: { decode: decodeUnsuback, encode: encodeUnsuback },
  pingreq: { decode: () => ({ type: 'pingreq' }), encode: nothing },
  pingresp: { decode: () => ({ type: 'pingresp' }), encode: nothing },
  disconnect: { decode: (reader, version) => decodeClosing(reader, 'disconnect', version), encode: encodeClosing },
  auth: { decode: (reader, version) => decodeClosing(reader, 'auth', version), encode: encodeClosing },
};

/** Decodes a packet: `header` is its first byte (checked by the framer), `reader` is open on its body. Throws a PacketError. */
export function decodePacket(reader: Reader, header: number, version: ProtocolVersion): Packet {
  const type = typeOf(header);
  if (type === 'publish') return decodePublish(reader, header, version);
  const packet = BODIES[type].decode(reader, version);
  reader.finish();
  return packet;
}

/**
 * Writes a packet and returns its size in bytes. Writes nothing and returns 0 when the packet would exceed `limit`
 * bytes or MAX_REMAINING_LENGTH. Throws a TypeError for values that MQTT cannot encode.
 */
export function encodePacket(
  writer: Writer,
  packet: Packet,
  version: ProtocolVersion,
  limit = Number.POSITIVE_INFINITY,
): number {
  if (packet.type === 'publish') return encodePublish(writer, packet, packet.packetId, packet.dup, version, limit);
  writer.begin();
  // The row matches the packet because its key is the type; the compiler cannot follow that through the union.
  (BODIES[packet.type].encode as (writer: Writer, packet: Packet, version: ProtocolVersion) => void)(
    writer,
    packet,
    version,
  );
  return writer.finish(headerOf(packet.type), limit);
}
