/** A message as tssub writes it with `-F %j` or `-F %J`, read back. Members that say nothing of the message are ignored. */
import type { JsonRecords, PubPlan } from '../cli/plan-types.ts';
import { isTopicName, NO_PROPERTIES, type Properties, type QoS } from '../mqtt/index.ts';
import { hasUtf8Form, isWellFormed } from '../util/utf8.ts';
import { fromBase64, readProperties } from './json-properties.ts';
import { memberText } from './json-text.ts';
import type { ReadRecord, Refuse } from './records.ts';
import { stampTime } from './replay.ts';

/** What a line of JSON may be apart from a record: JSON's white space only. */
const BLANK = /^[ \t\r\n]*$/;
const EMPTY = new Uint8Array(0);

type Members = Readonly<Record<string, unknown>>;

/** What the command line says goes before what a record says. */
export function jsonRecords(plan: PubPlan, line: JsonRecords, refuse: Refuse): ReadRecord {
  const given = new Set<string>(plan.properties.map(({ name }) => name));

  const propertiesOf = (members: Members): Properties => {
    const { properties: value } = members;
    const own = value === undefined ? NO_PROPERTIES : readProperties(value, refuse);
    if (own.length > 0 && plan.session.version !== 5) throw refuse('it has properties, which need MQTT 5 (-V 5)');
    if (given.size === 0) return own;
    return [...own.filter(({ name }) => !given.has(name)), ...plan.properties];
  };

  return (record) => {
    const text = textOf(record, refuse);
    if (BLANK.test(text)) return undefined;
    const members = membersOf(text, refuse);
    return {
      topic: line.topic ?? topicOf(members, refuse),
      payload: payloadOf(members, text, refuse),
      qos: line.qos ?? qosOf(members, refuse),
      retain: line.retain || retainOf(members, refuse),
      properties: propertiesOf(members),
      recorded: line.speed === undefined ? undefined : recordedOf(members, refuse),
    };
  };
}

function textOf(record: Uint8Array, refuse: Refuse): string {
  if (!isWellFormed(record)) throw refuse('it is not UTF-8');
  return Buffer.from(record.buffer, record.byteOffset, record.length).toString();
}

function membersOf(text: string, refuse: Refuse): Members {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('it is not JSON'); // the engine's text would quote it
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('it is not a JSON object');
  return value as Members;
}

function topicOf({ topic }: Members, refuse: Refuse): string {
  if (topic === undefined) throw refuse('it has no topic');
  if (typeof topic !== 'string' || !hasUtf8Form(topic)) throw refuse('the topic is not well-formed text');
  if (!isTopicName(topic)) throw refuse(`invalid topic '${topic}', does it contain '+' or '#'?`);
  return topic;
}

function payloadOf({ payload, payload_base64: base64 }: Members, text: string, refuse: Refuse): Uint8Array {
  if (base64 !== undefined) return fromBase64(base64, 'payload_base64', refuse);
  if (payload === undefined) throw refuse('it has no payload');
  if (payload === null) return EMPTY;
  if (typeof payload !== 'string') return Buffer.from(memberText(text, 'payload')!); // %J: digits and order stay as they are
  if (!hasUtf8Form(payload)) throw refuse('the payload has half of a surrogate pair in it');
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

function recordedOf({ tst }: Members, refuse: Refuse): number {
  const time = typeof tst === 'string' ? stampTime(tst) : undefined;
  if (time === undefined) throw refuse('it has no time stamp (tst) for --replay-speed');
  return time;
}
