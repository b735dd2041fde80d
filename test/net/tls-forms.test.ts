// Certificates and keys in the forms that people have: DER is used, and any other form is refused with the remedy.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import type { TlsTarget } from '../../src/runtime/target.ts';
import { certificates } from '../support/certs.ts';
import { recordingServer } from '../support/tls.ts';
import { fileOf, tempDir } from '../support/tmp.ts';
import { attempt, nobody, target, tlsStep } from './tls-rig.ts';

const text = (path: string): string => readFileSync(path, 'utf8');
const certDer = (path: string): Buffer => new X509Certificate(readFileSync(path)).raw;
const CRLF = Buffer.from('\r\n');
/** The bytes between the markers. */
const unwrapped = (path: string): Buffer => Buffer.from(text(path).replace(/-----.*-----|\s/g, ''), 'base64');
const rsaDer = (type: 'pkcs1' | 'pkcs8'): Buffer =>
  createPrivateKey(text(certificates().clientRsa.key)).export({ format: 'der', type });
const ecDer = (): Buffer => createPrivateKey(text(certificates().clientEc.key)).export({ format: 'der', type: 'sec1' });

/** An element of DER of less than 64 kB. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, 0x82, content.length >> 8, content.length & 255]), content]);
}

/** What `openssl crl2pkcs7 -nocrl -certfile CA -outform DER` writes. */
function p7b(): Buffer {
  const data = Buffer.from('300b06092a864886f70d010701', 'hex');
  const signed = der(0x30, Buffer.from('0201013100', 'hex'), data, der(0xa0, certDer(certificates().ca)), der(0x31));
  return der(0x30, Buffer.from('06092a864886f70d010702', 'hex'), der(0xa0, signed));
}
/** How a file of PKCS#12 begins. */
const p12 = (): Buffer =>
  der(0x30, Buffer.from('020103', 'hex'), der(0x30, Buffer.from('06092a864886f70d010701', 'hex')));
const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;

describe('a CA is trusted in the form it comes in', () => {
  const folderOf = (content: Buffer): string => {
    const folder = mkdtempSync(join(tempDir(), 'ca'));
    writeFileSync(join(folder, 'fbf3728b.0'), content);
    return folder;
  };
  const rows: [name: string, tls: () => Partial<TlsTarget>][] = [
    ['--cafile with DER', () => ({ caFile: fileOf(certDer(certificates().ca)) })],
    [
      '--cafile with two certificates in DER',
      () => ({ caFile: fileOf(Buffer.concat([certDer(certificates().otherCa), certDer(certificates().ca)])) }),
    ],
    ['--capath with DER', () => ({ caPath: folderOf(certDer(certificates().ca)) })],
    ['--cafile with DER and a line end', () => ({ caFile: fileOf(Buffer.concat([certDer(certificates().ca), CRLF])) })],
    [
      '--cafile with markers in a comment',
      () => ({
        caFile: fileOf(`# made by: openssl -----END x\n# not -----BEGIN PKCS7-----\n${text(certificates().ca)}`),
      }),
    ],
    [
      '--cafile with text that begins like DER',
      () => ({ caFile: fileOf(`010 of ${' '.repeat(60)}\n${text(certificates().ca)}`) }),
    ],
    ['--cafile with CR CR LF', () => ({ caFile: fileOf(text(certificates().ca).replaceAll('\n', '\r\r\n')) })],
    ['--cafile with indented PEM', () => ({ caFile: fileOf(text(certificates().ca).replace(/^/gm, '  ')) })],
    ['--cafile with CR LF', () => ({ caFile: fileOf(text(certificates().ca).replaceAll('\n', '\r\n')) })],
    ['--cafile with a byte order mark', () => ({ caFile: fileOf(`\ufeff${text(certificates().ca)}`) })],
    [
      '--cafile of openssl x509 -trustout',
      () => ({ caFile: fileOf(text(certificates().ca).replaceAll(' CERTIFICATE', ' TRUSTED CERTIFICATE')) }),
    ],
  ];
  test.each(rows)('%s', async (_, tls) => {
    const server = await recordingServer(certificates().server);
    const tried = await attempt(target(server.port, tls()));
    expect([tried.line, tlsStep(tried)?.failed]).toEqual([undefined, false]);
  });
});

describe('a client certificate and its key are shown in the form they come in', () => {
  const { clientRsa, clientEc, encrypted, encryptedKeys } = certificates();
  const rows: [name: string, cert: () => string, key: () => string][] = [
    ['DER and PKCS#1', () => fileOf(certDer(clientRsa.cert)), () => fileOf(rsaDer('pkcs1'))],
    ['DER and PKCS#8', () => fileOf(certDer(clientRsa.cert)), () => fileOf(rsaDer('pkcs8'))],
    [
      'DER and SEC 1 with line ends',
      () => fileOf(Buffer.concat([certDer(clientEc.cert), CRLF])),
      () => fileOf(Buffer.concat([ecDer(), CRLF])),
    ],
    ['DER and SEC 1', () => fileOf(certDer(clientEc.cert)), () => fileOf(ecDer())],
    ['PEM and encrypted DER', () => clientEc.cert, () => fileOf(unwrapped(encryptedKeys.ecPkcs8.key))],
    [
      'indented PEM',
      () => fileOf(text(clientEc.cert).replace(/^/gm, '\t')),
      () => fileOf(text(clientEc.key).replace(/^/gm, '\t')),
    ],
  ];
  test.each(rows)('%s', async (_, cert, key) => {
    const { server: identity, ca } = certificates();
    const demands = { requestCert: true, rejectUnauthorized: true, ca: readFileSync(ca) };
    let secured: (socket: TLSSocket) => void = () => {};
    const seen = new Promise<TLSSocket>((resolve) => {
      secured = resolve;
    });
    const server = await recordingServer(identity, demands, secured);
    const to = target(server.port, { caFile: ca, certFile: cert(), keyFile: key() });
    const tried = await attempt(to, async () => encrypted.passphrase);
    expect(tried.line).toBe(undefined);
    expect((await seen).authorized).toBe(true);
  });
});

describe('a file in another form is refused with 1 and the remedy, before anything is connected', () => {
  const converted = (command: string) => `Convert it to PEM with "${command} -in FILE -out FILE.pem".`;
  const LINES = 'It must be PEM: each -----BEGIN and -----END marker needs a line of its own.';
  const DAMAGED = 'Copy the file again from its source, in binary mode.';
  const MIXED = 'It must be PEM, or DER and nothing else.';
  const caDer = () => certDer(certificates().ca);
  const caText = () => text(certificates().ca);
  const rows: [name: string, content: () => Buffer | string, reason: string, advice: string][] = [
    ['PKCS#7 in DER', p7b, 'is PKCS#7, not PEM', converted('openssl pkcs7 -inform DER -print_certs')],
    ['PKCS#7', () => pem('PKCS7', p7b()), 'is PKCS#7, not PEM', converted('openssl pkcs7 -print_certs')],
    [
      'PKCS#7 of indefinite length',
      () => Buffer.from('308006092a864886f70d010702a0800000', 'hex'),
      'is PKCS#7, not PEM',
      converted('openssl pkcs7 -inform DER -print_certs'),
    ],
    [
      'PKCS#7 under another label',
      () => pem('CERTIFICATE', p7b()),
      'is PKCS#7, not PEM',
      converted('openssl pkcs7 -print_certs'),
    ],
    [
      'CMS',
      () => pem('CMS', p7b()),
      'is CMS, not PEM',
      'Convert it to PEM with "openssl cms -cmsout -noout -inform PEM -in FILE -certsout FILE.pem".',
    ],
    ['DER that is cut off', () => caDer().subarray(0, 100), 'is damaged: it is DER, and its end is missing', DAMAGED],
    [
      'DER of which the second is cut off',
      () => Buffer.concat([caDer(), caDer().subarray(0, 9)]),
      'is damaged: it is DER, and its end is missing',
      DAMAGED,
    ],
    ['DER and PEM', () => Buffer.concat([caDer(), Buffer.from(caText())]), 'is DER with other data after it', MIXED],
    ['DER and zeros', () => Buffer.concat([caDer(), Buffer.alloc(9)]), 'is DER with other data after it', MIXED],
    [
      'one line behind others',
      () => `${caText()}${caText().replaceAll('\n', '')}\n`,
      'has no line breaks where PEM needs them',
      LINES,
    ],
    ['PKCS#12', p12, 'is PKCS#12, not PEM', converted('openssl pkcs12 -nodes')],
    ['one line', () => caText().replaceAll('\n', ''), 'has no line breaks where PEM needs them', LINES],
    ['blanks for line ends', () => caText().replaceAll('\n', ' '), 'has no line breaks where PEM needs them', LINES],
    ['\\n for line ends', () => caText().replaceAll('\n', '\\n'), 'has no line breaks where PEM needs them', LINES],
    ['CR for line ends', () => caText().replaceAll('\n', '\r'), 'has no line breaks where PEM needs them', LINES],
    [
      'UTF-16',
      () => Buffer.from(`\ufeff${caText()}`, 'utf16le'),
      'is text in UTF-16, not PEM',
      'It must be PEM. Save the file as ASCII or UTF-8.',
    ],
  ];
  const refused = async (tls: Partial<TlsTarget>, file: string) => {
    const { line, status, advice } = await attempt(target(1, tls));
    return { line: line?.replaceAll(file, 'FILE'), status, advice: advice?.replaceAll(file, 'FILE') };
  };
  test.each(rows)('%s', async (_, content, reason, advice) => {
    const { ca, clientEc } = certificates();
    const file = fileOf(content());
    const expected = { line: `Error: A TLS error occurred: file "FILE" ${reason}`, status: 1, advice };
    expect(await refused({ caFile: file }, file)).toEqual(expected);
    expect(await refused({ caFile: ca, certFile: file, keyFile: clientEc.key }, file)).toEqual(expected);
    expect(await refused({ caFile: ca, certFile: clientEc.cert, keyFile: file }, file)).toEqual(expected);
  });

  test('a private key instead of a CA certificate is named, and so are both forms', async () => {
    const { clientEc } = certificates();
    const line = 'Error: A TLS error occurred: no CA certificate in file "FILE"';
    expect(await refused({ caFile: clientEc.key }, clientEc.key)).toEqual({
      line,
      status: 1,
      advice: 'The file has a private key. Use the CA certificate, in PEM or DER.',
    });
    const file = fileOf('no');
    const advice = 'The file must be DER, or PEM: text that starts with -----BEGIN.';
    expect(await refused({ caFile: file }, file)).toEqual({ line, status: 1, advice });
  });

  test('a block of megabytes without an end is not a certificate', async () => {
    const file = fileOf(`-----BEGIN CERTIFICATE-----\n${'A'.repeat(16_000_000)}`);
    const line = 'Error: A TLS error occurred: no CA certificate in file "FILE"';
    expect(await refused({ caFile: file }, file)).toMatchObject({ line, status: 1 });
  });

  test('the command can be pasted, whatever the file is called', async () => {
    const file = join(mkdtempSync(join(tempDir(), 'odd')), 'a"b$(x).p7b');
    writeFileSync(file, p7b());
    const { advice } = await attempt(target(1, { caFile: file }));
    expect(advice).toContain(` -in '${file}' -out '${file}.pem'`);
  });

  test('DER of another type, and text that begins like DER, is not a CA certificate', async () => {
    for (const content of [Buffer.from('3003020105', 'hex'), '010 of us wait\n']) {
      const file = fileOf(content);
      const line = 'Error: A TLS error occurred: no CA certificate in file "FILE"';
      expect(await refused({ caFile: file }, file)).toMatchObject({ line, status: 1 });
    }
  });

  test('keys in DER that are swapped or encrypted are reported as in PEM', async () => {
    const { ca, clientEc, encryptedKeys } = certificates();
    const cert = fileOf(certDer(clientEc.cert));
    const swapped = await attempt(target(1, { caFile: ca, certFile: clientEc.cert, keyFile: cert }));
    expect(swapped.line).toBe(`Error: A TLS error occurred: no private key in file "${cert}", but a certificate`);
    const key = fileOf(unwrapped(encryptedKeys.ecPkcs8.key));
    const closed = await attempt(target(1, { caFile: ca, certFile: clientEc.cert, keyFile: key }), nobody);
    expect(closed.line).toBe(`Error: A TLS error occurred: key "${key}" is encrypted; no pass phrase was given`);
  });
});
