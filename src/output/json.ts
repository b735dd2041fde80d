/**
 * %j and %J: a message as one JSON object, members in the order of mosquitto_sub 2.1. What comes out is always JSON:
 * bytes that are not UTF-8 are `null`, and beside that stand in base64, in a member whose name ends in `_base64`.
 */
import type { Properties, Property, PublishPacket } from '../mqtt/index.ts';
import { printable } from '../util/printable.ts';
import { isWellFormed } from '../util/utf8.ts';
import { putBase64 } from './encode.ts';
import { isCompactJson } from './json-compact.ts';
import { isVisible, jsonPiece, jsonPieces, jsonString, mayBeInvisible } from './json-escape.ts';
import { COMPACT, type Layout, PRETTY } from './json-layout.ts';
import { rewriteJson } from './json-value.ts';
import { type FormatOptions, type Renderer, remembered } from './renderer.ts';
import { isoTime, oncePerSecond } from './time.ts';
import type { OutputWriter } from './writer.ts';
import { zoneOffset } from './zone.ts';

/** A payload up to this length is escaped byte by byte; of a longer one what needs no escape is not copied. */
const SHORT_BYTES = 4 * 1024;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Of each byte: 1 when it must be escaped, 2 when it is part of a longer UTF-8 sequence, 4 when something invisible may begin. */
const CLASSES = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : (byte < 0x80 ? 0 : 2) + (mayBeInvisible(byte) ? 4 : 0),
);

/** How such a byte is written. */
const ESCAPED = Array.from(CLASSES, (kind, byte) =>
  kind === 1 ? Buffer.from(JSON.stringify(String.fromCharCode(byte)).slice(1, -1)) : undefined,
);

/**
 * What goes into the place of the payload: pieces of JSON, or the payload: as JSON that it is, as a string (plain: its
 * bytes as they are) or in base64.
 */
type Value = readonly string[] | 'json' | 'plain' | 'string' | 'base64';

/** Renders %j; or, with `parsed`, %J, where the payload is JSON itself and becomes part of the object. */
export function jsonRenderer(parsed: boolean, { pretty, complain }: FormatOptions): Renderer {
  const layout = pretty ? PRETTY : COMPACT;
  const key = (name: string): string => `${layout.next(1)}"${name}"${layout.colon}`;
  const start = `${layout.open(1)}"tst"${layout.colon}"`;
  const topicKey = key('topic');
  // What is the same for every message stands ready as bytes.
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
  /** From the zone to the length of the payload, of messages of one topic, by QoS and retain. */
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

  return (output, packet, at) => {
    const { payload, properties } = packet;
    const value = parsed ? parsedValue(payload, layout) : textValue(payload);
    if (value === undefined) {
      complain(`Error: Message payload is not valid JSON on topic ${printable(packet.topic)}.\n`);
      return;
    }
    const { time, zone } = local(at);
    output.bytes(time);
    // The microseconds, cut as the original cuts them.
    output.digits(Math.floor(at.nanoseconds / 1000), 6);
    output.bytes(middle(zone, packet));
    output.digits(payload.length);
    if (packet.qos > 0) {
      output.bytes(midKey);
      output.digits(packet.packetId);
    }
    if (properties.length > 0) output.text(propertiesKey + propertiesText(properties, layout));
    if (value === 'plain' || value === 'string') {
      output.bytes(stringKey);
      if (value === 'plain') output.bytes(payload);
      else putEscaped(output, payload);
      output.bytes(stringEnd);
      return;
    }
    output.bytes(payloadKey);
    if (value === 'json') {
      output.bytes(payload);
    } else if (value === 'base64') {
      output.text(`null${key('payload_base64')}"`);
      putBase64(output, payload);
      output.byte(QUOTE);
    } else {
      for (const piece of value) output.text(piece);
    }
    output.bytes(end);
  };
}

const NULL: Value = ['null'];

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** Which classes its bytes are of, as a sum. */
function classesOf(payload: Uint8Array): number {
  let classes = 0;
  for (let i = 0; i < payload.length; i++) classes |= CLASSES[payload[i]!]!;
  return classes;
}

function textValue(payload: Uint8Array): Value {
  if (payload.length === 0) return NULL;
  const classes = classesOf(payload);
  if (classes & 2 && !isWellFormed(payload)) return 'base64';
  const pieces = classes & 4 ? jsonPieces(bufferOf(payload)) : undefined;
  if (pieces !== undefined) return pieces;
  return classes & 1 ? 'string' : 'plain';
}

/** The original does not mind bytes that are not UTF-8 inside of strings; so they are no reason to refuse a payload. */
function parsedValue(payload: Uint8Array, layout: Layout): Value | undefined {
  if (payload.length === 0) return NULL;
  const bytes = bufferOf(payload);
  const classes = classesOf(payload);
  const isPlain = !(classes & 2);
  if (layout === COMPACT && isCompactJson(payload) && (isPlain || isWellFormed(payload)))
    if (!(classes & 4) || isVisible(bytes)) return 'json';
  if (isPlain) return rewriteJson(bytes.toString('latin1'), layout, 1)?.map(jsonPiece);
  if (isWellFormed(payload)) return rewriteJson(bytes.toString(), layout, 1)?.map(jsonPiece);
  return rewriteJson(bytes.toString('latin1'), layout, 1) && 'base64';
}

/** Well-formed UTF-8, as it stands between the quotes of a JSON string. */
function putEscaped(output: OutputWriter, text: Uint8Array): void {
  if (text.length <= SHORT_BYTES) {
    output.mapped(text, ESCAPED);
    return;
  }
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (CLASSES[text[i]!] !== 1) continue;
    if (i > from) output.bytes(text.subarray(from, i));
    output.bytes(ESCAPED[text[i]!]!);
    from = i + 1;
  }
  output.bytes(text.subarray(from));
}

/** The properties as an object: in the order in which each name first comes, so that none comes twice. */
function propertiesText(properties: Properties, layout: Layout): string {
  let text = '';
  let repeated: Set<string> | undefined;
  for (const entry of properties) {
    const { name, value } = entry;
    let member: string;
    if (name === 'user-property' || name === 'subscription-identifier') {
      if (repeated?.has(name)) continue;
      repeated = (repeated ?? new Set()).add(name);
      const entries = properties.filter((other) => other.name === name);
      if (name === 'user-property') member = `"user-properties"${layout.colon}${list(entries, layout)}`;
      else member = `"${name}"${layout.colon}${entries.length === 1 ? value : list(entries, layout)}`;
    } else if (value instanceof Uint8Array) {
      member = binaryText(name, bufferOf(value), layout);
    } else {
      member = `"${name}"${layout.colon}${typeof value === 'number' ? value : jsonString(value)}`;
    }
    text += (text === '' ? layout.open(2) : layout.next(2)) + member;
  }
  return text + layout.close(2);
}

function list(entries: readonly Property[], layout: Layout): string {
  const texts = entries.map((entry) => {
    if (entry.name !== 'user-property') return JSON.stringify(entry.value);
    const [name, value] = entry.value;
    return layout.open(4) + jsonString(name) + layout.colon + jsonString(value) + layout.close(4);
  });
  return `[${texts.join(layout.comma)}]`;
}

function binaryText(name: string, value: Buffer, layout: Layout): string {
  if (isWellFormed(value)) return `"${name}"${layout.colon}${jsonString(value.toString())}`;
  const encoded = value.toString('base64');
  return `"${name}"${layout.colon}null${layout.next(2)}"${name}_base64"${layout.colon}"${encoded}"`;
}
