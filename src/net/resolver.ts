/** Which resolver answers questions about names: the system, or that of a test. */
import type { LookupFunction } from 'node:net';
import { isBun } from '../runtime/features.ts';
import type { LookUpApart } from './lookup-apart.ts';

export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

export interface Resolver {
  /** The SRV records of a name. Rejects with an error whose `code` names the reason, for example `ENOTFOUND`. */
  srv(name: string, giveUp?: AbortSignal): Promise<readonly SrvRecord[]>;
  /** Looks up addresses of hosts; if missing, the system does. */
  readonly lookup?: LookupFunction;
  /** Runs a slow lookup of the system in its own process; if missing, no process is started. */
  readonly apart?: LookUpApart;
}

/** For a host program that imports the library: its `process.execPath` may be anything, and the library must not start processes. */
export const GUEST_RESOLVER: Resolver = {
  srv: async (name, giveUp) => {
    const dns = new (await import('node:dns/promises')).Resolver();
    giveUp?.throwIfAborted();
    giveUp?.addEventListener('abort', () => dns.cancel());
    return dns.resolveSrv(name);
  },
};

export const SYSTEM_RESOLVER: Resolver = {
  ...GUEST_RESOLVER,
  apart: async (...asked) => (await import('./lookup-apart.ts')).lookUpApart(...asked),
};

/** The lookup for a connection. Bun exits during a lookup, so its own lookup needs no help. */
export function lookupUntil(giveUp: AbortSignal, { lookup, apart }: Resolver): LookupFunction | undefined {
  if (lookup !== undefined || isBun) return lookup;
  return (host, options, done) => {
    void import('./lookup.ts').then(({ lookUp }) => lookUp(host, options, done, giveUp, apart));
  };
}
