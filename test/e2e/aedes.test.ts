// The suite on the embedded broker, which does not know MQTT 5.
import { describe, expect, test } from 'vitest';
import { aedesPlace, ended, outcome, publish, subscribe } from './broker.ts';
import { suite } from './suite.ts';

const VERSIONS = ['mqttv31', 'mqttv311'] as const;

describe('aedes', () => {
  suite('TCP', VERSIONS, () => aedesPlace());
  suite('TLS', VERSIONS, () => aedesPlace(true));

  test('-V mqttv5 ends with 132 and says what to do', async () => {
    const place = await aedesPlace();
    const advice =
      'Connection error: Unsupported Protocol Version. Try connecting to an MQTT v5 broker, or use MQTT v3.x mode.\n';
    expect(outcome(await subscribe(place, ['-V', 'mqttv5', '-t', 'a']))).toEqual(ended(132, '', advice));
    expect((await publish(place, ['-V', 'mqttv5', '-t', 'a', '-m', 'x'])).status).toBe(132);
  });
});
