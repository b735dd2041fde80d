// The programs over every stack, to one broker. The laws of each stack at each QoS and version are tested in one process:
// test/net/dial-transports.test.ts. The laws of the options and the output are tested over TCP and TLS: suite.ts.
import { beforeAll, expect, test } from 'vitest';
import type { ProxyTarget } from '../../src/runtime/target.ts';
import { certificates } from '../support/certs.ts';
import { startMicrosocks } from '../support/microsocks.ts';
import { type Broker, describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { run, start } from '../support/run.ts';
import { describeStacks, noise, PSK, type Stacks, startStacks, type Transport } from '../support/stacks.ts';
import { at, ended, listening, outcome, type Place, publish } from './broker.ts';

const named = (port: number): string[] => ['-h', 'localhost', '-p', `${port}`, '--cafile', certificates().ca];

const OPTIONS = {
  TCP: ({ port }) => at(port),
  unix: ({ unix }) => ['--unix', unix ?? ''],
  WebSocket: ({ wsPort }) => [...at(wsPort), '--ws'],
  TLS: ({ tlsPort }) => named(tlsPort),
  'WebSocket over TLS': ({ wssPort }) => [...named(wssPort), '--ws'],
  'TLS with a pre-shared key': ({ pskPort }) => [...at(pskPort), '--psk', PSK.key, '--psk-identity', PSK.identity],
} as const satisfies Record<Transport, (broker: Broker) => string[]>;

function optionsFor(proxy: ProxyTarget | undefined): string[] {
  if (proxy === undefined) return [];
  const { kind, host, port, username, password } = proxy;
  const words = username === undefined ? [] : [username, password ?? ''].map(encodeURIComponent);
  return ['--proxy', `${kind}://${words.length > 0 ? `${words.join(':')}@` : ''}${host}:${port}`];
}

describeWithMosquitto('tspub and tssub', () => {
  /** Contains every byte value. Mosquitto 2.0.11 writes only 40 KiB a second to a WebSocket when it is idle. */
  const bytes = noise(16 * 1024);
  let stacks: Stacks;
  let topics = 0;

  beforeAll(async () => {
    stacks = await startStacks();
  });

  describeStacks((transport, way) => {
    test(`${transport}: tssub -C 1 prints each byte that tspub -s sends`, async () => {
      const { broker, proxies } = stacks;
      const place: Place = {
        args: ['-V', '5', '-q', '2', ...OPTIONS[transport](broker), ...optionsFor(proxies[way])],
        subscribed: (clientId) => broker.waitForLog(`Sending SUBACK to ${clientId}\n`),
      };
      const topic = `stacks/${++topics}`;
      const listener = await listening(place, ['-t', topic, '-C', '1', '-N']);
      expect(outcome(await publish(place, ['-t', topic, '-s'], { stdin: bytes }))).toEqual(ended(0));
      const { status, stdout, stderr } = await listener.exited;
      expect({ status, same: stdout.equals(bytes), stderr }).toEqual({ status: 0, same: true, stderr: '' });
    });
  });
});

describeWithMosquitto('everything in one connection', () => {
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
