/** What a build says it can do, on Node.js here and on Bun where it is installed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { features, lacking } from '../../src/runtime/features.ts';

describe('features', () => {
  it('of Node.js are all there, with the OpenSSL that TLS is done with', async () => {
    const all = await features(async () => true);
    expect(all.map(({ name }) => name)).toEqual(['TLS', 'TLS-PSK', 'TLS engines', 'WebSocket', 'argon2']);
    expect(all.filter(({ missing }) => missing !== undefined)).toEqual([]);
    expect(all[0]!.by).toBe(`OpenSSL ${process.versions.openssl}`);
    expect([lacking('psk'), lacking('engine')]).toEqual([undefined, undefined]);
  });

  it('leave out argon2, with the reason, where its package cannot be loaded', async () => {
    expect((await features(async () => false)).at(-1)).toEqual({
      name: 'argon2',
      missing: 'the package argon2 cannot be loaded here',
    });
  });

  it('of Bun leave out pre-shared keys and engines, with the reason', () => {
    const root = join(import.meta.dirname, '../..');
    const { stdout } = spawnSync(join(root, 'node_modules/.bin/bun'), ['dist/tspub.cjs', '--version'], {
      cwd: root,
      encoding: 'utf8',
    });
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^tspub \d\S* \(Bun \d\S*\)$/);
    expect(lines[1]).toMatch(/^TLS +BoringSSL [0-9a-f]+$/);
    expect(lines.slice(2, 4)).toEqual([
      'TLS-PSK      no: Bun cannot do it, Node.js can',
      'TLS engines  no: Bun cannot do it, Node.js can',
    ]);
  });
});
