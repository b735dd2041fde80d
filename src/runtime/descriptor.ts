/** What is known of a descriptor of this process: which one a path names, and how it was opened. */
import { constants, readFileSync } from 'node:fs';
import { isBun } from './features.ts';

const NAMED = /^\/(?:dev\/fd|proc\/self\/fd)\/(\d{1,9})$/;

/**
 * The descriptor that a path names. Linux opens such a path anew, which fails for a socket (ENXIO), and Node, inetd and others give
 * their children sockets; for a file of another user (EACCES); and it begins a file that was read from before anew.
 */
export function descriptorNamed(path: string): number | undefined {
  if (path === '/dev/stdin') return 0;
  const number = NAMED.exec(path)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** The bits of the flags that say what a file is open for. */
const ACCESS_MODE = constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR;

/** Which of these it is open for; undefined where there is no /proc, or no such descriptor. */
export function accessOf(fd: number): number | undefined {
  const flags = flagsOf(fd);
  return flags === undefined ? undefined : flags & ACCESS_MODE;
}

/** The flags of open(2), with "close on exec" among them. */
function flagsOf(fd: number): number | undefined {
  try {
    return flagsIn(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Out of the text of /proc/PID/fdinfo/N, which has them in octal digits. */
function flagsIn(fdinfo: string): number | undefined {
  const flags = /^flags:\s*([0-7]+)/m.exec(fdinfo)?.[1];
  return flags === undefined ? undefined : Number.parseInt(flags, 8);
}

/** O_CLOEXEC of Linux, which Node has no name for. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Whether this program was started with standard output closed (`>&-`), where that can be known.
 *
 * The runtimes open /dev/null in its place before our code. Bun leaves the flag "close on exec" on it, and what a caller gives
 * cannot have that flag: it would be closed. Node sets the flag on all descriptors, and opens /dev/null as its own
 * `stdio: 'ignore'` and Python's DEVNULL do, for reading and writing; so there nothing tells them apart.
 */
export function outputIsClosed(): boolean {
  return isBun && closesOnExec(flagsOf(1));
}

const closesOnExec = (flags = 0): boolean => (flags & CLOSE_ON_EXEC) !== 0;

export const isClosedIn = (fdinfo: string): boolean => closesOnExec(flagsIn(fdinfo));
