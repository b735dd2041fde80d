/** Who answers questions about names: the system, or a test. */
import type { LookupFunction } from 'node:net';

export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

export interface Resolver {
  /** The SRV records of a name. Rejects with an error whose `code` says why, `ENOTFOUND` for example. */
  srv(name: string, giveUp?: AbortSignal): Promise<readonly SrvRecord[]>;
  /** Addresses of hosts; left out: the system's own way. */
  readonly lookup?: LookupFunction;
}

export const SYSTEM_RESOLVER: Resolver = {
  srv: async (name, giveUp) => {
    const dns = new (await import('node:dns/promises')).Resolver();
    giveUp?.addEventListener('abort', () => dns.cancel());
    return dns.resolveSrv(name);
  },
};
