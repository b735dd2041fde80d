/** MQTT.js, in this process. */
import mqtt from 'mqtt';
import { describe } from 'vitest';
import { interoperates, type Message, type MessageProperties, type Peer, type Version } from './suite.ts';

type Properties = NonNullable<mqtt.IPublishPacket['properties']>;

const LEVELS = { '31': 3, '311': 4, '5': 5 } as const;

const connect = (port: number, version: Version): Promise<mqtt.MqttClient> =>
  mqtt.connectAsync({
    host: '127.0.0.1',
    port,
    protocolVersion: LEVELS[version],
    ...(version === '31' ? { protocolId: 'MQIsdp' as const } : {}),
    reconnectPeriod: 0,
  });

/** Absent members must be absent, and the names are the library's. */
function toProperties(given: MessageProperties): Properties {
  const pairs = given['user-property'];
  const entries = {
    payloadFormatIndicator:
      given['payload-format-indicator'] === undefined ? undefined : given['payload-format-indicator'] === 1,
    messageExpiryInterval: given['message-expiry-interval'],
    contentType: given['content-type'],
    responseTopic: given['response-topic'],
    correlationData: given['correlation-data'],
    topicAlias: given['topic-alias'],
    userProperties: pairs && grouped(pairs),
  };
  return present(entries) as Properties;
}

function fromProperties(told: Properties): MessageProperties {
  const { payloadFormatIndicator: text, subscriptionIdentifier: identifier, userProperties: pairs } = told;
  return present({
    'payload-format-indicator': text === undefined ? undefined : Number(text),
    'message-expiry-interval': told.messageExpiryInterval,
    'content-type': told.contentType,
    'response-topic': told.responseTopic,
    'correlation-data': told.correlationData,
    'topic-alias': told.topicAlias,
    'subscription-identifier': Array.isArray(identifier) ? identifier[0] : identifier,
    'user-property':
      pairs && Object.entries(pairs).flatMap(([key, values]) => [values].flat().map((value) => [key, value] as const)),
  }) as MessageProperties;
}

const present = (entries: object): object =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));

function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const [key, value] of pairs) groups[key] = [...(groups[key] ?? []), value];
  return groups;
}

const mqttjs: Peer = {
  async publish(port, version, messages) {
    const client = await connect(port, version);
    for (const { topic, payload, qos, retain, properties } of messages) {
      const more = version === '5' ? { properties: toProperties(properties) } : {};
      await client.publishAsync(topic, payload, { qos, retain, ...more });
    }
    await client.endAsync();
  },
  async subscribe(port, version, filter, qos, count) {
    const client = await connect(port, version);
    const got: Message[] = [];
    let acknowledged = 0;
    const messages = new Promise<Message[]>((resolve, reject) => {
      const look = (): void => {
        if (got.length !== count || acknowledged !== got.filter((message) => message.qos > 0).length) return;
        client.endAsync().then(() => resolve(got), reject);
      };
      client.on('error', reject);
      client.on('packetsend', ({ cmd }) => {
        if (cmd !== 'puback' && cmd !== 'pubcomp') return;
        acknowledged++;
        // Out of the library's hands: it has more to do with the packet.
        setImmediate(look);
      });
      client.on('message', (topic, payload, { qos, retain, properties = {} }) => {
        got.push({ topic, payload, qos, retain, properties: fromProperties(properties) });
        setImmediate(look);
      });
    });
    const more = version === '5' ? { properties: { subscriptionIdentifier: 7 } } : {};
    await client.subscribeAsync(filter, { qos: qos as 0 | 1 | 2, ...more });
    return { messages };
  },
};

describe('MQTT.js', () => interoperates(['31', '311', '5'], mqttjs));
