// Not one byte of ours leaves before the server's certificate is found good, whatever the way to the server: what it gets is
// deciphered and looked at. The executables ask here more than the rest: their runtime leaves the verdict to us.
import { readFileSync } from 'node:fs';
import { connect, createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { expect, test } from 'vitest';
import { certificates, type Identity } from '../support/certs.ts';
import { cleanUp } from '../support/cleanup.ts';
import { startHttpProxy } from '../support/http-proxy.ts';
import { startMicrosocks } from '../support/microsocks.ts';
import { describeWithMosquitto } from '../support/mosquitto.ts';
import { run, start } from '../support/run.ts';
import { recordingServer, wireTap } from '../support/tls.ts';
import { outcome } from './broker.ts';

const SECRETS = ['-u', 'the-user', '-P', 'the-password'];
const E = 'Error: A TLS error occurred: the server certificate';

const BAD: Readonly<Record<string, { identity: () => Identity; ca?: () => string; line: string; more?: string[] }>> = {
  'an unknown CA': {
    identity: () => certificates().server,
    ca: () => certificates().otherCa,
    line: 'comes from a CA that is not trusted here',
  },
  'an unknown CA, with --insecure': {
    identity: () => certificates().server,
    ca: () => certificates().otherCa,
    line: 'comes from a CA that is not trusted here',
    more: ['--insecure'],
  },
  'another host name': { identity: () => certificates().wrongHost, line: 'is for other.example, not for localhost' },
  'a date that has passed': { identity: () => certificates().expired, line: 'has expired' },
  'a date to come': { identity: () => certificates().notYetValid, line: 'is not valid yet' },
  'no CA at all': {
    identity: () => certificates().selfSigned,
    line: 'is self-signed and not among the trusted CA certificates',
  },
};

const WAYS: Readonly<Record<string, (proxy: { http: number; socks: number }) => string[]>> = {
  directly: () => [],
  'over WebSocket': () => ['--ws'],
  'through HTTP CONNECT': ({ http }) => ['--proxy', `http://127.0.0.1:${http}`],
  'through SOCKS5': ({ socks }) => ['--proxy', `socks5h://127.0.0.1:${socks}`],
  'over WebSocket through HTTP CONNECT': ({ http }) => ['--ws', '--proxy', `http://127.0.0.1:${http}`],
};

const only = (version: 'TLSv1.2' | 'TLSv1.3'): TlsOptions => ({ minVersion: version, maxVersion: version });

const proxies = async () => ({ http: (await startHttpProxy()).port, socks: (await startMicrosocks()).port });

describeWithMosquitto('nothing leaves before the certificate is verified', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const [way, optionsOf] of Object.entries(WAYS)) {
      test(`${version}, ${way}`, { timeout: 120_000 }, async () => {
        const options = optionsOf(await proxies());
        for (const [what, { identity, ca = () => certificates().ca, line, more = [] }] of Object.entries(BAD)) {
          const server = await recordingServer(identity(), only(version));
          const to = ['-h', 'localhost', '-p', `${server.port}`, '--cafile', ca(), ...options, ...more];
          const { status, stderr } = await run('tspub', [...to, ...SECRETS, '-t', 'a', '-m', 'x', '-q', '1']);
          expect({ what, status, said: stderr.split('\n')[0], got: server.received() }).toEqual({
            ...{ what, status: 8, said: `${E} ${line}`, got: '' },
          });
        }
      });

      test(`${version}, ${way}: and where it is good, it does`, async () => {
        const { server: identity, ca } = certificates();
        const server = await recordingServer(identity, only(version), (socket) =>
          socket.once('data', () => socket.end()),
        );
        const to = ['-h', 'localhost', '-p', `${server.port}`, '--cafile', ca, ...optionsOf(await proxies())];
        await run('tspub', [...to, ...SECRETS, '-t', 'a', '-m', 'x', '-q', '1']);
        expect(server.received()).toMatch(
          way.includes('WebSocket') ? /^GET \/mqtt HTTP/ : /MQTT.*the-user.*the-password/s,
        );
      });
    }

    test(`${version}, --retry: nor at a later attempt`, async () => {
      const { expired, ca } = certificates();
      const server = await recordingServer(expired, only(version));
      const tap = await wireTap(server.port, (connection) => connection < 3);
      const args = ['-h', 'localhost', '-p', `${tap.port}`, '--cafile', ca, '--retry', '5', '--retry-delay', '0'];
      const { status, stderr } = await run('tspub', [...args, ...SECRETS, '-t', 'a', '-m', 'x']);
      expect(stderr).toContain(`${E} has expired`);
      expect({ status, got: server.received() }).toEqual({ status: 8, got: '' });
    });

    test(`${version}: a session that could be resumed is not taken for a certificate when the connection is made again`, async () => {
      const { server: good, wrongHost, ca } = certificates();
      const server = await changingServer(good, only(version));
      const args = ['-h', 'localhost', '-p', `${server.port}`, '--cafile', ca, ...SECRETS, '-c', '-i', 'l'];
      const running = start('tssub', [...args, '-t', 'a', '-q', '1', '--retry', '3', '--retry-delay', '0', '-W', '45']);
      await running.waitForStdout('hello\n');
      // The server would resume the session: what it offered is taken by a client that asks for it.
      expect(await resumes(server.port, ca)).toBe(true);
      server.change(wrongHost);
      const { status, stderr } = outcome(await running.exited);
      expect(stderr).toContain(`${E} is for other.example, not for localhost`);
      expect(status).toBe(8);
      const [first, ...later] = server.received();
      expect(first).toMatch(/MQTT.*the-user/s);
      expect(later.join('')).toBe('');
    });
  }
});

interface ChangingServer {
  readonly port: number;
  /** What each connection of the program sent. */
  received(): string[];
  /** Shows another certificate from now on, and ends the connections. */
  change(identity: Identity): void;
}

/** CONNACK, SUBACK for the packet identifier 1, and a message at QoS 0. */
const ANSWERS = [
  [0x20, 2, 0, 0],
  [0x90, 3, 0, 1, 1],
  [0x30, 8, 0, 1, 0x61, ...Buffer.from('hello')],
];

async function changingServer(first: Identity, options: TlsOptions): Promise<ChangingServer> {
  const files = ({ cert, key }: Identity) => ({ cert: readFileSync(cert), key: readFileSync(key) });
  const connections: { socket: TLSSocket; got: string }[] = [];
  const server = createServer({ ...files(first), ...options }, (socket) => {
    const connection = { socket, got: '' };
    connections.push(connection);
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      const isFirst = connection.got === '';
      connection.got += bytes.toString('latin1');
      socket.write(Buffer.from(isFirst ? ANSWERS[0]! : ANSWERS.slice(1).flat()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const end = (): void => {
    for (const { socket } of connections) socket.destroy();
  };
  cleanUp(() => {
    end();
    server.close();
  });
  return {
    port: (server.address() as { port: number }).port,
    received: () => connections.map(({ got }) => got),
    change: (identity) => {
      server.setSecureContext({ ...files(identity), ...options });
      end();
    },
  };
}

async function resumes(port: number, ca: string): Promise<boolean> {
  const options = { host: '127.0.0.1', servername: 'localhost', port, ca: readFileSync(ca) };
  const session = await new Promise<Buffer>((resolve) => {
    const socket = connect(options);
    socket.once('session', (ticket) => {
      socket.destroy();
      resolve(ticket);
    });
  });
  return new Promise((resolve) => {
    const socket = connect({ ...options, session }, () => {
      resolve(socket.isSessionReused());
      socket.destroy();
    });
  });
}
