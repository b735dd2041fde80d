/** What this runtime can do, and the reason where it cannot: one row a feature. */

/** The single executables run on Bun, which stands on BoringSSL. */
export const isBun = process.versions['bun'] !== undefined;

export interface Feature {
  readonly name: FeatureName;
  readonly available: boolean;
  /** Why not; empty when it is available. Without a full stop. */
  readonly reason: string;
}

export type FeatureName = 'TLS' | 'PSK' | 'engines' | 'WebSocket' | 'argon2';

const NOT_IN_BUN: Partial<Record<FeatureName, string>> = {
  PSK: 'this build has no TLS with pre-shared keys: install tsmosq with npm, for Node.js',
  engines: 'this build has no OpenSSL engines: install tsmosq with npm, for Node.js',
};

const NAMES: readonly FeatureName[] = ['TLS', 'PSK', 'engines', 'WebSocket', 'argon2'];

export function features(): readonly Feature[] {
  return NAMES.map((name) => {
    const reason = whyNot(name) ?? '';
    return { name, available: reason === '', reason };
  });
}

/** Why this runtime does not have it; undefined when it has. */
export function whyNot(name: FeatureName): string | undefined {
  return isBun ? NOT_IN_BUN[name] : undefined;
}
