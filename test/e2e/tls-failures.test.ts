// The failure matrix of TLS, with the built programs: the exact line, the exit status, and that no CONNECT left before
// the certificate was verified.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { certificates, type Identity } from '../support/certs.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { describeWithOpenssl, opensslServer } from '../support/openssl-server.ts';
import { run } from '../support/run.ts';
import { recordingServer, tcpServer, wireTap } from '../support/tls.ts';
import { fileOf } from '../support/tmp.ts';
import { outcome } from './broker.ts';

const E = 'Error: A TLS error occurred:';
const SECRETS = ['-u', 'the-user', '-P', 'the-password'];

interface Server {
  port: number;
  /** What of MQTT reached the server, or could be read on the wire. */
  seen(): string;
}

interface Row {
  name: string;
  server(): Promise<Server>;
  args(): string[];
  line: string;
  status: number;
}

const recording = async (identity: Identity): Promise<Server> => {
  const { port, received } = await recordingServer(identity);
  return { port, seen: received };
};
const tapped = async (to: number): Promise<Server> => {
  const { port, wire } = await wireTap(to);
  return { port, seen: () => wire().toString('latin1') };
};
const plain = async () => tapped((await startMosquitto()).port);
const demanding = async () => {
  const { server, ca } = certificates();
  return tapped((await startMosquitto({ tls: { ...server, ca, requireCertificate: true } })).tlsPort);
};
const demandingOld = async () => {
  const { server, ca } = certificates();
  const tls = { ...server, ca, requireCertificate: true, extra: ['tls_version tlsv1.2', 'ciphers ECDHE+AESGCM'] };
  const broker = await startMosquitto({ tls });
  return tapped(broker.tlsPort);
};
const silentAfter = (answer: string | undefined) => async () =>
  tapped(
    await tcpServer((socket) =>
      socket.once('data', () => (answer === undefined ? socket.destroy() : socket.end(answer))),
    ),
  );
const withOpenssl =
  (...args: string[]) =>
  async () =>
    tapped(await opensslServer(certificates().server, args));
const withPsk = async () => tapped((await startMosquitto({ psk: { keys: { me: 'abcd' } } })).pskPort);
const right = () => recording(certificates().server);

const trusting = (...more: string[]) => ['--cafile', certificates().ca, ...more];
const client = ({ cert, key }: Identity) => trusting('--cert', cert, '--key', key);

const ROWS: Row[] = [
  {
    name: 'wrong CA',
    server: right,
    args: () => ['--cafile', certificates().otherCa],
    line: `${E} the server certificate comes from a CA that is not trusted here`,
    status: 8,
  },
  {
    name: 'self-signed',
    server: () => recording(certificates().selfSigned),
    args: trusting,
    line: `${E} the server certificate is self-signed and not among the trusted CA certificates`,
    status: 8,
  },
  {
    name: 'expired',
    server: () => recording(certificates().expired),
    args: trusting,
    line: `${E} the server certificate has expired`,
    status: 8,
  },
  {
    name: 'not yet valid',
    server: () => recording(certificates().notYetValid),
    args: trusting,
    line: `${E} the server certificate is not valid yet`,
    status: 8,
  },
  {
    name: 'wrong host',
    server: () => recording(certificates().wrongHost),
    args: trusting,
    line: `${E} the server certificate is for other.example, not for localhost`,
    status: 8,
  },
  {
    name: 'missing intermediate',
    server: () => recording(certificates().chained),
    args: trusting,
    line: `${E} the certificate of "intermediate", which issued the server certificate, is missing: the server did not send it, and it is not trusted here`,
    status: 8,
  },
  {
    name: 'TLS to a plain port of mosquitto',
    server: plain,
    args: trusting,
    line: `${E} the broker closed the connection during the handshake`,
    status: 8,
  },
  {
    name: 'TLS to a port that answers in another language',
    server: silentAfter('HTTP/1.1 400 Bad Request\r\n\r\n'),
    args: trusting,
    line: `${E} the broker does not speak TLS on this port`,
    status: 8,
  },
  {
    name: 'a server that resets in the handshake',
    server: silentAfter(undefined),
    args: trusting,
    line: `${E} the broker closed the connection during the handshake`,
    status: 8,
  },
  {
    name: 'client certificate missing (TLS 1.3)',
    server: demanding,
    args: trusting,
    line: `${E} the broker requires a client certificate (--cert, --key)`,
    status: 8,
  },
  {
    name: 'client certificate missing (TLS 1.2)',
    server: demandingOld,
    args: trusting,
    line: `${E} the broker requires a client certificate (--cert, --key)`,
    status: 8,
  },
  {
    name: 'client certificate of another CA',
    server: demanding,
    args: () => client(certificates().stranger),
    line: `${E} the broker does not know the CA of the client certificate`,
    status: 8,
  },
  {
    name: 'a server with TLS 1.1 only',
    server: withOpenssl('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'),
    args: trusting,
    line: `${E} the broker supports no TLS version that is allowed here`,
    status: 8,
  },
  {
    name: '--tls-version tlsv1.2 to a server with 1.3 only',
    server: withOpenssl('-tls1_3'),
    args: () => trusting('--tls-version', 'tlsv1.2'),
    line: `${E} the broker supports no TLS version that is allowed here`,
    status: 8,
  },
  {
    name: '--tls-version tlsv1.3 to a server with 1.2 only',
    server: withOpenssl('-tls1_2'),
    args: () => trusting('--tls-version', 'tlsv1.3'),
    line: `${E} the broker supports no TLS version that is allowed here`,
    status: 8,
  },
  {
    name: 'no cipher in common',
    server: withOpenssl('-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256'),
    args: () => trusting('--ciphers', 'ECDHE-ECDSA-AES256-GCM-SHA384'),
    line: `${E} the broker refused the handshake: no cipher in common`,
    status: 8,
  },
  {
    name: 'ALPN mismatch',
    server: async () => {
      const { port, received } = await recordingServer(certificates().server, { ALPNProtocols: ['h2'] });
      return { port, seen: received };
    },
    args: () => trusting('--tls-alpn', 'mqtt'),
    line: `${E} the broker does not support the protocol in --tls-alpn`,
    status: 8,
  },
  {
    name: 'PSK identity unknown',
    server: withPsk,
    args: () => ['--psk', 'abcd', '--psk-identity', 'you'],
    line: `${E} the broker does not know this --psk-identity`,
    status: 8,
  },
  {
    name: 'PSK wrong',
    server: withPsk,
    args: () => ['--psk', 'abce', '--psk-identity', 'me'],
    line: `${E} the broker rejected the handshake: with --psk, the key is wrong`,
    status: 8,
  },
  {
    name: '--ciphers unknown',
    server: right,
    args: () => trusting('--ciphers', 'BOGUS'),
    line: `${E} no usable cipher list: "BOGUS"`,
    status: 1,
  },
  {
    name: '--tls-keylog not writable',
    server: right,
    args: () => trusting('--tls-keylog', '/nonexistent/log'),
    line: 'Error: Unable to write TLS key log "/nonexistent/log": No such file or directory',
    status: 1,
  },
  {
    name: '--tls-engine unknown',
    server: right,
    args: () => trusting('--tls-engine', 'nope'),
    line: 'Error: Problem setting TLS engine, is nope a valid engine?',
    status: 1,
  },
  {
    name: 'key not matching',
    server: right,
    args: () => trusting('--cert', certificates().clientEc.cert, '--key', fileOf(text(certificates().clientRsa.key))),
    line: `${E} key "FILE" does not belong to certificate "CERT"`,
    status: 1,
  },
  {
    name: 'unreadable --cafile',
    server: right,
    args: () => ['--cafile', '/nonexistent/ca.crt'],
    line: 'Error: Problem setting TLS options: File not found: /nonexistent/ca.crt',
    status: 1,
  },
  {
    name: 'unreadable --key',
    server: right,
    args: () => trusting('--cert', certificates().clientEc.cert, '--key', '/'),
    line: 'Error: Problem setting TLS options: Is a directory: /',
    status: 1,
  },
  {
    name: 'malformed --cafile',
    server: right,
    args: () => ['--cafile', fileOf(text(certificates().ca).slice(0, 200))],
    line: `${E} no CA certificate in file "FILE"`,
    status: 1,
  },
  {
    name: 'malformed --cert',
    server: right,
    args: () =>
      trusting(
        '--cert',
        fileOf(text(certificates().clientEc.cert).slice(0, 200)),
        '--key',
        certificates().clientEc.key,
      ),
    line: `${E} a certificate in file "FILE" is damaged`,
    status: 1,
  },
  {
    name: 'malformed --key',
    server: right,
    args: () =>
      trusting('--cert', certificates().clientEc.cert, '--key', fileOf(text(certificates().clientEc.key).slice(0, 90))),
    line: `${E} the private key in file "FILE" is damaged`,
    status: 1,
  },
  {
    name: '--cert and --key swapped',
    server: right,
    args: () => trusting('--cert', fileOf(text(certificates().clientEc.key)), '--key', certificates().clientEc.cert),
    line: `${E} no certificate in file "FILE", but a private key`,
    status: 1,
  },
];

describeWithOpenssl('with openssl', () => {
  describeWithMosquitto('the failure matrix of TLS', () => {
    for (const program of ['tspub', 'tssub'] as const) {
      for (const { name, server, args, line, status } of ROWS) {
        test(`${program}: ${name}`, async () => {
          const { port, seen } = await server();
          const to = ['-h', 'localhost', '-p', `${port}`, ...SECRETS, ...args()];
          const what = program === 'tspub' ? ['-t', 'a', '-m', 'x'] : ['-t', 'a', '-W', '45'];
          const ended = outcome(await run(program, [...to, ...what]));
          const said = ended.stderr.replace(/[^ "]*\/file(?:\.pem)?/, 'FILE').replace(/[^ "]*\/client-ec\.crt/, 'CERT');
          expect({ ...ended, stderr: said }).toEqual({ status, stdout: '', stderr: `${line}\n` });
          expect(seen()).not.toMatch(/MQTT|the-user|the-password/);
        });
      }

      test(`${program}: a wrong pass phrase`, async () => {
        const { port, seen } = await right();
        const { cert, key } = certificates().encrypted;
        const to = ['-h', 'localhost', '-p', `${port}`, ...trusting('--cert', cert, '--key', key)];
        const what = program === 'tspub' ? ['-t', 'a', '-m', 'x'] : ['-t', 'a', '-W', '45'];
        const { status, stdout, stderr } = outcome(await run(program, [...to, ...what], { stdin: 'not-it\n' }));
        expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
        expect(stderr.replace(/^Enter PEM pass phrase:\n/, '')).toBe(`${E} wrong pass phrase for key "${key}"\n`);
        expect(seen()).toBe('');
      });
    }

    test('and what is looked for does arrive where the certificate is right', async () => {
      const server = await recordingServer(certificates().server, {}, (socket) =>
        socket.once('data', () => socket.end()),
      );
      await run('tspub', ['-h', 'localhost', '-p', `${server.port}`, ...SECRETS, ...trusting(), '-t', 'a', '-m', 'x']);
      expect(server.received()).toMatch(/MQTT.*the-user.*the-password/s);
    });
  });
});

function text(path: string): string {
  return readFileSync(path, 'utf8');
}
