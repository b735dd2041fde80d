/** What this runtime can do, and the reason where it cannot: one row a feature. */

/** The single executables run on Bun, which stands on BoringSSL. */
export const isBun = process.versions['bun'] !== undefined;

export type FeatureName = 'TLS' | 'PSK' | 'engines' | 'WebSocket' | 'argon2';

export interface Feature {
  readonly name: FeatureName;
  readonly available: boolean;
  /** Why not; empty when it is available. Without a full stop. */
  readonly reason: string;
  /** What it is done with, where there is more to say than that it can be done. */
  readonly by?: string;
}

const NOT_IN_BUN: Partial<Record<FeatureName, string>> = {
  PSK: 'this build has no TLS with pre-shared keys: install tsmosq with npm, for Node.js',
  engines: 'this build has no OpenSSL engines: install tsmosq with npm, for Node.js',
};

const NAMES: readonly FeatureName[] = ['TLS', 'PSK', 'engines', 'WebSocket', 'argon2'];

/** Why this runtime does not have it; undefined when it has. */
export function whyNot(name: FeatureName): string | undefined {
  return isBun ? NOT_IN_BUN[name] : undefined;
}

/** In the order in which they are shown. `hasArgon2` says whether that package is there and runs on this machine. */
export async function features(hasArgon2: () => Promise<boolean>): Promise<readonly Feature[]> {
  const noArgon2 = (await hasArgon2()) ? undefined : 'the package argon2 cannot be loaded here';
  return NAMES.map((name) => {
    const reason = whyNot(name) ?? (name === 'argon2' ? noArgon2 : undefined) ?? '';
    return { name, available: reason === '', reason, ...(name === 'TLS' ? { by: tlsLibrary() } : {}) };
  });
}

function tlsLibrary(): string {
  const { openssl, boringssl = '' } = process.versions as Readonly<Record<string, string | undefined>>;
  return isBun ? `BoringSSL ${boringssl.slice(0, 12)}` : `OpenSSL ${openssl}`;
}
