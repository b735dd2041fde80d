/**
 * Which letters `-F` has, one row per letter. The compiler, the documentation and the tests read this table. Documented
 * rules of mosquitto_sub for width and precision are kept, even unusual ones; the rows show where this client differs.
 */
import { type PropertyName, property } from '../mqtt/properties.ts';
import type { PublishPacket } from '../mqtt/types.ts';
import { putBase64, putHex } from './encode.ts';
import { jsonRenderer } from './json.ts';
import { formatFixed } from './number.ts';
import { padNumber, putAbsent, putPayload, putString } from './pad.ts';
import { type FormatOptions, lastOnly, type Renderer, remembered, type Spec } from './renderer.ts';
import { isoTime, nineDigits, oncePerSecond } from './time.ts';
import type { OutputWriter } from './writer.ts';
import { zoneOffset } from './zone.ts';

export interface Specifier {
  readonly letter: string;
  /** The text for the manual. */
  readonly about: string;
  /** Whether the output depends on the time. */
  readonly usesTime?: true;
  /** mosquitto_sub does not have this letter. */
  readonly isAddition?: true;
  readonly build: (spec: Spec, options: FormatOptions) => Renderer;
}

const DIGIT_0 = 0x30;
const PERCENT = 0x25;
const NOTHING = new Uint8Array(0);
const DEFAULT_PLACES = 6;

const hasNoForm = (spec: Spec): boolean => spec.width === 0 && spec.precision === undefined;

/** A whole number of the packet. */
function integer(read: (packet: PublishPacket) => number): Specifier['build'] {
  return (spec) => {
    const text = lastOnly((value: number) => padNumber(String(value), spec));
    return (output, packet) => output.text(text(read(packet)));
  };
}

/** All values of a numeric property, separated by spaces. */
function integerProperty(
  name: Extract<
    PropertyName,
    'topic-alias' | 'message-expiry-interval' | 'payload-format-indicator' | 'subscription-identifier'
  >,
): Specifier['build'] {
  return (spec) =>
    (output, { properties }) => {
      const values = properties.filter((entry) => entry.name === name);
      if (values.length === 0) putAbsent(output, spec);
      else output.text(values.map((entry) => padNumber(String(entry.value), spec)).join(' '));
    };
}

/** A text of the message; if missing, spaces up to the width, or nothing. */
function string(read: (packet: PublishPacket) => string | undefined, absent: 'blanks' | 'nothing'): Specifier['build'] {
  return (spec) => {
    const isPlain = hasNoForm(spec);
    const bytes = remembered((value) => Buffer.from(value));
    return (output, packet) => {
      const value = read(packet);
      if (value === undefined) {
        if (absent === 'blanks') putAbsent(output, spec.zero ? { ...spec, zero: false } : spec);
      } else if (isPlain) {
        output.text(value);
      } else {
        putString(output, bytes(value), spec);
      }
    };
  };
}

const hex =
  (upper: boolean): Specifier['build'] =>
  (spec) =>
  (output, { payload }) =>
    putHex(output, payload, spec, upper);

/** A payload that is a number in binary form. */
function float(name: 'float' | 'double', bytes: 4 | 8): Specifier['build'] {
  return (spec, { warn }) =>
    (output, { payload }) => {
      if (payload.length !== bytes) {
        warn(`requested ${name} printing, but non-${name} data received\n`);
        return;
      }
      const view = new DataView(payload.buffer, payload.byteOffset, bytes);
      const value = bytes === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
      const text = formatFixed(value, spec.precision ?? DEFAULT_PLACES, payload[bytes - 1]! >= 0x80);
      // inf and nan are not padded with zeros.
      output.text(padNumber(text, Number.isFinite(value) ? spec : { ...spec, zero: false }));
    };
}

function putUserProperties(output: OutputWriter, { properties }: PublishPacket): void {
  let isFirst = true;
  for (const entry of properties) {
    if (entry.name !== 'user-property') continue;
    const [name, value] = entry.value;
    output.text(`${isFirst ? '' : ' '}${name}:${value}`);
    isFirst = false;
  }
}

const payload: Specifier['build'] = (spec) =>
  spec.width === 0
    ? (output, packet) => output.bytes(packet.payload)
    : (output, packet) => putPayload(output, packet.payload, spec);

const dateTime: Specifier['build'] = (spec) => {
  const text = oncePerSecond((date) => Buffer.from(isoTime(date) + zoneOffset(date)));
  return (output, _packet, at) => putString(output, text(at), spec);
};

// biome-ignore format: one row a line
export const SPECIFIERS: readonly Specifier[] = [
  { letter: '%', about: 'a percent sign', build: () => (output) => output.byte(PERCENT) },
  { letter: 'A', about: 'topic alias', build: integerProperty('topic-alias') },
  { letter: 'b', about: 'payload in Base64', isAddition: true, build: () => (output, packet) => putBase64(output, packet.payload) },
  { letter: 'C', about: 'content type', build: string(({ properties }) => property(properties, 'content-type'), 'blanks') },
  { letter: 'd', about: 'payload of 8 bytes as a floating-point number', build: float('double', 8) },
  { letter: 'D', about: 'correlation data', build: () => (output, { properties }) => output.bytes(property(properties, 'correlation-data') ?? NOTHING) },
  { letter: 'E', about: 'message expiry interval', build: integerProperty('message-expiry-interval') },
  { letter: 'f', about: 'payload of 4 bytes as a floating-point number', build: float('float', 4) },
  { letter: 'F', about: 'payload format indicator', build: integerProperty('payload-format-indicator') },
  { letter: 'I', about: 'timestamp: local date and time, ISO 8601', usesTime: true, build: dateTime },
  { letter: 'j', about: 'the message as JSON, with the payload as a string', usesTime: true, build: (_spec, options) => jsonRenderer(false, options) },
  { letter: 'J', about: 'the message as JSON, with the payload as JSON', usesTime: true, build: (_spec, options) => jsonRenderer(true, options) },
  { letter: 'l', about: 'payload length in bytes', build: integer((packet) => packet.payload.length) },
  { letter: 'm', about: 'packet identifier, 0 at QoS 0', build: integer((packet) => packet.packetId) },
  { letter: 'p', about: 'payload', build: payload },
  { letter: 'P', about: 'user properties as NAME:VALUE, separated by spaces', build: () => putUserProperties },
  { letter: 'q', about: 'QoS', build: () => (output, packet) => output.byte(DIGIT_0 + packet.qos) },
  { letter: 'R', about: 'response topic', build: string(({ properties }) => property(properties, 'response-topic'), 'nothing') },
  { letter: 'r', about: 'retain flag, 0 or 1', build: () => (output, packet) => output.byte(packet.retain ? DIGIT_0 + 1 : DIGIT_0) },
  { letter: 'S', about: 'subscription identifier', build: integerProperty('subscription-identifier') },
  { letter: 't', about: 'topic', build: string((packet) => packet.topic, 'nothing') },
  { letter: 'U', about: 'seconds since 1970, with nanoseconds', usesTime: true, build: () => (output, _packet, at) => output.text(`${at.seconds}.${nineDigits(at)}`) },
  { letter: 'x', about: 'payload in hexadecimal, lower case', build: hex(false) },
  { letter: 'X', about: 'payload in hexadecimal, upper case', build: hex(true) },
];

const byLetter = new Map(SPECIFIERS.map((row) => [row.letter, row]));

/** The row of a letter. */
export const specifier = (letter: string): Specifier | undefined => byLetter.get(letter);
