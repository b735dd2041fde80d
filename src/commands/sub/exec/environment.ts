/**
 * What a command of `--exec` finds in its environment. Names are ours alone, whatever a message has in it; values are
 * what came, as text, and no shell ever reads them. What is not text (correlation data may be anything) is Base64 in a
 * variable whose name ends in _BASE64. Text from the network has no NUL in it [MQTT-1.5.4-2].
 */
import { property } from '../../../mqtt/properties.ts';
import type { PublishPacket } from '../../../mqtt/types.ts';
import type { Environment } from '../../../runtime/io.ts';
import { isWellFormed } from '../../../util/utf8.ts';

/** Ours: they may hold a password. And those of another message. */
const TAKEN_OUT = /^(TSMOSQ|MQTT)_/;

/** Linux starts no process with a longer string in its environment (MAX_ARG_STRLEN). */
const MOST_VARIABLE_BYTES = 128 * 1024;
/** User properties have as many variables as there are, so they have room of their own. */
const MOST_USER_BYTES = 256 * 1024;
/** For each variable: its name, the signs around it and a pointer. */
const OVERHEAD = 64;

/** The environment of every command, before a message is added. */
export function withoutOurs(env: Environment): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && !TAKEN_OUT.test(name)) kept[name] = value;
  return kept;
}

/**
 * `attempt`: 1 for the first. A property that the message does not have has no variable. Of one that is too long for an
 * environment, with which no process would start, there is `NAME_LEFT_OUT=1` instead.
 */
export function messageEnvironment(packet: PublishPacket, attempt: number): Record<string, string> {
  const { topic, qos, retain, dup, packetId, properties } = packet;
  const env: Record<string, string> = {
    MQTT_TOPIC: topic,
    MQTT_QOS: `${qos}`,
    MQTT_RETAIN: retain ? '1' : '0',
    MQTT_DUP: dup ? '1' : '0',
    MQTT_ATTEMPT: `${attempt}`,
  };
  const put = (name: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    const text = `${value}`;
    if (Buffer.byteLength(text) + OVERHEAD > MOST_VARIABLE_BYTES) env[name + LEFT_OUT] = '1';
    else env[name] = text;
  };
  put('MQTT_MID', qos === 0 ? undefined : packetId);
  put('MQTT_CONTENT_TYPE', property(properties, 'content-type'));
  put('MQTT_RESPONSE_TOPIC', property(properties, 'response-topic'));
  put('MQTT_MESSAGE_EXPIRY_INTERVAL', property(properties, 'message-expiry-interval'));
  put('MQTT_PAYLOAD_FORMAT_INDICATOR', property(properties, 'payload-format-indicator'));
  const identifiers = properties.filter(({ name }) => name === 'subscription-identifier');
  if (identifiers.length > 0) put('MQTT_SUBSCRIPTION_IDENTIFIER', identifiers.map(({ value }) => value).join(' '));
  const correlation = property(properties, 'correlation-data');
  if (correlation !== undefined) {
    const bytes = Buffer.from(correlation);
    if (isWellFormed(bytes) && !bytes.includes(0)) put('MQTT_CORRELATION_DATA', bytes.toString());
    else put('MQTT_CORRELATION_DATA_BASE64', bytes.toString('base64'));
  }
  return { ...env, ...userProperties(packet) };
}

const LEFT_OUT = '_LEFT_OUT';

/** The variables that are not there because they are too long. */
export const leftOut = (env: Environment): string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith('MQTT_') && name.endsWith(LEFT_OUT))
    .map((name) => name.slice(0, -LEFT_OUT.length));

/** `MQTT_USER_PROPERTIES` is their number; `MQTT_USER_PROPERTY_1_NAME` and `…_VALUE` are the first. */
function userProperties({ properties }: PublishPacket): Record<string, string> {
  const pairs = properties.flatMap((entry) => (entry.name === 'user-property' ? [entry.value] : []));
  if (pairs.length === 0) return {};
  const env: Record<string, string> = { MQTT_USER_PROPERTIES: `${pairs.length}` };
  const bytes = pairs.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value) + 2 * OVERHEAD,
    0,
  );
  if (bytes > MOST_USER_BYTES) return { ...env, [`MQTT_USER_PROPERTIES${LEFT_OUT}`]: '1' };
  pairs.forEach(([name, value], i) => {
    env[`MQTT_USER_PROPERTY_${i + 1}_NAME`] = name;
    env[`MQTT_USER_PROPERTY_${i + 1}_VALUE`] = value;
  });
  return env;
}
