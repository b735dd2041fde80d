// Every way in which TLS fails: one line, one exit status, one piece of advice, and nothing of MQTT on the wire before.
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { isTransient } from '../../src/client/reconnect.ts';
import { certificatesIn } from '../../src/net/tls-certificate.ts';
import { handshakeFailure } from '../../src/net/tls-failures.ts';
import { keylogFailure } from '../../src/net/tls-files.ts';
import type { TlsTarget } from '../../src/runtime/target.ts';
import { certificates, type Identity } from '../support/certs.ts';
import { type FaultyName, faulty } from '../support/faulty-certs.ts';
import { recordingServer, tcpServer } from '../support/tls.ts';
import { fileOf, tempDir } from '../support/tmp.ts';
import { attempt, target, tlsStep } from './tls-rig.ts';

const E = 'Error: A TLS error occurred:';
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

describe('a server certificate that is not right ends with 8, and no byte of MQTT leaves', () => {
  const rows: [name: string, server: () => Identity, tls: () => Partial<TlsTarget>, line: string, advice: RegExp][] = [
    [
      'wrong CA',
      () => certificates().server,
      () => ({ caFile: certificates().otherCa }),
      `${E} the server certificate comes from a CA that is not trusted here`,
      /^The CA is O=tsmosq tests, CN=ca\. If it is a root that you expect, trust it with --cafile or --capath\. If it is an intermediate/,
    ],
    [
      'wrong CA, and the whole chain was sent',
      () => ({ cert: certificates().chained.chain, key: certificates().chained.key }),
      () => ({ caFile: certificates().otherCa }),
      `${E} the server certificate comes from a CA that is not trusted here`,
      /^The CA is O=tsmosq tests, CN=ca\. If you expect it, trust it with --cafile or --capath\.$/,
    ],
    [
      'missing intermediate',
      () => certificates().chained,
      () => ({ caFile: certificates().ca }),
      `${E} the certificate of "intermediate", which issued the server certificate, is missing: the server did not send it, and it is not trusted here`,
      /^The server must send the intermediate certificate after its own\. If O=tsmosq tests, CN=intermediate is a root/,
    ],
    [
      'an intermediate that is trusted, without the root',
      () => certificates().chained,
      () => ({ caFile: join(certificates().folder, 'intermediate.crt') }),
      `${E} the issuer of the server certificate is not known here`,
      /^Add the CA that is missing among the trusted ones: O=tsmosq tests, CN=ca.$/,
    ],
    [
      'self-signed',
      () => certificates().selfSigned,
      () => ({ caFile: certificates().ca }),
      `${E} the server certificate is self-signed and not among the trusted CA certificates`,
      /^If you expect this certificate, add it to the --cafile file\.$/,
    ],
    [
      'expired',
      () => certificates().expired,
      () => ({ caFile: certificates().ca }),
      `${E} the server certificate has expired`,
      /^The certificate is valid from 2020-01-01 00:00:00 UTC to 2021-01-01 00:00:00 UTC\. Renew it, or correct the clock of this machine\.$/,
    ],
    [
      'not yet valid',
      () => certificates().notYetValid,
      () => ({ caFile: certificates().ca }),
      `${E} the server certificate is not valid yet`,
      /^The certificate is valid from 2049-01-01 00:00:00 UTC to 2049-12-31 23:59:59 UTC\. Renew it, or/,
    ],
    [
      'wrong host',
      () => certificates().wrongHost,
      () => ({ caFile: certificates().ca }),
      `${E} the server certificate is for other.example, not for localhost`,
      /^Connect by a name in the certificate \(-h\)/,
    ],
    [
      'wrong CA with --insecure',
      () => certificates().server,
      () => ({ caFile: certificates().otherCa, checkHost: false }),
      `${E} the server certificate comes from a CA that is not trusted here`,
      /^The CA is/,
    ],
  ];
  for (const version of VERSIONS) {
    for (const [name, identity, tls, line, advice] of rows) {
      test(`${name} (${version})`, async () => {
        const server = await recordingServer(identity(), { maxVersion: version });
        const tried = await attempt(target(server.port, tls()));
        expect({ line: tried.line, status: tried.status }).toEqual({ line, status: 8 });
        expect(tried.advice).toMatch(advice);
        expect(tlsStep(tried)).toMatchObject({
          failed: true,
          outcome: line.slice('Error: '.length),
        });
        // The client has hung up: what was to come has come.
        expect(server.received()).toBe('');
        if (version === 'TLSv1.2') expect(recordTypes(server.wire())).not.toContain(APPLICATION_DATA);
      });
    }
  }

  test('and the check sees what is sent to a server that is right', async () => {
    const { server: identity, ca } = certificates();
    for (const version of VERSIONS) {
      const server = await recordingServer(identity, { maxVersion: version }, (socket) =>
        socket.once('data', () => socket.end()),
      );
      const tried = await attempt(target(server.port, { caFile: ca }));
      tried.stream?.write(Buffer.from('CONNECT'));
      await tried.closed;
      expect(server.received()).toBe('CONNECT');
      expect(recordTypes(server.wire())).toContain(APPLICATION_DATA);
    }
  });
});

describe('a handshake that the server does not go through with ends with 8', () => {
  type Row = [name: string, port: () => Promise<number>, tls: () => Partial<TlsTarget>, reason: string, advice: RegExp];
  const ca = () => ({ caFile: certificates().ca });
  const secure = (options: TlsOptions) => async () => (await recordingServer(certificates().server, options)).port;
  const rows: Row[] = [
    [
      'a server that closes',
      () => tcpServer((socket) => socket.once('data', () => socket.end())),
      ca,
      'the broker closed the connection during the handshake',
      /^This port may speak plain MQTT\./,
    ],
    [
      'a server that resets',
      () => tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
      ca,
      'the broker closed the connection during the handshake',
      /^This port may speak plain MQTT\./,
    ],
    [
      'a server that answers in plain MQTT',
      () => tcpServer((socket) => socket.once('data', () => socket.end(Buffer.from('2003008400', 'hex')))),
      ca,
      'the broker does not speak TLS on this port',
      /^Use the port for TLS/,
    ],
    [
      'a server that answers in HTTP',
      () => tcpServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
      ca,
      'the broker does not speak TLS on this port',
      /^Use the port for TLS/,
    ],
    [
      'no cipher in common (TLS 1.2)',
      secure({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }),
      () => ({ ...ca(), ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' }),
      'the broker refused the handshake: no cipher in common',
      /^Compare --ciphers and --tls-version/,
    ],
    [
      'no suite in common (TLS 1.3)',
      secure({ minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256' }),
      () => ({ ...ca(), ciphers: 'TLS_AES_256_GCM_SHA384' }),
      'the broker refused the handshake: no cipher in common',
      /^Compare --ciphers and --tls-version/,
    ],
    [
      '--tls-version tlsv1.3 to a server with 1.2 only',
      secure({ maxVersion: 'TLSv1.2' }),
      () => ({ ...ca(), version: 'TLSv1.3' }),
      'the broker supports no TLS version that is allowed here',
      /^TLS 1\.2 and 1\.3 are allowed unless/,
    ],
    [
      '--tls-version tlsv1.2 to a server with 1.3 only',
      secure({ minVersion: 'TLSv1.3' }),
      () => ({ ...ca(), version: 'TLSv1.2' }),
      'the broker supports no TLS version that is allowed here',
      /^TLS 1\.2 and 1\.3 are allowed unless/,
    ],
    [
      '--ciphers with names of TLS 1.2 to a server with 1.3 only',
      secure({ minVersion: 'TLSv1.3' }),
      () => ({ ...ca(), ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' }),
      'the broker supports no TLS version that is allowed here',
      /--ciphers leaves only one of them/,
    ],
    [
      'a server with TLS 1.1 only',
      secure({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }),
      ca,
      'the broker supports no TLS version that is allowed here',
      /^TLS 1\.2 and 1\.3/,
    ],
    [
      '--tls-alpn with a protocol that the server does not have',
      secure({ ALPNProtocols: ['h2'] }),
      () => ({ ...ca(), alpn: 'mqtt' }),
      'the broker does not support the protocol in --tls-alpn',
      /^Use a protocol that the broker offers/,
    ],
  ];
  for (const [name, port, tls, reason, advice] of rows) {
    test(name, async () => {
      const tried = await attempt(target(await port(), tls()));
      expect({ line: tried.line, status: tried.status }).toEqual({ line: `${E} ${reason}`, status: 8 });
      expect(tried.advice).toMatch(advice);
      expect(tlsStep(tried)).toMatchObject({ failed: true });
    });
  }
});

describe('what is wrong with files and options ends with 1 before anything is connected', () => {
  const client = (certFile: string, keyFile: string) => ({ caFile: certificates().ca, certFile, keyFile });
  const text = (path: string) => readFileSync(path, 'utf8');
  const rows: [name: string, tls: () => Partial<TlsTarget>, line: string][] = [
    [
      '--cafile missing',
      () => ({ caFile: '/nonexistent' }),
      'Error: Problem setting TLS options: File not found: /nonexistent',
    ],
    [
      '--cafile a folder',
      () => {
        const folder = join(tempDir(), 'file.pem');
        mkdirSync(folder);
        return { caFile: folder };
      },
      'Error: Problem setting TLS options: Is a directory: FILE',
    ],
    [
      '--cafile with a name that is too long',
      () => ({ caFile: 'x'.repeat(300) }),
      `Error: Problem setting TLS options: File name too long: ${'x'.repeat(300)}`,
    ],
    ['--cafile without certificate', () => ({ caFile: fileOf('no') }), `${E} no CA certificate in file "FILE"`],
    [
      '--cafile whose second certificate is cut off',
      () => ({ caFile: fileOf(text(certificates().ca) + text(certificates().otherCa).slice(0, 300)) }),
      `${E} certificate 2 in file "FILE" is damaged`,
    ],
    [
      '--cert missing',
      () => client('/nonexistent', certificates().clientEc.key),
      'Error: Problem setting TLS options: File not found: /nonexistent',
    ],
    [
      '--key missing',
      () => client(certificates().clientEc.cert, '/nonexistent'),
      'Error: Problem setting TLS options: File not found: /nonexistent',
    ],
    [
      '--cert without certificate',
      () => client(fileOf(''), certificates().clientEc.key),
      `${E} no certificate in file "FILE"`,
    ],
    [
      '--cert damaged',
      () => client(fileOf(text(certificates().clientEc.cert).slice(0, 200)), certificates().clientEc.key),
      `${E} a certificate in file "FILE" is damaged`,
    ],
    [
      '--cert and --key swapped',
      () => client(fileOf(text(certificates().clientEc.key)), certificates().clientEc.cert),
      `${E} no certificate in file "FILE", but a private key`,
    ],
    [
      'a certificate for --key',
      () => client(certificates().clientEc.cert, fileOf(text(certificates().clientEc.cert))),
      `${E} no private key in file "FILE", but a certificate`,
    ],
    [
      '--key damaged',
      () => client(certificates().clientEc.cert, fileOf(text(certificates().clientEc.key).slice(0, 90))),
      `${E} the private key in file "FILE" is damaged`,
    ],
    [
      '--key of another certificate',
      () => client(fileOf(text(certificates().clientEc.cert), 'cert.pem'), fileOf(text(certificates().clientRsa.key))),
      `${E} key "FILE" does not belong to certificate "CERT"`,
    ],
    [
      '--key encrypted and no user to ask',
      () => client(certificates().encrypted.cert, fileOf(text(certificates().encrypted.key))),
      `${E} key "FILE" is encrypted; no pass phrase was given`,
    ],
    ['--ciphers unknown', () => ({ ciphers: 'BOGUS' }), `${E} no usable cipher list: "BOGUS"`],
    ['--ciphers with a suite unknown', () => ({ ciphers: 'TLS_BOGUS' }), `${E} no usable cipher list: "TLS_BOGUS"`],
    ['--ciphers empty', () => ({ ciphers: ':' }), `${E} no cipher in the list ":"`],
    [
      '--ciphers of 1.2 with --tls-version tlsv1.3',
      () => ({ ciphers: 'ECDHE-RSA-AES128-GCM-SHA256', version: 'TLSv1.3' }),
      `${E} no cipher of TLS 1.3 in the list "ECDHE-RSA-AES128-GCM-SHA256"`,
    ],
    [
      '--ciphers of 1.3 with --tls-version tlsv1.2',
      () => ({ ciphers: 'TLS_AES_128_GCM_SHA256', version: 'TLSv1.2' }),
      `${E} no cipher of TLS 1.2 in the list "TLS_AES_128_GCM_SHA256"`,
    ],
    [
      '--tls-keylog in no folder',
      () => ({ keylogFile: '/nonexistent/log' }),
      'Error: Unable to write TLS key log "/nonexistent/log": No such file or directory',
    ],
    ['--tls-engine unknown', () => ({ engine: 'nope' }), 'Error: Problem setting TLS engine, is nope a valid engine?'],
    [
      '--keyform engine, and the engine has no keys',
      () => ({ ...client(certificates().clientEc.cert, 'the-key'), engine: 'dynamic', keyInEngine: true }),
      `${E} engine "dynamic" does not provide the key "the-key"`,
    ],
    ['--psk empty', () => ({ psk: { identity: 'me', key: Buffer.alloc(0) } }), `${E} the key of --psk is empty`],
    [
      '--psk too long',
      () => ({ psk: { identity: 'me', key: Buffer.alloc(513) } }),
      `${E} the key of --psk is longer than 512 bytes`,
    ],
    [
      '--psk-identity too long',
      () => ({ psk: { identity: 'é'.repeat(129), key: Buffer.alloc(1) } }),
      `${E} the --psk-identity is longer than 256 bytes`,
    ],
    [
      '--psk with --tls-version tlsv1.3',
      () => ({ psk: { identity: 'me', key: Buffer.alloc(1) }, version: 'TLSv1.3' }),
      `${E} --psk needs TLS 1.2, which --tls-version tlsv1.3 excludes`,
    ],
  ];
  for (const [name, tls, line] of rows) {
    test(name, async () => {
      let connections = 0;
      const port = await tcpServer(() => connections++);
      const given = tls();
      const tried = await attempt(target(port, { ...(given.psk ? {} : { caFile: certificates().ca }), ...given }));
      const reported = tried.line?.replace(/[^ "]*\/file(?:\.pem)?/, 'FILE').replace(/[^ "]*\/cert\.pem/, 'CERT');
      expect({ line: reported, status: tried.status }).toEqual({ line, status: 1 });
      expect(tried.line).not.toContain('\n');
      expect(connections).toBe(0);
    });
  }

  for (const kind of ['ecPkcs8', 'ecTraditional', 'rsaPkcs8', 'rsaTraditional'] as const) {
    test(`a wrong pass phrase (${kind})`, async () => {
      const { encryptedKeys } = certificates();
      const { cert, key } = encryptedKeys[kind];
      const tried = await attempt(target(1, client(cert, key)), async () => 'not it');
      expect({ line: tried.line, status: tried.status }).toEqual({
        line: `${E} wrong pass phrase for key "${key}"`,
        status: 1,
      });
    });
  }
});

describe('files', () => {
  test('of --capath that are no certificates are none, whatever their names', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, '0badcafe.0'), 'no certificate');
    const tried = await attempt(target(1, { caPath: folder }));
    expect({ line: tried.line, status: tried.status }).toEqual({
      line: `${E} no hashed CA certificate in folder "${folder}" (openssl rehash)`,
      status: 1,
    });
  });

  test('that do not fit on a full disk are reported', () => {
    expect(keylogFailure('/x', { code: 'ENOSPC' }).message).toBe(
      'Unable to write TLS key log "/x": No space left on device',
    );
  });
});

describe('an address in the certificate', () => {
  test('that appears as a name does not count, and the message explains that', async () => {
    const server = await recordingServer(certificates().addressAsName, {});
    const to = target(server.port, { caFile: certificates().ca }, { host: '127.0.0.1' });
    const tried = await attempt(to);
    expect({ line: tried.line, status: tried.status, advice: tried.advice }).toEqual({
      line: `${E} the server certificate is for 127.0.0.1 as a name, not as an address`,
      status: 8,
      advice: 'Connect by a host name in the certificate (-h), or issue one with subjectAltName=IP:127.0.0.1.',
    });
  });
});

describe('a CA certificate that is out of date', () => {
  test('is not taken for the one of the server', () => {
    const { server, expired, ca } = certificates();
    // The certificate that has expired stands for a CA here; the trusted one has not.
    const chain = [server.cert, expired.cert].map((path) => new X509Certificate(readFileSync(path)));
    const seen = seenOf(chain, readFileSync(ca));
    const failure = handshakeFailure({ code: 'CERT_HAS_EXPIRED' }, seen);
    expect(`Error: ${failure.message}`).toBe(`${E} the CA certificate "localhost" has expired`);
    expect(failure.advice).toBe(
      'The certificate is valid from 2020-01-01 00:00:00 UTC to 2021-01-01 00:00:00 UTC. The CA must renew it, or correct the clock of this machine.',
    );
  });
});

const seenOf = (chain: X509Certificate[], trusted: Buffer) => ({
  ...{ host: 'localhost', tls: target(1, {}).tls!, trusted: [trusted], chain, keyed: true, rejected: true },
});

describe('a certificate that is rejected without a word, as by Bun', () => {
  const rows: [name: FaultyName, reason: string][] = [
    ['sha1', 'the server certificate is signed with SHA-1, which is too weak'],
    ['notPermitted', 'the CA certificate "permitting" does not allow the names in the server certificate'],
    ['unknownDemand', 'the server certificate cannot be verified'],
  ];
  for (const [name, reason] of rows) {
    test(`${name}: the reason is looked for in the certificates`, () => {
      const { cert, ca } = faulty(name);
      const chain = certificatesIn([readFileSync(cert), readFileSync(ca)]);
      const failure = handshakeFailure({ code: 'UNSPECIFIED' }, seenOf(chain, readFileSync(ca)));
      expect(`Error: ${failure.message}`).toBe(`${E} ${reason}`);
      expect({ status: failure.status, again: isTransient(failure) }).toEqual({ status: 8, again: false });
    });
  }
});

test('whatever OpenSSL rejects a certificate for is a failure of TLS, in its words, and not tried again', () => {
  for (const code of ['UNSPECIFIED', 'CERT_REVOKED', 'CERT_CHAIN_TOO_LONG', 'SOMETHING_NEW']) {
    const error = Object.assign(new Error('proxy path length constraint exceeded'), { code });
    const failure = handshakeFailure(error, seenOf([], Buffer.alloc(0)));
    expect(`Error: ${failure.message}`).toBe(
      `${E} the server certificate cannot be verified (proxy path length constraint exceeded)`,
    );
    expect({ status: failure.status, again: isTransient(failure) }).toEqual({ status: 8, again: false });
  }
});

test('an error of OpenSSL or Node about TLS is a failure of TLS', () => {
  const failure = handshakeFailure(
    { code: 'ERR_OSSL_X509_CERTIFICATE_VERIFICATION_FAILED' },
    {
      ...seenOf([], Buffer.alloc(0)),
      rejected: false,
    },
  );
  expect({ line: failure.message, status: failure.status, again: isTransient(failure) }).toEqual({
    ...{ line: 'A TLS error occurred: x509 certificate verification failed', status: 8, again: false },
  });
});

const APPLICATION_DATA = 23;

/** The types of the TLS records in a stream (RFC 8446, 5.1). */
function recordTypes(bytes: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) types.push(bytes.readUInt8(at));
  return types;
}
