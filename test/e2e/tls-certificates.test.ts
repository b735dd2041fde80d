// Every fault of a server certificate ends with status 8 and its reason, at the first attempt: no retry can heal it. Against
// the real broker, with the built programs.
import { expect, test } from 'vitest';
import { type FaultyName, faulty } from '../support/faulty-certs.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { run } from '../support/run.ts';
import { wireTap } from '../support/tls.ts';

const E = 'Error: A TLS error occurred: ';
const ANY_LEVEL = ['--ciphers', 'DEFAULT@SECLEVEL=0'];
const TLS = { extra: ['ciphers DEFAULT@SECLEVEL=0'] };

/** One publish with `--retry 2` to a broker with this certificate: how it ends, and how often it connected. */
async function publish(name: FaultyName, more: readonly string[], tls: { extra: string[] } = TLS) {
  const { cert, key, ca } = faulty(name);
  const broker = await startMosquitto({ tls: { cert, key, ...tls } });
  let connections = 0;
  const tap = await wireTap(broker.tlsPort, (connection) => {
    connections = connection;
    return false;
  });
  const args = ['-h', 'localhost', '-p', `${tap.port}`, '--cafile', ca, '--retry', '2', '--retry-delay', '0', ...more];
  const { status, stderr } = await run('tspub', [...args, '-i', 'publisher', '-t', 'a', '-m', 'x', '-q', '1']);
  const [line = '', hint = ''] = stderr.split('\n');
  return { line, hint, ended: { status, connections, connected: broker.log().includes(' as publisher ') } };
}

const REFUSED = { status: 8, connections: 1, connected: false };
const DELIVERED = { status: 0, connections: 1, connected: true };

const FAULTS: [name: FaultyName, reason: RegExp][] = [
  ['sha1', /^the server certificate is signed with SHA-1, which is too weak$/],
  ['rsa1024', /^the key of the server certificate is too weak \(RSA, 1024 bits\)$/],
  ['underSha1', /^the CA certificate "sha1Intermediate" is signed with SHA-1, which is too weak$/],
  ['underWeak', /^the key of the CA certificate "weakIntermediate" is too weak \(RSA, 1024 bits\)$/],
  ['underWeakCa', /^the key of the CA certificate "weakCa" is too weak \(RSA, 1024 bits\)$/],
  ['notPermitted', /^the CA certificate "permitting" does not allow the names in the server certificate$/],
  ['excluded', /^the CA certificate "excluding" does not allow the names in the server certificate$/],
  ['tooLong', /^a CA certificate allows fewer intermediate certificates than the server sent$/],
  ['byNoCa', /^the certificate "noCa", which issued the server certificate, is not a CA certificate$/],
  ['forClients', /^the server certificate is not valid for servers$/],
  ['byCaForClients', /^the CA certificate "caForClients" is not valid for servers$/],
  ['byNoSigner', /^a CA certificate above the server certificate may not sign certificates$/],
  ['unknownDemand', /^the server certificate cannot be verified( \(unhandled critical extension\))?$/],
];

describeWithMosquitto(
  'a server certificate that cannot be verified ends with 8 and its reason, and is not tried again',
  () => {
    for (const [name, reason] of FAULTS) {
      test(name, async () => {
        const { line, hint, ended } = await publish(name, []);
        expect(ended).toEqual(REFUSED);
        expect(line.slice(0, E.length)).toBe(E);
        expect(line.slice(E.length)).toMatch(reason);
        expect(hint).toMatch(/^Hint: [A-Z].*\.$/);
      });
    }

    test('--insecure leaves out the name, and not the strength', async () => {
      expect((await publish('rsa1024', ['--insecure'])).ended).toEqual(REFUSED);
      expect((await publish('sha1', ['--insecure'])).ended).toEqual(REFUSED);
    });
  },
);

describeWithMosquitto('weak certificates of old devices are accepted with --ciphers …@SECLEVEL=0', () => {
  for (const name of ['sha1', 'rsa1024', 'underSha1', 'underWeak', 'underWeakCa'] as const)
    test(name, async () => expect((await publish(name, ANY_LEVEL)).ended).toEqual(DELIVERED));

  test('SECLEVEL=1 accepts RSA with 1024 bits, and not SHA-1', async () => {
    const level1 = ['--ciphers', 'DEFAULT@SECLEVEL=1'];
    expect((await publish('rsa1024', level1)).ended).toEqual(DELIVERED);
    expect((await publish('sha1', level1)).ended).toEqual(REFUSED);
  });

  test('SECLEVEL=3 refuses what is fine by default', async () => {
    const level3 = ['--ciphers', 'DEFAULT:@SECLEVEL=3'];
    expect((await publish('underOldCa', level3)).ended).toEqual(DELIVERED);
    expect((await publish('rsa2048', level3)).line).toBe(
      `${E}the key of the server certificate is too weak (RSA, 2048 bits)`,
    );
  });

  test('also where only TLS 1.3 is allowed', async () => {
    const modern = ['--tls-version', 'tlsv1.3'];
    expect((await publish('sha1', [...ANY_LEVEL, ...modern])).ended).toEqual(DELIVERED);
    expect((await publish('sha1', ['--ciphers', 'TLS_AES_128_GCM_SHA256:@SECLEVEL=0'])).ended).toEqual(DELIVERED);
  });

  test('a root that is signed with SHA-1 is accepted: its own signature proves nothing', async () => {
    expect((await publish('underOldCa', [])).ended).toEqual(DELIVERED);
  });
});
