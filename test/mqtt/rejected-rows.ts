/**
 * Bytes that no packet may have (notation.ts), and what is to be said about them. Each row is tried whole and byte by
 * byte. `kind` is malformed (0x81) or protocol (0x82), `code` stands where the standard names another reason code.
 */
import type { ProtocolVersion } from '../../src/mqtt/types.ts';
import { field } from './notation.ts';
import { carrier, PLACES } from './templates.ts';

export interface RejectedRow {
  readonly name: string;
  readonly versions: readonly ProtocolVersion[];
  readonly bytes: string;
  readonly kind: 'malformed' | 'protocol';
  readonly code?: number;
}

const ALL = [3, 4, 5] as const;
const V3 = [3, 4] as const;
const NOT_V31 = [4, 5] as const;
const V311 = [4] as const;
const V5 = [5] as const;

function malformed(name: string, versions: readonly ProtocolVersion[], ...forms: string[]): RejectedRow[] {
  return forms.map((bytes) => ({ name, versions, bytes, kind: 'malformed' }));
}

function protocol(name: string, versions: readonly ProtocolVersion[], bytes: string, code?: number): RejectedRow[] {
  return [{ name, versions, bytes, kind: 'protocol', ...(code === undefined ? {} : { code }) }];
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

/** The fixed header. */
const HEADER_ROWS: readonly RejectedRow[] = [
  ...[
    ['CONNECT', 0x10],
    ['CONNACK', 0x20],
    ['PUBACK', 0x40],
    ['PUBREC', 0x50],
    ['PUBREL', 0x62],
    ['PUBCOMP', 0x70],
    ['SUBSCRIBE', 0x82],
    ['SUBACK', 0x90],
    ['UNSUBSCRIBE', 0xa2],
    ['UNSUBACK', 0xb0],
    ['PINGREQ', 0xc0],
    ['PINGRESP', 0xd0],
    ['DISCONNECT', 0xe0],
  ].flatMap(([name, header]) =>
    [...Array(16).keys()]
      .filter((flags) => flags !== (Number(header) & 0x0f))
      .flatMap((flags) =>
        malformed(
          `${name} must not have the flags ${flags} [MQTT-2.1.3-1] [MQTT-2.2.2-1 of 3.1.1]`,
          // In 3.1 bit 3 is DUP in every packet, and says nothing in those that have no use for it.
          (flags & ~8) === (Number(header) & 0x0f) ? NOT_V31 : ALL,
          `${hex((Number(header) & 0xf0) | flags)} 00`,
        ),
      ),
  ),
  ...[...Array(15).keys()].flatMap((flags) =>
    malformed('AUTH must not have flags [MQTT-3.15.1-1]', V5, `${hex(0xf1 + flags)} 00`),
  ),
  ...malformed('packet type 0 is reserved [MQTT 5, 2.1.2]', ALL, '00 00', '0f 00'),
  ...malformed('packet type 15 is reserved before 5.0 [MQTT 3.1.1, 2.2.1]', V3, 'f0 00', 'f0 02 18 00'),
  ...malformed('PUBLISH must not have both QoS bits set [MQTT-3.3.1-4]', ALL, '36 {"t" 0001}', '3f {"t" 0001}'),
  ...malformed('PUBLISH at QoS 0 must not have DUP set [MQTT-3.3.1-2]', NOT_V31, '38 {"t" 00}', '39 {"t" 00}'),
  ...malformed(
    'the remaining length has at most four bytes [MQTT 5, 1.5.5]',
    ALL,
    '30 ff ff ff ff 7f',
    'c0 80 80 80 80 00',
  ),
  ...malformed(
    'the remaining length has its shortest form [MQTT-1.5.5-1]',
    V5,
    'c0 80 00',
    'c0 80 80 80 00',
    '40 82 00 0001',
  ),
];

/** What stands where nothing may, and what is missing. */
const SHAPE_ROWS: readonly RejectedRow[] = [
  ...malformed('PINGREQ has no body [MQTT 5, 3.12.3]', ALL, 'c0 01 00'),
  ...malformed('PINGRESP has no body [MQTT 5, 3.13.3]', ALL, 'd0 01 00'),
  ...malformed('DISCONNECT of MQTT 3 has no body [MQTT 3.1.1, 3.14]', V3, 'e0 01 00'),
  ...malformed(
    'an acknowledgement of MQTT 3 is two bytes [MQTT 3.1.1, 3.4]',
    V3,
    '40 {0001 00}',
    '50 {0001 00}',
    '62 {0001 00}',
    '70 {0001 00}',
    'b0 {0001 00}',
  ),
  ...malformed('CONNACK of MQTT 3 is two bytes [MQTT 3.1.1, 3.2]', V3, '20 {0000 00}', '20 {00}', '20 {}'),
  ...malformed(
    'CONNACK of 5.0 has a property section [MQTT-2.2.2-1]',
    V5,
    '20 {00 00}',
    '20 {00 84}',
    '20 {00 02}',
    '20 {00}',
    '20 {}',
  ),
  ...malformed('AUTH has a property section unless it is empty [MQTT 5, 3.15.2.2.1]', V5, 'f0 01 18', 'f0 01 00'),
  ...malformed(
    'nothing follows the properties of an acknowledgement [MQTT 5, 3.4.2]',
    V5,
    '40 {0001 00 {} 00}',
    '62 {0001 00 {} 00}',
  ),
  ...malformed('nothing follows the properties of CONNACK [MQTT 5, 3.2.3]', V5, '20 {00 00 {} 00}'),
  ...malformed('nothing follows the properties of DISCONNECT [MQTT 5, 3.14.3]', V5, 'e0 {00 {} 00}'),
  ...malformed('nothing follows the properties of AUTH [MQTT 5, 3.15.3]', V5, 'f0 {18 {} 00}'),
  ...malformed(
    'nothing follows the payload of CONNECT [MQTT-3.1.3-1]',
    V311,
    '10 {"MQTT" 04 02 003c "c" 00}',
    '10 {"MQTT" 04 82 003c "c" "u" "p"}',
  ),
  ...malformed(
    'CONNECT holds every field that its flags name [MQTT-3.1.2-9] [MQTT-3.1.2-17] [MQTT-3.1.2-19]',
    V311,
    '10 {"MQTT" 04 82 003c "c"}',
    '10 {"MQTT" 04 c2 003c "c" "u"}',
    '10 {"MQTT" 04 06 003c "c" "w"}',
    '10 {"MQTT" 04 06 003c "c"}',
    '10 {"MQTT" 04 02 003c}',
    '10 {"MQTT" 04 02}',
    '10 {"MQTT"}',
    '10 {}',
  ),
  ...malformed('a field ends within its packet [MQTT 5, 1.5.4]', ALL, "30 {0002 't'}", '30 {00}', '30 {}'),
  ...malformed('PUBLISH above QoS 0 has a packet identifier [MQTT-2.2.1-3]', ALL, '32 {"t"}', '32 {"t" 00}'),
  ...malformed('PUBLISH of 5.0 has a property section [MQTT-2.2.2-1]', V5, '30 {"t"}', '32 {"t" 0001}'),
  ...malformed(
    'an acknowledgement has a packet identifier [MQTT-2.2.1-5]',
    ALL,
    '40 {}',
    '50 {00}',
    '62 {}',
    '70 {00}',
    'b0 {00}',
    '90 {}',
  ),
  ...malformed('SUBSCRIBE has options behind each filter [MQTT-3.8.3-2]', V3, '82 {0001 "t"}', '82 {0001 "t" 00 "u"}'),
  ...malformed('SUBSCRIBE of 5.0 has options behind each filter [MQTT-3.8.3-2]', V5, '82 {0001 {} "t"}'),
  ...malformed(
    'SUBSCRIBE of 5.0 has a property section [MQTT-2.2.2-1]',
    V5,
    '82 {0001}',
    'a2 {0001}',
    '90 {0001}',
    'b0 {0001}',
  ),
  ...malformed('SUBACK has a code for each filter, so at least one [MQTT 5, 3.9.3]', V3, '90 {0001}'),
  ...malformed(
    'SUBACK and UNSUBACK of 5.0 have at least one code [MQTT 5, 3.9.3] [MQTT 5, 3.11.3]',
    V5,
    '90 {0001 {}}',
    'b0 {0001 {}}',
  ),
  ...protocol('SUBSCRIBE has at least one filter [MQTT-3.8.3-2] [MQTT-3.8.3-3 of 3.1.1]', V3, '82 {0001}'),
  ...protocol('SUBSCRIBE of 5.0 has at least one filter [MQTT-3.8.3-2]', V5, '82 {0001 {}}'),
  ...protocol('UNSUBSCRIBE has at least one filter [MQTT-3.10.3-2]', V3, 'a2 {0001}'),
  ...protocol('UNSUBSCRIBE of 5.0 has at least one filter [MQTT-3.10.3-2]', V5, 'a2 {0001 {}}'),
];

/** Values that are forbidden. */
const VALUE_ROWS: readonly RejectedRow[] = [
  ...(
    [
      ['PUBLISH', '32 {"t" 0000 00}'],
      ['PUBACK', '40 {0000}'],
      ['PUBREC', '50 {0000}'],
      ['PUBREL', '62 {0000}'],
      ['PUBCOMP', '70 {0000}'],
      ['SUBSCRIBE', '82 {0000 00 "t" 00}'],
      ['SUBACK', '90 {0000 00 00}'],
      ['UNSUBSCRIBE', 'a2 {0000 00 "t"}'],
      ['UNSUBACK', 'b0 {0000}'],
    ] as const
  ).flatMap(([name, wire]) => protocol(`${name} must not have packet identifier 0 [MQTT-2.2.1-3]`, ALL, wire)),

  ...protocol('CONNECT must not name another protocol [MQTT-3.1.2-1]', ALL, '10 {"mqtt" 04 02 003c "c"}', 0x84),
  ...protocol(
    'CONNECT must not name a level that the protocol never had [MQTT-3.1.2-2]',
    ALL,
    '10 {"MQTT" 06 02 003c "c"}',
    0x84,
  ),
  ...protocol(
    'CONNECT must not have level 3 with the name MQTT [MQTT 3.1, 3.1]',
    ALL,
    '10 {"MQTT" 03 02 003c "c"}',
    0x84,
  ),
  ...protocol(
    'CONNECT must not have level 4 with the name MQIsdp [MQTT-3.1.2-1]',
    ALL,
    '10 {"MQIsdp" 04 02 003c "c"}',
    0x84,
  ),
  ...malformed('CONNECT must not have the reserved flag set [MQTT-3.1.2-3]', V311, '10 {"MQTT" 04 03 003c "c"}'),
  ...malformed(
    'CONNECT without a will must have will QoS 0 [MQTT-3.1.2-11]',
    V311,
    '10 {"MQTT" 04 0a 003c "c"}',
    '10 {"MQTT" 04 12 003c "c"}',
  ),
  ...malformed('CONNECT without a will must not retain it [MQTT-3.1.2-13]', V311, '10 {"MQTT" 04 22 003c "c"}'),
  ...malformed(
    'CONNECT must not have will QoS 3 [MQTT-3.1.2-12] [MQTT-3.1.2-14 of 3.1.1]',
    V311,
    '10 {"MQTT" 04 1e 003c "c" "w" ""}',
  ),
  ...malformed(
    'CONNECT of MQTT 3 must not have a password without a user name [MQTT-3.1.2-22 of 3.1.1]',
    V311,
    '10 {"MQTT" 04 42 003c "c" "p"}',
  ),
  ...protocol('the will must not have an empty topic [MQTT-4.7.3-1]', V311, '10 {"MQTT" 04 06 003c "c" "" ""}', 0x90),
  ...protocol(
    'the will must not have a wildcard topic [MQTT-3.3.2-2]',
    V311,
    '10 {"MQTT" 04 06 003c "c" "a/#" ""}',
    0x90,
  ),

  ...malformed(
    'CONNACK must not have the reserved flags set [MQTT-3.2.2-1]',
    V311,
    '20 02 02 00',
    '20 02 80 00',
    '20 02 03 00',
  ),
  ...malformed(
    'CONNACK of 5.0 must not have the reserved flags set [MQTT-3.2.2-1]',
    V5,
    '20 03 02 00 00',
    '20 03 ff 00 00',
  ),
  ...protocol('CONNACK that refuses must not have session present set [MQTT-3.2.2-4 of 3.1.1]', V311, '20 02 01 05'),
  ...protocol('CONNACK of 5.0 that refuses must not have session present set [MQTT-3.2.2-6]', V5, '20 03 01 87 00'),

  ...protocol('PUBLISH must have a topic [MQTT-4.7.3-1]', V3, '30 {""}'),
  ...protocol('PUBLISH of 5.0 must have a topic or an alias [MQTT 5, 3.3.2.1]', V5, '30 {"" {}}'),
  ...['#', '+', 'a/#', 'a+', '#a', '/+/'].flatMap((topic) =>
    protocol(`PUBLISH must not have the wildcard topic ${topic} [MQTT-3.3.2-2]`, ALL, `30 {"${topic}" {}}`, 0x90),
  ),

  ...['', '#a', 'a#', 'a/#/b', 'a+', '+a/b', 'a/b+'].flatMap((filter) => [
    ...protocol(
      `SUBSCRIBE must not have the filter '${filter}' [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.3-1]`,
      V3,
      `82 {0001 "${filter}" 00}`,
      0x8f,
    ),
    ...protocol(
      `UNSUBSCRIBE must not have the filter '${filter}' [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.3-1]`,
      V5,
      `a2 {0001 {} "${filter}"}`,
      0x8f,
    ),
  ]),
  ...malformed(
    'SUBSCRIBE of MQTT 3 must not have reserved bits or QoS 3 in the options [MQTT-3.8.3-4 of 3.1.1]',
    V3,
    '82 {0001 "t" 03}',
    '82 {0001 "t" 04}',
    '82 {0001 "t" 30}',
    '82 {0001 "t" 80}',
  ),
  ...malformed(
    'SUBSCRIBE must not have reserved bits in the options [MQTT-3.8.3-5]',
    V5,
    '82 {0001 {} "t" 40}',
    '82 {0001 {} "t" 80}',
    '82 {0001 {} "t" c3}',
  ),
  ...protocol('SUBSCRIBE must not have QoS 3 [MQTT 5, 3.8.3.1]', V5, '82 {0001 {} "t" 03}'),
  ...protocol('SUBSCRIBE must not have retain handling 3 [MQTT 5, 3.8.3.1]', V5, '82 {0001 {} "t" 30}'),
  ...protocol(
    'SUBSCRIBE must not have no local on a shared subscription [MQTT-3.8.3-4]',
    V5,
    '82 {0001 {} "$share/g/t" 04}',
  ),
  ...[3, 0x7f, 0x81, 0x87, 0xff].flatMap((code) =>
    protocol(`SUBACK of MQTT 3 must not have code ${code} [MQTT-3.9.3-2 of 3.1.1]`, V3, `90 {0001 00 ${hex(code)}}`),
  ),
];

/** The property section of 5.0. */
const PROPERTY_ROWS: readonly RejectedRow[] = [
  ...PLACES.flatMap((place) => [
    ...malformed(
      `an unknown property is malformed in ${place} [MQTT 5, 2.2.2.2]`,
      V5,
      carrier(place, '04 00'),
      carrier(place, '00'),
      carrier(place, '7f'),
      carrier(place, '8001'),
    ),
    ...malformed(
      `a property identifier has its shortest form in ${place} [MQTT-1.5.5-1]`,
      V5,
      carrier(place, 'a600 "k" "v"'),
    ),
    ...malformed(
      `a property ends with the section in ${place} [MQTT 5, 2.2.2.1]`,
      V5,
      carrier(place, '26'),
      carrier(place, '26 00'),
      carrier(place, "26 0001 'k'"),
      carrier(place, "26 0001 'k' 0002 'v'"),
    ),
  ]),
  ...malformed(
    'a property section ends within its packet [MQTT 5, 2.2.2.1]',
    V5,
    '20 {00 00 01}',
    '30 {"t" 05 26 \'x\'}',
    '40 {0001 00 80}',
    'e0 {04 ff ff ff 7f}',
  ),
  ...malformed('a property length has at most four bytes [MQTT 5, 1.5.5]', V5, '20 {00 00 80 80 80 80 00}'),
  ...malformed('a property length has its shortest form [MQTT-1.5.5-1]', V5, '20 {00 00 80 00}', '30 {"t" 80 00}'),
  ...malformed(
    'a number ends with the section [MQTT 5, 2.2.2.1]',
    V5,
    carrier('publish', '02 000000'),
    carrier('publish', '23 00'),
    carrier('publish', '01'),
    carrier('publish', '0b 80'),
    carrier('connack', '13 00'),
  ),
  ...malformed(
    'a subscription identifier has at most four bytes [MQTT 5, 1.5.5]',
    V5,
    carrier('publish', '0b 8080808001'),
  ),
  ...malformed('a subscription identifier has its shortest form [MQTT-1.5.5-1]', V5, carrier('publish', '0b 8100')),
  ...malformed(
    'binary data ends with the section [MQTT 5, 1.5.6]',
    V5,
    carrier('publish', '09 0002 00'),
    carrier('publish', '09 00'),
  ),

  ...(
    [
      ['payload-format-indicator must not be 2 [MQTT 5, 3.3.2.3.2]', carrier('publish', '01 02')],
      ['payload-format-indicator of the will must not be 255 [MQTT 5, 3.1.3.2.3]', carrier('will', '01 ff')],
      ['request-problem-information must not be 2 [MQTT 5, 3.1.2.11.7]', carrier('connect', '17 02')],
      ['request-response-information must not be 2 [MQTT 5, 3.1.2.11.6]', carrier('connect', '19 02')],
      ['receive-maximum must not be 0 in CONNECT [MQTT 5, 3.1.2.11.3]', carrier('connect', '21 0000')],
      ['receive-maximum must not be 0 in CONNACK [MQTT 5, 3.2.2.3.3]', carrier('connack', '21 0000')],
      ['maximum-packet-size must not be 0 in CONNECT [MQTT 5, 3.1.2.11.4]', carrier('connect', '27 00000000')],
      ['maximum-packet-size must not be 0 in CONNACK [MQTT 5, 3.2.2.3.6]', carrier('connack', '27 00000000')],
      ['maximum-qos must not be 2 [MQTT 5, 3.2.2.3.4]', carrier('connack', '24 02')],
      ['retain-available must not be 2 [MQTT 5, 3.2.2.3.5]', carrier('connack', '25 02')],
      ['wildcard-subscription-available must not be 2 [MQTT 5, 3.2.2.3.11]', carrier('connack', '28 02')],
      ['subscription-identifier-available must not be 2 [MQTT 5, 3.2.2.3.12]', carrier('connack', '29 02')],
      ['shared-subscription-available must not be 2 [MQTT 5, 3.2.2.3.13]', carrier('connack', '2a 02')],
      ['subscription-identifier must not be 0 in SUBSCRIBE [MQTT 5, 3.8.2.1.2]', carrier('subscribe', '0b 00')],
      ['subscription-identifier must not be 0 in PUBLISH [MQTT 5, 3.3.2.3.8]', carrier('publish', '0b 00')],
      [
        'subscription-identifier must not stand twice in SUBSCRIBE [MQTT 5, 3.8.2.1.2]',
        carrier('subscribe', '0b 01 0b 02'),
      ],
    ] as const
  ).flatMap(([name, wire]) => protocol(name, V5, wire)),
  ...protocol('topic-alias must not be 0 [MQTT-3.3.2-8] [MQTT 5, 3.3.4]', V5, carrier('publish', '23 0000'), 0x94),
  ...['', '#', 'a/+'].flatMap((topic) => [
    ...protocol(
      `response-topic must not be '${topic}' [MQTT-3.3.2-14] [MQTT-4.7.3-1]`,
      V5,
      carrier('publish', `08 "${topic}"`),
      0x90,
    ),
    ...protocol(
      `response-topic of the will must not be '${topic}' [MQTT-3.3.2-14] [MQTT-4.7.3-1]`,
      V5,
      carrier('will', `08 "${topic}"`),
      0x90,
    ),
  ]),
];

const BAD_TEXT: readonly (readonly [what: string, hex: string])[] = [
  ['U+0000 [MQTT-1.5.4-2]', '61 00'],
  ['U+0000 among more than ASCII [MQTT-1.5.4-2]', 'c3a9 00'],
  ['a lone continuation byte [MQTT-1.5.4-1]', '80'],
  ['a sequence cut short at the end [MQTT-1.5.4-1]', '61 e2 82'],
  ['a sequence cut short by another [MQTT-1.5.4-1]', 'e2 82 61'],
  ['an overlong form of two bytes [MQTT-1.5.4-1]', 'c0 80'],
  ['an overlong form of two bytes [MQTT-1.5.4-1]', 'c1 bf'],
  ['an overlong form of three bytes [MQTT-1.5.4-1]', 'e0 9f bf'],
  ['an overlong form of four bytes [MQTT-1.5.4-1]', 'f0 8f bf bf'],
  ['the first surrogate [MQTT-1.5.4-1]', 'ed a0 80'],
  ['the last surrogate [MQTT-1.5.4-1]', 'ed bf bf'],
  ['a pair of surrogates [MQTT-1.5.4-1]', 'ed a0 bd ed b8 80'],
  ['a code point above U+10FFFF [MQTT-1.5.4-1]', 'f4 90 80 80'],
  ['a byte that no UTF-8 has [MQTT-1.5.4-1]', 'ff'],
  ['a sequence of five bytes [MQTT-1.5.4-1]', 'f8 88 80 80 80'],
];

/** Every string field there is, in a packet that is right but for it. */
const STRING_FIELDS: readonly (readonly [name: string, version: ProtocolVersion, packet: (text: string) => string])[] =
  [
    ['the protocol name', 4, (text) => `10 {${text} 04 02 003c "c"}`],
    ['the client identifier [MQTT-3.1.3-4]', 4, (text) => `10 {"MQTT" 04 02 003c ${text}}`],
    ['the will topic [MQTT-3.1.3-11]', 4, (text) => `10 {"MQTT" 04 06 003c "c" ${text} ""}`],
    ['the user name [MQTT-3.1.3-12]', 4, (text) => `10 {"MQTT" 04 82 003c "c" ${text}}`],
    ['the topic of PUBLISH [MQTT-3.3.2-1]', 3, (text) => `30 {${text}}`],
    ['the filter of SUBSCRIBE [MQTT-3.8.3-1]', 4, (text) => `82 {0001 ${text} 00}`],
    ['the filter of UNSUBSCRIBE [MQTT-3.10.3-1]', 4, (text) => `a2 {0001 ${text}}`],
    ['content-type [MQTT-3.3.2-19]', 5, (text) => carrier('publish', `03 ${text}`)],
    ['response-topic [MQTT-3.3.2-13]', 5, (text) => carrier('publish', `08 ${text}`)],
    ['assigned-client-identifier', 5, (text) => carrier('connack', `12 ${text}`)],
    ['authentication-method', 5, (text) => carrier('auth', `15 ${text}`)],
    ['response-information', 5, (text) => carrier('connack', `1a ${text}`)],
    ['server-reference', 5, (text) => carrier('disconnect', `1c ${text}`)],
    ['reason-string', 5, (text) => carrier('puback', `1f ${text}`)],
    ['the key of a user property [MQTT-1.5.7-1]', 5, (text) => carrier('publish', `26 ${text} "v"`)],
    ['the value of a user property [MQTT-1.5.7-1]', 5, (text) => carrier('publish', `26 "k" ${text}`)],
  ];

const TEXT_ROWS: readonly RejectedRow[] = STRING_FIELDS.flatMap(([name, version, packet]) =>
  BAD_TEXT.flatMap(([what, hexBytes]) =>
    malformed(`${name} must not hold ${what}`, [version], packet(field(hexBytes))),
  ),
);

export const REJECTED_ROWS: readonly RejectedRow[] = [
  ...HEADER_ROWS,
  ...SHAPE_ROWS,
  ...VALUE_ROWS,
  ...PROPERTY_ROWS,
  ...TEXT_ROWS,
];
