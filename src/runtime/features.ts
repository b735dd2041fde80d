/** Which features this runtime has, and why one is missing: one row per feature. */

/** Whether the runtime is Bun, as in the single executables. Its TLS library is BoringSSL. */
export const isBun = process.versions['bun'] !== undefined;

export type FeatureName = 'TLS' | 'PSK' | 'engines' | 'WebSocket' | 'argon2';

export interface Feature {
  readonly name: FeatureName;
  readonly available: boolean;
  /** Why the feature is missing, without a final period; empty when it is available. */
  readonly reason: string;
  /** The library behind the feature, if worth showing. */
  readonly by?: string;
}

const NOT_IN_BUN: Partial<Record<FeatureName, string>> = {
  PSK: 'this build has no TLS with pre-shared keys: install tsmosq with npm, for Node.js',
  engines: 'this build has no OpenSSL engines: install tsmosq with npm, for Node.js',
};

const NAMES: readonly FeatureName[] = ['TLS', 'PSK', 'engines', 'WebSocket', 'argon2'];

/** Why this runtime lacks the feature; undefined when it has it. */
export function whyNot(name: FeatureName): string | undefined {
  return isBun ? NOT_IN_BUN[name] : undefined;
}

/** The features in the order of display. `hasArgon2`: whether that package is installed and runs on this machine. */
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
