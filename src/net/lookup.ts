/**
 * How a name lookup can be cancelled. The system's lookup (getaddrinfo) runs in a thread that cannot be stopped, and
 * Node waits for that thread before it exits. So it runs in this process only in two cases: its answer is local, or the
 * DNS servers have just answered the same questions to a resolver that can be stopped. Otherwise it runs in a process
 * of its own (decision 25). Loaded when there is a name to look up.
 */
import { getDefaultResultOrder, type LookupAddress, lookup } from 'node:dns';
import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import type { LookUpApart, LookupOptions } from './lookup-apart.ts';
import { serversAnswer } from './name-probe.ts';
import { outlook } from './name-sources.ts';

/** Milliseconds that the DNS servers may take before a process is started, which costs about 40 ms. */
const PATIENCE = 250;

/** The sources of systems without /etc/nsswitch.conf: both ask the local network for `.local`. */
const BUILT_IN = /^(?:darwin|win32)$/.test(process.platform) ? 'hosts: files mdns dns' : undefined;

/** Never settles: the result of a cancelled lookup. */
const NEVER = new Promise<never>(() => {});

/** As `lookup` of node:dns; after `giveUp`, `done` is not called. Without `apart`, no process is started. */
export function lookUp(
  host: string,
  options: Parameters<LookupFunction>[1],
  done: Parameters<LookupFunction>[2],
  giveUp: AbortSignal,
  apart?: LookUpApart,
): void {
  const { family: given, hints } = options;
  const family = given === 'IPv4' ? 4 : given === 'IPv6' ? 6 : (given ?? 0);
  const order = getDefaultResultOrder();
  const wanted = { family, order, all: true, ...(hints !== undefined && { hints }) } as const;
  addresses(host, wanted, giveUp, apart).then(
    (found) => {
      if (options.all) return done(null, [...found]);
      done(null, found[0]?.address ?? '', found[0]?.family);
    },
    (error: NodeJS.ErrnoException) => done(error, []),
  );
}

async function addresses(
  host: string,
  options: LookupOptions,
  giveUp: AbortSignal,
  apart: LookUpApart | undefined,
): Promise<readonly LookupAddress[]> {
  if (giveUp.aborted) return NEVER;
  const files = {
    sources: BUILT_IN ?? textOf('nsswitch.conf'),
    hosts: textOf('hosts'),
    servers: textOf('resolv.conf'),
  };
  const names = outlook(host, options.family, files);
  const isQuick =
    typeof names === 'string'
      ? names === 'near'
      : await serversAnswer(names, options.family, giveUp, apart && PATIENCE);
  if (giveUp.aborted) return NEVER;
  const found = isQuick ? undefined : await apart?.(host, options, giveUp);
  return found ?? here(host, options);
}

function textOf(name: string): string {
  try {
    return readFileSync(`/etc/${name}`, 'latin1');
  } catch {
    return '';
  }
}

function here(host: string, options: LookupOptions): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(host, options, (error, found) => (error ? reject(error) : resolve(found)));
  });
}
