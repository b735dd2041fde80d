/** Whether the broker can read a file that root made. Debian's broker gives up being root before it reads. */
import type { BrokerUser } from '../runtime/processes.ts';
import { shellQuoted } from '../util/shell-quoted.ts';

interface Stat {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The line for a file of root's that the broker's user cannot read; undefined when it can. Whoever else owns a file runs a
 * broker of their own.
 */
export function unreadableForBroker(stat: Stat | undefined, broker: BrokerUser | undefined): string | undefined {
  if (broker === undefined || stat?.uid !== 0) return undefined;
  const mayRead = broker.groups.includes(stat.gid) ? 0o040 : 0o004;
  if (broker.uid === 0 || (stat.mode & mayRead) !== 0) return undefined;
  return `the broker, as user ${broker.name}, cannot read this file`;
}

export const chownHint = (path: string, { name }: BrokerUser): string => `Run: chown ${name}: ${shellQuoted(path)}`;
