// TLS against a private CA: what works, and that everything else ends with one line that says what is wrong.
import { readFileSync } from 'node:fs';
import { createServer, type SecureVersion, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { certificates, type Identity } from '../support/certs.ts';
import { cleanUp } from '../support/cleanup.ts';
import { type BrokerOptions, describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { run } from '../support/run.ts';
import { fileOf } from '../support/tmp.ts';
import { at, ended, listening, outcome, publish } from './broker.ts';

const MESSAGE = ['-t', 'a', '-m', 'x'];
const tlsBroker = (tls: NonNullable<BrokerOptions['tls']>) => startMosquitto({ tls });
const pub = async (...args: string[]) => outcome(await run('tspub', [...args, ...MESSAGE]));
const sub = async (...args: string[]) => outcome(await run('tssub', [...args, '-t', 'a', '-W', '45']));

/** Both programs end with this status and this one line. */
async function bothEnd(args: string[], status: number, line: string | RegExp): Promise<void> {
  for (const program of [pub, sub]) {
    const { stderr: all, ...rest } = await program(...args);
    const stderr = all.replace(/^Enter PEM pass phrase:\n/, '');
    expect({ ...rest, lines: stderr.split('\n').length - 1 }).toEqual({ status, stdout: '', lines: 1 });
    expect(stderr).toMatch(line);
  }
}

describeWithMosquitto('TLS', () => {
  for (const host of ['localhost', '127.0.0.1']) {
    test(`--cafile reaches -h ${host}`, async () => {
      const { ca, server } = certificates();
      const broker = await tlsBroker(server);
      const args = ['-h', host, '-p', `${broker.tlsPort}`, '--cafile', ca];
      const place = { args, subscribed: (id: string) => broker.waitForLog(`Sending SUBACK to ${id}\n`) };
      const listener = await listening(place, ['-t', 'a', '-C', '1']);
      expect(outcome(await publish(place, MESSAGE))).toEqual(ended(0));
      expect(outcome(await listener.exited)).toEqual(ended(0, 'x\n'));
    });
  }

  test('--capath reaches it too', async () => {
    const { caPath, server } = certificates();
    const { tlsPort } = await tlsBroker(server);
    expect(await pub('-p', `${tlsPort}`, '--capath', caPath)).toEqual(ended(0));
  });

  test('--tls-use-os-certs trusts the CAs of the system: not ours, unless --cafile stands beside it', async () => {
    const { ca, server } = certificates();
    const { tlsPort } = await tlsBroker(server);
    const args = ['-p', `${tlsPort}`, '--tls-use-os-certs'];
    await bothEnd(args, 8, 'the server certificate comes from a CA that is not trusted here\n');
    expect(await pub(...args, '--cafile', ca)).toEqual(ended(0));
  });

  for (const name of ['clientEc', 'clientRsa'] as const) {
    test(`--cert and --key (${name}) satisfy a broker that demands them`, async () => {
      const { ca, server, [name]: client } = certificates();
      const { tlsPort } = await tlsBroker({ ...server, ca, requireCertificate: true });
      const args = ['-p', `${tlsPort}`, '--cafile', ca, '--cert', client.cert, '--key', client.key];
      expect(await pub(...args, '-q', '1')).toEqual(ended(0));
    });
  }

  test('the broker sees the name (SNI) when there is one, and no address', async () => {
    const { ca, server } = certificates();
    const { port, names } = await tlsServer(server);
    for (const host of ['localhost', '127.0.0.1']) await pub('-h', host, '-p', `${port}`, '--cafile', ca);
    expect(names).toEqual(['localhost', false]);
  });

  describe('ends with 8 and says why', () => {
    test('for a CA that did not sign the certificate', async () => {
      const { otherCa, server } = certificates();
      const { tlsPort } = await tlsBroker(server);
      await bothEnd(
        ['-p', `${tlsPort}`, '--cafile', otherCa],
        8,
        'Error: A TLS error occurred: the server certificate comes from a CA that is not trusted here\n',
      );
    });

    test('for a certificate of another host', async () => {
      const { ca, wrongHost } = certificates();
      const { tlsPort } = await tlsBroker(wrongHost);
      await bothEnd(
        ['-h', 'localhost', '-p', `${tlsPort}`, '--cafile', ca],
        8,
        'Error: A TLS error occurred: the server certificate is for other.example, not for localhost\n',
      );
      await bothEnd(
        ['-h', '127.0.0.1', '-p', `${tlsPort}`, '--cafile', ca],
        8,
        'Error: A TLS error occurred: the server certificate is for other.example, not for 127.0.0.1\n',
      );
    });

    test('for a certificate that has expired', async () => {
      const { ca, expired } = certificates();
      const { tlsPort } = await tlsBroker(expired);
      await bothEnd(
        ['-p', `${tlsPort}`, '--cafile', ca],
        8,
        'Error: A TLS error occurred: the server certificate has expired\n',
      );
    });

    test('for a client certificate that is demanded and missing', async () => {
      const { ca, server } = certificates();
      const { tlsPort } = await tlsBroker({ ...server, ca, requireCertificate: true });
      await bothEnd(
        ['-p', `${tlsPort}`, '--cafile', ca],
        8,
        'Error: A TLS error occurred: the broker requires a client certificate (--cert, --key)\n',
      );
    });

    test('for a client certificate that the broker does not trust', async () => {
      const { ca, server, stranger } = certificates();
      const { tlsPort } = await tlsBroker({ ...server, ca, requireCertificate: true });
      await bothEnd(
        ['-p', `${tlsPort}`, '--cafile', ca, '--cert', stranger.cert, '--key', stranger.key],
        8,
        'Error: A TLS error occurred: the broker does not know the CA of the client certificate\n',
      );
    });

    test('for a port without TLS', async () => {
      const { ca } = certificates();
      const { port } = await startMosquitto();
      await bothEnd(
        ['-p', `${port}`, '--cafile', ca],
        8,
        /^Error: A TLS error occurred: the broker (closed the connection during the handshake|does not speak TLS on this port)\n$/,
      );
    });
  });

  test('ends with 7 when TLS is left out for a port with TLS', async () => {
    const { server } = certificates();
    const { tlsPort } = await tlsBroker(server);
    await bothEnd(['-p', `${tlsPort}`], 7, 'Error: The connection was lost\n');
  });

  test('--insecure accepts another host name, and nothing else', async () => {
    const { ca, otherCa, wrongHost, expired } = certificates();
    const named = await tlsBroker(wrongHost);
    expect(await pub('-p', `${named.tlsPort}`, '--cafile', ca, '--insecure')).toEqual(ended(0));
    await bothEnd(['-p', `${named.tlsPort}`, '--cafile', otherCa, '--insecure'], 8, /CA that is not trusted/);
    const old = await tlsBroker(expired);
    await bothEnd(['-p', `${old.tlsPort}`, '--cafile', ca, '--insecure'], 8, /has expired/);
  });
});

describe('TLS without a broker', () => {
  describe('ends with 1 before it connects', () => {
    const files: [string, () => string[], string | RegExp][] = [
      [
        'for a --cafile that is missing',
        () => ['--cafile', '/nonexistent/ca.crt'],
        'Error: Problem setting TLS options: File not found: /nonexistent/ca.crt\n',
      ],
      [
        'for a --cafile without a certificate',
        () => ['--cafile', fileOf('no certificate\n')],
        /^Error: A TLS error occurred: no CA certificate in file ".*"\n$/,
      ],
      ['for an empty --cafile', () => ['--cafile', fileOf('')], /no CA certificate in file/],
      [
        'for a --cafile with a certificate that is cut off',
        () => ['--cafile', fileOf(readFileSync(certificates().ca).subarray(0, 200))],
        /no CA certificate in file/,
      ],
      [
        'for a --cafile that is a folder',
        () => ['--cafile', certificates().folder],
        /^Error: Problem setting TLS options: .*\n$/,
      ],
      [
        'for a --capath that is missing',
        () => ['--capath', '/nonexistent/capath'],
        'Error: Problem setting TLS options: File not found: /nonexistent/capath\n',
      ],
      [
        'for a --cert that is missing',
        () => ['--cafile', certificates().ca, '--cert', '/nonexistent/c.crt', '--key', certificates().clientEc.key],
        'Error: Problem setting TLS options: File not found: /nonexistent/c.crt\n',
      ],
      [
        'for a --key that does not belong to --cert',
        () => [
          '--cafile',
          certificates().ca,
          '--cert',
          certificates().clientEc.cert,
          '--key',
          certificates().server.key,
        ],
        /^Error: A TLS error occurred: key ".*server.key" does not belong to certificate ".*client-ec.crt"\n$/,
      ],
      [
        'for --cert and --key swapped',
        () => [
          '--cafile',
          certificates().ca,
          '--cert',
          certificates().clientEc.key,
          '--key',
          certificates().clientEc.cert,
        ],
        /^Error: A TLS error occurred: .*client-ec.*\n$/,
      ],
      [
        'for a --key that is encrypted, and nothing to read the pass phrase from',
        () => [
          ...['--cafile', certificates().ca],
          ...['--cert', certificates().encrypted.cert, '--key', certificates().encrypted.key],
        ],
        /^Error: A TLS error occurred: key ".*" is encrypted; no pass phrase was given\n$/,
      ],
    ];
    for (const [name, args, line] of files) {
      test(name, async () => {
        const { port, connections } = await tlsServer(certificates().server);
        await bothEnd([...at(port), ...args()], 1, line);
        expect(connections).toEqual([]);
      });
    }
  });

  describe('sends nothing, no CONNECT and no password, before the certificate is verified', () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      for (const [name, pick] of [
        ['of an unknown CA', () => ({ identity: certificates().server, ca: certificates().otherCa })],
        ['for another host', () => ({ identity: certificates().wrongHost, ca: certificates().ca })],
        ['that has expired', () => ({ identity: certificates().expired, ca: certificates().ca })],
      ] as [string, () => { identity: Identity; ca: string }][]) {
        test(`${version}: one ${name}`, async () => {
          const { identity, ca } = pick();
          const { port, received } = await tlsServer(identity, version);
          await bothEnd(['-h', 'localhost', '-p', `${port}`, '--cafile', ca, '-u', 'u', '-P', 'secret'], 8, /TLS/);
          expect(Buffer.concat(received).toString('latin1')).toBe('');
        });
      }

      test(`${version}: it does send to one that is right`, async () => {
        const { ca, server } = certificates();
        const { port, received } = await tlsServer(server, version);
        const { status } = await pub('-h', 'localhost', '-p', `${port}`, '--cafile', ca, '-u', 'u', '-P', 'secret');
        expect(Buffer.concat(received).toString('latin1')).toContain('secret');
        expect(status).toBe(7);
      });
    }
  });
});

interface TlsServer {
  port: number;
  /** Application data. */
  received: Buffer[];
  /** Server names that were asked for; false where none was. */
  names: (string | false | null)[];
  connections: unknown[];
}

/** Accepts TLS, keeps what comes, and ends the connection at the first bytes. */
function tlsServer({ cert, key }: Identity, maxVersion: SecureVersion = 'TLSv1.3'): Promise<TlsServer> {
  const told: TlsServer = { port: 0, received: [], names: [], connections: [] };
  const sockets = new Set<TLSSocket>();
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key), maxVersion }, (socket) => {
    sockets.add(socket);
    told.names.push(socket.servername ?? null);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      told.received.push(bytes);
      socket.end();
    });
  });
  server.on('connection', () => told.connections.push(1));
  cleanUp(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      told.port = (server.address() as { port: number }).port;
      resolve(told);
    });
  });
}
