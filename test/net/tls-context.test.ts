/**
 * What stands in the way of TLS before anything is connected.
 * Covers src/net/tls-files.ts.
 */
import { describe, expect, it } from 'vitest';
import { worded } from '../../src/cli/advice.ts';
import type { Failure } from '../../src/errors.ts';
import { secureContext } from '../../src/net/tls-context.ts';
import type { TlsTarget } from '../../src/runtime/target.ts';
import { certificates } from '../support/certs.ts';

const TLS: TlsTarget = { systemCa: false, keyInEngine: false, checkHost: true };
const said = (tls: Partial<TlsTarget>): Promise<string> =>
  secureContext({ ...TLS, ...tls }, { passphrase: async () => undefined }).then(
    () => 'nothing',
    (error: Failure) => worded(error).message.replace('A TLS error occurred: ', ''),
  );

describe('a setting that cannot be used', () => {
  const psk = (key: number, identity: string) => ({ psk: { key: Buffer.alloc(key, 1), identity } });

  it.each<[tls: Partial<TlsTarget>, reason: string]>([
    [{}, 'nothing'],
    [psk(1, 'me'), 'nothing'],
    [psk(512, 'x'.repeat(256)), 'nothing'],
    [psk(0, 'me'), 'the key of --psk is empty'],
    [psk(513, 'me'), 'the key of --psk is longer than 512 bytes'],
    [psk(1, 'x'.repeat(257)), 'the --psk-identity is longer than 256 bytes'],
    [psk(1, 'é'.repeat(129)), 'the --psk-identity is longer than 256 bytes'],
    [{ ciphers: 'NONE-SUCH' }, 'no usable cipher list: "NONE-SUCH"'],
  ])('is reported: case %#', async (tls, reason) => {
    expect(await said(tls)).toBe(reason);
  });

  it('is a key that is too weak for the level asked for', async () => {
    const { cert, key } = certificates().clientRsa;
    const own = { certFile: cert, keyFile: key };
    expect(await said(own)).toBe('nothing');
    expect(await said({ ...own, ciphers: 'DEFAULT@SECLEVEL=5' })).toBe(
      `certificate or key "${cert}", "${key}" cannot be used (ee key too small)`,
    );
  });
});

it('is read once for a target', async () => {
  const tls = { ...TLS };
  const nobody = async (): Promise<undefined> => undefined;
  expect(secureContext(tls, { passphrase: nobody })).toBe(secureContext(tls, { passphrase: nobody }));
  expect(secureContext({ ...TLS }, { passphrase: nobody })).not.toBe(secureContext(tls, { passphrase: nobody }));
});
