// TLS that works: what was agreed on, how it is traced, and what is requested.
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import type { DialStep } from '../../src/net/dial-trace.ts';
import { openTls, secureContext } from '../../src/net/tls.ts';
import type { TlsTarget } from '../../src/runtime/target.ts';
import { certificates } from '../support/certs.ts';
import { recordingServer } from '../support/tls.ts';
import { tempDir } from '../support/tmp.ts';
import { attempt, nobody, target, tlsStep } from './tls-rig.ts';

const trusting = () => ({ caFile: certificates().ca });

describe('the step of TLS', () => {
  test('traces version, cipher, names, issuer, dates and chain', async () => {
    const { chained } = certificates();
    const server = await recordingServer({ cert: chained.chain, key: chained.key });
    const tried = await attempt(target(server.port, trusting()));
    expect(tlsStep(tried)).toEqual({
      kind: 'tls',
      what: 'TLS handshake with localhost',
      outcome: 'TLSv1.3, TLS_AES_256_GCM_SHA384',
      failed: false,
      details: [
        'Certificate for: localhost, 127.0.0.1, 0:0:0:0:0:0:0:1',
        'Issued by: O=tsmosq tests, CN=intermediate',
        'Valid: 2020-01-01 00:00:00 UTC to 2049-12-31 23:59:59 UTC',
        'Above it: "intermediate", "ca"',
      ],
      certificates: [
        { names: 'localhost, 127.0.0.1, 0:0:0:0:0:0:0:1', issuer: 'O=tsmosq tests, CN=intermediate' },
        { names: 'intermediate', issuer: 'O=tsmosq tests, CN=ca' },
        { names: 'ca', issuer: 'O=tsmosq tests, CN=ca' },
      ].map((facts) => ({ ...facts, from: Date.UTC(2020, 0, 1), to: Date.UTC(2049, 11, 31, 23, 59, 59) })),
    });
  });

  test('traces the same for a rejected certificate, and that nothing is above it', async () => {
    const server = await recordingServer(certificates().chained);
    const tried = await attempt(target(server.port, trusting()));
    expect(tlsStep(tried)).toMatchObject({
      failed: true,
      details: [
        'Certificate for: localhost, 127.0.0.1, 0:0:0:0:0:0:0:1',
        'Issued by: O=tsmosq tests, CN=intermediate',
        'Valid: 2020-01-01 00:00:00 UTC to 2049-12-31 23:59:59 UTC',
        'Above it: no certificate sent, and none known here',
      ],
    });
  });

  test('--tls-alpn: traces the protocol, or that the server chose none', async () => {
    const { server: identity } = certificates();
    const asked = { ...trusting(), alpn: 'mqtt' };
    const knows = await recordingServer(identity, { ALPNProtocols: ['x', 'mqtt'] });
    expect(tlsStep(await attempt(target(knows.port, asked)))?.outcome).toMatch(/, ALPN mqtt$/);
    const ignores = await recordingServer(identity);
    const tried = await attempt(target(ignores.port, asked));
    expect(tlsStep(tried)?.details?.at(-1)).toBe('The server did not choose an application protocol (ALPN)');
  });
});

describe('versions and ciphers', () => {
  const rows: [name: string, tls: Partial<TlsTarget>, outcome: string][] = [
    ['--tls-version tlsv1.2', { version: 'TLSv1.2' }, 'TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
    ['--tls-version tlsv1.3', { version: 'TLSv1.3' }, 'TLSv1.3, TLS_AES_256_GCM_SHA384'],
    [
      '--ciphers with a name of 1.2 does not end in 1.3',
      { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      'TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    ],
    ['--ciphers with a suite of 1.3', { ciphers: 'TLS_AES_128_GCM_SHA256' }, 'TLSv1.3, TLS_AES_128_GCM_SHA256'],
    ['--ciphers with a class', { ciphers: 'HIGH:!AES256' }, 'TLSv1.3, TLS_CHACHA20_POLY1305_SHA256'],
  ];
  for (const [name, tls, outcome] of rows) {
    test(name, async () => {
      const { port } = await recordingServer(certificates().server);
      const tried = await attempt(target(port, { ...trusting(), ...tls }));
      expect(tlsStep(tried)?.outcome).toBe(outcome);
    });
  }
});

describe('client certificates', () => {
  test('a key that is not encrypted is not asked for', async () => {
    const { clientEc } = certificates();
    const asked = vi.fn(nobody);
    await secureContext(
      { ...target(1, trusting()).tls!, certFile: clientEc.cert, keyFile: clientEc.key },
      { passphrase: asked },
    );
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('--tls-keylog', () => {
  test('appends, and makes the file for its owner only', async () => {
    const server = await recordingServer(certificates().server);
    const keylogFile = join(tempDir(), 'log');
    await attempt(target(server.port, { ...trusting(), keylogFile }));
    const first = readFileSync(keylogFile, 'utf8');
    expect(first).toMatch(/^SERVER_HANDSHAKE_TRAFFIC_SECRET [0-9a-f]{64} [0-9a-f]+$/m);
    expect(statSync(keylogFile).mode & 0o777).toBe(0o600);
    await attempt(target(server.port, { ...trusting(), keylogFile, version: 'TLSv1.2' }));
    const both = readFileSync(keylogFile, 'utf8');
    expect(both.startsWith(first)).toBe(true);
    expect(both.slice(first.length)).toMatch(/^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n$/);
  });

  test('warns of a file that others can read, once, and leaves its mode', async () => {
    const server = await recordingServer(certificates().server);
    const keylogFile = join(tempDir(), 'log');
    writeFileSync(keylogFile, '', { mode: 0o600 });
    expect((await attempt(target(server.port, { ...trusting(), keylogFile }))).warnings).toEqual([]);
    chmodSync(keylogFile, 0o644);
    expect((await attempt(target(server.port, { ...trusting(), keylogFile }))).warnings).toEqual([
      `Warning: Other users can read the TLS key log "${keylogFile}" (mode 0644): run chmod 600 ${keylogFile}`,
    ]);
    expect(statSync(keylogFile).mode & 0o777).toBe(0o644);
  });
});

describe('the CA certificates of the system', () => {
  const connectWith = async (environment: Record<string, string>) => {
    for (const name of ['SSL_CERT_FILE', 'SSL_CERT_DIR']) vi.stubEnv(name, environment[name] ?? '');
    try {
      const server = await recordingServer(certificates().server);
      return await attempt(target(server.port, { systemCa: true }));
    } finally {
      vi.unstubAllEnvs();
    }
  };

  test('are those in SSL_CERT_FILE', async () => {
    expect((await connectWith({ SSL_CERT_FILE: certificates().ca })).line).toBe(undefined);
    expect((await connectWith({ SSL_CERT_FILE: certificates().otherCa })).line).toMatch(/not trusted here$/);
  });

  test('are those in the folders of SSL_CERT_DIR', async () => {
    const tried = await connectWith({ SSL_CERT_DIR: `/nonexistent:${certificates().caPath}` });
    expect(tried.line).toBe(undefined);
  });

  test('missing there: says so', async () => {
    expect((await connectWith({ SSL_CERT_FILE: '/nonexistent/ca' })).line).toBe(
      'Error: Problem setting TLS options: File not found: /nonexistent/ca',
    );
    expect((await connectWith({ SSL_CERT_DIR: '/nonexistent' })).line).toBe(
      'Error: A TLS error occurred: no hashed CA certificate in SSL_CERT_DIR "/nonexistent"',
    );
  });
});

describe('a server that never answers the handshake', () => {
  test('is given up after 60 s', async () => {
    const to = target(1, {});
    const setup = await secureContext(to.tls!, { passphrase: nobody });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const steps: DialStep[] = [];
      const silent = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
      const opened = openTls(silent, to, setup, { step: (step) => steps.push(step) });
      const reported = opened.catch((failure: unknown) => failure);
      vi.advanceTimersByTime(60_000);
      expect(await reported).toMatchObject({
        status: 8,
        message: 'A TLS error occurred: the broker does not answer the handshake',
      });
      expect(steps).toMatchObject([{ kind: 'tls', failed: true }]);
    } finally {
      vi.useRealTimers();
    }
  });
});
