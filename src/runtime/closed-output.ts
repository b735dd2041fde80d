/** Whether this program was started with standard output closed (`>&-`), where that can be told. */
import { readFileSync } from 'node:fs';
import { isBun } from './features.ts';

/** In the flags of /proc/self/fdinfo, in octal digits. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * The runtimes open /dev/null in its place before our code. Bun leaves the flag "close on exec" on it, and what a caller gives
 * cannot have that flag: it would be closed. Node sets the flag on all descriptors, and opens /dev/null as its own
 * `stdio: 'ignore'` and Python's DEVNULL do, for reading and writing; so there nothing tells them apart.
 */
export function outputIsClosed(): boolean {
  if (!isBun) return false;
  try {
    return isClosedIn(readFileSync('/proc/self/fdinfo/1', 'latin1'));
  } catch {
    return false;
  }
}

export const isClosedIn = (fdinfo: string): boolean =>
  (Number.parseInt(/^flags:\s*([0-7]+)/m.exec(fdinfo)?.[1] ?? '', 8) & CLOSE_ON_EXEC) !== 0;
