/**
 * The environment of a command of `--exec`. Only this program chooses the names, whatever a message contains; values
 * are the received text, and no shell reads them. Data that is not text (correlation data may be any bytes) is Base64
 * in a variable whose name ends in _BASE64. Text from the network contains no NUL [MQTT-1.5.4-2].
 */
import { property } from '../../../mqtt/properties.ts';
import type { PublishPacket } from '../../../mqtt/types.ts';
import type { Environment } from '../../../runtime/io.ts';
import { isWellFormed } from '../../../util/utf8.ts';

/** Removed: TSMOSQ variables may hold a password, and MQTT variables describe another message. */
const TAKEN_OUT = /^(TSMOSQ|MQTT)_/;

/** Longest string in the environment with which Linux starts a process (MAX_ARG_STRLEN). */
const MOST_VARIABLE_BYTES = 128 * 1024;
/** A message may have any number of user properties, so they have a limit of their own. */
const MOST_USER_BYTES = 256 * 1024;
/** Bytes for each variable: its name, the separators and a pointer. */
const OVERHEAD = 64;

/** The environment of every command, without the variables of a message. */
export function withoutOurs(env: Environment): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && !TAKEN_OUT.test(name)) kept[name] = value;
  return kept;
}

/**
 * `attempt`: 1 for the first. A property that the message does not have has no variable. A value too long for the
 * environment of a process has `NAME_LEFT_OUT=1` instead.
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

/** The variables that are missing because they are too long. */
export const leftOut = (env: Environment): string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith('MQTT_') && name.endsWith(LEFT_OUT))
    .map((name) => name.slice(0, -LEFT_OUT.length));

/** `MQTT_USER_PROPERTIES` is the number of user properties; `MQTT_USER_PROPERTY_1_NAME` and `…_VALUE` are the first. */
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
