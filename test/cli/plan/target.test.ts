/**
 * Where the connection goes, and when it is encrypted.
 * Covers src/cli/plan/tls-check.ts.
 */
import { describe, expect, it } from 'vitest';
import { complaintOf, pub, stderrOf } from '../support.ts';

const target = (...argv: string[]) => pub(...argv).target;

describe('the target', () => {
  it('is as the options say', () => {
    expect(target('-h', 'h', '-p', '1', '-A', '10.0.0.1', '--nodelay')).toEqual({
      host: 'h',
      port: 1,
      localAddress: '10.0.0.1',
      noDelay: true,
      srv: false,
      tls: undefined,
    });
  });

  it.each([[['--unix', '/run/s']], [['-h', '/run/s', '-p', '0']], [['-p', '1', '--unix', '/run/s']]])(
    'is a socket with %s',
    (argv) => {
      expect(target(...argv).unixPath).toBe('/run/s');
    },
  );

  it('is TCP again with a -p after --unix', () => {
    expect(target('--unix', 'h', '-p', '5')).toMatchObject({ host: 'h', port: 5 });
  });

  it.each([
    [['--unix', ''], 'The path of the socket is empty.'],
    [['--unix', 'x'.repeat(108)], 'The path of a socket has at most 107 bytes.'],
    [['-h', '', '-p', '0'], 'The path of the socket is empty.'],
  ])('is not an impossible socket: %j', (argv, hint) => {
    expect(stderrOf(() => target(...argv))).toBe(`Unable to connect (Invalid input).\nHint: ${hint}\n`);
    expect(stderrOf(() => target(...argv, '--quiet'))).toBe('');
  });

  it('is not the empty name', () => {
    expect(stderrOf(() => target('-h', ''))).toBe('Unable to connect (Lookup error).\n');
  });

  it.each([
    ['mqtt://me:geheim@host', 'A host is a name or an address. Use -L for a URL, also with user and password.'],
    ['me:geheim@host', 'A host is a name or an address. Use -L for a URL, also with user and password.'],
    ['host:1883', "Give the port of 'host:1883' with -p, or use a URL with -L."],
    ['[::1]', "Write an IPv6 address without brackets: '[::1]'."],
    ['host\r', 'The host name contains a space or a control character, such as the CR of a CRLF line end.'],
  ])('-h %j is refused with a hint, without a secret in it', (host, hint) => {
    expect(stderrOf(() => target('-h', host))).toBe(`Unable to connect (Lookup error).\nHint: ${hint}\n`);
    expect(target('-h', host, '-p', '0').unixPath).toBe(host);
  });
});

describe('TLS', () => {
  const off = { keyInEngine: false, checkHost: true };

  const PSK = ['--psk', '00fF', '--psk-identity', 'me'];
  const WITH_PSK = { systemCa: false, version: 'TLSv1.2', psk: { identity: 'me', key: Buffer.from([0, 255]) } };

  it.each([
    [[], 1883, undefined],
    [['--cafile', 'f'], 8883, { ...off, caFile: 'f', systemCa: false }],
    [['--capath', 'd'], 8883, { ...off, caPath: 'd', systemCa: false }],
    [['--cafile', 'f', '-p', '1'], 1, { ...off, caFile: 'f', systemCa: false }],
    [['--cafile', 'f', '--tls-use-os-certs'], 8883, { ...off, caFile: 'f', systemCa: true }],
    [['--cafile', 'f', '-p', '8883'], 8883, { ...off, caFile: 'f', systemCa: false }],
    [['--tls-use-os-certs'], 8883, { ...off, systemCa: true }],
    [['--tls-use-os-certs', '-p', '1883'], 1883, { ...off, systemCa: true }],
    [['--tls-use-os-certs', '--ws'], 8883, { ...off, systemCa: true }],
    [['--tls-use-os-certs', '-S'], 8883, { ...off, systemCa: true }],
    [['-p', '8883'], 8883, { ...off, systemCa: true }],
    [['-L', 'mqtts://h/t'], 8883, { ...off, systemCa: true }],
    [['-L', 'mqtts://h:1/t'], 1, { ...off, systemCa: true }],
    [['-L', 'mqtt://h:8883/t'], 8883, { ...off, systemCa: true }],
    [['-L', 'mqtts://h/t', '-L', 'mqtt://h/t'], 1883, undefined],
    [['-p', '8883', '--insecure'], 8883, { ...off, systemCa: true, checkHost: false }],
    [['-p', '8883', '--cert', 'c', '--key', 'k'], 8883, { ...off, systemCa: true, certFile: 'c', keyFile: 'k' }],
    [
      ['--cafile', 'f', '--cert', 'c', '--key', 'k', '--keyform', 'PEM'],
      8883,
      { ...off, caFile: 'f', systemCa: false, certFile: 'c', keyFile: 'k' },
    ],
    [['-L', 'wss://h/t'], 8883, { ...off, systemCa: true }],
    [['-L', 'ws://h/t'], 1883, undefined],
    [['--ws'], 1883, undefined],
    [['--ws', '--cafile', 'f'], 8883, { ...off, caFile: 'f', systemCa: false }],
    [['-p', '8883', '--ciphers', 'L'], 8883, { ...off, systemCa: true, ciphers: 'L' }],
    [['-p', '8883', '--tls-version', 'tlsv1.2'], 8883, { ...off, systemCa: true, version: 'TLSv1.2' }],
    [['-p', '8883', '--tls-version', 'tlsv1.3'], 8883, { ...off, systemCa: true, version: 'TLSv1.3' }],
    [['-p', '8883', '--tls-alpn', 'mqtt'], 8883, { ...off, systemCa: true, alpn: 'mqtt' }],
    [['-p', '8883', '--tls-keylog', 'k'], 8883, { ...off, systemCa: true, keylogFile: 'k' }],
    [['-p', '8883', '--tls-engine', 'e'], 8883, { ...off, systemCa: true, engine: 'e' }],
    [
      ['--cafile', 'f', '--tls-engine', 'e', '--keyform', 'Engine', '--cert', 'c', '--key', 'k'],
      8883,
      { ...off, caFile: 'f', systemCa: false, certFile: 'c', keyFile: 'k', engine: 'e', keyInEngine: true },
    ],
    [PSK, 8883, { ...off, ...WITH_PSK }],
    [[...PSK, '-p', '1'], 1, { ...off, ...WITH_PSK }],
    [[...PSK, '--tls-version', 'tlsv1.2'], 8883, { ...off, ...WITH_PSK }],
    [[...PSK, '--ciphers', 'PSK-AES256-CBC-SHA'], 8883, { ...off, ...WITH_PSK, ciphers: 'PSK-AES256-CBC-SHA' }],
    [[...PSK, '-L', 'mqtts://h/t'], 8883, { ...off, ...WITH_PSK }],
    [['--no-tls', ...PSK], 8883, undefined],
    [['--no-tls', '--ciphers', 'L', '--tls-keylog', 'k', '--psk-identity', 'me'], 1883, undefined],
    [['--no-tls', '-p', '8883'], 8883, undefined],
    [['--no-tls', '-L', 'mqtts://h/t'], 8883, undefined],
    [['--no-tls', '--cafile', 'f'], 8883, undefined],
    [['--no-tls', '--insecure', '--tls-use-os-certs'], 1883, undefined],
    [['--no-tls', '--cert', 'c', '--key', 'k'], 1883, undefined],
  ])('with %s', (argv, port, tls) => {
    expect(target(...argv).port).toBe(port);
    expect(target(...argv).tls).toEqual(tls);
  });

  it.each([
    [['--insecure'], '--insecure'],
    [['--cert', 'c', '--key', 'k'], '--cert'],
    [['--cert', 'c', '--key', 'k', '--insecure', '-p', '1883'], '--cert'],
    [['--ciphers', 'BOGUS'], '--ciphers'],
    [['--tls-version', 'tlsv1.2'], '--tls-version'],
    [['--tls-alpn', 'mqtt'], '--tls-alpn'],
    [['--tls-engine', 'e'], '--tls-engine'],
    [['--tls-keylog', 'k'], '--tls-keylog'],
    [['--ws', '--tls-keylog', 'k', '--proxy', 'http://h'], '--tls-keylog'],
  ])('options are refused in place of sending plain text: %s', (argv, name) => {
    expect(stderrOf(() => target(...argv))).toBe(
      `Error: ${name} needs TLS.\nHint: Turn TLS on with --cafile, --capath or --tls-use-os-certs.\n\nUse 'tspub --help' to see usage.\n`,
    );
  });

  it.each(['--cert', '--key'])('%s is not used alone, also with --no-tls', (name) => {
    const text = 'Error: Both certfile and keyfile must be provided if one of them is set.';
    expect(complaintOf(() => target(name, 'f', '--cafile', 'f'))).toBe(text);
    expect(complaintOf(() => target(name, 'f', '--no-tls'))).toBe(text);
  });

  it('has --keyform pem, with --key', () => {
    const pair = ['--cafile', 'f', '--cert', 'c', '--key', 'k'];
    expect(complaintOf(() => target('--keyform', 'pem'))).toBe(
      'Error: If keyform is set, keyfile must be also specified.',
    );
    expect(complaintOf(() => target(...pair, '--keyform', 'engine'))).toBe(
      'Error: --keyform engine needs --tls-engine.',
    );
    expect(stderrOf(() => target(...pair, '--keyform', 'der'))).toBe(
      "Error: Problem setting key form, it must be one of 'pem' or 'engine'.\n",
    );
  });

  const HINT = "\n\nUse 'tspub --help' to see usage.\n";
  const CA = ['--cafile', 'f'];
  const PAIR = [...CA, '--cert', 'c', '--key', 'k'];
  const TLS_OPTIONS = 'Error: Problem setting TLS options, check the options are valid.\n';
  const TLS_VERSIONS = `${TLS_OPTIONS}Hint: --tls-version takes tlsv1.2 or tlsv1.3.\n`;
  const KPASS = 'Error: when using tls-engine-kpass-sha1, both tls-engine and keyform must also be provided.';
  const SHA1 = '0123456789abcdefABCD0123456789abcdefABCD';

  it.each([
    [['--psk', '00'], `Error: --psk-identity required if --psk used.${HINT}`],
    [[...PSK, '--cafile', 'x'], `Error: Only one of --psk or --cafile/--capath may be used at once.${HINT}`],
    [['--psk', '00', '--capath', 'x'], `Error: Only one of --psk or --cafile/--capath may be used at once.${HINT}`],
    [['--psk-identity', 'me'], `Error: --psk-identity needs --psk.${HINT}`],
    [[...CA, '--psk-identity', 'me'], `Error: --psk-identity needs --psk.${HINT}`],
    [[...PSK, '--cert', 'c', '--key', 'k'], `Error: --cert and --psk argument cannot be used together.${HINT}`],
    [
      ['--psk', 'xyz', '--psk-identity', 'me'],
      'Error: Problem setting TLS-PSK options.\nHint: --psk needs hexadecimal digits, without 0x.\n',
    ],
    [
      ['--psk', '0x12', '--psk-identity', 'me'],
      'Error: Problem setting TLS-PSK options.\nHint: --psk needs hexadecimal digits, without 0x.\n',
    ],
    [
      ['--psk', '00 11', '--psk-identity', 'me', '--no-tls'],
      'Error: Problem setting TLS-PSK options.\nHint: --psk needs hexadecimal digits, without 0x.\n',
    ],
    [
      [...PSK, '--tls-version', 'tlsv1.3'],
      'Unable to connect (A TLS error occurred).\nHint: A pre-shared key needs TLS 1.2. Omit --tls-version tlsv1.3.\n',
    ],
    [
      ['--psk', '', '--psk-identity', 'me'],
      'Unable to connect (A TLS error occurred).\nHint: The key of --psk is empty.\n',
    ],
    [
      ['--psk', 'ab'.repeat(513), '--psk-identity', 'me'],
      'Unable to connect (A TLS error occurred).\nHint: The key of --psk is longer than 512 bytes.\n',
    ],
    [['--tls-version', 'tlsv1.1'], TLS_VERSIONS],
    [[...CA, '--tls-version', ''], TLS_VERSIONS],
    [[...CA, '--tls-version', 'tlsv1.3 '], TLS_VERSIONS],
    [[...CA, '--ciphers', ''], `${TLS_OPTIONS}Hint: --ciphers needs a cipher list of OpenSSL, such as HIGH.\n`],
    [
      [...CA, '--tls-version', 'TLSv1.2'],
      'Unable to connect (Invalid input).\nHint: Write --tls-version in lowercase.\n',
    ],
    [
      [...CA, '--tls-alpn', ''],
      'Error: Problem setting TLS ALPN protocol.\nHint: --tls-alpn needs the name of a protocol, such as mqtt.\n',
    ],
    [
      [...CA, '--tls-alpn', 'x'.repeat(256)],
      `Error: The value of --tls-alpn is too long.\nHint: It has 256 bytes; the limit is 255.\n${HINT}`,
    ],
    [['--tls-engine-kpass-sha1', '00'], KPASS + HINT],
    [[...PAIR, '--tls-engine-kpass-sha1', '00', '--tls-engine', 'e'], KPASS + HINT],
    [[...PAIR, '--tls-engine-kpass-sha1', '00', '--keyform', 'pem'], KPASS + HINT],
    [
      [...PAIR, '--tls-engine-kpass-sha1', '00', '--tls-engine', 'e', '--keyform', 'engine'],
      'Error: Problem setting TLS engine key pass sha, is it a 40 character hex string?\n',
    ],
    [
      [...PAIR, '--tls-engine-kpass-sha1', SHA1, '--tls-engine', 'e', '--keyform', 'engine'],
      'Error: This feature is not supported: --tls-engine-kpass-sha1, Node.js cannot hand the password of a key to an engine.\n',
    ],
  ])('refuses %s', (argv, told) => {
    expect(stderrOf(() => target(...argv))).toBe(told);
  });

  it('--tls-engine-kpass-sha1 is refused with exit status 10', () => {
    const argv = [...PAIR, '--tls-engine-kpass-sha1', SHA1, '--tls-engine', 'e', '--keyform', 'engine'];
    expect(() => target(...argv)).toThrow(expect.objectContaining({ status: 10 }));
  });

  it.each([
    [['-i', '', '--tls-version', 'x'], 'Error: Invalid id.'],
    [['-h', '', '--tls-version', 'x'], 'Error: Problem setting TLS options, check the options are valid.'],
    [['--psk', 'x', '--psk-identity', 'me', '--tls-version', 'x'], 'Error: Problem setting TLS-PSK options.'],
    [['--psk', '00', '--will-retain'], 'Error: Will retain given, but no will topic given.'],
    [['--psk', '00', '-c'], 'Error: --psk-identity required if --psk used.'],
    [['--keyform', 'pem', '--psk', '00'], 'Error: If keyform is set, keyfile must be also specified.'],
    [['--tls-engine-kpass-sha1', '0', '--psk', '00'], KPASS],
  ])('is checked in the order of the originals: %s', (argv, told) => {
    expect(complaintOf(() => target(...argv))).toBe(told);
  });

  it.each([
    ['ab', [0xab]],
    ['abc', [0x0a, 0xbc]],
    ['0011', [0x00, 0x11]],
    ['000', [0x00]],
    ['000bc', [0x00, 0xbc]],
    ['0a0B', [0x0a, 0x0b]],
    ['0000', [0, 0]],
  ])('--psk %s is the key that the broker reads in it', (hex, key) => {
    expect(target('--psk', hex, '--psk-identity', 'me').tls?.psk?.key).toEqual(Buffer.from(key));
  });
});

describe('retrying', () => {
  it.each([
    [[], {}],
    [['--retry', '0'], { count: 0 }],
    [['--retry', '5', '--retry-delay', '0.5', '--retry-max-time', '60'], { count: 5, delay: 500, maxTime: 60_000 }],
    [['--retry', '5', '--retry-delay', '0', '--retry-max-time', '0'], { count: 5 }],
  ])('%s', (argv, retry) => {
    expect(pub(...argv).retry).toEqual(retry);
  });

  it('an attempt has the time of --connect-timeout', () => {
    expect(pub().connectTimeout).toBe(30_000);
    expect(pub('--connect-timeout', '2.5').connectTimeout).toBe(2500);
    expect(pub('--connect-timeout', '0').connectTimeout).toBe(Infinity);
    expect(complaintOf(() => pub('--connect-timeout', '-1'))).toBe('Error: --connect-timeout argument must be >=0.0.');
  });

  it('-S and --explain are on when asked for', () => {
    expect(pub()).toMatchObject({ explain: false, target: { srv: false } });
    expect(pub('-S', '--explain')).toMatchObject({ explain: true, target: { srv: true } });
  });
});
