/**
 * Reads a line of --json-lines: a message as tssub writes it with `-F %j` or `-F %J`. A line that is not a JSON message
 * is rejected; members unrelated to the message are ignored.
 */
import { NO_PROPERTIES, type Properties, type Property } from '../../mqtt/properties.ts';
import { isTopicName, tooDeep } from '../../mqtt/topic.ts';
import type { QoS } from '../../mqtt/types.ts';
import { printable } from '../../util/printable.ts';
import { hasUtf8Form, isPlainText, isWellFormed } from '../../util/utf8.ts';
import { fromBase64, readProperties } from './json-properties.ts';
import { memberText } from './json-text.ts';
import type { ReadRecord, Refuse } from './record.ts';
import { stampTime } from './timestamp.ts';

/** A line with only JSON white space holds no record. */
const BLANK = /^[ \t\r\n]*$/;
const BYTE_ORDER_MARK = 0xfeff;
const EMPTY = new Uint8Array(0);
const UNWANTED = 'control characters, which make brokers close the connection';

type Members = Readonly<Record<string, unknown>>;

/** Settings that override the record. */
export interface JsonRules {
  /** Undefined leaves the record's value in effect, as false does for `retain`. */
  readonly topic: string | undefined;
  readonly qos: QoS | undefined;
  readonly retain: boolean;
  /** Replace all properties of the same names. */
  readonly properties: Properties;
  /** True when the destination can hold properties. */
  readonly takesProperties: boolean;
  /**
   * True when the message goes into a spool. A message that makes brokers close the connection is rejected, since it
   * would block all later ones in every run.
   */
  readonly spooled: boolean;
  /** Whether the time of recording is read; 'needed' requires one. */
  readonly time: 'ignored' | 'optional' | 'needed';
}

/** The record as written, without overrides. */
export const AS_RECORDED: JsonRules = {
  topic: undefined,
  qos: undefined,
  retain: false,
  properties: NO_PROPERTIES,
  takesProperties: true,
  spooled: true,
  time: 'optional',
};

export function jsonRecords(rules: JsonRules, refuse: Refuse): ReadRecord {
  const given = new Set<string>(rules.properties.map(({ name }) => name));

  const propertiesOf = (members: Members): Properties => {
    const { properties: value } = members;
    const own = value === undefined ? NO_PROPERTIES : readProperties(value, refuse);
    if (rules.spooled) for (const property of own) mustBePlain(property, refuse);
    if (own.length > 0 && !rules.takesProperties) throw refuse('it has properties, which need MQTT 5 (-V 5)');
    if (given.size === 0) return own;
    return [...own.filter(({ name }) => !given.has(name)), ...rules.properties];
  };

  return (record) => {
    const text = textOf(record, refuse);
    if (BLANK.test(text)) return undefined;
    const members = membersOf(text, refuse);
    return {
      topic: rules.topic ?? topicOf(members, rules.spooled, refuse),
      payload: payloadOf(members, text, refuse),
      qos: rules.qos ?? qosOf(members, refuse),
      retain: rules.retain || retainOf(members, refuse),
      properties: propertiesOf(members),
      recorded: recordedOf(members, rules.time, refuse),
    };
  };
}

function textOf(record: Uint8Array, refuse: Refuse): string {
  if (!isWellFormed(record)) throw refuse('it is not UTF-8');
  const text = Buffer.from(record.buffer, record.byteOffset, record.length).toString();
  // Some editors begin a file with a byte order mark, and concatenated files have it in the middle.
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

function membersOf(text: string, refuse: Refuse): Members {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('it is not JSON'); // the engine's message would quote the text
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('it is not a JSON object');
  return value as Members;
}

function topicOf({ topic }: Members, spooled: boolean, refuse: Refuse): string {
  if (topic === undefined) throw refuse('it has no topic');
  if (typeof topic !== 'string' || !hasUtf8Form(topic)) throw refuse('the topic is not well-formed text');
  if (!isTopicName(topic)) throw refuse(`invalid topic '${printable(topic)}', does it contain '+' or '#'?`);
  if (spooled && !isPlainText(topic)) throw refuse(`the topic has ${UNWANTED}`);
  if (spooled && tooDeep(topic)) throw refuse('the topic has more levels than brokers accept');
  return topic;
}

function mustBePlain({ name, value }: Property, refuse: Refuse): void {
  const texts = typeof value === 'string' ? [value] : Array.isArray(value) ? value : [];
  if (!texts.every(isPlainText)) throw refuse(`${name} has ${UNWANTED}`);
}

function payloadOf({ payload, payload_base64: base64 }: Members, text: string, refuse: Refuse): Uint8Array {
  if (base64 !== undefined) return fromBase64(base64, 'payload_base64', refuse);
  if (payload === undefined) throw refuse('it has no payload');
  if (payload === null) return EMPTY;
  if (typeof payload !== 'string') return Buffer.from(memberText(text, 'payload')!); // %J: digits and order stay as they are
  if (!hasUtf8Form(payload)) throw refuse('the payload has half of a surrogate pair');
  return Buffer.from(payload);
}

function qosOf({ qos = 0 }: Members, refuse: Refuse): QoS {
  if (qos === 0 || qos === 1 || qos === 2) return qos;
  throw refuse('qos must be 0, 1 or 2');
}

/** Older versions of mosquitto_sub write a number. */
function retainOf({ retain = false }: Members, refuse: Refuse): boolean {
  if (retain === true || retain === 1) return true;
  if (retain === false || retain === 0) return false;
  throw refuse('retain must be true or false');
}

function recordedOf({ tst }: Members, time: JsonRules['time'], refuse: Refuse): number | undefined {
  if (time === 'ignored' || (time === 'optional' && tst === undefined)) return undefined;
  const at = typeof tst === 'string' ? stampTime(tst) : undefined;
  if (at !== undefined) return at;
  if (time === 'needed') throw refuse('it has no time stamp (tst) for --replay-speed');
  throw refuse('tst must be a time such as 2026-11-20T23:02:44.123456+0100');
}
