/** What the system says of a descriptor of ours. */
import { readFileSync } from 'node:fs';

/** The flags of open(2), with "close on exec" among them; undefined where there is no /proc, or no such descriptor. */
export function flagsOf(fd: number): number | undefined {
  try {
    return flagsIn(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Out of the text of /proc/PID/fdinfo/N, which has them in octal digits. */
export function flagsIn(fdinfo: string): number | undefined {
  const flags = /^flags:\s*([0-7]+)/m.exec(fdinfo)?.[1];
  return flags === undefined ? undefined : Number.parseInt(flags, 8);
}
