// The suite over every transport, through HTTP CONNECT; a unix socket has none.
import { describeTls } from '../support/tls.ts';
import { suite } from './suite.ts';
import { wayTo } from './ways.ts';

describeTls('mosquitto through HTTP CONNECT', () => {
  for (const transport of ['TCP', 'WebSocket', 'TLS', 'WebSocket over TLS'] as const)
    suite(transport, ['mqttv311', 'mqttv5'], () => wayTo(transport, 'through HTTP CONNECT'));
});
