/**
 * Every packet in every version, as a value and as bytes (notation.ts). Each row is decoded whole and byte by byte,
 * encoded, and encoded again from what was decoded. `accepted` are other forms that mean the same and are never written.
 */
import type { Property } from '../../src/mqtt/properties.ts';
import type { Packet, ProtocolVersion, Subscription, Will } from '../../src/mqtt/types.ts';

export interface CodecRow {
  readonly name: string;
  readonly versions: readonly ProtocolVersion[];
  readonly packet: Packet;
  readonly bytes: string;
  readonly accepted?: readonly string[];
}

const ALL = [3, 4, 5] as const;
const V3 = [3, 4] as const;
const V31 = [3] as const;
const V311 = [4] as const;
const V5 = [5] as const;

const NONE: readonly Property[] = [];
const EMPTY = new Uint8Array(0);
const utf8 = (text: string): Uint8Array => Buffer.from(text);

const connect = {
  type: 'connect',
  version: 5,
  clientId: 'c',
  clean: true,
  keepAlive: 60,
  properties: NONE,
} as const;
const publish = {
  type: 'publish',
  dup: false,
  qos: 0,
  retain: false,
  topic: 'a/b',
  packetId: 0,
  payload: EMPTY,
  properties: NONE,
} as const;
const will = { topic: 'w', payload: utf8('bye'), qos: 0, retain: false, properties: NONE } as const satisfies Will;
const plainly = { qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
const filter = (name: string, options: Partial<Subscription> = {}): Subscription => ({
  filter: name,
  ...plainly,
  ...options,
});
const pair = (key: string, value: string): Property => ({ name: 'user-property', value: [key, value] });
const reason = (value: string): Property => ({ name: 'reason-string', value });

export const CODEC_ROWS: readonly CodecRow[] = [
  // ------------------------------------------------------------------------------------------------------- CONNECT
  {
    name: 'CONNECT of 3.1 names MQIsdp and level 3 [MQTT 3.1, 3.1]',
    versions: V31,
    packet: { ...connect, version: 3 },
    bytes: '10 0f 00 06 4d 51 49 73 64 70 03 02 00 3c 00 01 63',
  },
  {
    name: 'CONNECT of 3.1.1 names MQTT and level 4 [MQTT-3.1.2-1 of 3.1.1]',
    versions: V311,
    packet: { ...connect, version: 4 },
    bytes: '10 0d 00 04 4d 51 54 54 04 02 00 3c 00 01 63',
  },
  {
    name: 'CONNECT of 5.0 names MQTT and level 5 and has a property section [MQTT-3.1.2-1] [MQTT-2.2.2-1]',
    versions: V5,
    packet: connect,
    bytes: '10 0e 00 04 4d 51 54 54 05 02 00 3c 00 00 01 63',
  },
  {
    name: 'CONNECT has an empty client identifier and keeps the session, as far as the codec goes [MQTT-3.1.3-6]',
    versions: V311,
    packet: { ...connect, version: 4, clientId: '', clean: false, keepAlive: 0 },
    bytes: '10 {"MQTT" 04 00 0000 ""}',
  },
  {
    name: 'CONNECT has keep alive 65,535 [MQTT 5, 3.1.2.10]',
    versions: V5,
    packet: { ...connect, keepAlive: 65_535 },
    bytes: '10 {"MQTT" 05 02 ffff {} "c"}',
  },
  {
    name: 'CONNECT has client identifier, will, user name and password in this order [MQTT-3.1.3-1]',
    versions: V311,
    packet: {
      ...connect,
      version: 4,
      will: { ...will, qos: 1, retain: true },
      username: 'u',
      password: utf8('p'),
    },
    bytes: '10 1b 00 04 4d 51 54 54 04 ee 00 3c 00 01 63 00 01 77 00 03 62 79 65 00 01 75 00 01 70',
  },
  {
    name: 'CONNECT of 3.1 has will, user name and password [MQTT 3.1, 3.1]',
    versions: V31,
    packet: { ...connect, version: 3, clean: false, will: { ...will, qos: 2 }, username: 'u', password: utf8('p') },
    bytes: '10 {"MQIsdp" 03 d4 003c "c" "w" "bye" "u" "p"}',
  },
  {
    name: 'CONNECT has an empty will payload and QoS 2 [MQTT 5, 3.1.3.4]',
    versions: V5,
    packet: { ...connect, will: { ...will, payload: EMPTY, qos: 2 } },
    bytes: '10 {"MQTT" 05 16 003c {} "c" {} "w" 0000}',
  },
  {
    name: 'CONNECT has an empty user name and no password [MQTT-3.1.2-17]',
    versions: V311,
    packet: { ...connect, version: 4, username: '' },
    bytes: '10 {"MQTT" 04 82 003c "c" ""}',
  },
  {
    name: 'CONNECT has a password without a user name in 5.0 [MQTT 5, 3.1.2.9]',
    versions: V5,
    packet: { ...connect, password: Buffer.from([0, 255, 128]) },
    bytes: '10 {"MQTT" 05 42 003c {} "c" 0003 00ff80}',
  },
  {
    name: 'CONNECT has an empty password [MQTT-3.1.2-19]',
    versions: V5,
    packet: { ...connect, username: 'u', password: EMPTY },
    bytes: '10 {"MQTT" 05 c2 003c {} "c" "u" 0000}',
  },
  {
    name: 'CONNECT has every property that it may have [MQTT 5, 3.1.2.11]',
    versions: V5,
    packet: {
      ...connect,
      properties: [
        { name: 'session-expiry-interval', value: 0xffffffff },
        { name: 'receive-maximum', value: 1 },
        { name: 'maximum-packet-size', value: 0x01020304 },
        { name: 'topic-alias-maximum', value: 65_535 },
        { name: 'request-response-information', value: 1 },
        { name: 'request-problem-information', value: 0 },
        pair('k', 'v'),
        { name: 'authentication-method', value: 'm' },
        { name: 'authentication-data', value: utf8('d') },
        pair('k', ''),
      ],
    },
    bytes: `10 {"MQTT" 05 02 003c
      {11 ffffffff  21 0001  27 01020304  22 ffff  19 01  17 00  26 "k" "v"  15 "m"  16 0001 64  26 "k" ""} "c"}`,
  },
  {
    name: 'CONNECT has a will with every property that it may have [MQTT 5, 3.1.3.2]',
    versions: V5,
    packet: {
      ...connect,
      will: {
        ...will,
        qos: 1,
        properties: [
          { name: 'will-delay-interval', value: 5 },
          { name: 'payload-format-indicator', value: 1 },
          { name: 'message-expiry-interval', value: 65_536 },
          { name: 'content-type', value: 'text' },
          { name: 'response-topic', value: 'r' },
          { name: 'correlation-data', value: Buffer.from([0]) },
          pair('a', 'b'),
        ],
      },
    },
    bytes: `10 {"MQTT" 05 0e 003c {} "c"
      {18 00000005  01 01  02 00010000  03 "text"  08 "r"  09 0001 00  26 "a" "b"} "w" "bye"}`,
  },

  // ------------------------------------------------------------------------------------------------------- CONNACK
  {
    name: 'CONNACK accepts [MQTT 3.1.1, 3.2]',
    versions: V3,
    packet: { type: 'connack', sessionPresent: false, code: 0, properties: NONE },
    bytes: '20 02 00 00',
  },
  {
    name: 'CONNACK accepts with session present [MQTT 3.1.1, 3.2.2.2]',
    versions: V311,
    packet: { type: 'connack', sessionPresent: true, code: 0, properties: NONE },
    bytes: '20 02 01 00',
  },
  {
    name: 'CONNACK of 3.1 leaves the first byte unused, whatever it is [MQTT 3.1, 3.2]',
    versions: V31,
    packet: { type: 'connack', sessionPresent: false, code: 5, properties: NONE },
    bytes: '20 02 00 05',
    accepted: ['20 02 01 05', '20 02 ff 05'],
  },
  {
    name: 'CONNACK refuses with a return code that is reserved, which is for the program to say [MQTT 3.1.1, 3.2.2.3]',
    versions: V311,
    packet: { type: 'connack', sessionPresent: false, code: 6, properties: NONE },
    bytes: '20 02 00 06',
  },
  {
    name: 'CONNACK of 5.0 accepts [MQTT 5, 3.2]',
    versions: V5,
    packet: { type: 'connack', sessionPresent: true, code: 0, properties: NONE },
    bytes: '20 03 01 00 00',
  },
  {
    name: 'CONNACK of 5.0 has every property that it may have [MQTT 5, 3.2.2.3]',
    versions: V5,
    packet: {
      type: 'connack',
      sessionPresent: false,
      code: 0,
      properties: [
        { name: 'session-expiry-interval', value: 0 },
        { name: 'receive-maximum', value: 65_535 },
        { name: 'maximum-qos', value: 1 },
        { name: 'retain-available', value: 0 },
        { name: 'maximum-packet-size', value: 0xffffffff },
        { name: 'assigned-client-identifier', value: 'auto-1' },
        { name: 'topic-alias-maximum', value: 0 },
        reason('fine'),
        pair('k', 'v'),
        { name: 'wildcard-subscription-available', value: 1 },
        { name: 'subscription-identifier-available', value: 0 },
        { name: 'shared-subscription-available', value: 1 },
        { name: 'server-keep-alive', value: 30 },
        { name: 'response-information', value: 'resp/' },
        { name: 'server-reference', value: 'other:1883' },
        { name: 'authentication-method', value: 'm' },
        { name: 'authentication-data', value: EMPTY },
      ],
    },
    bytes: `20 {00 00
      {11 00000000  21 ffff  24 01  25 00  27 ffffffff  12 "auto-1"  22 0000  1f "fine"  26 "k" "v"  28 01  29 00
       2a 01  13 001e  1a "resp/"  1c "other:1883"  15 "m"  16 0000}}`,
  },
  {
    name: 'CONNACK of 5.0 refuses with a reason string [MQTT 5, 3.2.2.2]',
    versions: V5,
    packet: { type: 'connack', sessionPresent: false, code: 0x87, properties: [reason('no')] },
    bytes: '20 {00 87 {1f "no"}}',
  },
  {
    name: 'CONNACK of 5.0: a server of MQTT 3 refuses in its own form, which reads as 0x84 [MQTT-3.1.2-2 of 3.1.1]',
    versions: V5,
    packet: { type: 'connack', sessionPresent: false, code: 0x84, properties: NONE },
    bytes: '20 03 00 84 00',
    accepted: ['20 02 00 01'],
  },

  // ------------------------------------------------------------------------------------------------------- PUBLISH
  {
    name: 'PUBLISH at QoS 0 has no packet identifier [MQTT-2.2.1-2]',
    versions: V3,
    packet: { ...publish, payload: utf8('hi') },
    bytes: '30 07 00 03 61 2f 62 68 69',
  },
  {
    name: 'PUBLISH at QoS 0 of 5.0 has a property section [MQTT-2.2.2-1]',
    versions: V5,
    packet: { ...publish, payload: utf8('hi') },
    bytes: '30 08 00 03 61 2f 62 00 68 69',
  },
  {
    name: 'PUBLISH has an empty payload [MQTT 5, 3.3.3]',
    versions: V311,
    packet: { ...publish, retain: true },
    bytes: '31 {"a/b"}',
  },
  {
    name: 'PUBLISH at QoS 1 is a retained duplicate [MQTT-3.3.1-1]',
    versions: V3,
    packet: { ...publish, qos: 1, dup: true, retain: true, packetId: 65_535, payload: Buffer.from([0, 1, 255]) },
    bytes: '3b {"a/b" ffff 00 01 ff}',
  },
  {
    name: 'PUBLISH at QoS 2 has packet identifier 1 [MQTT-2.2.1-3]',
    versions: V5,
    packet: { ...publish, qos: 2, packetId: 1, payload: utf8('x') },
    bytes: '34 {"a/b" 0001 {} \'x\'}',
  },
  {
    name: 'PUBLISH of 3.1 at QoS 0 may have DUP set, which means nothing [MQTT 3.1, 2.1]',
    versions: V31,
    packet: { ...publish, dup: true },
    bytes: '38 {"a/b"}',
  },
  {
    name: 'PUBLISH has the shortest topics, spaces and a byte order mark among them [MQTT-4.7.3-1] [MQTT-1.5.4-3]',
    versions: V311,
    packet: { ...publish, topic: '\ufeff/ ' },
    bytes: '30 {0005 efbbbf 2f 20}',
  },
  {
    name: 'PUBLISH has a topic of every length of UTF-8 [MQTT-1.5.4-1]',
    versions: V3,
    packet: { ...publish, topic: 'a\u00e9\u20ac\u{1f600}\u{10ffff}', qos: 1, packetId: 2 },
    bytes: '32 {000e 61 c3a9 e282ac f09f9880 f48fbfbf 0002}',
  },
  {
    name: 'PUBLISH has every property that it may have [MQTT 5, 3.3.2.3]',
    versions: V5,
    packet: {
      ...publish,
      properties: [
        { name: 'payload-format-indicator', value: 0 },
        { name: 'message-expiry-interval', value: 1 },
        { name: 'topic-alias', value: 65_535 },
        { name: 'response-topic', value: 'r/s' },
        { name: 'correlation-data', value: Buffer.from([1, 2]) },
        pair('a', '1'),
        pair('a', '1'),
        { name: 'subscription-identifier', value: 268_435_455 },
        { name: 'content-type', value: '' },
      ],
      payload: utf8('p'),
    },
    bytes: `30 {"a/b"
      {01 00  02 00000001  23 ffff  08 "r/s"  09 0002 0102  26 "a" "1"  26 "a" "1"  0b ffffff7f  03 ""} 'p'}`,
  },
  {
    name: 'PUBLISH has several subscription identifiers, of every length [MQTT 5, 3.3.2.3.8]',
    versions: V5,
    packet: {
      ...publish,
      properties: [1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152].map((value) => ({
        name: 'subscription-identifier',
        value,
      })),
    },
    bytes: '30 {"a/b" {0b 01  0b 7f  0b 8001  0b ff7f  0b 808001  0b ffff7f  0b 80808001}}',
  },
  {
    name: 'PUBLISH has an alias for an empty topic [MQTT 5, 3.3.2.3.4]',
    versions: V5,
    packet: { ...publish, topic: '', properties: [{ name: 'topic-alias', value: 1 }], payload: utf8('p') },
    bytes: '30 {"" {23 0001} \'p\'}',
  },
  {
    name: 'PUBLISH keeps user properties in their order [MQTT-3.3.2-18]',
    versions: V5,
    packet: { ...publish, properties: [pair('b', '1'), pair('a', '2'), pair('b', '3'), pair('', '')] },
    bytes: '30 {"a/b" {26 "b" "1"  26 "a" "2"  26 "b" "3"  26 "" ""}}',
  },

  // ---------------------------------------------------------------------------- PUBACK, PUBREC, PUBREL and PUBCOMP
  ...(
    [
      ['puback', '40', 0x10, '3.4.2.1'],
      ['pubrec', '50', 0x97, '3.5.2.1'],
      ['pubrel', '62', 0x92, '3.6.2.1'],
      ['pubcomp', '70', 0x92, '3.7.2.1'],
    ] as const
  ).flatMap(([type, header, code, clause]): CodecRow[] => {
    const name = type.toUpperCase();
    const codeByte = code.toString(16);
    return [
      {
        name: `${name} of MQTT 3 is two bytes [MQTT 3.1.1, ${clause.slice(0, 3)}]`,
        versions: V3,
        packet: { type, packetId: 0x0102, code: 0, properties: NONE },
        bytes: `${header} 02 01 02`,
      },
      {
        name: `${name} of 5.0 leaves out the code 0 [MQTT 5, ${clause}]`,
        versions: V5,
        packet: { type, packetId: 0x0102, code: 0, properties: NONE },
        bytes: `${header} 02 01 02`,
        accepted: [`${header} 03 01 02 00`, `${header} 04 01 02 00 00`],
      },
      {
        name: `${name} of 5.0 leaves out the property section [MQTT 5, ${clause.slice(0, 5)}.2.1]`,
        versions: V5,
        packet: { type, packetId: 65_535, code, properties: NONE },
        bytes: `${header} 03 ff ff ${codeByte}`,
        accepted: [`${header} 04 ff ff ${codeByte} 00`],
      },
      {
        name: `${name} of 5.0 has properties and code 0 [MQTT 5, ${clause}]`,
        versions: V5,
        packet: { type, packetId: 1, code: 0, properties: [pair('k', 'v')] },
        bytes: `${header} {0001 00 {26 "k" "v"}}`,
      },
      {
        name: `${name} of 5.0 has every property that it may have [MQTT 5, ${clause.slice(0, 5)}.2]`,
        versions: V5,
        packet: { type, packetId: 1, code, properties: [reason('so'), pair('k', 'v'), pair('k', 'v')] },
        bytes: `${header} {0001 ${codeByte} {1f "so"  26 "k" "v"  26 "k" "v"}}`,
      },
    ];
  }),
  {
    name: 'PUBREL of 3.1 may come again with DUP set [MQTT 3.1, 3.6]',
    versions: V31,
    packet: { type: 'pubrel', packetId: 7, code: 0, properties: NONE },
    bytes: '62 02 00 07',
    accepted: ['6a 02 00 07'],
  },

  // ------------------------------------------------------------------------------------------ SUBSCRIBE and SUBACK
  {
    name: 'SUBSCRIBE has one filter [MQTT-3.8.3-1]',
    versions: V3,
    packet: { type: 'subscribe', packetId: 10, subscriptions: [filter('a/b', { qos: 1 })], properties: NONE },
    bytes: '82 08 00 0a 00 03 61 2f 62 01',
  },
  {
    name: 'SUBSCRIBE has several filters with wildcards [MQTT 3.1.1, 3.8.3]',
    versions: V3,
    packet: {
      type: 'subscribe',
      packetId: 1,
      subscriptions: [filter('#'), filter('+/x/#', { qos: 1 }), filter('/', { qos: 2 }), filter('#')],
      properties: NONE,
    },
    bytes: '82 {0001 "#" 00 "+/x/#" 01 "/" 02 "#" 00}',
  },
  {
    name: 'SUBSCRIBE of 3.1 may come again with DUP set [MQTT 3.1, 3.8]',
    versions: V31,
    packet: { type: 'subscribe', packetId: 1, subscriptions: [filter('a')], properties: NONE },
    bytes: '82 {0001 "a" 00}',
    accepted: ['8a {0001 "a" 00}'],
  },
  {
    name: 'SUBSCRIBE of 5.0 has every option [MQTT 5, 3.8.3.1]',
    versions: V5,
    packet: {
      type: 'subscribe',
      packetId: 10,
      subscriptions: [
        filter('a'),
        filter('b', { qos: 1, noLocal: true }),
        filter('c', { qos: 2, retainAsPublished: true }),
        filter('d', { retainHandling: 1 }),
        filter('$share/g/e', { qos: 2, retainAsPublished: true, retainHandling: 2 }),
      ],
      properties: NONE,
    },
    bytes: '82 {000a {} "a" 00 "b" 05 "c" 0a "d" 10 "$share/g/e" 2a}',
  },
  {
    name: 'SUBSCRIBE of 5.0 has every property that it may have [MQTT 5, 3.8.2.1]',
    versions: V5,
    packet: {
      type: 'subscribe',
      packetId: 65_535,
      subscriptions: [filter('a')],
      properties: [pair('k', 'v'), { name: 'subscription-identifier', value: 128 }, pair('l', 'w')],
    },
    bytes: '82 {ffff {26 "k" "v"  0b 8001  26 "l" "w"} "a" 00}',
  },
  {
    name: 'SUBACK grants every QoS and refuses [MQTT-3.9.3-2 of 3.1.1]',
    versions: V3,
    packet: { type: 'suback', packetId: 10, codes: [0, 1, 2, 0x80], properties: NONE },
    bytes: '90 06 00 0a 00 01 02 80',
  },
  {
    name: 'SUBACK of 5.0 has every reason code that it may have [MQTT-3.9.3-2]',
    versions: V5,
    packet: {
      type: 'suback',
      packetId: 10,
      codes: [0, 1, 2, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2],
      properties: NONE,
    },
    bytes: '90 {000a {} 00 01 02 80 83 87 8f 91 97 9e a1 a2}',
  },
  {
    name: 'SUBACK of 5.0 has every property that it may have [MQTT 5, 3.9.2.1]',
    versions: V5,
    packet: { type: 'suback', packetId: 1, codes: [0x80], properties: [reason('why'), pair('k', 'v')] },
    bytes: '90 {0001 {1f "why"  26 "k" "v"} 80}',
  },

  // -------------------------------------------------------------------------------------- UNSUBSCRIBE and UNSUBACK
  {
    name: 'UNSUBSCRIBE has several filters [MQTT-3.10.3-1]',
    versions: V3,
    packet: { type: 'unsubscribe', packetId: 11, filters: ['a/b', '#'], properties: NONE },
    bytes: 'a2 0a 00 0b 00 03 61 2f 62 00 01 23',
  },
  {
    name: 'UNSUBSCRIBE of 3.1 may come again with DUP set [MQTT 3.1, 3.10]',
    versions: V31,
    packet: { type: 'unsubscribe', packetId: 11, filters: ['a'], properties: NONE },
    bytes: 'a2 {000b "a"}',
    accepted: ['aa {000b "a"}'],
  },
  {
    name: 'UNSUBSCRIBE of 5.0 has a property section [MQTT-2.2.2-1]',
    versions: V5,
    packet: { type: 'unsubscribe', packetId: 11, filters: ['a'], properties: NONE },
    bytes: 'a2 06 00 0b 00 00 01 61',
  },
  {
    name: 'UNSUBSCRIBE of 5.0 has user properties [MQTT 5, 3.10.2.1]',
    versions: V5,
    packet: { type: 'unsubscribe', packetId: 11, filters: ['a', 'b'], properties: [pair('k', 'v'), pair('k', 'v')] },
    bytes: 'a2 {000b {26 "k" "v"  26 "k" "v"} "a" "b"}',
  },
  {
    name: 'UNSUBACK of MQTT 3 has no payload [MQTT 3.1.1, 3.11.3]',
    versions: V3,
    packet: { type: 'unsuback', packetId: 11, codes: [], properties: NONE },
    bytes: 'b0 02 00 0b',
  },
  {
    name: 'UNSUBACK of 5.0 has every reason code that it may have [MQTT-3.11.3-2]',
    versions: V5,
    packet: { type: 'unsuback', packetId: 11, codes: [0, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91], properties: NONE },
    bytes: 'b0 {000b {} 00 11 80 83 87 8f 91}',
  },
  {
    name: 'UNSUBACK of 5.0 has every property that it may have [MQTT 5, 3.11.2.1]',
    versions: V5,
    packet: { type: 'unsuback', packetId: 11, codes: [0], properties: [reason('why'), pair('k', 'v')] },
    bytes: 'b0 {000b {1f "why"  26 "k" "v"} 00}',
  },

  // ------------------------------------------------------------------------- PINGREQ, PINGRESP, DISCONNECT and AUTH
  { name: 'PINGREQ has no body [MQTT 5, 3.12]', versions: ALL, packet: { type: 'pingreq' }, bytes: 'c0 00' },
  { name: 'PINGRESP has no body [MQTT 5, 3.13]', versions: ALL, packet: { type: 'pingresp' }, bytes: 'd0 00' },
  {
    name: 'the remaining length of MQTT 3 may be longer than need be [MQTT 3.1.1, 2.2.3]',
    versions: V3,
    packet: { type: 'pingresp' },
    bytes: 'd0 00',
    accepted: ['d0 80 00', 'd0 80 80 80 00'],
  },
  {
    name: 'DISCONNECT of MQTT 3 has no body [MQTT 3.1.1, 3.14]',
    versions: V3,
    packet: { type: 'disconnect', code: 0, properties: NONE },
    bytes: 'e0 00',
  },
  {
    name: 'DISCONNECT of 5.0 leaves out the code 0 [MQTT 5, 3.14.2.1]',
    versions: V5,
    packet: { type: 'disconnect', code: 0, properties: NONE },
    bytes: 'e0 00',
    accepted: ['e0 01 00', 'e0 02 00 00'],
  },
  {
    name: 'DISCONNECT of 5.0 leaves out the property section [MQTT 5, 3.14.2.2.1]',
    versions: V5,
    packet: { type: 'disconnect', code: 4, properties: NONE },
    bytes: 'e0 01 04',
    accepted: ['e0 02 04 00'],
  },
  {
    name: 'DISCONNECT of 5.0 has every property that it may have [MQTT 5, 3.14.2.2]',
    versions: V5,
    packet: {
      type: 'disconnect',
      code: 0x9d,
      properties: [
        { name: 'session-expiry-interval', value: 10 },
        reason('gone'),
        pair('k', 'v'),
        { name: 'server-reference', value: 's' },
      ],
    },
    bytes: 'e0 {9d {11 0000000a  1f "gone"  26 "k" "v"  1c "s"}}',
  },
  {
    name: 'DISCONNECT of 5.0 has properties and code 0 [MQTT 5, 3.14.2.1]',
    versions: V5,
    packet: { type: 'disconnect', code: 0, properties: [{ name: 'session-expiry-interval', value: 0 }] },
    bytes: 'e0 {00 {11 00000000}}',
  },
  {
    name: 'AUTH leaves out everything at code 0 without properties [MQTT 5, 3.15.2.1]',
    versions: V5,
    packet: { type: 'auth', code: 0, properties: NONE },
    bytes: 'f0 00',
    accepted: ['f0 02 00 00'],
  },
  {
    name: 'AUTH has its property section even when it is empty [MQTT 5, 3.15.2.2.1] [MQTT-2.2.2-1]',
    versions: V5,
    packet: { type: 'auth', code: 0x19, properties: NONE },
    bytes: 'f0 02 19 00',
  },
  {
    name: 'AUTH has every property that it may have [MQTT 5, 3.15.2.2]',
    versions: V5,
    packet: {
      type: 'auth',
      code: 0x18,
      properties: [
        { name: 'authentication-method', value: 'SCRAM' },
        { name: 'authentication-data', value: Buffer.from([0, 1]) },
        reason('go on'),
        pair('k', 'v'),
      ],
    },
    bytes: 'f0 {18 {15 "SCRAM"  16 0002 0001  1f "go on"  26 "k" "v"}}',
  },
];
