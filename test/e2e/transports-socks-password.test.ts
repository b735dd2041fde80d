// The suite over every transport, through SOCKS5 with a password; a unix socket has none.
import { describeTls } from '../support/tls.ts';
import { suite } from './suite.ts';
import { OFFER, VERSIONS, wayTo } from './ways.ts';

describeTls('mosquitto through SOCKS5 with a password', () => {
  for (const transport of ['TCP', 'WebSocket', 'TLS', 'WebSocket over TLS'] as const)
    suite(transport, VERSIONS, () => wayTo(transport, 'through SOCKS5 with a password'), OFFER);
});
