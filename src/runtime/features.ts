/** What this runtime can do beside the plain work, and why it cannot do the rest. */
import process from 'node:process';

export interface Feature {
  readonly name: string;
  /** What it is done with, or undefined when it cannot be done. */
  readonly by?: string;
  /** Why it cannot be done. */
  readonly missing?: string;
}

/** Bun has a TLS of its own, which knows neither. */
const NOT_IN_BUN = 'Bun cannot do it, Node.js can';

/** The single executables run on Bun, which stands on BoringSSL. */
export const isBun = process.versions['bun'] !== undefined;

/** Why a TLS feature cannot be had here, or undefined when it can. */
export function lacking(feature: 'psk' | 'engine'): string | undefined {
  if (!isBun) return undefined;
  return feature === 'psk' ? 'Bun has no TLS with a pre-shared key' : 'Bun loads no OpenSSL engines';
}

/** In the order in which they are shown. `argon2` says whether that package is at hand. */
export async function features(argon2: () => Promise<boolean>): Promise<readonly Feature[]> {
  const { openssl, boringssl } = process.versions as Readonly<Record<string, string | undefined>>;
  const orNot = (name: string, isThere: boolean, by: string, missing: string): Feature =>
    isThere ? { name, by } : { name, missing };
  return [
    { name: 'TLS', by: isBun ? `BoringSSL ${boringssl?.slice(0, 12) ?? ''}`.trim() : `OpenSSL ${openssl}` },
    orNot('TLS-PSK', lacking('psk') === undefined, 'yes', NOT_IN_BUN),
    orNot('TLS engines', lacking('engine') === undefined, 'yes', NOT_IN_BUN),
    { name: 'WebSocket', by: 'yes' },
    orNot('argon2', await argon2(), 'yes', 'the package argon2 cannot be loaded here'),
  ];
}
