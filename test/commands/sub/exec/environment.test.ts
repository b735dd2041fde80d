/** What a command finds in its environment. */
import { expect, test } from 'vitest';
import { leftOut, messageEnvironment, withoutOurs } from '../../../../src/commands/sub/exec/environment.ts';
import type { Properties } from '../../../../src/mqtt/properties.ts';
import type { PublishPacket } from '../../../../src/mqtt/types.ts';

const PACKET: PublishPacket = {
  type: 'publish',
  dup: false,
  qos: 1,
  retain: false,
  topic: 'a/b',
  packetId: 7,
  payload: Buffer.from('x'),
  properties: [],
};

const withProperties = (...properties: Properties): PublishPacket => ({ ...PACKET, properties });

test('our secrets and variables about another message do not reach a command', () => {
  expect(withoutOurs({ TSMOSQ_PW: 's', TSMOSQ_: '1', MQTT_TOPIC: 'old', HOME: '/h', GONE: undefined })).toEqual({
    HOME: '/h',
  });
});

test('a message at QoS 1 has topic, QoS, flags, packet identifier and the number of the attempt', () => {
  expect(messageEnvironment({ ...PACKET, retain: true, dup: true }, 2)).toEqual({
    MQTT_TOPIC: 'a/b',
    MQTT_QOS: '1',
    MQTT_RETAIN: '1',
    MQTT_DUP: '1',
    MQTT_MID: '7',
    MQTT_ATTEMPT: '2',
  });
});

test('a message at QoS 0 has no packet identifier', () => {
  expect(messageEnvironment({ ...PACKET, qos: 0, packetId: 0 }, 1)).not.toHaveProperty('MQTT_MID');
});

test('every property of MQTT 5 that a message can have has its variable, and names are never taken from the network', () => {
  const env = messageEnvironment(
    withProperties(
      { name: 'payload-format-indicator', value: 1 },
      { name: 'message-expiry-interval', value: 60 },
      { name: 'content-type', value: 'text/$(x)' },
      { name: 'response-topic', value: 'r' },
      { name: 'correlation-data', value: Buffer.from('c1') },
      { name: 'subscription-identifier', value: 3 },
      { name: 'subscription-identifier', value: 4 },
      { name: 'user-property', value: ['LD_PRELOAD', '/tmp/evil.so'] },
      { name: 'user-property', value: ['a=b\n', '; rm'] },
    ),
    1,
  );
  expect(env).toMatchObject({
    MQTT_PAYLOAD_FORMAT_INDICATOR: '1',
    MQTT_MESSAGE_EXPIRY_INTERVAL: '60',
    MQTT_CONTENT_TYPE: 'text/$(x)',
    MQTT_RESPONSE_TOPIC: 'r',
    MQTT_CORRELATION_DATA: 'c1',
    MQTT_SUBSCRIPTION_IDENTIFIER: '3 4',
    MQTT_USER_PROPERTIES: '2',
    MQTT_USER_PROPERTY_1_NAME: 'LD_PRELOAD',
    MQTT_USER_PROPERTY_1_VALUE: '/tmp/evil.so',
    MQTT_USER_PROPERTY_2_NAME: 'a=b\n',
    MQTT_USER_PROPERTY_2_VALUE: '; rm',
  });
  expect(Object.keys(env).filter((name) => !/^MQTT_[A-Z0-9_]+$/.test(name))).toEqual([]);
});

test.each([['a\0b'], ['\xff\xfe']])('correlation data %j, which no variable can hold, is Base64', (latin1) => {
  const value = Buffer.from(latin1, 'latin1');
  const env = messageEnvironment(withProperties({ name: 'correlation-data', value }), 1);
  expect(env['MQTT_CORRELATION_DATA_BASE64']).toBe(value.toString('base64'));
  expect(env).not.toHaveProperty('MQTT_CORRELATION_DATA');
});

test('a variable that no process could start with is left out, and named', () => {
  const identifiers = Array.from(
    { length: 20_000 },
    () => ({ name: 'subscription-identifier', value: 268_435_455 }) as const,
  );
  const env = messageEnvironment(
    withProperties({ name: 'content-type', value: 'c'.repeat(65_535) }, ...identifiers),
    1,
  );
  expect(env).toMatchObject({ MQTT_TOPIC: 'a/b', MQTT_SUBSCRIPTION_IDENTIFIER_LEFT_OUT: '1' });
  expect(env['MQTT_CONTENT_TYPE']).toHaveLength(65_535);
  expect(env).not.toHaveProperty('MQTT_SUBSCRIPTION_IDENTIFIER');
  expect(leftOut(env)).toEqual(['MQTT_SUBSCRIPTION_IDENTIFIER']);
});

test('user properties too long for an environment are left out, their number stays', () => {
  const value: [string, string] = ['k', 'v'.repeat(60_000)];
  const env = messageEnvironment(withProperties(...Array(6).fill({ name: 'user-property', value } as const)), 1);
  expect(env).toMatchObject({ MQTT_USER_PROPERTIES: '6', MQTT_USER_PROPERTIES_LEFT_OUT: '1' });
  expect(env).not.toHaveProperty('MQTT_USER_PROPERTY_1_NAME');
});

test('a variable has at most the 128 KiB that Linux allows with its name; one byte more is left out', () => {
  const identifiers = (...more: number[]): Record<string, string> => {
    const values = [...Array.from({ length: 65_503 }, () => 1), ...more];
    const all = values.map((value) => ({ name: 'subscription-identifier', value }) as const);
    return messageEnvironment(withProperties(...all), 1);
  };
  const longest = identifiers(10);
  expect(longest['MQTT_SUBSCRIPTION_IDENTIFIER']).toHaveLength(128 * 1024 - 64);
  expect(leftOut(longest)).toEqual([]);
  expect(leftOut(identifiers(100))).toEqual(['MQTT_SUBSCRIPTION_IDENTIFIER']);
});
