// The suite over every transport, without a proxy.
import { describeTls } from '../support/tls.ts';
import { suite } from './suite.ts';
import { TRANSPORTS, wayTo } from './ways.ts';

describeTls('mosquitto directly', () => {
  for (const transport of Object.keys(TRANSPORTS) as (keyof typeof TRANSPORTS)[])
    suite(transport, ['mqttv311', 'mqttv5'], () => wayTo(transport, 'directly'));
});
