/**
 * How %j and %J print a message as one JSON object, with members in the order of mosquitto_sub 2.1. The output is always
 * JSON: bytes that are not UTF-8 become `null`, and a second member, whose name ends in `_base64`, has them in base64.
 */
import type { Properties, Property } from '../mqtt/properties.ts';
import type { PublishPacket } from '../mqtt/types.ts';
import type { WallTime } from '../runtime/io.ts';
import { printable } from '../util/printable.ts';
import { isWellFormed } from '../util/utf8.ts';
import { bufferOf, putBase64, putBase64InSteps } from './encode.ts';
import { BACKSLASH, QUOTE } from './json-bytes.ts';
import { isCompactJson } from './json-compact.ts';
import { EscapedOutput, isVisible, jsonString, mayBeInvisible } from './json-escape.ts';
import { COMPACT, type Layout, PRETTY } from './json-layout.ts';
import { isJson, isJsonInSteps, putJson, putJsonInSteps } from './json-value.ts';
import { type FormatOptions, type Renderer, remembered } from './renderer.ts';
import { inParts, isWellFormedInSteps, LARGE_BYTES, type Steps } from './steps.ts';
import { isoTime, oncePerSecond } from './time.ts';
import type { OutputWriter } from './writer.ts';
import { zoneOffset } from './zone.ts';

/** A payload up to this length is escaped byte by byte; in a longer one, bytes that need no escape are not copied. */
const SHORT_BYTES = 4 * 1024;

/** Class bits of each byte: 1 must be escaped, 2 belongs to a longer UTF-8 sequence, 4 may begin an invisible character. */
const CLASSES = Uint8Array.from(
  { length: 256 },
  (_, byte) =>
    (byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : byte < 0x80 ? 0 : 2) + (mayBeInvisible(byte) ? 4 : 0),
);

/** The escaped form of each byte of class 1. */
const ESCAPED = Array.from(CLASSES, (kind, byte) =>
  kind & 1 ? Buffer.from(JSON.stringify(String.fromCharCode(byte)).slice(1, -1)) : undefined,
);

/**
 * How the payload is printed: as null, as JSON (`rewritten`: in this layout), as a string (`plain`: bytes unchanged),
 * or in base64. `-escaped`: invisible characters are escaped, too.
 */
type Value = 'null' | 'json' | 'rewritten' | 'rewritten-escaped' | 'plain' | 'string' | 'string-escaped' | 'base64';

/** Renders %j or, with `parsed`, %J, in which a JSON payload becomes part of the object. */
export function jsonRenderer(parsed: boolean, { pretty, warn }: FormatOptions): Renderer {
  const layout = pretty ? PRETTY : COMPACT;
  const key = (name: string): string => `${layout.next(1)}"${name}"${layout.colon}`;
  const start = `${layout.open(1)}"tst"${layout.colon}"`;
  const topicKey = key('topic');
  // The parts that are the same for every message are prepared as bytes.
  const midKey = Buffer.from(key('mid'));
  const propertiesKey = key('properties');
  const payloadKey = Buffer.from(key('payload'));
  const stringKey = Buffer.from(`${key('payload')}"`);
  const end = Buffer.from(layout.close(1));
  const stringEnd = Buffer.from(`"${layout.close(1)}`);
  const local = oncePerSecond((date) => ({
    time: Buffer.from(`${start}${isoTime(date)}.`),
    zone: `${zoneOffset(date)}"${topicKey}`,
  }));
  /** The bytes from the zone to the payload length, for each topic, by QoS and retain. */
  let middles = remembered<(Buffer | undefined)[]>(() => []);
  let middleZone = '';

  const middle = (zone: string, { topic, qos, retain }: PublishPacket): Buffer => {
    if (zone !== middleZone) {
      middles = remembered(() => []);
      middleZone = zone;
    }
    const kept = middles(topic);
    const place = qos * 2 + (retain ? 1 : 0);
    kept[place] ??= Buffer.from(
      zone + jsonString(topic) + key('qos') + qos + key('retain') + retain + key('payloadlen'),
    );
    return kept[place];
  };

  /** Puts everything before the payload. */
  const putHead = (output: OutputWriter, packet: PublishPacket, at: WallTime): void => {
    const { payload, properties } = packet;
    const { time, zone } = local(at);
    output.bytes(time);
    // The microseconds, truncated as in mosquitto_sub.
    output.digits(Math.floor(at.nanoseconds / 1000), 6);
    output.bytes(middle(zone, packet));
    output.digits(payload.length);
    if (packet.qos > 0) {
      output.bytes(midKey);
      output.digits(packet.packetId);
    }
    if (properties.length > 0) {
      output.text(propertiesKey);
      putProperties(output, properties, layout);
    }
  };

  const warnOfInvalid = ({ topic }: PublishPacket): void =>
    warn(`Error: Message payload is not valid JSON on topic ${printable(topic)}.\n`);

  /** Like the returned renderer, but in steps, for a large payload. */
  function* putLarge(output: OutputWriter, packet: PublishPacket, at: WallTime): Steps {
    const { payload } = packet;
    const value = yield* parsed ? parsedValueInSteps(payload) : textValueInSteps(payload);
    if (value === undefined) {
      warnOfInvalid(packet);
      return;
    }
    putHead(output, packet, at);
    const isText = value === 'plain' || value === 'string' || value === 'string-escaped';
    output.bytes(isText ? stringKey : payloadKey);
    const escaped = new EscapedOutput(output);
    if (value === 'plain') output.bytes(payload);
    else if (value === 'string') yield* inParts(payload, (part) => putEscaped(output, part));
    else if (value === 'string-escaped') yield* inParts(payload, (part) => escaped.string(part));
    else if (value === 'rewritten') yield* putJsonInSteps(output, payload, layout, 1);
    else if (value === 'rewritten-escaped') yield* putJsonInSteps(escaped, payload, layout, 1);
    else {
      output.text(`null${key('payload_base64')}"`);
      yield* putBase64InSteps(output, payload);
      output.byte(QUOTE);
    }
    output.bytes(isText ? stringEnd : end);
  }

  return (output, packet, at) => {
    const { payload } = packet;
    if (payload.length > LARGE_BYTES) return output.later(putLarge(output, packet, at));
    const value = parsed ? parsedValue(payload, layout) : textValue(payload);
    if (value === undefined) return warnOfInvalid(packet);
    putHead(output, packet, at);
    if (value === 'plain' || value === 'string' || value === 'string-escaped') {
      output.bytes(stringKey);
      if (value === 'plain') output.bytes(payload);
      else if (value === 'string') putEscaped(output, payload);
      else new EscapedOutput(output).string(payload);
      output.bytes(stringEnd);
      return;
    }
    output.bytes(payloadKey);
    if (value === 'json') {
      output.bytes(payload);
    } else if (value === 'rewritten') {
      putJson(output, payload, layout, 1);
    } else if (value === 'rewritten-escaped') {
      putJson(new EscapedOutput(output), payload, layout, 1);
    } else if (value === 'null') {
      output.text('null');
    } else {
      output.text(`null${key('payload_base64')}"`);
      putBase64(output, payload);
      output.byte(QUOTE);
    }
    output.bytes(end);
  };
}

/** The classes of all bytes, combined. */
function classesOf(payload: Uint8Array): number {
  let classes = 0;
  for (let i = 0; i < payload.length; i++) classes |= CLASSES[payload[i]!]!;
  return classes;
}

function textValue(payload: Uint8Array): Value {
  if (payload.length === 0) return 'null';
  const classes = classesOf(payload);
  if (classes & 2 && !isWellFormed(payload)) return 'base64';
  if (classes & 4 && !isVisible(bufferOf(payload))) return 'string-escaped';
  return classes & 1 ? 'string' : 'plain';
}

function* textValueInSteps(payload: Uint8Array): Steps<Value> {
  const classes = yield* classesInSteps(payload);
  if (classes & 2 && !(yield* isWellFormedInSteps(payload))) return 'base64';
  if (classes & 4) return 'string-escaped';
  return classes & 1 ? 'string' : 'plain';
}

function* classesInSteps(payload: Uint8Array): Steps<number> {
  let classes = 0;
  yield* inParts(payload, (part) => {
    classes |= classesOf(part);
  });
  return classes;
}

/** mosquitto_sub accepts bytes in strings that are not UTF-8, so such a payload is not rejected. */
function parsedValue(payload: Uint8Array, layout: Layout): Value | undefined {
  if (payload.length === 0) return 'null';
  const classes = classesOf(payload);
  const isText = !(classes & 2) || isWellFormed(payload);
  const isEscaped = isText && (classes & 4) > 0 && !isVisible(bufferOf(payload));
  if (isText && !isEscaped && layout === COMPACT && isCompactJson(payload)) return 'json';
  if (!isJson(payload)) return undefined;
  return isEscaped ? 'rewritten-escaped' : isText ? 'rewritten' : 'base64';
}

function* parsedValueInSteps(payload: Uint8Array): Steps<Value | undefined> {
  const classes = yield* classesInSteps(payload);
  const isText = !(classes & 2) || (yield* isWellFormedInSteps(payload));
  if (!(yield* isJsonInSteps(payload))) return undefined;
  return !isText ? 'base64' : classes & 4 ? 'rewritten-escaped' : 'rewritten';
}

/** Well-formed UTF-8, in its form between the quotes of a JSON string. */
function putEscaped(output: OutputWriter, text: Uint8Array): void {
  if (text.length <= SHORT_BYTES) {
    output.mapped(text, ESCAPED);
    return;
  }
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (!(CLASSES[text[i]!]! & 1)) continue;
    if (i > from) output.bytes(text.subarray(from, i));
    output.bytes(ESCAPED[text[i]!]!);
    from = i + 1;
  }
  output.bytes(text.subarray(from));
}

/** The properties as an object, in the order in which each name first appears, so that no name appears twice. */
function putProperties(output: OutputWriter, properties: Properties, layout: Layout): void {
  let isFirst = true;
  let repeated: Set<string> | undefined;
  for (const entry of properties) {
    const { name, value } = entry;
    const isRepeated = name === 'user-property' || name === 'subscription-identifier';
    if (isRepeated && repeated?.has(name)) continue;
    output.text(isFirst ? layout.open(2) : layout.next(2));
    isFirst = false;
    if (isRepeated) {
      repeated = (repeated ?? new Set()).add(name);
      const entries = properties.filter((other) => other.name === name);
      output.text(`"${name === 'user-property' ? 'user-properties' : name}"${layout.colon}`);
      if (name === 'subscription-identifier' && entries.length === 1) output.text(`${value}`);
      else putList(output, entries, layout);
    } else if (value instanceof Uint8Array) {
      output.text(binaryText(name, bufferOf(value), layout));
    } else {
      output.text(`"${name}"${layout.colon}${typeof value === 'number' ? value : jsonString(value)}`);
    }
  }
  output.text(layout.close(2));
}

/** Puts the entries one by one, because together they may exceed the maximum length of a string. */
function putList(output: OutputWriter, entries: readonly Property[], layout: Layout): void {
  entries.forEach((entry, i) => {
    output.text(i === 0 ? '[' : layout.comma);
    output.text(entry.name === 'user-property' ? pairText(entry.value, layout) : JSON.stringify(entry.value));
  });
  output.text(']');
}

const pairText = ([name, value]: readonly [string, string], layout: Layout): string =>
  layout.open(4) + jsonString(name) + layout.colon + jsonString(value) + layout.close(4);

function binaryText(name: string, value: Buffer, layout: Layout): string {
  if (isWellFormed(value)) return `"${name}"${layout.colon}${jsonString(value.toString())}`;
  const encoded = value.toString('base64');
  return `"${name}"${layout.colon}null${layout.next(2)}"${name}_base64"${layout.colon}"${encoded}"`;
}
