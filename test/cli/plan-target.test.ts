/** Where the connection goes, and when it is encrypted. */
import { describe, expect, it } from 'vitest';
import { complaintOf, pub, stderrOf } from './support.ts';

const target = (...argv: string[]) => pub(...argv).target;

describe('the target', () => {
  it('is as the options say', () => {
    expect(target('-h', 'h', '-p', '1', '-A', '10.0.0.1', '--nodelay')).toEqual({
      host: 'h',
      port: 1,
      localAddress: '10.0.0.1',
      noDelay: true,
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

  it.each([[['--unix', '']], [['--unix', 'x'.repeat(108)]], [['-h', '', '-p', '0']]])(
    'is not an impossible socket',
    (argv) => {
      expect(stderrOf(() => target(...argv))).toBe('Unable to connect (Invalid input).\n');
      expect(stderrOf(() => target(...argv, '--quiet'))).toBe('');
    },
  );

  it('is not the empty name', () => {
    expect(stderrOf(() => target('-h', ''))).toBe('Unable to connect (Lookup error).\n');
  });
});

describe('TLS', () => {
  const off = { caFile: undefined, caPath: undefined, certFile: undefined, keyFile: undefined, checkHost: true };

  it.each([
    [[], 1883, undefined],
    [['--cafile', 'f'], 8883, { ...off, caFile: 'f', systemCa: false }],
    [['--capath', 'd'], 8883, { ...off, caPath: 'd', systemCa: false }],
    [['--cafile', 'f', '-p', '1'], 1, { ...off, caFile: 'f', systemCa: false }],
    [['--cafile', 'f', '--tls-use-os-certs'], 8883, { ...off, caFile: 'f', systemCa: true }],
    [['--cafile', 'f', '-p', '8883'], 8883, { ...off, caFile: 'f', systemCa: false }],
    [['--tls-use-os-certs'], 1883, { ...off, systemCa: true }],
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
  ])('options are refused in place of sending plain text: %s', (argv, name) => {
    expect(stderrOf(() => target(...argv))).toBe(
      `Error: ${name} needs TLS, turn it on with --cafile, --capath or --tls-use-os-certs.\n\nUse 'tspub --help' to see usage.\n`,
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
      "Error: Option '--keyform engine' is not available in this version.",
    );
    expect(stderrOf(() => target(...pair, '--keyform', 'der'))).toBe(
      "Error: Problem setting key form, it must be one of 'pem' or 'engine'.\n",
    );
  });
});
