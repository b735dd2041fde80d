/** Where the system's lookup (getaddrinfo) finds a name, according to its configuration; this file asks no server. */

/** The contents of the files; empty if a file is missing. */
export interface NameFiles {
  /** `/etc/nsswitch.conf`. */
  readonly sources: string;
  /** `/etc/hosts`. */
  readonly hosts: string;
  /** `/etc/resolv.conf`. */
  readonly servers: string;
}

/**
 * `near`: on this machine, without a network request. `unknown`: possibly from a source that may be slow and cannot be
 * probed, such as mDNS or LDAP. Otherwise the names that the DNS servers are asked for, in turn, until one exists.
 */
export type Outlook = 'near' | 'unknown' | readonly string[];

/** Sources that answer from this machine, or ask the DNS servers of `/etc/resolv.conf`. */
const KNOWN = new Set(['files', 'dns', 'resolve', 'myhostname', 'mymachines', 'libvirt', 'libvirt_guest']);
const MULTICAST = /^mdns/;

/** `family` 0: any. */
export function outlook(host: string, family: number, files: NameFiles): Outlook {
  const sources = sourcesOf(files.sources);
  if (sources[0] === 'files' && isListed(host, family, files.hosts)) return 'near';
  const isLocal = /\.local\.?$/i.test(host);
  const isKnown = (source: string): boolean => KNOWN.has(source) || (MULTICAST.test(source) && !isLocal);
  return sources.every(isKnown) ? questions(host, files.servers) : 'unknown';
}

/** The sources in the line `hosts:`, without the actions in brackets. */
function sourcesOf(text: string): string[] {
  const line = /^\s*hosts:(.*)$/m.exec(text)?.[1];
  return line === undefined ? ['files', 'dns'] : words(line.replace(/\[.*?\]/g, ' '));
}

function isListed(host: string, family: number, hosts: string): boolean {
  const wanted = host.toLowerCase();
  const all = hosts.toLowerCase();
  if (!all.includes(wanted)) return false;
  return all.split('\n').some((line) => {
    const [address = '', ...names] = words(line);
    return names.includes(wanted) && (family === 0 || family === (address.includes(':') ? 6 : 4));
  });
}

/** Adds the domains of the search list, as in resolv.conf(5): a name with fewer dots than `ndots` may be an abbreviation. */
function questions(host: string, servers: string): string[] {
  if (host.endsWith('.')) return [host];
  const last = (name: RegExp): string | undefined => [...servers.matchAll(name)].at(-1)?.[1];
  const domains = words(last(/^(?:search|domain)\s+(.*)$/gm) ?? '').filter((domain) => domain !== '.');
  const ndots = Number(last(/^options\b.*\bndots:(\d+)/gm) ?? 1);
  const longer = domains.map((domain) => `${host}.${domain}`);
  return host.split('.').length > ndots ? [host, ...longer] : [...longer, host];
}

function words(line: string): string[] {
  return line
    .replace(/#.*/, '')
    .split(/\s+/)
    .filter((word) => word !== '');
}
