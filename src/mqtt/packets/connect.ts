/** How CONNECT is encoded [MQTT 5, 3.1; MQTT 3.1.1, 3.1]. */
import { printable } from '../../util/printable.ts';
import { malformed, protocolError } from '../packet-error.ts';
import { NO_PROPERTIES } from '../properties.ts';
import type { Reader } from '../reader.ts';
import type { ConnectPacket, ProtocolVersion, QoS, Will } from '../types.ts';
import type { Writer } from '../writer.ts';
import { decodeProperties, encodeProperties } from './properties.ts';

const PROTOCOL_NAME = { 3: 'MQIsdp', 4: 'MQTT', 5: 'MQTT' } as const;

const CLEAN = 0x02;
const WILL = 0x04;
const WILL_RETAIN = 0x20;
const PASSWORD = 0x40;
const USERNAME = 0x80;
const RESERVED = 0x01;

export function encodeConnect(writer: Writer, packet: ConnectPacket): void {
  const { version, will, username, password } = packet;
  writer.text(PROTOCOL_NAME[version]);
  writer.u8(version);
  let flags = packet.clean ? CLEAN : 0;
  if (will) flags |= WILL | (will.qos << 3) | (will.retain ? WILL_RETAIN : 0);
  if (username !== undefined) flags |= USERNAME;
  if (password !== undefined) flags |= PASSWORD;
  writer.u8(flags);
  writer.u16(packet.keepAlive);
  if (version === 5) encodeProperties(writer, packet.properties);
  writer.text(packet.clientId);
  if (will) {
    if (version === 5) encodeProperties(writer, will.properties);
    writer.text(will.topic);
    writer.binary(will.payload);
  }
  if (username !== undefined) writer.text(username);
  if (password !== undefined) writer.binary(password);
}

export function decodeConnect(reader: Reader): ConnectPacket {
  const name = reader.text();
  const version = reader.u8();
  if (!isVersion(version) || PROTOCOL_NAME[version] !== name)
    protocolError(`unknown protocol ${printable(name)} level ${version} [MQTT-3.1.2-2]`, 0x84);
  const flags = reader.u8();
  if (flags & RESERVED) malformed('reserved flag of CONNECT is set [MQTT-3.1.2-3]');
  const keepAlive = reader.u16();
  const properties = version === 5 ? decodeProperties(reader, 'connect') : NO_PROPERTIES;
  const clientId = reader.text();
  const will = decodeWill(reader, flags, version);
  const username = flags & USERNAME ? reader.text() : undefined;
  if (version !== 5 && flags & PASSWORD && !(flags & USERNAME))
    malformed('password without user name [MQTT-3.1.2-22 of 3.1.1]');
  const password = flags & PASSWORD ? reader.binary() : undefined;
  return {
    type: 'connect',
    version,
    clientId,
    clean: (flags & CLEAN) !== 0,
    keepAlive,
    username,
    password,
    will,
    properties,
  };
}

function decodeWill(reader: Reader, flags: number, version: ProtocolVersion): Will | undefined {
  const qos = (flags >> 3) & 3;
  if (!(flags & WILL)) {
    if (qos !== 0 || flags & WILL_RETAIN)
      malformed('will QoS or retain without a will [MQTT-3.1.2-11] [MQTT-3.1.2-13]');
    return undefined;
  }
  if (qos === 3) malformed('will QoS 3 [MQTT-3.1.2-12]');
  const properties = version === 5 ? decodeProperties(reader, 'will') : NO_PROPERTIES;
  const topic = reader.topic();
  if (topic === '') protocolError('will without a topic [MQTT-4.7.3-1]', 0x90);
  return { topic, payload: reader.binary(), qos: qos as QoS, retain: (flags & WILL_RETAIN) !== 0, properties };
}

function isVersion(level: number): level is ProtocolVersion {
  return level === 3 || level === 4 || level === 5;
}
