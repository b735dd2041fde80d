/** Whether the broker can read a file that root made. Debian's broker gives up root's rights before it reads. */
import { dirname } from 'node:path';
import { type Access, errnoOf, type FileSystem } from '../runtime/files.ts';
import type { BrokerUser } from '../runtime/io.ts';
import { shellQuoted } from '../util/phrases.ts';

export interface Unreadable {
  readonly fault: string;
  readonly hint: string;
}

/**
 * What prevents the broker's user from reading a file of root or of its own; undefined when nothing does. Any other
 * owner is assumed to run a broker of their own.
 */
export function unreadableForBroker(
  fs: FileSystem,
  path: string,
  stat: Access | undefined,
  broker: BrokerUser | undefined,
): Unreadable | undefined {
  if (broker === undefined || broker.uid === 0 || (stat?.uid !== 0 && stat?.uid !== broker.uid)) return undefined;
  const { name } = broker;
  const fault = `the broker, as user ${name}, cannot read this file`;
  if (!mayDo(READ, stat, broker)) {
    const command = stat.uid === 0 ? `chown ${name}:` : 'chmod u+r';
    return { fault, hint: `Run: ${command} ${shellQuoted(path)}` };
  }
  const folder = closedFolder(fs, path, broker);
  if (folder === undefined) return undefined;
  return {
    fault,
    hint: `User ${name} may not enter the directory "${folder}". Move the file, or run: chmod a+x ${shellQuoted(folder)}`,
  };
}

const READ = 4;
const ENTER = 1;

/** Only the permission bits of the first class that the user belongs to count. */
function mayDo(bit: number, { mode, uid, gid }: Access, broker: BrokerUser): boolean {
  const shift = uid === broker.uid ? 6 : broker.groups.includes(gid) ? 3 : 0;
  return ((mode >> shift) & bit) !== 0;
}

/** The outermost closed directory, because the ones inside it matter only after it is open. */
function closedFolder(fs: FileSystem, path: string, broker: BrokerUser): string | undefined {
  try {
    const folders: string[] = [];
    for (let at = dirname(fs.realpathSync.native(path)); at !== folders[0]; at = dirname(at)) folders.unshift(at);
    return folders.find((folder) => !mayDo(ENTER, fs.statSync(folder), broker));
  } catch (error) {
    // The current user may not look there.
    errnoOf(error);
    return undefined;
  }
}
