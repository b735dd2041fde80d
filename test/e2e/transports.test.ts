// The suite over every transport, without a proxy.
import { expect, test } from 'vitest';
import { certificates } from '../support/certs.ts';
import { startMicrosocks } from '../support/microsocks.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { run, start } from '../support/run.ts';
import { describeTls } from '../support/tls.ts';
import { ended, outcome } from './place.ts';
import { suite } from './suite.ts';
import { OFFER, TRANSPORTS, VERSIONS, wayTo } from './ways.ts';

describeTls('mosquitto directly', () => {
  for (const transport of Object.keys(TRANSPORTS) as (keyof typeof TRANSPORTS)[])
    suite(transport, VERSIONS, () => wayTo(transport, 'directly'), OFFER);
});

describeTls('everything in one connection', () => {
  test('SOCKS5 with a password, TLS, a client certificate, WebSocket, user properties and a session expiry', async () => {
    const { server, ca, clientRsa } = certificates();
    const broker = await startMosquitto({ tls: { ...server, ca, requireCertificate: true }, websockets: true });
    const proxy = await startMicrosocks({ username: 'u', password: 'p' });
    const args = [
      ...[
        '-L',
        `wss://localhost:${broker.wssPort}/deep/topic`,
        '--cafile',
        ca,
        '--proxy',
        `socks5h://u:p@127.0.0.1:${proxy.port}`,
      ],
      ...[
        '--cert',
        clientRsa.cert,
        '--key',
        clientRsa.key,
        '-V',
        '5',
        '-x',
        '60',
        '-D',
        'connect',
        'user-property',
        'k',
        'v',
      ],
    ];
    const listener = start('tssub', [...args, '-i', 'all', '-q', '2', '-C', '1', '-F', '%t %q %p %P', '-W', '45']);
    await broker.waitForLog('Sending SUBACK to all\n');
    const more = ['-q', '2', '-m', 'x', '-D', 'publish', 'user-property', 'a', 'b'];
    expect(outcome(await run('tspub', [...args, ...more]))).toEqual(ended(0));
    expect(outcome(await listener.exited)).toEqual(ended(0, 'deep/topic 2 x a:b\n'));
  });
});
