/** Who answers questions about names: the system, or a test. */
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
  /** The SRV records of a name. Rejects with an error whose `code` says why, `ENOTFOUND` for example. */
  srv(name: string, giveUp?: AbortSignal): Promise<readonly SrvRecord[]>;
  /** Addresses of hosts; left out: the system's own way. */
  readonly lookup?: LookupFunction;
  /** What a slow lookup of the system is left to; left out: no process is started. */
  readonly apart?: LookUpApart;
}

/** For a program that is not ours: `process.execPath` may be anything, and its processes are its own business. */
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

/** Whose answers a connection uses. Bun ends while a lookup is under way, so that its own needs no help. */
export function lookupUntil(giveUp: AbortSignal, { lookup, apart }: Resolver): LookupFunction | undefined {
  if (lookup !== undefined || isBun) return lookup;
  return (host, options, done) => {
    void import('./lookup.ts').then(({ lookUp }) => lookUp(host, options, done, giveUp, apart));
  };
}
