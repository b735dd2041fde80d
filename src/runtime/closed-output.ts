/** Whether this program was started with standard output closed (`>&-`), where that can be told. */
import { flagsIn, flagsOf } from './descriptor-flags.ts';
import { isBun } from './features.ts';

/** O_CLOEXEC of Linux, which Node has no name for. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * The runtimes open /dev/null in its place before our code. Bun leaves the flag "close on exec" on it, and what a caller gives
 * cannot have that flag: it would be closed. Node sets the flag on all descriptors, and opens /dev/null as its own
 * `stdio: 'ignore'` and Python's DEVNULL do, for reading and writing; so there nothing tells them apart.
 */
export function outputIsClosed(): boolean {
  return isBun && closesOnExec(flagsOf(1));
}

const closesOnExec = (flags = 0): boolean => (flags & CLOSE_ON_EXEC) !== 0;

export const isClosedIn = (fdinfo: string): boolean => closesOnExec(flagsIn(fdinfo));
