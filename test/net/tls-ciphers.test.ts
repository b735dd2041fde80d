// What --ciphers and --tls-version leave of TLS.
import { describe, expect, test } from 'vitest';
import { suitesOf, versionsAndCiphers } from '../../src/net/tls-ciphers.ts';
import type { TlsTarget } from '../../src/runtime/target.ts';

const AES256 = 'TLS_AES_256_GCM_SHA384';
const AES128 = 'TLS_AES_128_GCM_SHA256';
const CHACHA = 'TLS_CHACHA20_POLY1305_SHA256';
const ALL = [AES256, CHACHA, AES128];

describe('the suites of TLS 1.3 that a cipher list selects', () => {
  const rows: [list: string, suites: string[]][] = [
    ['ECDHE-RSA-AES128-GCM-SHA256', []],
    ['AES128-SHA:ECDHE-ECDSA-AES256-GCM-SHA384', []],
    ['PSK', []],
    ['!aNULL', []],
    [AES128, [AES128]],
    [`${AES128}:${AES256}`, [AES128, AES256]],
    [`ECDHE-RSA-AES128-GCM-SHA256:${CHACHA}`, [CHACHA]],
    ['TLS_AES_128_CCM_SHA256', ['TLS_AES_128_CCM_SHA256']],
    ['HIGH', ALL],
    ['ALL', ALL],
    ['DEFAULT', ALL],
    ['DEFAULT@SECLEVEL=1', ALL],
    ['HIGH:!aNULL:!MD5', ALL],
    ['HIGH:!CHACHA20', [AES256, AES128]],
    ['HIGH:-AES256', [CHACHA, AES128]],
    ['HIGH:!AES128:AES128', [AES256, CHACHA]],
    [`HIGH:!${AES256}`, [CHACHA, AES128]],
    ['AESGCM', [AES256, AES128]],
    ['ECDHE+AESGCM:ECDHE+CHACHA20', [AES256, AES128, CHACHA]],
    ['ECDHE+AES256', [AES256]],
    ['RSA+AESGCM', []],
    ['HIGH, !AES128', [AES256, CHACHA]],
  ];
  for (const [list, suites] of rows) test(list, () => expect(suitesOf(list)).toEqual(suites));
});

describe('versions and ciphers', () => {
  const plain: TlsTarget = { systemCa: false, keyInEngine: false, checkHost: true };
  const psk = { identity: 'me', key: Buffer.from('k') };
  const only = (version: string) => ({ minVersion: version, maxVersion: version });
  const rows: [name: string, tls: Partial<TlsTarget>, options: object][] = [
    ['by default: 1.2 or newer', {}, { minVersion: 'TLSv1.2' }],
    ['tlsv1.2: exactly that', { version: 'TLSv1.2' }, only('TLSv1.2')],
    ['tlsv1.3: exactly that', { version: 'TLSv1.3' }, only('TLSv1.3')],
    ['names of 1.2: no 1.3', { ciphers: 'AES128-SHA' }, { ...only('TLSv1.2'), ciphers: 'AES128-SHA' }],
    ['names of 1.3: no 1.2', { ciphers: AES128 }, { ...only('TLSv1.3'), ciphers: AES128 }],
    ['both', { ciphers: `AES128-SHA:${AES128}` }, { minVersion: 'TLSv1.2', ciphers: `${AES128}:AES128-SHA` }],
    ['a class means both', { ciphers: 'AES256:!SHA1' }, { minVersion: 'TLSv1.2', ciphers: `${AES256}:AES256:!SHA1` }],
    ['a class, only 1.2', { ciphers: 'AES256', version: 'TLSv1.2' }, { ...only('TLSv1.2'), ciphers: 'AES256' }],
    ['a class, only 1.3', { ciphers: 'AES256', version: 'TLSv1.3' }, { ...only('TLSv1.3'), ciphers: AES256 }],
    ['--psk', { psk }, { ...only('TLSv1.2'), ciphers: 'PSK:!kRSAPSK' }],
    [
      '--psk with a list',
      { psk, ciphers: `PSK-AES128-CBC-SHA:${AES128}` },
      { ...only('TLSv1.2'), ciphers: 'PSK-AES128-CBC-SHA' },
    ],
  ];
  for (const [name, tls, options] of rows)
    test(name, () => expect(versionsAndCiphers({ ...plain, ...tls })).toEqual(options));
});
